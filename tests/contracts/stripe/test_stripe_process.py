"""The stand-in as a process of its own, which may be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import requests
import stripe

from tests.contracts.stripe.receiver import SECRET, Receiver, until
from tests.contracts.stripe.shop import KEY, line

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def running(data: Path, port: int, webhook_url: str, how_it_ends: signal.Signals) -> Iterator[stripe.StripeClient]:
    """The process, started by its command line and ended by a signal."""
    command = [sys.executable, "-m", "deploy.sandbox.stripe", "--port", str(port), "--data", str(data)]
    options = ["--webhook-url", webhook_url, "--api-key", KEY, "--webhook-retries", "0.1,0.2"]
    environment = {**os.environ, "STRIPE_SANDBOX_WEBHOOK_SECRET": SECRET}
    process = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        until(lambda: healthy(port), "the process", patience=30)
        yield stripe.StripeClient(KEY, base_addresses={"api": f"http://127.0.0.1:{port}"})
        process.send_signal(how_it_ends)
        assert process.wait(10) == (-9 if how_it_ends == signal.SIGKILL else 0)
    finally:
        process.kill()
        process.communicate()


def healthy(port: int) -> bool:
    """Whether it answers yet."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/sandbox/health", timeout=1).ok
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("how_it_ends", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_what_was_before_is_there_after_a_restart(
    tmp_path: Path, receiver: Receiver, how_it_ends: signal.Signals
) -> None:
    port = free_port()
    receiver.answers = [503] * 100
    with running(tmp_path, port, receiver.url, how_it_ends) as client:
        session = client.v1.checkout.sessions.create(
            cast(
                Any,
                {"mode": "payment", "line_items": [line("水墨", 3990)], "success_url": "http://127.0.0.1:9/"},
            )
        )
        assert session.url
        card = {"number": "4242 4242 4242 4242", "expires": "12 / 34", "cvc": "123"}
        assert requests.post(session.url + "/card", data=card, timeout=5, allow_redirects=False).status_code == 303
        until(lambda: receiver.notices, "the first try")
    receiver.answers.clear()
    receiver.notices.clear()
    with running(tmp_path, port, receiver.url, signal.SIGTERM) as client:
        assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
        receiver.wait_for("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")


def test_it_listens_to_this_machine_only_and_stops_at_once(tmp_path: Path, receiver: Receiver) -> None:
    port = free_port()
    with running(tmp_path, port, receiver.url, signal.SIGTERM):
        listening = Path("/proc/net/tcp").read_text().splitlines()
        began = time.monotonic()
    mine = [row.split()[1] for row in listening if row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A"]
    assert mine == [f"0100007F:{port:04X}"]
    assert time.monotonic() - began < 5
