"""/v1/checkout/sessions"""

from __future__ import annotations

from deploy.sandbox.stripe import listing
from deploy.sandbox.stripe.actions.create_session import create_session
from deploy.sandbox.stripe.actions.expire_session import expire_session
from deploy.sandbox.stripe.api.call import Call, Operation, field_of
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.parameters import (
    PAGE,
    Boolean,
    Fields,
    Integer,
    ListOf,
    Metadata,
    Parameter,
    Text,
    TimeRange,
)

ROOT = "/v1/checkout/sessions"
WEB = ("http://", "https://")
METHODS = ("card", "alipay", "wechat_pay")
LOCALES = (
    *("auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr"),
    *(
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "lv",
        "ms",
        "mt",
        "nb",
        "nl",
        "pl",
        "pt",
        "pt-BR",
        "ro",
        "ru",
        "sk",
        "sl",
    ),
    *("sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"),
)

PRODUCT = Fields(
    {
        "name": Text(required=True),
        "description": Text(longest=40_000),
        "images": ListOf(Text(prefix=WEB), most=8),
        "metadata": Metadata(),
        "tax_code": Text(),
    },
    required=True,
)
PRICE = Fields(
    {
        "currency": Text(required=True, longest=3),
        "product_data": PRODUCT,
        "tax_behavior": Text(choices=("exclusive", "inclusive", "unspecified")),
        "unit_amount": Integer(required=True, least=0, most=99_999_999),
    },
    required=True,
)
LINE = Fields({"metadata": Metadata(), "price_data": PRICE, "quantity": Integer(required=True, least=1, most=999_999)})
INTENT = Fields(
    {
        "description": Text(longest=1000),
        "metadata": Metadata(),
        "receipt_email": Text(),
        "statement_descriptor": Text(longest=22),
        "statement_descriptor_suffix": Text(longest=22),
        "transfer_group": Text(),
    }
)
METHOD_OPTIONS = Fields(
    {
        "alipay": Fields({"setup_future_usage": Text(choices=("none",))}),
        "card": Fields({"request_three_d_secure": Text(choices=("any", "automatic", "challenge"))}),
        "wechat_pay": Fields(
            {
                "app_id": Text(),
                "client": Text(required=True, choices=("android", "ios", "web")),
                "setup_future_usage": Text(choices=("none",)),
            }
        ),
    }
)
CREATE: dict[str, Parameter] = {
    "adaptive_pricing": Fields({"enabled": Boolean()}),
    "cancel_url": Text(prefix=WEB),
    "client_reference_id": Text(longest=200),
    "currency": Text(longest=3),
    "customer_creation": Text(choices=("always", "if_required")),
    "customer_email": Text(longest=800),
    "expires_at": Integer(),
    "line_items": ListOf(LINE, required=True, least=1, most=100),
    "locale": Text(choices=LOCALES),
    "metadata": Metadata(),
    "mode": Text(required=True, choices=("payment",)),
    "payment_intent_data": INTENT,
    "payment_method_options": METHOD_OPTIONS,
    "payment_method_types": ListOf(Text(choices=METHODS), least=1, most=len(METHODS)),
    "submit_type": Text(choices=("auto", "book", "donate", "pay")),
    "success_url": Text(required=True, prefix=WEB),
    "ui_mode": Text(choices=("hosted_page",)),
}


def create(call: Call) -> Json:
    """Open a session."""
    return create_session(call.moment, call.params)


def retrieve(call: Call) -> Json:
    """One session."""
    return call.named("checkout.session", "session", "session")


def expire(call: Call) -> Json:
    """Close an open session."""
    return expire_session(call.moment, call.named("checkout.session", "session", "session"))


def index(call: Call) -> Json:
    """Sessions, newest first."""
    where = field_of(call.params, "payment_intent", "status")
    return listing.page_of_objects(call.tx, "checkout.session", call.params, where, url=ROOT)


def line_items(call: Call) -> Json:
    """What a session sells, in the order given."""
    session = call.named("checkout.session", "session", "session")
    items: list[Json] = call.tx.private(session["id"])["line_items"]
    return listing.page_of_items(items, call.params, f"{ROOT}/{session['id']}/line_items")


FILTERS: dict[str, Parameter] = {
    "created": TimeRange(),
    "payment_intent": Text(),
    "status": Text(choices=("complete", "expired", "open")),
}
OPERATIONS = (
    Operation("POST", ROOT, create, CREATE),
    Operation("GET", ROOT, index, {**PAGE, **FILTERS}),
    Operation("GET", ROOT + "/{session}", retrieve),
    Operation("POST", ROOT + "/{session}/expire", expire),
    Operation("GET", ROOT + "/{session}/line_items", line_items, PAGE),
)
