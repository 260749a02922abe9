"""An order as the other services hear of it: the whole of it each time (see `shared.contracts.orders`)."""

from datetime import datetime
from uuid import UUID

from services.orders.domain.lines import OrderLine
from services.orders.domain.orders import Order
from shared.contracts import orders as contract
from shared.contracts.offers import Text, Work


def order_fact(order: Order) -> contract.Order:
    """The order's whole state at its version."""
    return contract.Order(
        order_id=order.id,
        number=order.number,
        version=order.version,
        status=order.status,
        buyer_id=order.buyer_id,
        organisation_id=order.organisation_id,
        currency=order.currency,
        total=order.total,
        lines=[_line_fact(line) for line in order.lines],
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        livemode=order.livemode,
    )


def _line_fact(line: OrderLine) -> contract.OrderLine:
    return contract.OrderLine(
        line_id=line.id,
        offer_id=line.offer_id,
        offer_version=line.offer_version,
        publisher=line.publisher,
        kind=line.kind,
        reference=line.reference,
        title=Text(**line.title),
        quantity=line.quantity,
        price=line.price,
        discount=line.discount,
        amount=line.amount,
        fee=line.fee,
        paid=line.paid,
        refunded=line.refunded,
        earned=line.earned,
        delivery=line.delivery,
        works=[Work(UUID(work["work_id"]), UUID(work["creator_id"]), work["weight"]) for work in line.works],
        accepted_terms=[
            contract.AcceptedTerms(
                terms["key"], terms["version"], terms["sha256"], datetime.fromisoformat(terms["accepted_at"])
            )
            for terms in line.accepted_terms
        ],
        revoked=line.revoked,
    )
