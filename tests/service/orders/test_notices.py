"""The gateway's notices: who sent them, what they mean, and what a genuine one cannot do."""

import json
import time
from typing import Any

import pytest

from deploy.sandbox.stripe.webhooks.signature import sign
from tests.service.orders.till import SECRET, Till

NONE_STORED = "SELECT count(*) FROM webhook_events"


def event(**changes: Any) -> bytes:
    whole = {
        "id": "evt_1",
        "object": "event",
        "type": "plan.created",
        "livemode": False,
        "created": int(time.time()),
        "data": {"object": {"object": "plan", "id": "plan_1"}},
    }
    return json.dumps(whole | changes).encode()


def signed(payload: bytes, secret: str = SECRET, ago: int = 0) -> str:
    return sign(payload, secret, int(time.time()) - ago)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "x",
        "t=abc,v1=00",
        "v1=00",
        "t=1",
        signed(event(), "whsec_somebody_elses"),
        signed(event(id="evt_2")),
        signed(event(), ago=301),
        signed(event(), ago=-320),
        "t=１,v1=00",
    ],
    ids=["none", "empty", "no-parts", "no-number", "no-time", "no-hash", "secret", "body", "old", "future", "wide"],
)
def test_a_notice_that_the_gateway_did_not_sign_now_changes_nothing(till: Till, signature: str | None) -> None:
    answer = till.post_notice(event(), signature.encode().decode("latin-1") if signature else signature)
    assert (answer.status, answer.slug) == (400, "webhook-refused")
    assert till.value(NONE_STORED) == 0


def test_a_body_that_was_written_anew_is_refused(till: Till) -> None:
    payload = event()
    again = json.dumps(json.loads(payload), indent=1).encode()
    assert till.post_notice(again, signed(payload)).status == 400


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"{}", b'{"id": "evt_1"}', b"\xff", b'"x"', b"[" * 5000, event(data={"object": None})],
)
def test_a_signed_body_that_is_no_event_is_refused(till: Till, payload: bytes) -> None:
    assert till.post_notice(payload, sign(payload, SECRET, int(time.time()))).status == 400
    assert till.value(NONE_STORED) == 0


def test_a_notice_has_a_size_and_a_method(till: Till) -> None:
    payload = event(padding="x" * 257 * 1024)
    answer = till.post_notice(payload, signed(payload))
    assert answer.status == 413
    wrong = till.app.test_client().get("/webhooks/stripe")
    assert (wrong.status_code, set(wrong.headers["Allow"].split(", "))) == (405, {"POST", "OPTIONS"})


def test_two_secrets_hold_during_a_rotation(till: Till) -> None:
    old = "whsec_the_one_before_0001"
    settings = till.desk.settings
    before = settings.stripe_webhook_secret_before
    payload = event()
    assert till.post_notice(payload, signed(payload, old)).status == 400
    object.__setattr__(settings, "stripe_webhook_secret_before", type(before)(old))
    try:
        assert till.post_notice(payload, signed(payload, old)).status == 200
        other = event(id="evt_2")
        assert till.post_notice(other, signed(other)).status == 200
    finally:
        object.__setattr__(settings, "stripe_webhook_secret_before", before)


def test_a_repeated_notice_is_stored_once_and_an_unknown_type_left_alone(till: Till) -> None:
    payload = event()
    for _ in range(3):
        answer = till.post_notice(payload, signed(payload))
        assert (answer.status, answer.body) == (200, {"received": True})
    till.run()
    assert till.rows("SELECT id, status FROM webhook_events") == [("evt_1", "ignored")]
    assert till.control("calls", method="GET")["count"] == 0


def test_no_name_or_address_of_a_payer_is_kept(till: Till) -> None:
    about = {
        "object": "checkout.session",
        "id": "cs_1",
        "customer_details": {"email": "payer@example.test", "name": "Canary Payer"},
        "metadata": {"payment_id": "x"},
    }
    till.notice("checkout.session.completed", about)
    kept = str(till.rows("SELECT * FROM webhook_events"))
    assert "payer@example.test" not in kept
    assert "Canary" not in kept
    assert "cs_1" in kept


