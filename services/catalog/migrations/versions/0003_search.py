"""The search index: words in Chinese and English, trigrams for typos, columns for facets and order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def choice(words: list[str], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    # A trusted extension: the database's owner may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "listings",
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("kind", choice(["lora", "prompt_dictionary", "presets", "bundle"], "kind"), nullable=False),
        sa.Column("creator_id", sa.Uuid, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("price_band", sa.SmallInteger, nullable=False),
        sa.Column("base_models", ARRAY(sa.Text), nullable=False),
        sa.Column("families", ARRAY(sa.Text), nullable=False),
        sa.Column("permissions", sa.SmallInteger, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("sales", sa.Integer, nullable=False),
        sa.Column("words", TSVECTOR, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_listings_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_listings")),
    )
    op.create_index("ix_listings_newest", "listings", ["published_at", "product_id"])
    op.create_index("ix_listings_best_selling", "listings", ["sales", "product_id"])
    op.create_index("ix_listings_price", "listings", ["price", "product_id"])
    op.create_index("ix_listings_creator_id", "listings", ["creator_id", "published_at", "product_id"])
    op.create_index("ix_listings_words", "listings", ["words"], postgresql_using="gin")
    create_known_words()
    create_shelf_state()


def create_known_words() -> None:
    """Words that mistyped ones are compared with."""
    op.create_table(
        "known_words",
        sa.Column("word", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_known_words")),
    )
    op.create_index(
        "ix_known_words_word",
        "known_words",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )


def create_shelf_state() -> None:
    """A value that is new whenever facets may have changed, whoever changed them."""
    op.create_table(
        "shelf_states",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("state", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_states")),
    )
    op.execute("INSERT INTO shelf_states (id, state) VALUES (1, gen_random_uuid())")
    op.execute(
        "CREATE FUNCTION renew_shelf_state() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN UPDATE shelf_states SET state = gen_random_uuid() WHERE id = 1; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER listings_renew_shelf_state AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF"
        " kind, creator_id, price, price_band, base_models, families, permissions, words ON listings"
        " FOR EACH STATEMENT EXECUTE FUNCTION renew_shelf_state()"
    )
