"""Stripe's objects as ours, from Stripe's own sample objects."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.orders.gateways.payments.mapping import checkout_of, dispute_of, event_of, refund_of

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "specs" / "stripe-fixtures3.json"


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SAMPLES.read_text(encoding="utf-8"))["resources"]
    return loaded


@pytest.mark.specs
def test_a_session_with_everything_expanded(samples: dict[str, Any]) -> None:
    charge = samples["charge"] | {"balance_transaction": samples["balance_transaction"] | {"fee": 30}}
    intent = samples["payment_intent"] | {"latest_charge": charge}
    checkout = checkout_of(samples["checkout.session"] | {"payment_intent": intent, "currency": "cny"})
    assert checkout.intent is not None
    assert checkout.intent.charge is not None
    assert (checkout.intent.charge.fee, checkout.intent.charge.settled) == (30, 100)
    assert (checkout.status, checkout.payment_status, checkout.currency) == ("open", "unpaid", "CNY")
    assert checkout.intent.method == "card"


@pytest.mark.specs
def test_a_session_nobody_began_to_pay(samples: dict[str, Any]) -> None:
    assert checkout_of(samples["checkout.session"] | {"payment_intent": None}).intent is None


@pytest.mark.specs
def test_a_charge_that_is_not_booked_yet_has_no_fee(samples: dict[str, Any]) -> None:
    intent = samples["payment_intent"] | {"latest_charge": samples["charge"] | {"balance_transaction": None}}
    checkout = checkout_of(samples["checkout.session"] | {"payment_intent": intent})
    assert checkout.intent is not None
    assert checkout.intent.charge is not None
    assert checkout.intent.charge.fee is None


@pytest.mark.specs
def test_refunds_and_disputes(samples: dict[str, Any]) -> None:
    assert refund_of(samples["refund"]).status == "succeeded"
    dispute = dispute_of(samples["dispute"])
    assert dispute.evidence_due_at is not None
    assert dispute.charge_id.startswith("ch_")


@pytest.mark.specs
@pytest.mark.parametrize("kind", ["checkout.session", "payment_intent", "charge", "refund", "dispute", "payout"])
def test_an_event_is_reduced_to_what_it_points_at(samples: dict[str, Any], kind: str) -> None:
    about = samples[kind]
    event = event_of(samples["event"] | {"type": f"{kind}.x", "data": {"object": about}})
    assert about["id"] in event.references.values()
    assert all(isinstance(value, str) and len(value) <= 255 for value in event.references.values())
