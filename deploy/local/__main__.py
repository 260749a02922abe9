"""`make run`: make everything ready, start it, fill a small shop, say where it is, and stop cleanly."""

import argparse
import json
import signal
import threading
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError

from rich.console import Console

from deploy.demo.accounts import PASSWORD, all_accounts
from deploy.demo.fill import fill
from deploy.local.children import Child
from deploy.local.configuration import Demo
from deploy.local.postgres import SERVICES, LocalPostgres
from deploy.local.secrets import load_or_make
from shared.migrations import upgrade

console = Console(highlight=False)


class CannotStart(Exception):
    """Something the demo needs did not come up; the text says what and why."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make run", description="The whole shop on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="the shop; the two ports above it are used too")
    parser.add_argument("--data", type=Path, default=Path(".huafang"), help="where everything is kept")
    arguments = parser.parse_args()
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    try:
        run(arguments.data.resolve(), arguments.port, asked_to_stop)
    except CannotStart as problem:
        console.print(f"[red]✗[/] {problem}")
        raise SystemExit(1) from None


def run(data: Path, port: int, asked_to_stop: threading.Event) -> None:
    """Start the demo and serve until asked to stop; everything is kept in `data`."""
    data.mkdir(parents=True, exist_ok=True)
    logs = data / "run"
    logs.mkdir(exist_ok=True)
    with ExitStack() as stack:
        with console.status("PostgreSQL …"):
            postgres = LocalPostgres(data / "postgres")
            stack.callback(postgres.stop)
            demo = Demo(data, port, load_or_make(data), postgres.database_urls())
        console.print("[green]✓[/] PostgreSQL")
        for service in SERVICES:
            upgrade(service, demo.databases[service])
        console.print("[green]✓[/] databases up to date")
        sandbox, front = Child("sandbox", logs), Child("front", logs)
        stack.callback(sandbox.stop)
        stack.callback(front.stop)
        _start_sandbox(sandbox, demo)
        databases = json.dumps(demo.databases)
        front.start("deploy.local.serve", str(data), str(port), environment={"HUAFANG_DATABASES": databases})
        _wait_for(f"{demo.url}/health/ready", front, asked_to_stop)
        console.print("[green]✓[/] shop, services and sandbox gateway")
        if not asked_to_stop.is_set():
            fill(demo, console, asked_to_stop)
        _say_where(demo)
        while not asked_to_stop.wait(1):
            if front.has_ended() or sandbox.has_ended():
                raise CannotStart(f"A part of the demo ended by itself:\n{front.last_words()}")
        console.print("\nStopping …")
    console.print("[green]✓[/] stopped; everything is kept in " + str(data))


def _start_sandbox(sandbox: Child, demo: Demo) -> None:
    sandbox.start(
        "deploy.sandbox.stripe",
        *("--port", str(demo.sandbox_port), "--data", str(demo.data / "stripe")),
        *("--webhook-url", f"{demo.url}/api/orders/webhooks/stripe"),
        *("--webhook-secret", demo.secrets.stripe_webhook, "--api-key", demo.secrets.stripe_key),
        *("--public-url", demo.sandbox_url),
    )


def _wait_for(url: str, child: Child, asked_to_stop: threading.Event, seconds: float = 60) -> None:
    deadline = monotonic() + seconds
    with console.status("shop …"):
        while monotonic() < deadline and not asked_to_stop.is_set():
            if child.has_ended():
                raise CannotStart(f"The shop did not start. Its last words:\n{child.last_words()}")
            try:
                urllib.request.urlopen(url, timeout=2).close()
            except (URLError, OSError):
                sleep(0.2)
            else:
                return
    if not asked_to_stop.is_set():
        raise CannotStart(f"The shop was not ready after {seconds:.0f} s:\n{child.last_words()}")


def _say_where(demo: Demo) -> None:
    console.print(f"\n  [bold]画坊 Huafang[/]   {demo.url}\n")
    for account in all_accounts():
        console.print(f"  {account.email:<24} {PASSWORD}   {account.name}")
    console.print(f"\n  mails          {demo.data / 'mail'}")
    console.print("  payments       a sandbox: card 4242 4242 4242 4242, any date and code")
    console.print("  stop           Ctrl-C\n")


if __name__ == "__main__":
    main()
