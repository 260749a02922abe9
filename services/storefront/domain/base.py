"""The mapped classes of storefront's own database."""

from sqlalchemy.orm import DeclarativeBase

from shared.database import TYPES, service_metadata


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map = TYPES
