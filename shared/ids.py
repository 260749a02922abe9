"""Identifiers: UUIDv7 (RFC 9562), so that rows sort by the time they were made."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    return uuid_utils.compat.uuid7()


def parse_id(text: str) -> UUID | None:
    """The UUID that `text` spells, or None: an id from outside that is no id names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None
