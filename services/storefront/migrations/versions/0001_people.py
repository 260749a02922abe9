"""People, roles, sign-ins, attempts, letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import insert

from shared.ids import new_id
from shared.migrations import create_shared_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_shared_tables_v1(op)
    create_people()
    create_sign_ins()
    create_letters()


def create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("display_name", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("password", sa.String),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("fs_uniquifier", sa.String, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("erased_at", MOMENT),
        sa.Column("tf_primary_method", sa.String),
        sa.Column("tf_totp_secret", sa.String),
        sa.Column("totp_counter", sa.Integer),
        sa.Column("mf_recovery_codes", sa.Text),
        sa.Column("registered_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_people_fs_uniquifier"),
        sa.CheckConstraint("version >= 0", name="version_not_negative"),
        sa.CheckConstraint("language IN ('zh', 'en')", name="language_known"),
        sa.CheckConstraint(
            "erased_at IS NULL OR (password IS NULL AND NOT active AND display_name = '')", name="erased_wholly"
        ),
    )
    # Two addresses that differ in case alone are one person's.
    op.create_index("uq_people_email_lower", "people", [sa.text("lower(email)")], unique=True)
    roles = op.create_table(
        "roles",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("name", name="uq_roles_name"),
    )
    op.execute(insert(roles).values([{"id": new_id(), "name": name} for name in ("creator", "operator")]))
    op.create_table(
        "people_roles",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("role_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "role_id", name="pk_people_roles"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_people_roles_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="fk_people_roles_role_id"),
    )


def create_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("for_staff", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sign_ins_person_id", ondelete="CASCADE"),
    )
    op.create_index("ix_sign_ins_person_id", "sign_ins", ["person_id"])
    op.create_table(
        "attempts",
        sa.Column("bucket", sa.String, nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start", name="pk_attempts"),
    )
    op.create_index("ix_attempts_window_start", "attempts", ["window_start"])


def create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("reason", name="uq_letters_reason"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_letters_person_id", ondelete="CASCADE"),
        sa.CheckConstraint("sent_at IS NULL OR body = ''", name="sent_words_forgotten"),
    )
    op.create_index("ix_letters_person_id", "letters", ["person_id"])
