"""State machines that refuse a wrong move."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from shared.problems import Conflict

State = TypeVar("State", bound=StrEnum)


class MoveRefused(Conflict):
    slug, title = "move-refused", "This is not possible in the present state"


class Moves(Generic[State]):
    """The moves that are possible; everything else is refused."""

    def __init__(self, possible: Mapping[State, frozenset[State]]) -> None:
        self._possible = possible

    def allows(self, before: State, after: State) -> bool:
        return after in self._possible.get(before, frozenset())

    def check(self, before: State, after: State) -> None:
        """Raises MoveRefused (409) for a move that is not in the table."""
        if not self.allows(before, after):
            raise MoveRefused(f"It is {before.value} and cannot become {after.value}.", state=before.value)
