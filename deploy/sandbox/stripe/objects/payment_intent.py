"""A PaymentIntent (docs.stripe.com/api/payment_intents/object)."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id, random_text


def new_payment_intent(session: Json, asked: Json, capture_method: str, now: int) -> Json:
    """The intent of a session, made when somebody first tries to pay; `asked` is its payment_intent_data."""
    intent_id = new_id("payment_intent")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": capture_method,
        "client_secret": f"{intent_id}_secret_{random_text(25)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": asked.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": asked.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": payment_method_options(session["payment_method_types"]),
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "receipt_email": asked.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": asked.get("statement_descriptor"),
        "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": asked.get("transfer_group"),
    }


def payment_method_options(types: list[str]) -> Json:
    """How each method of the intent is to be used."""
    options: Json = {
        "card": {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        },
        "alipay": {},
        "wechat_pay": {"app_id": None, "client": "web"},
    }
    return {method: options[method] for method in types}


def qr_code_action(address: str, svg: str) -> Json:
    """What a payer does next with WeChat Pay: read the code with a phone."""
    return {
        "type": "wechat_pay_display_qr_code",
        "wechat_pay_display_qr_code": {
            "data": address,
            "hosted_instructions_url": address,
            "image_data_url": svg,
            "image_url_png": address + "/qr.png",
            "image_url_svg": address + "/qr.svg",
        },
    }


def alipay_action(address: str, return_url: str) -> Json:
    """What a payer does next with Alipay: go there."""
    return {
        "type": "alipay_handle_redirect",
        "alipay_handle_redirect": {
            "native_data": None,
            "native_url": None,
            "return_url": return_url,
            "url": address,
        },
    }


def bank_action(address: str, return_url: str) -> Json:
    """What a payer does next with a card whose bank asks: go there."""
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": address}}
