"""Faults that a test orders for the next calls of an endpoint."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from deploy.sandbox.stripe.errors import Json, StripeError

KINDS = ("error", "timeout", "cut", "slow")
WHEN = ("before", "after")


@dataclass
class Fault:
    """What goes wrong, how often, and on which side of the effect.

    error: answer `status`. timeout: answer nothing, and hang up after `seconds`. cut: send half the body. slow:
    wait `seconds`, then go on as usual. `when` and `remember` are for errors: a remembered one is kept under the
    idempotency key keep it, as Stripe does with a 500 of an endpoint that had begun.
    """

    endpoint: str
    kind: str
    times: int = 1
    status: int = 500
    when: str = "before"
    seconds: float = 60.0
    remember: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.when not in WHEN:
            raise ValueError(f"kind is one of {', '.join(KINDS)}; when is one of {', '.join(WHEN)}")
        if self.remember and self.kind != "error":
            raise ValueError("only an error can be remembered")

    def error(self) -> StripeError:
        """The error answered instead."""
        if self.status == 429:
            return StripeError(
                429, "Too many requests hit the API too quickly.", code="rate_limit", keeps=self.remember
            )
        headers = {"Stripe-Should-Retry": "false"} if self.remember else {}
        return StripeError(
            self.status,
            "Sorry, something went wrong in the sandbox, because a test asked for it.",
            kind="api_error",
            keeps=self.remember,
            headers=headers,
        )


class Faults:
    """The faults still to come, first ordered, first had. Kept in memory: they end with the process."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def order(self, fault: Fault) -> None:
        """Let the next matching calls fail."""
        with self._lock:
            self._waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of this call, if one was ordered for it."""
        call = f"{method} {path}"
        with self._lock:
            for fault in self._waiting:
                if fnmatchcase(call, fault.endpoint):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Json]:
        """What is still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]


def fault_from(order: dict[str, Any]) -> Fault:
    """A fault from a test's JSON; raises ValueError or TypeError when it is not one."""
    return Fault(**order)
