"""What a prompt dictionary holds, as its page shows it before anyone buys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.files.formats import Kind
from shared.files.privacy import clean_text

SIZE_LIMIT = 20 * 1024 * 1024
ENTRIES_LIMIT = 200_000
PREVIEW_ROWS = 20
_CELL_LIMIT = 300
_CELLS = 20
_CATEGORIES, _CATEGORY_LIMIT = 100, 80

CATEGORY_NAMES = frozenset({"category", "categories", "group", "type", "分类", "类别", "类型", "分组", "组"})


@dataclass(frozen=True)
class DictionaryFacts:
    """`entries` is None where a PDF does not tell; `columns` are a table's headings. `preview` has at most 20 rows
    of short texts, still a stranger's: escape them.
    """

    kind: Kind
    entries: int | None
    categories: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    preview: tuple[tuple[str, ...], ...] = ()
    encoding: str | None = None
    pages: int | None = None


def preview_of(rows: Iterable[Sequence[object]]) -> tuple[tuple[str, ...], ...]:
    """The first rows, cut to what a page shows."""
    found: list[tuple[str, ...]] = []
    for row in rows:
        if len(found) == PREVIEW_ROWS:
            break
        found.append(tuple(clean_text(str(cell), _CELL_LIMIT) for cell in row[:_CELLS]))
    return tuple(found)


def distinct_names(names: Iterable[object]) -> tuple[str, ...]:
    """Short names, each once, in their order, at most a hundred."""
    cleaned = (clean_text(name, _CATEGORY_LIMIT) for name in names if isinstance(name, str))
    return tuple(list(dict.fromkeys(name for name in cleaned if name))[:_CATEGORIES])
