"""Checkout Sessions: what Stripe takes, and how they end."""

from typing import Any

import pytest
import stripe

from tests.unit.sandbox.till import KEY, Till


def test_a_session_is_open_and_has_no_intent_until_somebody_pays(till: Till) -> None:
    session = till.open_session()
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert session.url == f"http://till.test/c/pay/{session.id}"
    assert session.amount_total == 3990
    assert session.expires_at - session.created == 24 * 3600


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"line_items": []}, "line_items"),
        ({"mode": "subscription"}, "mode"),
        ({"success_url": "ftp://shop.test"}, "success_url"),
        ({"payment_method_types": ["paypal"]}, "payment_method_types[0]"),
        ({"payment_method_options": {}}, "payment_method_options[wechat_pay][client]"),
        ({"locale": "tlh"}, "locale"),
        ({"colour": "red"}, "colour"),
        ({"amount": -1}, "line_items[0][price_data][unit_amount]"),
        ({"amount": 100_000_000}, "line_items[0][price_data][unit_amount]"),
        ({"amount": 399}, "line_items"),
    ],
)
def test_what_stripe_refuses_is_refused_and_named(till: Till, change: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.open_session(**change)
    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert not till.stripe.v1.checkout.sessions.list().data


def test_lines_must_share_one_currency(till: Till) -> None:
    lines = [
        {"price_data": {"currency": code, "unit_amount": 500, "product_data": {"name": "a"}}, "quantity": 1}
        for code in ("cny", "usd")
    ]
    with pytest.raises(stripe.InvalidRequestError, match="same currency"):
        till.open_session(line_items=lines)


@pytest.mark.parametrize(
    ("minutes", "message"), [(29, "at least 30 minutes"), (30, None), (1440, None), (1441, "less than 24 hours")]
)
def test_a_session_ends_after_30_minutes_to_24_hours(till: Till, minutes: int, message: str | None) -> None:
    till.sandbox.clock.now = lambda: 1_790_000_000.0  # type: ignore[method-assign]
    ends = 1_790_000_000 + minutes * 60
    if message is None:
        assert till.open_session(expires_at=ends).expires_at == ends
        return
    with pytest.raises(stripe.InvalidRequestError, match=message):
        till.open_session(expires_at=ends)


def test_a_session_expires_by_itself(till: Till) -> None:
    session = till.open_session()
    till.pass_time(24 * 3600 + 1)
    after = till.stripe.v1.checkout.sessions.retrieve(session.id)
    assert (after.status, after.url) == ("expired", None)
    assert till.types() == ["checkout.session.expired"]


def test_expiring_takes_back_an_intent_that_waits_for_a_wallet(till: Till) -> None:
    session = till.open_session()
    till.call("POST", f"/c/pay/{session.id}/wallet", data={"method": "wechat_pay"})
    till.stripe.v1.checkout.sessions.expire(session.id)
    assert till.intent(session.id).status == "canceled"
    assert till.types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


@pytest.mark.parametrize("outcome", ["succeed", "later"])
def test_a_complete_session_does_not_expire(till: Till, outcome: str) -> None:
    session = till.open_session()
    till.control("POST", f"/sessions/{session.id}/pay", outcome=outcome)
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        till.stripe.v1.checkout.sessions.expire(session.id)
    till.pass_time(25 * 3600)
    assert "checkout.session.expired" not in till.types()


def test_an_unknown_object_is_a_404_of_stripes(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        till.stripe.v1.payment_intents.retrieve("pi_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    assert missing.value.user_message == "No such payment_intent: 'pi_nobody'"


def test_an_id_of_another_kind_is_unknown(till: Till) -> None:
    session = till.open_session()
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        till.stripe.v1.charges.retrieve(session.id)


def test_an_address_that_stripe_has_and_the_sandbox_has_not_is_a_404(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        till.stripe.v1.customers.create({})


@pytest.mark.parametrize("header", [None, "Bearer sk_test_somebody_elses_key", "Basic !!", "Bearer "])
def test_without_the_key_nothing_is_told(till: Till, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/v1/balance", "/sandbox/calls"):
        answer = till.app.test_client().get(path, headers=headers)
        assert answer.status_code == 401
        assert "somebody_elses" not in answer.get_data(as_text=True)


def test_the_key_may_come_as_a_user_name(till: Till) -> None:
    assert till.app.test_client().get("/v1/balance", auth=(KEY, "")).status_code == 200


def test_a_body_that_is_no_form_is_refused(till: Till) -> None:
    answer = till.call("POST", "/v1/refunds", json={"charge": "ch_1"})
    assert answer.status_code == 400
    assert "application/x-www-form-urlencoded" in answer.get_data(as_text=True)


def test_a_version_that_is_none_is_refused(till: Till) -> None:
    assert till.call("GET", "/v1/balance", headers={"Stripe-Version": "latest"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["colour", "payment_intent.colour", "payment_intent.latest_charge.refunds.data.charge"]
)
def test_what_cannot_be_expanded_is_refused(till: Till, path: str) -> None:
    session = till.open_session()
    till.control("POST", f"/sessions/{session.id}/pay")
    with pytest.raises(stripe.InvalidRequestError):
        till.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": [path]})
