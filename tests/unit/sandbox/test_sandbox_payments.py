"""Payments and refunds, down to the last fen."""

from typing import Any, cast

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.sandbox.till import Till

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
ASKED = ["payment_intent.created", "payment_intent.requires_action"]
LATER = ["payment_intent.created", "payment_intent.processing", "checkout.session.completed"]


@pytest.mark.parametrize("method", ["card", "alipay", "wechat_pay"])
def test_a_payment_is_charged_in_full_and_told_of(till: Till, method: str) -> None:
    intent = till.paid(method)
    assert (intent.status, intent.amount_received) == ("succeeded", 3990)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.payment_method_details is not None
    assert intent.latest_charge.payment_method_details.type == method
    assert till.types() == (PAID if method == "card" else ASKED + PAID[1:])


def test_the_fee_is_on_the_balance(till: Till) -> None:
    intent = till.paid()
    assert isinstance(intent.latest_charge, stripe.Charge)
    booked = till.stripe.v1.balance_transactions.retrieve(str(intent.latest_charge.balance_transaction))
    assert (booked.amount, booked.fee, booked.net) == (3990, 371, 3619)
    balance = till.stripe.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (3619, 0)
    till.pass_time(8 * 24 * 3600)
    balance = till.stripe.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (0, 3619)


def test_a_declined_card_may_be_followed_by_a_good_one(till: Till) -> None:
    session = till.open_session()
    till.control("POST", f"/sessions/{session.id}/pay", outcome="insufficient_funds")
    intent = till.intent(session.id)
    assert intent.last_payment_error is not None
    assert (intent.status, intent.last_payment_error.decline_code) == (
        "requires_payment_method",
        "insufficient_funds",
    )
    till.control("POST", f"/sessions/{session.id}/pay", outcome="succeed")
    after = till.intent(session.id)
    assert (after.id, after.status, after.last_payment_error) == (intent.id, "succeeded", None)
    assert till.types() == [PAID[0], "charge.failed", "payment_intent.payment_failed", *PAID[1:]]


def test_a_wallet_that_says_no_leaves_the_session_open(till: Till) -> None:
    session = till.open_session()
    till.control("POST", f"/sessions/{session.id}/pay", method="alipay", outcome="decline")
    assert till.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert till.types() == [*ASKED, "payment_intent.payment_failed"]


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("later", ["charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"]),
        (
            "later_fail",
            ["charge.failed", "payment_intent.payment_failed", "checkout.session.async_payment_failed"],
        ),
    ],
)
def test_a_late_payment_completes_first_and_settles_after(till: Till, outcome: str, end: list[str]) -> None:
    session = till.open_session()
    till.control("POST", f"/sessions/{session.id}/pay", method="alipay", outcome=outcome)
    between = till.stripe.v1.checkout.sessions.retrieve(session.id)
    assert (between.status, between.payment_status) == ("complete", "unpaid")
    assert till.types() == LATER
    till.pass_time(6)
    after = till.stripe.v1.checkout.sessions.retrieve(session.id)
    assert after.payment_status == ("paid" if outcome == "later" else "unpaid")
    assert till.types() == LATER + end


def test_a_session_is_paid_once(till: Till) -> None:
    session = till.open_session()
    till.control("POST", f"/sessions/{session.id}/pay")
    assert till.call("POST", f"/sandbox/sessions/{session.id}/pay", json={}).status_code == 409
    assert len(till.stripe.v1.charges.list().data) == 1


def test_a_charge_may_be_booked_later(tmp_path_factory: pytest.TempPathFactory) -> None:
    till = Till(tmp_path_factory.mktemp("later"), booking_delay=3.0)
    intent = till.paid()
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.capture_method, intent.latest_charge.balance_transaction) == ("automatic_async", None)
    till.pass_time(4)
    assert till.stripe.v1.charges.retrieve(intent.latest_charge.id).balance_transaction
    assert till.types()[-1] == "charge.updated"
    till.close()


