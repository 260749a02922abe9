"""LISTEN/NOTIFY: whoever writes an event or a timer wakes the loop that handles it, when the write commits.

A notification is only a hint. Each loop polls as well, so a lost one costs a second, never an event.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.messaging.loops import Loop
from shared.messaging.sessions import open_session

OUTBOX = "outbox"
TIMERS = "timers"


def notify(session: Session, channel: str) -> None:
    """Wake the loops of `channel` when this transaction commits."""
    session.execute(select(func.pg_notify(channel, "")))


class Wakeups:
    """Listens on a connection of its own and calls the loops that asked for a channel."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._loops: dict[str, list[Loop]] = {OUTBOX: [], TIMERS: []}

    def wakes(self, channel: str, loop: Loop) -> Loop:
        """Call `loop` at each notification on `channel`."""
        self._loops[channel].append(loop)
        return loop

    def run(self, loop: Loop) -> None:
        """Listen until stopped; raises psycopg.OperationalError when the connection is lost."""
        with open_session(self._url, f"{self._name}-listen") as connection:
            for channel, sleepers in self._loops.items():
                connection.execute(f"LISTEN {channel}")
                for sleeper in sleepers:  # what was notified while nobody listened
                    sleeper.call()
            while loop.going():
                loop.report_ready()
                for note in connection.notifies(timeout=1, stop_after=1):
                    for sleeper in self._loops.get(note.channel, []):
                        sleeper.call()
