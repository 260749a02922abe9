"""The operator's commands, and a worker seen from outside."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.database import Database
from shared.messaging import operate
from shared.messaging.backoff import Backoff
from shared.messaging.envelope import Event
from shared.messaging.timers import Timer, schedule
from shared.messaging.worker import Worker
from tests.service.messaging.sample import (
    CHANGED,
    Failed,
    Thing,
    change,
    consumer,
    effects,
    inbox,
    once_each,
    publisher,
    service,
    unpublished,
)
from tests.waiting import wait_for

Broker = dict[str, str]
Start = Callable[[Worker], Worker]
AT_ONCE = Backoff(tries=2, first=timedelta(), longest=timedelta())


def command(worker: Worker, *arguments: str) -> Result:
    return CliRunner().invoke(operate.main, [worker.service.name, *arguments], obj=worker)


class Mended:
    """A reaction and a timer's handler that fail until the fault is mended."""

    def __init__(self) -> None:
        self.is_broken = True
        self.done: list[str] = []

    def react(self, _session: Session, event: Event) -> None:
        self._do(event.subject)

    def ring(self, timer: Timer) -> None:
        self._do(timer.subject)

    def _do(self, what: str) -> None:
        if self.is_broken:
            raise Failed("still broken")
        self.done.append(what)


def test_what_is_parked_is_listed_shown_replayed_and_discarded(
    alpha: Database, beta: Database, in_process: Broker, start: Start
) -> None:
    mended = Mended()
    worker = start(Worker(service("beta", beta, in_process), {CHANGED: mended.react}, backoff=AT_ONCE))
    start(publisher("alpha", alpha, in_process))
    [replayed, discarded] = change(alpha, Thing(), Thing())
    wait_for(lambda: set(inbox(beta).values()) == {"parked"}, "both parked")

    listed = command(worker, "parked", "list").output
    assert str(replayed.id) in listed
    assert "Failed: still broken" in listed
    assert "2 parked" in listed
    shown = json.loads(command(worker, "parked", "show", str(replayed.id)).output)
    assert shown == json.loads(replayed.to_json())

    mended.is_broken = False
    assert command(worker, "parked", "discard", str(discarded.id)).exit_code == 0
    assert command(worker, "parked", "replay", "--all").exit_code == 0
    wait_for(lambda: mended.done == [replayed.subject], "tried anew")
    assert inbox(beta) == {replayed.id: "done", discarded.id: "discarded"}
    for again in ("show", "replay", "discard"):
        assert "nothing parked" in command(worker, "parked", again, str(replayed.id)).output
    with alpha.transaction() as session:
        session.execute(text("UPDATE outbox SET published_at = NULL"))
    wait_for(lambda: unpublished(alpha) == 0, "published again")
    assert mended.done == [replayed.subject], "what was discarded stays known"


def test_a_message_that_was_no_event_is_replayed_once_the_reader_was_mended(beta: Database, in_process: Broker) -> None:
    worker = consumer("beta", beta, in_process)
    [event] = change(beta, Thing())
    body = event.to_json()
    worker.inbox.receive(body.replace(b"1.0", b"0.9"), redelivered=False)
    [line, _count] = command(worker, "parked", "list").output.splitlines()
    id_ = line.split()[0]
    assert "unreadable" in line
    assert '"0.9"' in command(worker, "parked", "show", id_).output
    assert "not a CloudEvents 1.0" in command(worker, "parked", "replay", id_).output
    with beta.transaction() as session:
        session.execute(text("UPDATE unreadable SET body = :body"), {"body": body})
    assert command(worker, "parked", "replay", id_).exit_code == 0
    assert len(effects(beta)) == 1
    assert command(worker, "parked", "list").output == "0 parked\n"


def test_timers_are_listed_and_a_parked_one_is_replayed(alpha: Database, in_process: Broker, start: Start) -> None:
    mended = Mended()
    worker = start(Worker(service("alpha", alpha, in_process), {}, {"ring": mended.ring}))
    with alpha.transaction() as session:
        schedule(session, "ring", "one", worker.service.clock.now())
    wait_for(lambda: _column(alpha, "SELECT error FROM timers WHERE kind = 'ring'")[0], "failed once")
    with alpha.transaction() as session:
        session.execute(text("UPDATE timers SET status = 'parked' WHERE kind = 'ring'"))
    assert "parked" in command(worker, "timers").output
    [line, _count] = command(worker, "parked", "list").output.splitlines()
    assert "timer" in line
    mended.is_broken = False
    assert "ring one due" in command(worker, "parked", "show", line.split()[0]).output
    assert command(worker, "parked", "replay", line.split()[0]).exit_code == 0
    wait_for(lambda: mended.done == ["one"], "run")


def test_a_timer_that_is_due_now_runs_when_its_transaction_commits_and_not_a_poll_later(
    alpha: Database, in_process: Broker, start: Start
) -> None:
    mended = Mended()
    mended.is_broken = False
    worker = start(Worker(service("alpha", alpha, in_process), {}, {"ring": mended.ring}))
    for number in range(10):
        with alpha.transaction() as session:
            schedule(session, "ring", str(number), worker.service.clock.now())
        wait_for(lambda number=number: str(number) in mended.done, "run", seconds=5)
    assert mended.done == [str(number) for number in range(10)]


