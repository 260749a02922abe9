"""A notice of the gateway, kept once by its id. Only references are kept: facts are fetched when it is processed,
and names and addresses of payers never reach this database."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.base import Base, one_of


class WebhookStatus(StrEnum):
    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    MISMATCH = "mismatch"
    UNMATCHED = "unmatched"


class WebhookEvent(Base):
    """`refers` holds the ids the notice names: session, intent, charge, refund, dispute, our own metadata."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        one_of("status", WebhookStatus),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_webhook_events_waiting", "received_at", postgresql_where=text("status = 'received'")),
        Index("ix_webhook_events_kept", "received_at", postgresql_where=text("status IN ('mismatch', 'unmatched')")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    livemode: Mapped[bool]
    account: Mapped[str | None]
    api_version: Mapped[str | None]
    created_at: Mapped[datetime]
    refers: Mapped[dict[str, Any]]
    status: Mapped[str]
    detail: Mapped[str]
    attempts: Mapped[int]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]


class GatewayCursor(Base):
    """How far the gateway's own list of events has been read."""

    __tablename__ = "gateway_cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    read_until: Mapped[datetime]
