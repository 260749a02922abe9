"""The demo as `make run` starts it, and a real browser."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class RunningShop:
    url: str
    data: Path


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The whole shop with its demo products, started and ended as a person does it."""
    data, port = tmp_path_factory.mktemp("shop"), free_ports(3)[0]
    output = data / "output.txt"
    with output.open("w") as file:
        command = [sys.executable, "-m", "deploy.local", "--port", str(port), "--data", str(data)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, env=os.environ | {"COLUMNS": "200"})
    try:
        deadline = monotonic() + 240
        while "Ctrl-C" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert monotonic() < deadline, output.read_text()
            sleep(0.2)
        url = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(url, timeout=10).close()
        yield RunningShop(url, data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Screenshots are build output, never committed."""
    return ROOT / "build" / "screenshots"
