"""`<publisher>.offer.published.v1` and `.offer.withdrawn.v1`: what is for sale, by whom, to whom, until when."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from marshmallow import fields, validate

from shared.contracts.base import Contract, EventSchema


@dataclass(frozen=True)
class Text:
    """A title in both languages of the shop."""

    zh: str
    en: str


@dataclass(frozen=True)
class Work:
    """A work in the offer and its creator; `weight` divides the offer's earnings between works."""

    work_id: UUID
    creator_id: UUID
    weight: int = 1


@dataclass(frozen=True)
class Terms:
    """Words the buyer accepts before paying; `sha256` is of the text shown."""

    key: str
    version: str
    title: Text
    url: str
    sha256: str


@dataclass(frozen=True)
class Party:
    """The one buyer of a private offer: `kind` is person or organisation."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class CoveredLine:
    offer_id: UUID
    quantity: int


@dataclass(frozen=True)
class Offer:
    """The whole offer at `version`. `price`: fen for one piece; `url`, `picture_url`: paths at the front."""

    offer_id: UUID
    version: int
    publisher: str
    kind: str
    reference: UUID
    title: Text
    price: int
    currency: str
    max_quantity: int
    works: list[Work]
    published_at: datetime
    url: str = ""
    picture_url: str = ""
    terms: list[Terms] = field(default_factory=list)
    buyer: Party | None = None
    requires: list[str] = field(default_factory=list)
    covers: list[CoveredLine] = field(default_factory=list)
    ends_at: datetime | None = None


@dataclass(frozen=True)
class WithdrawnOffer:
    offer_id: UUID
    version: int
    reason: str
    withdrawn_at: datetime


class TextSchema(EventSchema):
    makes = Text
    zh = fields.String(required=True)
    en = fields.String(required=True)


class WorkSchema(EventSchema):
    makes = Work
    work_id = fields.UUID(required=True)
    creator_id = fields.UUID(required=True)
    weight = fields.Integer(strict=True, validate=validate.Range(min=1), load_default=1)


class TermsSchema(EventSchema):
    makes = Terms
    key = fields.String(required=True)
    version = fields.String(required=True)
    title = fields.Nested(TextSchema, required=True)
    url = fields.String(required=True)
    sha256 = fields.String(required=True)


class PartySchema(EventSchema):
    makes = Party
    kind = fields.String(required=True, validate=validate.OneOf(["person", "organisation"]))
    id = fields.UUID(required=True)


class CoveredLineSchema(EventSchema):
    makes = CoveredLine
    offer_id = fields.UUID(required=True)
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class OfferSchema(EventSchema):
    makes = Offer
    offer_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    publisher = fields.String(required=True)
    kind = fields.String(required=True)
    reference = fields.UUID(required=True)
    title = fields.Nested(TextSchema, required=True)
    price = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    max_quantity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    works = fields.List(fields.Nested(WorkSchema), required=True)
    published_at = fields.AwareDateTime(required=True)
    url = fields.String(load_default="")
    picture_url = fields.String(load_default="")
    terms = fields.List(fields.Nested(TermsSchema), load_default=list)
    buyer = fields.Nested(PartySchema, allow_none=True, load_default=None)
    requires = fields.List(fields.String(), load_default=list)
    covers = fields.List(fields.Nested(CoveredLineSchema), load_default=list)
    ends_at = fields.AwareDateTime(allow_none=True, load_default=None)


class WithdrawnOfferSchema(EventSchema):
    makes = WithdrawnOffer
    offer_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    reason = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(required=True)


OFFER_PUBLISHED: Contract[Offer] = Contract("offer.published.v1", OfferSchema())
OFFER_WITHDRAWN: Contract[WithdrawnOffer] = Contract("offer.withdrawn.v1", WithdrawnOfferSchema())
