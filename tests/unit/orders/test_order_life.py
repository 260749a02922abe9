"""An order through every mixture of buying, paying, refunding, delivering and ending that chance makes up."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.orders.domain.actors import GATEWAY, SYSTEM
from services.orders.domain.fees import divide_fee
from services.orders.domain.lifecycle import MOVES, START, UNPAID_AND_OVER, IllegalMove, OrderStatus
from services.orders.domain.lines import LineDelivery, total_paid, total_refunded
from services.orders.domain.payments import Payment, PaymentStatus
from services.orders.domain.refunds import Refund, RefundOrigin, RefundStatus, RefundTooLarge, reserve
from services.orders.domain.steps import StepState, steps_of
from tests.unit.orders.making import BUYER, NOW, a_payment, an_order


class OrderLife(RuleBasedStateMachine):
    """Attempts what may come at any moment; refusals are expected, broken books are not."""

    @initialize(amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=4))
    def begin(self, amounts: list[int]) -> None:
        self.order = an_order(*amounts)
        self.payments: list[Payment] = []
        self.refunds: list[Refund] = []
        self.moves = [(START, self.order.status)]

    @rule()
    def open_a_checkout(self) -> None:
        if self.order.is_open and not any(payment.is_active for payment in self.payments):
            self.payments.append(a_payment(self.order, len(self.payments) + 1))

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), fee=st.integers(0, 10**6))
    def the_money_comes(self, data: st.DataObject, fee: int) -> None:
        """On time, late, or a second time: from any checkout that was ever opened."""
        payment = data.draw(st.sampled_from(self.payments))
        was_captured, settles = payment.status == PaymentStatus.CAPTURED, self.order.is_open
        if was_captured:
            with pytest.raises(IllegalMove):
                payment.capture(NOW, settles=settles)
            return
        payment.capture(NOW, settles=settles)
        if settles:
            self.order.pay(GATEWAY, NOW)
            divide_fee(self.order.lines, fee)
            payment.fee = fee
        else:
            self.refunds.append(reserve(payment, {}, {}, origin=RefundOrigin.SURPLUS, actor=SYSTEM, now=NOW))

    @rule(end=st.sampled_from([OrderStatus.EXPIRED, OrderStatus.CANCELLED]))
    def end_unpaid(self, end: OrderStatus) -> None:
        if not self.order.is_open:
            with pytest.raises(IllegalMove):
                self.order.close(end, BUYER, "")
            return
        for payment in self.payments:
            if payment.is_active:
                payment.move(PaymentStatus.CLOSED)
        self.order.close(end, BUYER, "")
        self.order.end_unpaid(NOW)

    @precondition(lambda self: self.settling() is not None)
    @rule(data=st.data())
    def ask_for_money_back(self, data: st.DataObject) -> None:
        lines = {line.id: line for line in self.order.lines}
        amounts = data.draw(st.dictionaries(st.sampled_from(list(lines)), st.integers(-5, 10**6), min_size=1))
        fits = all(0 < amount <= lines[id_].refundable for id_, amount in amounts.items())
        before = [(line.reserved, line.refunded) for line in self.order.lines]
        try:
            self.refunds.append(
                reserve(self.settling_one(), amounts, lines, origin=RefundOrigin.OPERATOR, actor=SYSTEM, now=NOW)
            )
        except RefundTooLarge:
            assert not fits
            assert before == [(line.reserved, line.refunded) for line in self.order.lines]
        else:
            assert fits

    @precondition(lambda self: self.refunds)
    @rule(data=st.data())
    def a_refund_succeeds(self, data: st.DataObject) -> None:
        refund = data.draw(st.sampled_from(self.refunds))
        if refund.is_settled:
            with pytest.raises(IllegalMove):
                refund.succeed(NOW)
            return
        refund.ask(NOW)
        refund.succeed(NOW)
        if refund.lines:
            self.order.end_if_refunded(NOW)

    @precondition(lambda self: self.refunds)
    @rule(data=st.data())
    def a_refund_fails(self, data: st.DataObject) -> None:
        """Also after it had succeeded: a bank may send the money back."""
        refund = data.draw(st.sampled_from(self.refunds))
        if refund.status == RefundStatus.FAILED:
            with pytest.raises(IllegalMove):
                refund.fail("bank", NOW)
            return
        refund.fail("bank", NOW)

    @precondition(lambda self: self.order.was_paid)
    @rule(data=st.data(), failed=st.booleans())
    def a_line_is_delivered_or_not(self, data: st.DataObject, failed: bool) -> None:
        line = data.draw(st.sampled_from(self.order.lines))
        line.delivery = LineDelivery.FAILED if failed else LineDelivery.DELIVERED
        line.earned, line.give_back = (0, line.paid) if failed else (line.paid, 0)
        self.order.complete_if_delivered(NOW)

    def settling(self) -> Payment | None:
        return next((payment for payment in self.payments if payment.settles), None)

    def settling_one(self) -> Payment:
        payment = self.settling()
        assert payment is not None
        return payment

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        for holder in [*self.payments, *self.order.lines]:
            came = holder.captured if isinstance(holder, Payment) else holder.paid
            assert holder.refunded >= 0
            assert holder.reserved >= 0
            assert holder.refunded + holder.reserved <= came

    @invariant()
    def refunds_are_what_payments_and_lines_say(self) -> None:
        for payment in self.payments:
            mine = [refund for refund in self.refunds if refund.payment_id == payment.id]
            done = sum(refund.amount for refund in mine if refund.status == RefundStatus.SUCCEEDED)
            under_way = sum(refund.amount for refund in mine if not refund.is_settled)
            assert (payment.refunded, payment.reserved) == (done, under_way)
        settling = self.settling()
        if settling is not None:
            assert total_refunded(self.order.lines) == settling.refunded
            assert sum(line.reserved for line in self.order.lines) == settling.reserved

    @invariant()
    def one_captured_payment_is_one_paid_order(self) -> None:
        settling = [payment for payment in self.payments if payment.settles]
        assert len(settling) == (1 if self.order.was_paid else 0)
        assert all(payment.captured == self.order.total for payment in settling)
        assert total_paid(self.order.lines) == (self.order.total if self.order.was_paid else 0)

    @invariant()
    def the_fee_is_divided_to_the_fen(self) -> None:
        settling = self.settling()
        assert sum(line.fee for line in self.order.lines) == ((settling.fee or 0) if settling else 0)

    @invariant()
    def every_move_was_legal_and_each_begins_where_the_last_ended(self) -> None:
        moves = [(move.from_status, move.to_status) for move in self.order.transitions]
        assert set(moves) <= MOVES
        assert moves[0][0] == START
        assert [move[0] for move in moves[1:]] == [move[1] for move in moves[:-1]]
        assert moves[-1][1] == self.order.status

    @invariant()
    def what_is_over_holds_nothing(self) -> None:
        if self.order.status in UNPAID_AND_OVER | {OrderStatus.REFUNDED}:
            assert all(line.hold_key is None for line in self.order.lines)

    @invariant()
    def the_step_line_has_one_present_step_at_most(self) -> None:
        steps = steps_of(self.order)
        present = [step for step in steps if step.state == StepState.PRESENT]
        is_moving = self.order.status in (OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID)
        assert len(present) == (1 if is_moving else 0)
        assert all(step.turn for step in present)


OrderLife.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_whatever_happens_to_an_order_its_books_hold = OrderLife.TestCase
