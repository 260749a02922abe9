"""Who may tell us of payments."""

import hashlib
import hmac
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.gateways.payments.signatures import NoticeRefused, check_signature

SECRET = "whsec_0123456789abcdef"
BODY = b'{"id": "evt_1"}'


def header(body: bytes = BODY, secret: str = SECRET, offset: int = 0) -> str:
    stamp = int(time.time()) + offset
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


@pytest.mark.parametrize("offset", [0, -290, 290])
def test_a_signature_of_now_holds(offset: int) -> None:
    check_signature(BODY, header(offset=offset), [SECRET])


@pytest.mark.parametrize("offset", [-310, 310, -(10**6), 10**6])
def test_a_stamp_too_far_off_either_way_is_refused(offset: int) -> None:
    with pytest.raises(NoticeRefused):
        check_signature(BODY, header(offset=offset), [SECRET])


def test_either_of_two_secrets_holds_and_no_third() -> None:
    check_signature(BODY, header(secret="whsec_old_secret_00001"), [SECRET, "whsec_old_secret_00001"])
    with pytest.raises(NoticeRefused):
        check_signature(BODY, header(secret="whsec_somebody_elses_1"), [SECRET, "whsec_old_secret_00001"])


def test_a_second_signature_in_the_header_may_be_the_one_that_holds() -> None:
    good = header()
    check_signature(BODY, good.replace(",v1=", f",v1={'0' * 64},v1="), [SECRET])


@given(st.text(max_size=60), st.binary(max_size=60))
def test_no_header_that_was_not_signed_gets_through(text: str, body: bytes) -> None:
    for made_up in (text, f"t={int(time.time())},v1={text}", f"t={text},v1=0"):
        with pytest.raises(NoticeRefused):
            check_signature(body, made_up, [SECRET])
