"""What happens by itself when its time has come: sessions end, late payments arrive, refunds reach wallets."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from deploy.sandbox.stripe.actions import settle
from deploy.sandbox.stripe.actions.dispute import open_dispute
from deploy.sandbox.stripe.actions.expire_session import expire_session
from deploy.sandbox.stripe.actions.pay import settle_later_payment
from deploy.sandbox.stripe.actions.refund import settle_refund
from deploy.sandbox.stripe.clock import SandboxClock
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.store import Store

log = logging.getLogger(__name__)

LONGEST_NAP = 0.5
DUE = "SELECT * FROM timers WHERE due_at <= ? ORDER BY due_at, rowid LIMIT 1"


def on_expire_session(moment: Moment, subject: str, _: Json) -> None:
    """Nobody paid in time."""
    session = moment.tx.get(subject)
    if session["status"] == "open":
        expire_session(moment, session)


def on_settle_payment(moment: Moment, subject: str, payload: Json) -> None:
    """A payment that was to come later."""
    settle_later_payment(moment, moment.tx.get(subject), payload["succeeds"])


def on_settle_refund(moment: Moment, subject: str, payload: Json) -> None:
    """A refund that takes its time."""
    settle_refund(moment, moment.tx.get(subject), payload["succeeds"])


def on_book_charge(moment: Moment, subject: str, _: Json) -> None:
    """A charge that was captured asynchronously reaches the balance."""
    charge = settle.book(moment, moment.tx.get(subject))
    moment.emit("charge.updated", charge, {"balance_transaction": None})


def on_open_dispute(moment: Moment, subject: str, _: Json) -> None:
    """A card whose holder always says it was not them."""
    charge = moment.tx.get(subject)
    if not charge["disputed"]:
        open_dispute(moment, charge)


HANDLERS: dict[str, Callable[[Moment, str, Json], None]] = {
    "book_charge": on_book_charge,
    "expire_session": on_expire_session,
    "open_dispute": on_open_dispute,
    "settle_payment": on_settle_payment,
    "settle_refund": on_settle_refund,
}


class Timers:
    """A thread that runs what is due. A timer and its effect are one transaction, so each happens once."""

    def __init__(self, store: Store, clock: SandboxClock, moment: Callable[[], AbstractContextManager[Moment]]) -> None:
        self._store, self._clock, self._moment = store, clock, moment
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch the clock."""
        self._thread = threading.Thread(target=self._watch, name="stripe-timers", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is running, and run nothing more."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    def run_due(self) -> int:
        """Run everything that is due, earliest first. Answers how many there were."""
        count = 0
        while self._anything_due():
            with self._moment() as moment:
                row = moment.tx.one(DUE, moment.time)
                if row is not None:
                    moment.tx.unschedule(row["kind"], row["subject"])
                    HANDLERS[row["kind"]](moment, row["subject"], json.loads(row["payload"]))
                    count += 1
        return count

    def _anything_due(self) -> bool:
        # Without the write lock: a moment wakes this thread again, so opening one to find nothing would spin.
        with self._store.reading() as tx:
            return tx.one(DUE, self._clock.now()) is not None

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.run_due()
            except Exception:
                log.exception("a timer of the Stripe sandbox failed")
            self._wake.wait(LONGEST_NAP)
