"""The gateway's notices, and what operators must look at."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_webhook_events()
    create_gateway_cursors()
    create_alerts()


def create_webhook_events() -> None:
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String()),
        sa.Column("api_version", sa.String()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("refers", JSONB(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("processed_at", MOMENT),
        sa.CheckConstraint(
            "status IN ('received', 'processed', 'ignored', 'mismatch', 'unmatched')",
            name=op.f("ck_webhook_events_status_known"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_webhook_events_attempts_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
    )
    op.create_index(
        "ix_webhook_events_kept",
        "webhook_events",
        ["received_at"],
        postgresql_where=sa.text("status IN ('mismatch', 'unmatched')"),
    )
    op.create_index(
        "ix_webhook_events_waiting",
        "webhook_events",
        ["received_at"],
        postgresql_where=sa.text("status = 'received'"),
    )


def create_gateway_cursors() -> None:
    op.create_table(
        "gateway_cursors",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("read_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gateway_cursors")),
    )


def create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT),
        sa.Column("resolved_by", sa.Uuid()),
        sa.CheckConstraint(
            "kind IN ('payment_mismatch', 'unmatched_notice', 'paid_late', 'paid_twice', "
            "'refund_failed', 'foreign_refund', 'dispute_opened', 'dispute_lost')",
            name=op.f("ck_alerts_kind_known"),
        ),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name=op.f("ck_alerts_resolution_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    op.create_index("ix_alerts_open", "alerts", ["id"], postgresql_where=sa.text("resolved_at IS NULL"))
