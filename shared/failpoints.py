"""Points at which a test may kill the process, to see what a crash there leaves behind.

`FAULT_AT=relay.after-publish:3` kills it with SIGKILL the third time that point is passed. In production
(`ENVIRONMENT` unset or `production`) nothing is ever armed.
"""

import os
import signal
from threading import Lock


class _Armed:
    """The one point that is armed, and how many passes are left before it kills."""

    def __init__(self, environment: str, fault_at: str) -> None:
        name, _, count = fault_at.partition(":")
        self.name = name if environment != "production" else ""
        self._left = int(count or 1)
        self._lock = Lock()

    def passed(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left == 0


_armed = _Armed(os.environ.get("ENVIRONMENT", "production"), os.environ.get("FAULT_AT", ""))


def failpoint(name: str) -> None:
    """Do nothing, unless this point is armed: then the process ends here as if its power were cut."""
    if _armed.name == name and _armed.passed():
        os.kill(os.getpid(), signal.SIGKILL)
