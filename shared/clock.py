"""The business clock, passed in, so that deadlines can be moved in tests and in the demo.

Signatures, tokens and leases use real time and never this clock.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """Real time plus an offset that can be moved forward; it never stands still, so order is kept."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> None:
        """Move the clock forward; raises ValueError for a step backwards."""
        if by < timedelta():
            raise ValueError("the clock only moves forward")
        self._offset += by