def test_the_outbox_is_listed_and_replayed_from_a_time(
    alpha: Database, beta: Database, in_process: Broker, start: Start
) -> None:
    worker = publisher("alpha", alpha, in_process)
    events = change(alpha, Thing(), Thing())
    assert "2  alpha.thing.changed.v1" in command(worker, "outbox", "list").output
    start(worker)
    start(consumer("beta", beta, in_process))
    wait_for(once_each(beta, events), "heard of")
    assert command(worker, "outbox", "replay", "--since", "2020-01-01").output == "2 events queued\n"
    wait_for(lambda: unpublished(alpha) == 0, "published again")
    assert command(worker, "outbox", "replay", "--since", "2999-01-01").output == "0 events queued\n"


def test_current_facts_are_published_anew(alpha: Database, in_process: Broker) -> None:
    things = [Thing(), Thing()]
    worker = publisher("alpha", alpha, in_process, republish=lambda session: change(alpha, *things))
    assert command(worker, "republish").output == "2 events queued\n"
    assert unpublished(alpha) == 2
    assert "no facts" in command(publisher("alpha", alpha, in_process), "republish").output


@pytest.mark.rabbitmq
def test_the_queue_is_declared_and_probed(beta: Database, rabbitmq: Broker) -> None:
    worker = consumer("beta", beta, rabbitmq)
    assert "declared" in command(worker, "topology", "declare").output
    assert "gave it back" in command(worker, "topology", "probe").output
    nowhere = consumer("beta", beta, {**rabbitmq, "url": "amqp://guest:guest@127.0.0.1:1//"})
    assert command(nowhere, "topology", "probe").exit_code == 1


def test_a_service_that_is_none_is_refused() -> None:
    for name in ("nothing", "../catalog", "os"):
        with pytest.raises(click.UsageError):
            operate.worker_of(name)


def test_a_workers_health_tells_the_truth_and_its_metrics_count(
    alpha: Database, beta: Database, in_process: Broker, start: Start, unused_port: int
) -> None:
    worker = start(
        Worker(service("measured", beta, in_process, worker_port=unused_port), {CHANGED: lambda _s, _e: None})
    )
    start(publisher("alpha", alpha, in_process))
    change(alpha, Thing())
    wait_for(lambda: inbox(beta), "heard of")
    base = f"http://127.0.0.1:{unused_port}"
    assert _get(f"{base}/health/live") == (200, {"status": "ok"})
    assert _get(f"{base}/health/ready") == (200, {"status": "ok"})
    consumed = 'huafang_events_consumed_total{outcome="done",service="measured"} 1.0'
    metrics = wait_for(lambda: _with(consumed, f"{base}/metrics"), "counted")
    assert 'huafang_parked{service="measured",what="events"} 0.0' in metrics
    assert _get(f"{base}/nothing")[0] == 404
    beta.engine.dispose()
    with beta.transaction() as session:
        session.execute(text("ALTER TABLE inbox RENAME TO elsewhere"))
    status, problem = wait_for(lambda: _not_ready(base), "not ready without its table")
    assert (status, problem["title"], problem["status"]) == (503, "Not ready", 503)
    assert "retries" in problem["failing"]
    assert _get(f"{base}/health/live")[0] == 200
    with beta.transaction() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO inbox"))
    wait_for(lambda: all(worker.readiness().values()), "ready again", seconds=40)


def test_a_worker_that_is_told_to_stop_ends_in_order(
    alpha: Database, beta: Database, in_process: Broker, spawn: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = spawn(in_process, alpha=alpha, beta=beta)
    events = change(alpha, *(Thing() for _ in range(20)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    spawn(in_process, alpha=alpha, beta=beta)
    wait_for(once_each(beta, events), "each effect once")


def test_a_failpoint_is_never_armed_in_production() -> None:
    code = "from shared.failpoints import failpoint; failpoint('here'); print('alive')"
    for environment, dies in (("production", False), ("", False), ("test", True)):
        told = {**os.environ, "FAULT_AT": "here", "ENVIRONMENT": environment}
        if not environment:
            del told["ENVIRONMENT"]
        run = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, check=False, cwd=ROOT)
        assert run.returncode == (-signal.SIGKILL if dies else 0)


ROOT = Path(__file__).resolve().parents[3]


def _column(database: Database, query: str) -> list[object]:
    with database.transaction() as session:
        return list(session.scalars(text(query)))


def _get(url: str) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def _with(wanted: str, url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        found: str = answer.read().decode()
    return found if wanted in found else ""


def _not_ready(base: str) -> tuple[int, dict[str, object]] | None:
    answer = _get(f"{base}/health/ready")
    return answer if answer[0] == 503 and "retries" in answer[1]["failing"] else None
