"""What the use cases need that speak with the gateway: they commit, ask, and record, so they open transactions
themselves."""

from dataclasses import dataclass

from services.orders.gateways.payments import PaymentGateway
from services.orders.settings import OrdersSettings
from shared.clock import Clock
from shared.database import Database


@dataclass(frozen=True)
class Desk:
    database: Database
    gateway: PaymentGateway
    settings: OrdersSettings
    clock: Clock
