"""Entitlements, take-downs, copies, download links and the access log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT_AS_WRITTEN = ("entitlement_changes", "access_log")
EVIDENCE = ("entitlements", "copies", "download_links")


def choice(words: list[str], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    create_entitlements()
    create_downloads()
    refuse_changes()


def create_entitlements() -> None:
    """Who owns what, and what happened to it."""
    op.create_table(
        "entitlements",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("line_id", sa.Uuid, nullable=False),
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("order_number", sa.String, nullable=False),
        sa.Column("order_version", sa.Integer, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("offer_id", sa.Uuid, nullable=False),
        sa.Column("buyer_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("state", choice(["active", "revoked", "failed"], "state"), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("taken_back", sa.Boolean, nullable=False),
        sa.Column("delivery_version", sa.Integer, nullable=False),
        sa.Column("earned", sa.Integer, nullable=False),
        sa.Column("give_back", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "earned >= 0 AND give_back >= 0 AND earned + give_back <= amount", name=op.f("ck_entitlements_money")
        ),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f("ck_entitlements_revoked_since")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
        sa.UniqueConstraint("line_id", name=op.f("uq_entitlements_line_id")),
    )
    op.create_index(op.f("ix_entitlements_order_id"), "entitlements", ["order_id"])
    op.create_index(op.f("ix_entitlements_product_id"), "entitlements", ["product_id"])
    op.create_index("ix_entitlements_buyer_id_granted_at", "entitlements", ["buyer_id", "granted_at", "id"])
    op.create_index(
        "ix_entitlements_organisation_id",
        "entitlements",
        ["organisation_id"],
        postgresql_where=sa.text("organisation_id IS NOT NULL"),
    )
    op.create_table(
        "entitlement_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("entitlement_id", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", choice(["granted", "failed", "revoked", "restored", "limit_reset"], "act"), nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("order_version", sa.Integer, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_entitlement_changes_entitlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_changes")),
    )
    op.create_index(op.f("ix_entitlement_changes_entitlement_id"), "entitlement_changes", ["entitlement_id"])
    op.create_table(
        "take_downs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("lifted_at", MOMENT),
        sa.Column("lifted_by", sa.Uuid),
        sa.Column("lifted_note", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_take_downs_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_downs")),
    )
    op.create_index(
        "uq_take_downs_open",
        "take_downs",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def create_downloads() -> None:
    """Copies, links, and who fetched what."""
    op.create_table(
        "copies",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("entitlement_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("mark", JSONB, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("allowed", sa.Integer, nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.CheckConstraint("used >= 0 AND allowed >= 0", name=op.f("ck_copies_downloads")),
        sa.ForeignKeyConstraint(["entitlement_id"], ["entitlements.id"], name=op.f("fk_copies_entitlement_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_copies_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
        sa.UniqueConstraint("entitlement_id", "file_id", name=op.f("uq_copies_entitlement_id_file_id")),
    )
    op.create_index(op.f("ix_copies_file_id"), "copies", ["file_id"])
    op.create_table(
        "download_links",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("copy_id", sa.Uuid, nullable=False),
        sa.Column("reader_id", sa.Uuid, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("counted_at", MOMENT),
        sa.ForeignKeyConstraint(["copy_id"], ["copies.id"], name=op.f("fk_download_links_copy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download_links")),
    )
    op.create_index(op.f("ix_download_links_copy_id"), "download_links", ["copy_id"])
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", choice(["link_given", "started", "ended", "refused"], "kind"), nullable=False),
        sa.Column("entitlement_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("copy_id", sa.Uuid),
        sa.Column("link_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("user_agent", sa.String, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("first_byte", sa.BigInteger),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("complete", sa.Boolean),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_entitlement_id_id", "access_log", ["entitlement_id", "id"])


def refuse_changes() -> None:
    """Evidence is written once, and what it speaks of cannot be deleted from under it."""
    for table in KEPT_AS_WRITTEN:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in EVIDENCE:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in KEPT_AS_WRITTEN + EVIDENCE:
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    # A copy's mark is what its holder was given: whoever changed it could blame another's order.
    op.execute(
        "CREATE TRIGGER copies_mark_kept BEFORE UPDATE OF id, entitlement_id, file_id, mark ON copies"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
