"""Wait for a condition with a deadline, never for a time."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(condition: Callable[[], Found], what: str = "", seconds: float = 20.0) -> Found:
    """What `condition` gives once that is true; raises AssertionError when the deadline passes."""
    deadline = monotonic() + seconds
    while not (found := condition()):
        if monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        sleep(0.02)
    return found
