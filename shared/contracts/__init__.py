"""The events that cross between services. Contracts only grow: a field is never removed or given another
meaning within a version, and a consumer ignores fields it does not know yet."""

from typing import Any

from shared.contracts.base import Contract
from shared.contracts.deliveries import DELIVERY_COMPLETED, DELIVERY_FAILED, REFUND_REFUSED
from shared.contracts.facts import NOTICE_WANTED, PERSON_CHANGED, PERSON_ERASED
from shared.contracts.offers import OFFER_PUBLISHED, OFFER_WITHDRAWN
from shared.contracts.orders import (
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    ORDER_EXPIRED,
    ORDER_PAID,
    ORDER_PLACED,
    ORDER_REFUNDED,
    REFUND_ASKED,
)

CONTRACTS: tuple[Contract[Any], ...] = (
    OFFER_PUBLISHED,
    OFFER_WITHDRAWN,
    ORDER_PLACED,
    ORDER_PAID,
    ORDER_COMPLETED,
    ORDER_REFUNDED,
    ORDER_CANCELLED,
    ORDER_EXPIRED,
    REFUND_ASKED,
    REFUND_REFUSED,
    DELIVERY_COMPLETED,
    DELIVERY_FAILED,
    PERSON_CHANGED,
    PERSON_ERASED,
    NOTICE_WANTED,
)


def contract_named(event_type: str) -> Contract[Any]:
    """The contract of an event type such as `orders.order.paid.v1`; raises KeyError for an unknown one."""
    _source, _, name = event_type.partition(".")
    for contract in CONTRACTS:
        if contract.name == name:
            return contract
    raise KeyError(event_type)


__all__ = [
    "CONTRACTS",
    "DELIVERY_COMPLETED",
    "DELIVERY_FAILED",
    "NOTICE_WANTED",
    "OFFER_PUBLISHED",
    "OFFER_WITHDRAWN",
    "ORDER_CANCELLED",
    "ORDER_COMPLETED",
    "ORDER_EXPIRED",
    "ORDER_PAID",
    "ORDER_PLACED",
    "ORDER_REFUNDED",
    "PERSON_CHANGED",
    "PERSON_ERASED",
    "REFUND_ASKED",
    "REFUND_REFUSED",
    "Contract",
    "contract_named",
]
