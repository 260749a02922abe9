"""Our own copy of the offers, and carts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations import create_shared_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_shared_tables_v1(op)
    create_offers()
    create_early_withdrawals()
    create_cart_lines()


def create_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("max_quantity", sa.Integer(), nullable=False),
        sa.Column("works", JSONB(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("picture_url", sa.String(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("buyer_kind", sa.String()),
        sa.Column("buyer_id", sa.Uuid()),
        sa.Column("requires", JSONB(), nullable=False),
        sa.Column("covers", JSONB(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("withdrawn_reason", sa.String()),
        sa.CheckConstraint("buyer_kind IN ('person', 'organisation')", name=op.f("ck_offers_buyer_kind_known")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_offers_currency_code")),
        sa.CheckConstraint("(buyer_kind IS NULL) = (buyer_id IS NULL)", name=op.f("ck_offers_buyer_whole")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name=op.f("ck_offers_withdrawal_whole")
        ),
        sa.CheckConstraint("max_quantity >= 1", name=op.f("ck_offers_max_quantity_positive")),
        sa.CheckConstraint("price BETWEEN 0 AND 99999999", name=op.f("ck_offers_price_in_bounds")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_offers_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index("ix_offers_reference", "offers", ["publisher", "reference"])


def create_early_withdrawals() -> None:
    op.create_table(
        "early_withdrawals",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_early_withdrawals")),
    )


def create_cart_lines() -> None:
    op.create_table(
        "cart_lines",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_cart_lines_quantity_positive")),
        sa.PrimaryKeyConstraint("owner_id", "offer_id", name=op.f("pk_cart_lines")),
    )
    op.create_index("ix_cart_lines_changed_at", "cart_lines", ["changed_at"])
