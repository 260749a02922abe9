"""What orders is made of."""

from flask import Flask

from services.orders.api import carts, operators, orders, payments, webhooks
from services.orders.api.asking import EXTENSION
from services.orders.gateways.payments import PaymentGateway
from services.orders.gateways.payments.stripe import StripeGateway
from services.orders.settings import OrdersSettings
from services.orders.usecases.desk import Desk
from shared.application import create_application
from shared.clock import Clock
from shared.service import build_service


def create_app(
    settings: OrdersSettings | None = None, clock: Clock | None = None, gateway: PaymentGateway | None = None
) -> Flask:
    """The service's HTTP side; settings come from the environment unless given."""
    settings = settings or OrdersSettings()
    service = build_service("orders", settings, clock)
    app = create_application(
        service,
        "Orders",
        [
            carts.blueprint,
            orders.blueprint,
            payments.blueprint,
            operators.blueprint,
            webhooks.blueprint,
        ],
    )
    app.extensions[EXTENSION] = Desk(service.database, gateway or StripeGateway(settings), settings, service.clock)
    return app
