"""Products, versions, files, pictures, uploads, reviews, affirmations, offers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.migrations import create_shared_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT_AS_WRITTEN = ("affirmations", "product_changes", "moderation_checks")


def choice(words: list[str], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    create_shared_tables_v1(op)
    create_publishing()
    create_uploads()
    create_judging()
    refuse_changes()


def create_publishing() -> None:
    """Products, their versions, files, pictures and parts."""
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("slug", sa.String, nullable=False),
        sa.Column("kind", choice(["lora", "prompt_dictionary", "presets", "bundle"], "kind"), nullable=False),
        sa.Column("creator_id", sa.Uuid, nullable=False),
        sa.Column("title_zh", sa.String, nullable=False),
        sa.Column("title_en", sa.String, nullable=False),
        sa.Column("text_zh", sa.String, nullable=False),
        sa.Column("text_en", sa.String, nullable=False),
        sa.Column("tags", ARRAY(sa.String), nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("credit_required", sa.Boolean, nullable=False),
        sa.Column("sell_images", sa.Boolean, nullable=False),
        sa.Column("commercial_use", sa.Boolean, nullable=False),
        sa.Column("derivatives", sa.Boolean, nullable=False),
        sa.Column("redistribute", sa.Boolean, nullable=False),
        sa.Column("base_model", sa.String),
        sa.Column("base_family", sa.String),
        sa.Column("proposed", JSONB, nullable=False),
        sa.Column(
            "state", choice(["draft", "in_review", "published", "rejected", "withdrawn"], "state"), nullable=False
        ),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("current_version_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.CheckConstraint("price >= 0", name=op.f("ck_products_price_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
    )
    op.create_index("ix_products_creator_id_id", "products", ["creator_id", "id"])
    op.create_index("ix_products_state_published_at", "products", ["state", "published_at"])
    op.create_table(
        "versions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("note_zh", sa.String, nullable=False),
        sa.Column("note_en", sa.String, nullable=False),
        sa.Column("stated_base_model", sa.String),
        sa.Column("base_model", sa.String),
        sa.Column("base_family", sa.String),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column(
            "state", choice(["draft", "in_review", "released", "rejected", "withdrawn"], "state"), nullable=False
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT),
        sa.CheckConstraint("number >= 1", name=op.f("ck_versions_number_from_one")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_versions_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_versions_product_id_number")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version_id", sa.Uuid, nullable=False),
        sa.Column("creator_id", sa.Uuid, nullable=False),
        sa.Column("upload_id", sa.Uuid),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", choice(["received", "inspecting", "ready", "refused"], "state"), nullable=False),
        sa.Column("problem", sa.String),
        sa.Column("problem_detail", sa.String),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("inspected_bytes", sa.BigInteger, nullable=False),
        sa.Column("format", choice(["safetensors", "zip", "csv", "json", "markdown", "pdf"], "format")),
        sa.Column("media_type", sa.String),
        sa.Column("key", sa.String),
        sa.Column("sha256", sa.String),
        sa.Column("autov1", sa.String),
        sa.Column("autov2", sa.String),
        sa.Column("autov3", sa.String),
        sa.Column("body_sha256", sa.String),
        sa.Column("header_size", sa.Integer),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("metadata_shown", JSONB, nullable=False),
        sa.Column("preview", JSONB, nullable=False),
        sa.Column("warnings", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("inspected_at", MOMENT),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_files_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_files_upload_id")),
    )
    op.create_index(op.f("ix_files_autov1"), "files", ["autov1"])
    op.create_index(op.f("ix_files_autov2"), "files", ["autov2"])
    op.create_index(op.f("ix_files_autov3"), "files", ["autov3"])
    op.create_index(op.f("ix_files_body_sha256"), "files", ["body_sha256"])
    op.create_index(op.f("ix_files_creator_id"), "files", ["creator_id"])
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"])
    op.create_index(op.f("ix_files_version_id"), "files", ["version_id"])
    op.create_table(
        "pictures",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("upload_id", sa.Uuid),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column(
            "state",
            choice(["received", "processing", "ready", "held", "refused", "removed"], "state"),
            nullable=False,
        ),
        sa.Column("problem", sa.String),
        sa.Column("problem_detail", sa.String),
        sa.Column("declared_ai", sa.Boolean, nullable=False),
        sa.Column("label_level", choice(["1", "2", "3", "none"], "label_level"), nullable=False),
        sa.Column("label", JSONB, nullable=False),
        sa.Column("generation", JSONB, nullable=False),
        sa.Column("original_key", sa.String),
        sa.Column("original_sha256", sa.String),
        sa.Column("media_type", sa.String),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("variants", JSONB, nullable=False),
        sa.Column("placeholder", sa.String, nullable=False),
        sa.Column("alt_zh", sa.String, nullable=False),
        sa.Column("alt_en", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("processed_at", MOMENT),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_pictures_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_pictures_upload_id")),
    )
    op.create_index(op.f("ix_pictures_original_sha256"), "pictures", ["original_sha256"])
    op.create_index(op.f("ix_pictures_product_id"), "pictures", ["product_id"])
    op.create_table(
        "bundle_parts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("bundle_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.CheckConstraint("bundle_id <> product_id", name=op.f("ck_bundle_parts_not_itself")),
        sa.ForeignKeyConstraint(["bundle_id"], ["products.id"], name=op.f("fk_bundle_parts_bundle_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_bundle_parts_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_parts")),
    )
    op.create_index(op.f("ix_bundle_parts_bundle_id"), "bundle_parts", ["bundle_id"])
    op.create_index(op.f("ix_bundle_parts_product_id"), "bundle_parts", ["product_id"])
    op.create_table(
        "product_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.Column(
            "before",
            choice(["draft", "in_review", "published", "rejected", "withdrawn"], "before"),
            nullable=False,
        ),
        sa.Column(
            "after", choice(["draft", "in_review", "published", "rejected", "withdrawn"], "after"), nullable=False
        ),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_changes_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_changes")),
    )
    op.create_index(op.f("ix_product_changes_product_id"), "product_changes", ["product_id"])
    op.create_foreign_key(
        op.f("fk_products_current_version_id"), "products", "versions", ["current_version_id"], ["id"]
    )


def create_uploads() -> None:
    """Uploads in parts."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("creator_id", sa.Uuid, nullable=False),
        sa.Column("purpose", choice(["file", "picture", "trace"], "purpose"), nullable=False),
        sa.Column("filename", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("state", choice(["open", "complete", "taken"], "state"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint("(state = 'open') = (received < size)", name=op.f("ck_uploads_complete_when_all_is_there")),
        sa.CheckConstraint("received >= 0 AND received <= size", name=op.f("ck_uploads_received_within_size")),
        sa.CheckConstraint("size > 0", name=op.f("ck_uploads_size_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_creator_id"), "uploads", ["creator_id"])
    op.create_index(op.f("ix_uploads_expires_at"), "uploads", ["expires_at"])
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_parts_size_positive")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_parts_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_parts")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_parts_key")),
    )


def create_judging() -> None:
    """What was affirmed, checked, reviewed and offered, and who the creators are."""
    op.create_table(
        "affirmations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("version_id", sa.Uuid),
        sa.Column("creator_id", sa.Uuid, nullable=False),
        sa.Column("words_version", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("affirmed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_affirmations_product_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_affirmations_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affirmations")),
    )
    op.create_index(op.f("ix_affirmations_product_id"), "affirmations", ["product_id"])
    op.create_table(
        "moderation_checks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("subject_kind", sa.String, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("decision", choice(["pass", "review", "block"], "decision"), nullable=False),
        sa.Column("labels", JSONB, nullable=False),
        sa.Column("raw", JSONB, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_checks")),
    )
    op.create_index("ix_moderation_checks_subject_id_digest", "moderation_checks", ["subject_id", "digest"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("state", choice(["open", "approved", "rejected", "closed"], "state"), nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("note", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_reviews_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_state_id", "reviews", ["state", "id"])
    op.create_index(
        "uq_reviews_open", "reviews", ["product_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("on_sale", sa.Boolean, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("version >= 0", name=op.f("ck_offers_version_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_offers_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("product_id", name=op.f("uq_offers_product_id")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("display_name", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("erased_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )


def refuse_changes() -> None:
    """Evidence is written once: no update, no delete, whoever asks."""
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in KEPT_AS_WRITTEN:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
