"""Announcements to those who own a product."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("told_to", sa.Uuid),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_announcements_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_product_id"), "announcements", ["product_id"])
