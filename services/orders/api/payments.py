"""Paying an order: the checkout's address, the same for as long as it is open."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.orders.api.asking import own, this_desk
from services.orders.api.documented import may_answer
from services.orders.api.schemas.orders import CheckoutSchema, PaymentInput
from services.orders.domain.payments import Payment
from services.orders.usecases.open_checkout import open_checkout
from services.orders.usecases.start_payment import start_payment
from shared.api import Blueprint
from shared.auth import current_reader, needs
from shared.idempotency import once

blueprint = Blueprint("payments", __name__, description="Payments")


@blueprint.post("/orders/<uuid:order_id>/payment")
@needs()
@may_answer(blueprint, key=True, body=True)
@blueprint.arguments(PaymentInput)
@blueprint.response(200, CheckoutSchema)
def pay(body: dict[str, Any], order_id: UUID) -> Response:
    """Start to pay an order, or go on: the address of its open checkout.

    The key stands for the intent, which is committed before the gateway is asked; a repeated request goes on
    where the first one stopped, and answers the same address.
    """
    intent = _intend(order_id=order_id, **body)
    payment = _opened(UUID(intent.get_json()["payment_id"]))
    response = jsonify(CheckoutSchema().dump(_body(payment)))
    if "Idempotency-Replayed" in intent.headers:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@once
def _intend(session: Session, order_id: UUID, return_url_path: str | None, language: str) -> dict[str, str]:
    desk = this_desk()
    payment = start_payment(
        session,
        order_id,
        own(current_reader()),
        settings=desk.settings,
        language=language,
        return_path=return_url_path,
        now=desk.clock.now(),
    )
    return {"payment_id": str(payment.id)}


def _opened(payment_id: UUID) -> Payment:
    """The payment with its checkout's address; one that was given before is given again, whatever became of it."""
    with this_desk().database.transaction() as session:
        payment = session.get(Payment, payment_id)
    if payment is not None and payment.checkout_url:
        return payment
    return open_checkout(this_desk(), payment_id)


def _body(payment: Payment) -> dict[str, Any]:
    return {
        "payment_id": payment.id,
        "checkout_url": payment.checkout_url,
        "expires_at": payment.session_expires_at,
    }
