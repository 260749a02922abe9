"""Who asks, and what the views work with."""

from typing import cast

from flask import current_app
from sqlalchemy import ColumnElement

from services.orders.domain.access import belongs_to
from services.orders.domain.actors import Actor, ActorKind
from services.orders.domain.buyers import Buyer
from services.orders.usecases.desk import Desk
from shared.auth import Reader, current_reader

EXTENSION = "huafang-orders"


def this_desk() -> Desk:
    """The desk of the service that answers the present request."""
    return cast(Desk, current_app.extensions[EXTENSION])


def buyer_of(reader: Reader) -> Buyer:
    """The reader as somebody who buys."""
    return Buyer(reader.id, reader.organisations)


def own(reader: Reader) -> ColumnElement[bool]:
    """The reader's own orders and their organisations'."""
    return belongs_to(reader.id, reader.organisations)


def seen_by(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    """What narrows orders to this reader; an operator sees all."""
    return () if reader.is_operator else (own(reader),)


def actor_now() -> Actor:
    """The reader as the actor of what they do."""
    reader = current_reader()
    return Actor(ActorKind.OPERATOR if reader.is_operator else ActorKind.BUYER, reader.id)
