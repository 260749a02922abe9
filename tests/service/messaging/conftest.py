"""The sample services on each transport, with databases, exchange and queues of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from kombu import Connection

from shared.database import Database
from shared.messaging.worker import Worker
from tests.databases import Databases, committed
from tests.service.messaging.sample import build, sample_environment
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[3]
RABBITMQ = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
NAMES = ("alpha", "beta", "gamma")


def remove(url: str, exchange: str) -> None:
    """Leave nothing at a broker that others use."""
    with Connection(url) as connection:
        channel = connection.default_channel
        for name in NAMES:
            channel.queue_delete(f"{exchange}.{name}")
        channel.exchange_delete(exchange)


@pytest.fixture
def rabbitmq() -> Iterator[dict[str, str]]:
    broker = {"url": RABBITMQ, "exchange": f"test-{uuid4().hex[:12]}"}
    yield broker
    remove(**broker)


@pytest.fixture
def in_process() -> dict[str, str]:
    return {"url": "memory://", "exchange": f"test-{uuid4().hex[:12]}"}


@pytest.fixture(params=[pytest.param("rabbitmq", marks=pytest.mark.rabbitmq), "in_process"])
def broker(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where messages go: each test that takes this runs on every transport."""
    told: dict[str, str] = request.getfixturevalue(request.param)
    return told


@pytest.fixture
def alpha(databases: Databases) -> Iterator[Database]:
    with committed(databases, "sample", build) as database:
        yield database


@pytest.fixture
def beta(databases: Databases) -> Iterator[Database]:
    with committed(databases, "sample", build) as database:
        yield database


@pytest.fixture
def start() -> Iterator[Callable[..., Worker]]:
    """Start a worker and see it ready; all are stopped at the end."""
    workers: list[Worker] = []

    def started(worker: Worker) -> Worker:
        workers.append(worker)
        worker.start()
        wait_for(lambda: all(worker.readiness().values()), f"{worker.service.name} ready: {worker.readiness()}")
        return worker

    yield started
    with ThreadPoolExecutor() as pool:
        assert all(pool.map(Worker.stop, workers)), "every worker stops in time"


Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start the sample services as a process; `fault` names the point at which it kills itself."""
    with ExitStack() as stack:

        def spawned(broker: dict[str, str], *, fault: str = "", **databases: Database) -> "subprocess.Popen[str]":
            environment = {**os.environ, **sample_environment(broker, databases), "FAULT_AT": fault}
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.service.messaging.sample_process"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "started\n"
            return process

        yield spawned


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