def test_a_notice_of_something_unknown_is_tried_again_then_set_aside_with_an_alert(till: Till) -> None:
    event_id = till.notice("checkout.session.completed", {"object": "checkout.session", "id": "cs_unknown"})
    till.run()
    assert till.notice_status(event_id) == "received"
    for _ in range(till.desk.settings.notice_attempts):
        till.advance(hours=7)
        till.run()
    assert till.notice_status(event_id) == "unmatched"
    assert [row[0] for row in till.rows("SELECT kind FROM alerts")] == ["unmatched_notice"]


@pytest.mark.parametrize("change", [{"livemode": True}])
def test_a_notice_of_the_other_mode_is_a_mismatch(till: Till, change: dict[str, Any]) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    session = till.pay_at_gateway(order["id"])
    event_id = till.notice("checkout.session.completed", session, **change)
    till.run()
    assert till.notice_status(event_id) == "mismatch"
    assert till.status(order["id"]) == "awaiting_payment"


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", "200000"), ("currency", "'USD'"), ("livemode", "true"), ("session_id", "'cs_another'")],
)
def test_a_genuine_payment_that_is_not_the_one_we_asked_for_pays_nothing(till: Till, column: str, value: str) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    session = till.pay_at_gateway(order["id"])
    till.rows_changed(f"UPDATE payments SET {column} = {value}")
    event_id = till.notice("checkout.session.completed", session)
    till.run()
    assert till.notice_status(event_id) == "mismatch"
    assert till.status(order["id"]) == "awaiting_payment"
    assert till.value("SELECT captured FROM payments") == 0
    alerts = till.operator.ask("GET", "/operator/alerts").body["items"]
    assert {alert["kind"] for alert in alerts} == {"payment_mismatch"}
    differs = next(alert["data"]["differs"] for alert in alerts if "differs" in alert["data"])
    assert column in differs
    assert "payment_mismatch" not in [entry["kind"] for entry in customer.order(order["id"])["timeline"]]
    assert "payment_mismatch" in [entry["kind"] for entry in till.operator.order(order["id"])["timeline"]]


def test_a_small_payment_that_names_a_large_order_does_not_pay_it(till: Till) -> None:
    """A genuine session of the same account, made elsewhere, whose metadata names our payment."""
    customer = till.customer()
    order = customer.place(till.offer(200_000)).body
    payment_id = customer.start(order["id"]).body["payment_id"]
    till.hold_webhooks()
    foreign = till.session_made_elsewhere(
        500, client_reference_id=order["id"], metadata={"order_id": order["id"], "payment_id": payment_id}
    )
    till.control(f"sessions/{foreign['id']}/pay", {"method": "card", "outcome": "succeed"})
    till.control("webhooks/release")
    till.until(lambda: till.value("SELECT count(*) FROM alerts WHERE kind = 'payment_mismatch'"))
    till.settle()
    assert till.status(order["id"]) == "awaiting_payment"
    assert till.value("SELECT session_id FROM payments") != foreign["id"]
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")


def test_a_payment_learned_of_from_its_notice_alone_is_ours_when_all_agrees(till: Till) -> None:
    """We crashed before the checkout's id was recorded; the customer paid it nevertheless."""
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    till.pay_at_gateway(order["id"])
    till.rows_changed("UPDATE payments SET session_id = NULL, status = 'wanted', checkout_url = ''")
    till.control("webhooks/release")
    till.until(lambda: till.status(order["id"]) == "paid")


def test_one_intent_pays_one_order(till: Till) -> None:
    _, first = till.paid_order()
    own = till.value("SELECT intent_id FROM payments")
    second = till.customer().place(till.offer()).body
    till.hold_webhooks()
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    session = till.pay_at_gateway(order["id"])
    till.rows_changed(f"UPDATE payments SET intent_id = '{session['payment_intent']}' WHERE intent_id = '{own}'")
    event_id = till.notice("checkout.session.completed", session)
    till.run()
    assert till.notice_status(event_id) == "mismatch"
    assert [till.status(each["id"]) for each in (first, second, order)] == ["paid", *["awaiting_payment"] * 2]


def test_notices_wait_while_the_gateway_does_not_answer(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.fault("GET *", "error", times=2, status=503)
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid", seconds=20)


def test_skewed_and_doubled_webhooks_of_a_real_payment_have_one_effect(till: Till) -> None:
    till.control("webhooks/settings", {"copies": 3, "timestamp_offset": 250})
    try:
        till.paid_order()
        till.settle()
    finally:
        till.control("webhooks/settings", {"copies": 1, "timestamp_offset": 0})
    assert len(till.events("order.paid%")) == 1
