"""The stand-in's clock: real time plus what a test has moved it forward by."""

from __future__ import annotations

import time

from deploy.sandbox.stripe.store import Store


class SandboxClock:
    """Business time of the stand-in (expiry, retries, key pruning). Signatures use real time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = float(store.setting("clock_offset", 0.0))

    def now(self) -> float:
        """Seconds since 1970, moved forward as a test asked."""
        return time.time() + self._offset

    @property
    def offset(self) -> float:
        """Seconds it is ahead of real time."""
        return self._offset

    def advance(self, seconds: float) -> float:
        """Move forward, and stay there after a restart. Answers the new time; never goes back."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only moves forward")
        self._offset += seconds
        self._store.remember("clock_offset", self._offset)
        return self.now()

    def forget(self) -> None:
        """Real time again, when the stand-in is emptied."""
        self._offset = 0.0
