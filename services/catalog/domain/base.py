"""Base of catalog's mapped classes, and the column type of a closed set of words."""

from enum import StrEnum

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase

from shared.database import TYPES, service_metadata


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map = TYPES


def choice(words: type[StrEnum], name: str) -> Enum:
    """A text column that holds one of `words` and nothing else; `name` ends the check's name."""
    return Enum(
        words,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda kind: [word.value for word in kind],
    )
