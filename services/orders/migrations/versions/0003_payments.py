"""Payments, refunds and disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_payments()
    create_refunds()
    create_refund_lines()
    create_disputes()


def create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("session_id", sa.String()),
        sa.Column("intent_id", sa.String()),
        sa.Column("charge_id", sa.String()),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("checkout_url", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("return_path", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("session_expires_at", MOMENT, nullable=False),
        sa.Column("captured_at", MOMENT),
        sa.Column("captured", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer()),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=False),
        sa.CheckConstraint("(status = 'captured') = (captured > 0)", name=op.f("ck_payments_captured_has_amount")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_payments_currency_code")),
        sa.CheckConstraint(
            "status IN ('wanted', 'open', 'processing', 'captured', 'closed', 'failed')",
            name=op.f("ck_payments_status_known"),
        ),
        sa.CheckConstraint("NOT settles OR captured > 0", name=op.f("ck_payments_settles_only_captured")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.CheckConstraint("captured = 0 OR intent_id IS NOT NULL", name=op.f("ck_payments_captured_has_intent")),
        sa.CheckConstraint("captured IN (0, amount)", name=op.f("ck_payments_captured_whole")),
        sa.CheckConstraint("refunded + reserved <= captured", name=op.f("ck_payments_refunds_within_captured")),
        sa.CheckConstraint("refunded >= 0 AND reserved >= 0", name=op.f("ck_payments_refunds_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_payments_intent_id")),
        sa.UniqueConstraint("order_id", "attempt", name=op.f("uq_payments_order_id_attempt")),
        sa.UniqueConstraint("session_id", name=op.f("uq_payments_session_id")),
    )
    op.create_index(
        "ix_payments_next_check_at",
        "payments",
        ["next_check_at"],
        postgresql_where=sa.text("status IN ('wanted', 'open', 'processing')"),
    )
    op.create_index(
        "uq_payments_active",
        "payments",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('wanted', 'open', 'processing')"),
    )
    op.create_index("uq_payments_settling", "payments", ["order_id"], unique=True, postgresql_where=sa.text("settles"))


def create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("revoke_access", sa.Boolean(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("gateway_id", sa.String()),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NOT NULL) = (status IN ('succeeded', 'failed'))",
            name=op.f("ck_refunds_settled_has_time"),
        ),
        sa.CheckConstraint(
            "actor_kind IN ('buyer', 'operator', 'publisher', 'gateway', 'system')",
            name=op.f("ck_refunds_actor_kind_known"),
        ),
        sa.CheckConstraint(
            "origin IN ('operator', 'delivery', 'surplus', 'dispute', 'gateway')",
            name=op.f("ck_refunds_origin_known"),
        ),
        sa.CheckConstraint(
            "status IN ('reserved', 'asked', 'succeeded', 'failed')", name=op.f("ck_refunds_status_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("gateway_id", name=op.f("uq_refunds_gateway_id")),
    )
    op.create_index(
        "ix_refunds_next_check_at",
        "refunds",
        ["next_check_at"],
        postgresql_where=sa.text("status IN ('reserved', 'asked')"),
    )
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"])
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"])


def create_refund_lines() -> None:
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_lines_amount_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_refund_lines_line_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_refund_lines_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", "line_id", name=op.f("pk_refund_lines")),
    )


def create_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("evidence_due_at", MOMENT),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.CheckConstraint("booked = 0 OR status = 'lost'", name=op.f("ck_disputes_booked_only_lost")),
        sa.CheckConstraint(
            "amount >= 0 AND booked >= 0 AND booked <= amount", name=op.f("ck_disputes_amounts_in_bounds")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_disputes_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index("ix_disputes_order_id", "disputes", ["order_id"])
