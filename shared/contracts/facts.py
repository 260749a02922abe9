"""Facts beside offers, orders and deliveries: people, and notices that storefront turns into mail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from shared.contracts.base import Contract, EventSchema


@dataclass(frozen=True)
class Person:
    """All that leaves storefront about a person. Never a name in law, an address or a mail address."""

    person_id: UUID
    version: int
    display_name: str
    language: str
    organisations: list[UUID]
    roles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ErasedPerson:
    person_id: UUID
    version: int
    at: datetime


@dataclass(frozen=True)
class Notice:
    """A mail somebody should get: `topic` picks the template, `facts` fill it, `url` is a path at the front."""

    notice_id: UUID
    person_id: UUID
    topic: str
    facts: dict[str, Any]
    url: str
    at: datetime


class PersonSchema(EventSchema):
    makes = Person
    person_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    display_name = fields.String(required=True)
    language = fields.String(required=True)
    organisations = fields.List(fields.UUID(), required=True)
    roles = fields.List(fields.String(), load_default=list)


class ErasedPersonSchema(EventSchema):
    makes = ErasedPerson
    person_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    at = fields.AwareDateTime(required=True)


class NoticeSchema(EventSchema):
    makes = Notice
    notice_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    topic = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    url = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


PERSON_CHANGED: Contract[Person] = Contract("person.changed.v1", PersonSchema())
PERSON_ERASED: Contract[ErasedPerson] = Contract("person.erased.v1", ErasedPersonSchema())
NOTICE_WANTED: Contract[Notice] = Contract("notice.wanted.v1", NoticeSchema())
