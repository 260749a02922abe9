"""Base of the service's mapped classes."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import DeclarativeBase

from shared.database import TYPES, service_metadata

CURRENCY_IS_A_CODE = "currency ~ '^[A-Z]{3}$'"


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map = TYPES


def one_of(column: str, values: type) -> CheckConstraint:
    """A CHECK that `column` holds one of the values of a StrEnum."""
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
