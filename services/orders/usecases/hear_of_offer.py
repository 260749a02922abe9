"""Keep our own copy of the offers: the newest version heard of, whatever order the events come in."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.orders.domain.actors import PUBLISHER
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.lines import OrderLine
from services.orders.domain.offers import EarlyWithdrawal, Offer
from services.orders.domain.orders import Order
from services.orders.usecases.close_order import begin_closing
from shared.contracts import offers as contract


class ForeignOffer(Exception):
    """A service speaks of an offer that another one published."""


def hear_of_offer(session: Session, source: str, fact: contract.Offer) -> bool:
    """Take the offer over; False for a version that is not newer than ours.

    Raises ForeignOffer when `source` is not the offer's publisher.
    """
    _hold(session, fact.offer_id)
    known = session.get(Offer, fact.offer_id)
    if fact.publisher != source or (known is not None and known.publisher != source):
        raise ForeignOffer(f"{source} published {fact.offer_id}")
    if known is not None and known.version >= fact.version:
        return False
    early = session.get(EarlyWithdrawal, fact.offer_id)
    is_withdrawn = early is not None and early.publisher == source and early.version >= fact.version
    values = _columns(fact)
    if early is not None and is_withdrawn:
        values |= {
            "version": early.version,
            "withdrawn_at": early.withdrawn_at,
            "withdrawn_reason": early.reason,
        }
    if early is not None:
        session.delete(early)
    if known is None:
        session.add(Offer(id=fact.offer_id, **values))
    for column, value in values.items() if known is not None else ():
        setattr(known, column, value)
    return True


def hear_of_withdrawal(session: Session, source: str, fact: contract.WithdrawnOffer, now: datetime) -> bool:
    """Stop selling the offer and close the open order of a private one; False for an older version.

    A withdrawal that overtook its offer is kept until that comes. Raises ForeignOffer as above.
    """
    _hold(session, fact.offer_id)
    known = session.get(Offer, fact.offer_id)
    if known is None:
        _keep_early(session, source, fact)
        return True
    if known.publisher != source:
        raise ForeignOffer(f"{source} withdrew {fact.offer_id}")
    if (known.version >= fact.version and known.withdrawn_at is not None) or known.version > fact.version:
        return False
    known.version = fact.version
    known.withdrawn_at, known.withdrawn_reason = fact.withdrawn_at, fact.reason
    if known.is_private:
        _close_open_orders(session, known.id, now)
    return True


def _close_open_orders(session: Session, offer_id: UUID, now: datetime) -> None:
    holding = (
        select(OrderLine.order_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.hold_key == str(offer_id), Order.status == OrderStatus.AWAITING_PAYMENT)
    )
    for order_id in session.scalars(holding).all():
        begin_closing(session, order_id, OrderStatus.CANCELLED, PUBLISHER, reason="offer_withdrawn", now=now)


def _keep_early(session: Session, source: str, fact: contract.WithdrawnOffer) -> None:
    values: dict[str, Any] = {
        "version": fact.version,
        "publisher": source,
        "reason": fact.reason,
        "withdrawn_at": fact.withdrawn_at,
    }
    row = insert(EarlyWithdrawal).values(offer_id=fact.offer_id, **values)
    newer = EarlyWithdrawal.version < row.excluded.version
    session.execute(row.on_conflict_do_update(index_elements=["offer_id"], set_=values, where=newer))


def _hold(session: Session, offer_id: UUID) -> None:
    """One event of an offer at a time: there may be no row yet that could be locked."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(offer_id), 0))))


def _columns(fact: contract.Offer) -> dict[str, Any]:
    return {
        "version": fact.version,
        "publisher": fact.publisher,
        "kind": fact.kind,
        "reference": fact.reference,
        "title": asdict(fact.title),
        "price": fact.price,
        "currency": fact.currency,
        "max_quantity": fact.max_quantity,
        "works": [
            {"work_id": str(work.work_id), "creator_id": str(work.creator_id), "weight": work.weight}
            for work in fact.works
        ],
        "url": fact.url,
        "picture_url": fact.picture_url,
        "terms": [asdict(terms) for terms in fact.terms],
        "buyer_kind": fact.buyer.kind if fact.buyer else None,
        "buyer_id": fact.buyer.id if fact.buyer else None,
        "requires": list(fact.requires),
        "covers": [{"offer_id": str(line.offer_id), "quantity": line.quantity} for line in fact.covers],
        "published_at": fact.published_at,
        "ends_at": fact.ends_at,
        "withdrawn_at": None,
        "withdrawn_reason": None,
    }
