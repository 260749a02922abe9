"""Idempotency keys, as Stripe documents them."""

import json
from typing import Any

import pytest
import stripe

from tests.unit.sandbox.till import Till

REFUNDS = "POST /v1/refunds"


def refund(till: Till, key: str | None = "refund-1", **more: Any) -> Any:
    """Refund 1.00 of the only payment."""
    charge = till.stripe.v1.charges.list().data[0].id
    params: Any = {"charge": charge, "amount": 100, **more}
    return till.stripe.v1.refunds.create(params, {"idempotency_key": key} if key else {})


def refunds(till: Till) -> int:
    """How many were made."""
    return len(till.stripe.v1.refunds.list({"limit": 100}).data)


def test_the_same_request_gets_the_first_answer_again(till: Till) -> None:
    till.paid()
    first, again = refund(till), refund(till)
    assert json.loads(first.last_response.body) == json.loads(again.last_response.body)
    assert first.last_response.headers.get("Idempotent-Replayed") is None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert refunds(till) == 1


def test_a_replay_shows_what_was_and_not_what_is(till: Till) -> None:
    session = till.open_session(key="order-1")
    till.control("POST", f"/sessions/{session.id}/pay")
    assert till.open_session(key="order-1").status == "open"


def test_other_parameters_under_a_key_are_refused(till: Till) -> None:
    till.paid()
    refund(till)
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        refund(till, amount=200)
    assert refused.value.http_status == 400
    assert refunds(till) == 1


def test_another_endpoint_under_a_key_is_refused(till: Till) -> None:
    session = till.open_session(key="k")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        till.stripe.v1.checkout.sessions.expire(session.id, {}, {"idempotency_key": "k"})


def test_a_refusal_is_kept_too(till: Till) -> None:
    till.paid()
    refund(till, key=None, amount=3990)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            refund(till)
    assert refused.value.code == "charge_already_refunded"
    assert (refused.value.headers or {})["Idempotent-Replayed"] == "true"


def test_parameters_that_fail_validation_leave_the_key_free(till: Till) -> None:
    till.paid()
    with pytest.raises(stripe.InvalidRequestError):
        refund(till, colour="red")
    assert refund(till).status == "succeeded"


def test_a_key_lives_a_day(till: Till) -> None:
    till.paid()
    refund(till)
    till.pass_time(24 * 3600 - 5)
    refund(till)
    assert refunds(till) == 1
    till.pass_time(10)
    refund(till)
    assert refunds(till) == 2


def test_a_key_in_use_is_a_conflict(till: Till) -> None:
    till.paid()
    with till.sandbox.keys.holding("refund-1"), pytest.raises(stripe.APIError) as refused:
        refund(till)
    assert refused.value.http_status == 409
    assert refused.value.error is not None
    assert refused.value.error.code == "idempotency_key_in_use"
    assert refund(till).status == "succeeded"


def test_a_key_is_at_most_255_characters_long(till: Till) -> None:
    till.open_session(key="k" * 255)
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        till.open_session(key="k" * 256)


def test_the_calls_of_each_key_are_counted(till: Till) -> None:
    till.paid()
    refund(till)
    refund(till)
    counted = till.control("GET", "/calls?idempotency_key=refund-1")
    assert (counted["count"], counted["by_key"]) == (2, {"refund-1": 2})
    assert [call["replayed"] for call in counted["calls"]] == [False, True]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_ordered_error_comes_before_any_effect(till: Till, status: int) -> None:
    till.paid()
    till.control("POST", "/faults", endpoint=REFUNDS, kind="error", status=status)
    with pytest.raises(stripe.StripeError) as failed:
        refund(till)
    assert failed.value.http_status == status
    assert refunds(till) == 0
    assert refund(till).status == "succeeded"


def test_an_ordered_error_may_come_after_the_effect(till: Till) -> None:
    till.paid()
    till.control("POST", "/faults", endpoint=REFUNDS, kind="error", when="after")
    with pytest.raises(stripe.APIError):
        refund(till)
    assert refunds(till) == 1
    assert refund(till).last_response.headers["Idempotent-Replayed"] == "true"
    assert refunds(till) == 1


def test_an_error_that_is_remembered_is_all_the_key_ever_answers(till: Till) -> None:
    till.paid()
    till.control("POST", "/faults", endpoint=REFUNDS, kind="error", remember=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            refund(till)
    assert failed.value.http_status == 500
    assert refund(till, key="refund-2").status == "succeeded"


def test_a_fault_strikes_as_often_as_ordered_and_only_where(till: Till) -> None:
    till.paid()
    till.control("POST", "/faults", endpoint="GET /v1/refunds/*", kind="error", times=2)
    made = refund(till)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            till.stripe.v1.refunds.retrieve(made.id)
    assert till.stripe.v1.refunds.retrieve(made.id).id == made.id
    assert till.control("GET", "/faults")["waiting"] == []


@pytest.mark.parametrize("order", [{"kind": "error"}, {"endpoint": "*", "kind": "fire"}, {"endpoint": "*", "a": 1}])
def test_a_fault_that_is_none_is_refused(till: Till, order: dict[str, Any]) -> None:
    assert till.call("POST", "/sandbox/faults", json=order).status_code == 400