def test_an_intent_of_a_session_is_not_cancelled_directly(till: Till) -> None:
    waiting, paid = till.paid("card", "decline"), till.paid()
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        till.stripe.v1.payment_intents.cancel(waiting.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        till.stripe.v1.payment_intents.cancel(paid.id)


def test_a_cards_refund_is_made_at_once_and_a_wallets_later(till: Till) -> None:
    card = till.stripe.v1.refunds.create({"payment_intent": till.paid("card").id})
    wallet = till.stripe.v1.refunds.create({"payment_intent": till.paid("wechat_pay").id})
    assert (card.status, wallet.status, wallet.pending_reason) == ("succeeded", "pending", "processing")
    till.pass_time(3)
    assert till.stripe.v1.refunds.retrieve(wallet.id).status == "succeeded"
    assert till.types()[-4:] == ["charge.refunded", "refund.created", "refund.updated", "charge.refund.updated"]


def test_a_refund_that_fails_can_be_made_again(till: Till) -> None:
    intent = till.paid("alipay")
    till.control("POST", "/refunds/fail-next", times=1)
    first = till.stripe.v1.refunds.create({"payment_intent": intent.id})
    till.pass_time(3)
    failed = till.stripe.v1.refunds.retrieve(first.id)
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert till.stripe.v1.refunds.create({"payment_intent": intent.id}).amount == 3990


@pytest.mark.parametrize(
    ("outcome", "params", "message", "code"),
    [
        ("succeed", {"amount": 3991}, "¥39.91) is greater than unrefunded amount on charge (¥39.90)", None),
        ("succeed", {"amount": 0}, "greater than or equal to 1", "parameter_invalid_integer"),
        ("decline", {}, "does not have a successful charge to refund", None),
    ],
)
def test_more_than_was_paid_is_not_given_back(
    till: Till, outcome: str, params: dict[str, int], message: str, code: str | None
) -> None:
    intent = till.paid("card", outcome)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.stripe.v1.refunds.create(cast(Any, {"payment_intent": intent.id, **params}))
    assert message in (refused.value.user_message or "")
    assert refused.value.code == code


def test_a_charge_refunded_in_full_says_so(till: Till) -> None:
    intent = till.paid()
    till.stripe.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert refused.value.code == "charge_already_refunded"


def test_a_disputed_charge_is_not_refunded_and_a_lost_one_stays_taken(till: Till) -> None:
    intent = till.paid("card", "disputed")
    till.pass_time(3)
    disputed = till.stripe.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (disputed.status, disputed.amount, disputed.is_charge_refundable) == ("needs_response", 3990, False)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.stripe.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
    till.control("POST", f"/disputes/{disputed.id}/close", outcome="lost")
    assert till.call("POST", f"/sandbox/disputes/{disputed.id}/close", json={}).status_code == 409
    assert till.types()[-1] == "charge.dispute.closed"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=st.integers(400, 99_999_999),
    asked=st.lists(st.tuples(st.integers(1, 60_000_000), st.booleans()), max_size=5),
    method=st.sampled_from(["card", "alipay"]),
)
def test_no_fen_is_made_or_lost(till: Till, amount: int, asked: list[tuple[int, bool]], method: str) -> None:
    till.sandbox.reset()
    intent = till.paid(method, amount=amount)
    for part, fails in asked:
        till.control("POST", "/refunds/fail-next", times=int(fails))
        before = refunded(till)
        try:
            till.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": part})
        except stripe.InvalidRequestError:
            assert part > amount - before or before == amount
        till.pass_time(3)
        assert refunded(till) <= amount
    movements = till.stripe.v1.balance_transactions.list({"limit": 100}).data
    charged = next(one for one in movements if one.type in ("charge", "payment"))
    assert sum(one.amount for one in movements) == amount - refunded(till)
    assert sum(one.net for one in movements) == sum(one.amount for one in movements) - charged.fee


def refunded(till: Till) -> int:
    """What was given back and stayed so, after the charge and after the refunds, which must agree."""
    charge = till.stripe.v1.charges.list().data[0]
    standing = [one.amount for one in till.stripe.v1.refunds.list({"limit": 100}).data if one.status != "failed"]
    assert charge.amount_refunded == sum(standing)
    assert charge.refunded == (charge.amount_refunded == charge.amount)
    return charge.amount_refunded
