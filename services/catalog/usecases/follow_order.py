"""Bring entitlements in line with an order, whatever was heard of it before and in whichever order."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.coverage import open_take_down
from services.catalog.domain.entitlements import Act, Entitlement, EntitlementState
from services.catalog.domain.products import Product
from services.catalog.usecases.count_sale import count_sale
from shared.contracts import DELIVERY_COMPLETED, DELIVERY_FAILED
from shared.contracts.deliveries import Delivery
from shared.contracts.orders import AcceptedTerms, Order, OrderLine
from shared.messaging.envelope import Event
from shared.messaging.outbox import emit

SOURCE = "catalog"


def follow_order(session: Session, order: Order, now: datetime) -> None:
    """Grant, refuse or take back what `order` says of catalog's lines.

    An order is its whole state: an older version, or the same one again, changes nothing. Each line gets at
    most one entitlement (unique key), so two consumers at once end as one of them.
    """
    if order.paid_at is None:
        return
    for line in order.lines:
        if line.publisher == SOURCE:
            _follow_line(session, order, line, now)


def _follow_line(session: Session, order: Order, line: OrderLine, now: datetime) -> None:
    known = session.scalar(select(Entitlement).where(Entitlement.line_id == line.line_id).with_for_update())
    if known is None:
        _deliver(session, order, line, now)
    elif order.version > known.order_version:
        # Only the step to it counts: what a person gave again is not taken by the next event that says the same.
        is_new = is_taken_back(line) and not known.taken_back
        known.order_version, known.taken_back = order.version, is_taken_back(line)
        if known.is_active and is_new:
            known.revoke("refunded", now)
            count_sale(session, known.product_id, -1)


def is_taken_back(line: OrderLine) -> bool:
    """True when all that was paid for the line went back, or its order says that access ends."""
    return line.revoked or (line.paid > 0 and line.refunded >= line.paid)


def _deliver(session: Session, order: Order, line: OrderLine, now: datetime) -> None:
    entitlement = _entitlement(order, line, now)
    session.add(entitlement)
    obstacle = _obstacle(session, line)
    if obstacle:
        entitlement.state, entitlement.reason = EntitlementState.FAILED, obstacle
        entitlement.give_back = line.amount
        entitlement.note(Act.FAILED, obstacle, now)
    else:
        entitlement.earned = line.amount - line.refunded
        entitlement.note(Act.GRANTED, "paid", now)
        count_sale(session, entitlement.product_id, +1)
    session.flush()
    tell_delivery(session, entitlement, now)


def _obstacle(session: Session, line: OrderLine) -> str:
    """Why the line cannot be delivered now; empty when it can. A product merely withdrawn still can."""
    if is_taken_back(line):
        return "refunded"
    product = session.get(Product, line.reference)
    if product is None or product.published_at is None:
        return "unknown-product"
    if open_take_down(session, line.reference):
        return "taken-down"
    return ""


def _entitlement(order: Order, line: OrderLine, now: datetime) -> Entitlement:
    return Entitlement(
        line_id=line.line_id,
        order_id=order.order_id,
        order_number=order.number,
        order_version=order.version,
        product_id=line.reference,
        offer_id=line.offer_id,
        buyer_id=order.buyer_id,
        organisation_id=order.organisation_id,
        amount=line.amount,
        currency=order.currency,
        terms=[_as_json(terms) for terms in line.accepted_terms],
        state=EntitlementState.ACTIVE,
        granted_at=now,
        taken_back=is_taken_back(line),
        delivery_version=1,
    )


def _as_json(terms: AcceptedTerms) -> dict[str, str]:
    return asdict(terms) | {"accepted_at": terms.accepted_at.isoformat()}


def tell_delivery(session: Session, entitlement: Entitlement, now: datetime) -> Event:
    """Emit what became of the line: fen earned and fen to give back, at the entitlement's delivery version."""
    failed = entitlement.state is EntitlementState.FAILED
    body = Delivery(
        order_id=entitlement.order_id,
        line_id=entitlement.line_id,
        version=entitlement.delivery_version,
        earned=entitlement.earned,
        give_back=entitlement.give_back,
        at=entitlement.granted_at,
        reason=entitlement.reason if failed else "",
    )
    contract = DELIVERY_FAILED if failed else DELIVERY_COMPLETED
    return emit(session, SOURCE, contract, body, subject=entitlement.line_id, now=now)
