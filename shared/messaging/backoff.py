"""How long to wait before the next try, and after how many tries to stop."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Backoff:
    """Waits of `first`, `first * factor`, ... up to `longest`; after `tries` the thing is parked."""

    tries: int
    first: timedelta
    longest: timedelta
    factor: int = 3

    def is_over(self, attempts: int) -> bool:
        """True when `attempts` tries were made and there is none left."""
        return attempts >= self.tries

    def wait(self, attempts: int) -> timedelta:
        """The wait after this many tries."""
        grown: timedelta = self.first * self.factor ** min(max(attempts, 1) - 1, 20)
        return min(self.longest, grown)


# Five tries in 33 s: a poison event, even one that kills its process, is parked within a minute.
EVENTS = Backoff(tries=5, first=timedelta(seconds=1), longest=timedelta(seconds=20))
# Twelve tries in about three hours: an outside party that is down for lunch needs no operator.
TIMERS = Backoff(tries=12, first=timedelta(seconds=2), longest=timedelta(minutes=30))


def jittered(failures: int, longest: float = 30.0) -> float:
    """Seconds to wait before reconnecting after this many failures; random, so that not all come at once."""
    return min(longest, 0.25 * 2.0 ** min(failures, 10)) * random.uniform(0.5, 1.0)  # noqa: S311
