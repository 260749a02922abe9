"""A stand-in over HTTP, a merchant, and the merchant's webhook endpoint."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.server import serving
from tests.contracts.stripe.receiver import SECRET, Receiver, receiving
from tests.contracts.stripe.shop import KEY, Shop

QUICK: dict[str, Any] = {
    "later_delay": 0.05,
    "dispute_delay": 0.05,
    "wallet_refund_delay": 0.05,
    "webhook_retries": (0.05,),
    "webhook_timeout": 2.0,
}


@contextmanager
def trading(data: Path, webhook_url: str | None, **more: Any) -> Iterator[Shop]:
    """A merchant with a stand-in of its own."""
    options = Options(data=data, api_key=KEY, webhook_url=webhook_url, webhook_secret=SECRET, **{**QUICK, **more})
    with serving(options) as running:
        yield Shop(running)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def open_shop(tmp_path: Path, receiver: Receiver) -> Iterator[Callable[..., Shop]]:
    """Opens a merchant; opened again after `close`, its stand-in remembers what was before."""
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(trading(tmp_path, receiver.url, **more))


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()
