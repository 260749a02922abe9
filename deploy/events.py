"""`make events`: docs/events.md, written from the contracts themselves."""

from collections.abc import Iterator

import marshmallow
from marshmallow import fields

from shared.contracts import CONTRACTS
from shared.contracts.base import Contract

HEAD = """# Events

Written by `make events` from `shared/contracts`; a test fails when the two differ.

Every event is a CloudEvents 1.0 envelope in JSON on the topic exchange `huafang.events`. Its routing key is its
type: the publishing service, then the name below (`orders.order.paid.v1`). Money is whole fen. A reader ignores
fields it does not know; a field is never removed or given another meaning within a version.
"""


def document() -> str:
    """The whole page."""
    return HEAD + "".join(section(contract) for contract in CONTRACTS)


def section(contract: Contract[object]) -> str:
    """One event: what it says, and its fields with types, in order."""
    says = (contract.schema.makes.__doc__ or "").strip()
    rows = "\n".join(_rows(contract.schema, ""))
    return f"\n## `*.{contract.name}`\n\n{says}\n\n| field | type | always there |\n| --- | --- | --- |\n{rows}\n"


def _rows(schema: marshmallow.Schema, prefix: str) -> Iterator[str]:
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        mark = "[]" if isinstance(field, fields.List) else ""
        kind = "object" if isinstance(inner, fields.Nested) else type(inner).__name__.lower()
        kind += " or null" if field.allow_none else ""
        yield f"| `{prefix}{name}{mark}` | {kind} | {'yes' if field.required else ''} |"
        if isinstance(inner, fields.Nested):
            yield from _rows(inner.schema, f"{prefix}{name}{mark}.")


if __name__ == "__main__":
    print(document(), end="")
