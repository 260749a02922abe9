"""Facet counts in one pass over the index, kept for as long as nothing on the shelf has changed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, func, select, true, tuple_
from sqlalchemy.orm import Session

from services.catalog.domain.listings import (
    PERMISSION_BITS,
    PRICE_STEPS,
    Facets,
    Filters,
    Listing,
    ShelfState,
    bits_for,
    named,
)

KEPT_ANSWERS = 512
NOTHING = Facets({}, {}, {}, dict.fromkeys(PRICE_STEPS, 0), dict.fromkeys(PERMISSION_BITS, 0), 0)
Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """Answers by question, the longest unused forgotten first. The shelf's state is part of every question,
    so an answer is never older than the shelf."""

    def __init__(self, most: int) -> None:
        self._most, self._answers, self._lock = most, OrderedDict[Hashable, Answer](), Lock()

    def get(self, question: Hashable, find: Callable[[], Answer]) -> Answer:
        """The answer to the same question before, or what `find` finds."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                return self._answers[question]
        answer = find()
        with self._lock:
            self._answers[question] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer


_kept: Kept[Facets] = Kept(KEPT_ANSWERS)


def facets_for(session: Session, finds: ColumnElement[bool], words: str, filters: Filters) -> Facets:
    """Each facet counted under every filter but its own, among the listings that `finds` finds for `words`."""
    state = session.scalar(select(ShelfState.state))
    return _kept.get((state, words, filters), lambda: _count(session, finds, filters))


def _count(session: Session, finds: ColumnElement[bool], filters: Filters) -> Facets:
    """One scan with a grouping set for each facet; every row brings the counts under all filters but one."""
    bits = bits_for(filters.permissions)
    conditions: dict[str, ColumnElement[bool]] = {
        "kind": true() if filters.kind is None else Listing.kind == filters.kind,
        "base_model": _holds(Listing.base_models, filters.base_model),
        "family": _holds(Listing.families, filters.family),
        "price": true() if filters.price_max is None else Listing.price <= filters.price_max,
        "permission": Listing.permissions.op("&")(bits) == bits if bits else true(),
    }
    columns = {
        "kind": Listing.kind,
        "base_model": Listing.base_models,
        "family": Listing.families,
        "price": Listing.price_band,
        "permission": Listing.permissions,
    }
    sets = func.grouping_sets(*(tuple_(column) for column in columns.values()), tuple_())
    counts = [func.count().filter(_all_but(conditions, name)) for name in columns]
    # A permission's count is what remains when it is asked for as well, so its own filter stays.
    counts[-1] = func.count().filter(and_(*conditions.values()))
    scan = select(func.grouping(*columns.values()), *columns.values(), *counts, func.count()).where(finds)
    scan = scan.add_columns(func.count().filter(and_(*conditions.values()))).group_by(sets)
    if filters.creator_id:
        scan = scan.where(Listing.creator_id == filters.creator_id)
    return _read(session.execute(scan).all(), list(columns))


def _holds(column: Any, value: str | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = true() if value is None else column.contains([value])
    return found


def _all_but(conditions: dict[str, ColumnElement[bool]], left_out: str) -> ColumnElement[bool]:
    return and_(true(), *(condition for name, condition in conditions.items() if name != left_out))


def _read(rows: Any, names: list[str]) -> Facets:
    counted: dict[str, dict[Any, int]] = {name: {} for name in names}
    counted["price"], counted["permission"] = dict(NOTHING.price), dict(NOTHING.permission)
    total = 0
    for grouped, *row in rows:
        if grouped == 2 ** len(names) - 1:
            total = row[-1]
            continue
        # GROUPING() has a 0 for the one column that this row is grouped by, the first in the highest bit.
        at = next(at for at in range(len(names)) if not grouped >> (len(names) - 1 - at) & 1)
        for value in _values(names[at], row[at]):
            counted[names[at]][value] = counted[names[at]].get(value, 0) + row[len(names) + at]
    kept = {name: {value: count for value, count in counted[name].items() if count} for name in names[:3]}
    return Facets(**kept, price=counted["price"], permission=counted["permission"], total=total)


def _values(name: str, value: Any) -> list[Any]:
    if name == "kind":
        return [value.value]
    if name == "price":
        return list(PRICE_STEPS[value:])
    return named(value) if name == "permission" else value
