"""The tables that stand in every service's database, as they were first made.

A service's first migration calls this. It is never changed: a later shape gets a function of its own, called
by a later migration of each service.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def create_shared_tables_v1(op: Any) -> None:
    """Make outbox, inbox, unreadable, timers and idempotency_keys; `op` is `alembic.op`."""
    _create_outbox(op)
    _create_inbox(op)
    _create_unreadable(op)
    _create_timers(op)
    _create_idempotency_keys(op)


def _create_outbox(op: Any) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("envelope", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("queued_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("published_at", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_try_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("error", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    unpublished = sa.text("published_at IS NULL")
    op.create_index("ix_outbox_unpublished", "outbox", ["id"], postgresql_where=unpublished)
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])


def _create_inbox(op: Any) -> None:
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
        sa.Column("error", sa.String),
        sa.Column("body", sa.LargeBinary),
        sa.Column("next_try_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("received_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("done_at", MOMENT),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
        sa.CheckConstraint(
            "status IN ('done', 'ignored', 'retrying', 'parked', 'discarded')", name=op.f("ck_inbox_status")
        ),
        sa.CheckConstraint("status NOT IN ('retrying', 'parked') OR body IS NOT NULL", name=op.f("ck_inbox_body_kept")),
    )
    retrying, parked = sa.text("status = 'retrying'"), sa.text("status = 'parked'")
    op.create_index("ix_inbox_retrying", "inbox", ["next_try_at"], postgresql_where=retrying)
    op.create_index("ix_inbox_parked", "inbox", ["received_at"], postgresql_where=parked)
    op.create_index("ix_inbox_done_at", "inbox", ["done_at"])


def _create_unreadable(op: Any) -> None:
    op.create_table(
        "unreadable",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("consumer", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable"),
        sa.UniqueConstraint("consumer", "sha256", name="uq_unreadable_consumer_sha256"),
    )


def _create_timers(op: Any) -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("traceparent", sa.String, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
        sa.Column("status", sa.String, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.String),
        sa.Column("free_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("is_running", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
        sa.UniqueConstraint("kind", "subject", name="uq_timers_kind_subject"),
        sa.CheckConstraint("status IN ('waiting', 'parked')", name=op.f("ck_timers_status")),
    )
    op.create_index("ix_timers_due_at", "timers", ["due_at"], postgresql_where=sa.text("status = 'waiting'"))


def _create_idempotency_keys(op: Any) -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("reader", "method", "path", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
