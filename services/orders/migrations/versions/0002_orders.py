"""Orders, their lines, their moves and their timeline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_orders()
    create_order_lines()
    create_order_transitions()
    create_timeline()
    guard_the_states()


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closing", sa.String()),
        sa.Column("closing_reason", sa.String(), nullable=False),
        sa.Column("closing_by", sa.String()),
        sa.Column("closing_by_id", sa.Uuid()),
        sa.Column("paid_at", MOMENT),
        sa.Column("completed_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint(
            "(paid_at IS NOT NULL) = (status IN ('paid', 'completed', 'refunded'))",
            name=op.f("ck_orders_paid_has_time"),
        ),
        sa.CheckConstraint("closing IN ('expired', 'cancelled')", name=op.f("ck_orders_closing_known")),
        sa.CheckConstraint(
            "closing IS NULL OR status = 'awaiting_payment'", name=op.f("ck_orders_closing_only_unpaid")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_orders_currency_code")),
        sa.CheckConstraint(
            "status <> 'completed' OR completed_at IS NOT NULL", name=op.f("ck_orders_completed_has_time")
        ),
        sa.CheckConstraint(
            "status IN ('awaiting_payment', 'paid', 'completed', 'expired', 'cancelled', 'refunded')",
            name=op.f("ck_orders_status_known"),
        ),
        sa.CheckConstraint("closing IS NULL OR closing_by IS NOT NULL", name=op.f("ck_orders_closing_has_actor")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_orders_total_not_negative")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_orders_version_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index("ix_orders_buyer_id", "orders", ["buyer_id", "id"])
    op.create_index("ix_orders_open", "orders", ["expires_at"], postgresql_where=sa.text("status = 'awaiting_payment'"))
    op.create_index(
        "ix_orders_organisation_id",
        "orders",
        ["organisation_id", "id"],
        postgresql_where=sa.text("organisation_id IS NOT NULL"),
    )
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"])


def create_order_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("offer_version", sa.Integer(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("picture_url", sa.String(), nullable=False),
        sa.Column("works", JSONB(), nullable=False),
        sa.Column("accepted_terms", JSONB(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("give_back", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("delivery_version", sa.Integer(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("hold_key", sa.String()),
        sa.CheckConstraint(
            "delivery IN ('waiting', 'delivered', 'failed')", name=op.f("ck_order_lines_delivery_known")
        ),
        sa.CheckConstraint(
            "amount >= 0 AND amount = price * quantity - discount", name=op.f("ck_order_lines_amount_adds_up")
        ),
        sa.CheckConstraint("discount >= 0", name=op.f("ck_order_lines_discount_not_negative")),
        sa.CheckConstraint(
            "earned >= 0 AND give_back >= 0 AND earned + give_back <= paid",
            name=op.f("ck_order_lines_delivery_within_paid"),
        ),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_order_lines_fee_not_negative")),
        sa.CheckConstraint("paid IN (0, amount)", name=op.f("ck_order_lines_paid_whole")),
        sa.CheckConstraint("price BETWEEN 0 AND 99999999", name=op.f("ck_order_lines_price_in_bounds")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_order_lines_quantity_positive")),
        sa.CheckConstraint("refunded + reserved <= paid", name=op.f("ck_order_lines_refunds_within_paid")),
        sa.CheckConstraint("refunded >= 0 AND reserved >= 0", name=op.f("ck_order_lines_refunds_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "offer_id", name=op.f("uq_order_lines_order_id_offer_id")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_index("uq_order_lines_hold_key", "order_lines", ["hold_key"], unique=True)


def create_order_transitions() -> None:
    op.create_table(
        "order_transitions",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("from_status", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(from_status, to_status) IN (('awaiting_payment', 'cancelled'), ('awaiting_payment', "
            "'expired'), ('awaiting_payment', 'paid'), ('completed', 'refunded'), ('new', "
            "'awaiting_payment'), ('paid', 'completed'), ('paid', 'refunded'))",
            name=op.f("ck_order_transitions_legal"),
        ),
        sa.CheckConstraint(
            "actor_kind IN ('buyer', 'operator', 'publisher', 'gateway', 'system')",
            name=op.f("ck_order_transitions_actor_kind_known"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_transitions_order_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_order_transitions")),
    )
    op.create_index("ix_order_transitions_order_id", "order_transitions", ["order_id", "position"])


def create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("data", JSONB(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('buyer', 'operator', 'publisher', 'gateway', 'system')",
            name=op.f("ck_timeline_actor_kind_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('placed', 'payment_started', 'payment_processing', 'payment_failed', "
            "'payment_closed', 'paid', 'paid_late', 'paid_twice', 'payment_mismatch', 'closing', "
            "'cancelled', 'expired', 'line_delivered', 'line_failed', 'completed', 'refund_started', "
            "'refunded', 'refund_failed', 'disputed', 'dispute_closed', 'buyer_erased')",
            name=op.f("ck_timeline_kind_known"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_timeline_order_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_timeline")),
    )
    op.create_index("ix_timeline_order_id", "timeline", ["order_id", "position"])


def guard_the_states() -> None:
    """No statement moves an order along an edge that is not there; its history is never edited."""
    op.execute(
        """
        CREATE FUNCTION refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.status, NEW.status) NOT IN (
                ('awaiting_payment', 'paid'),
                ('awaiting_payment', 'expired'),
                ('awaiting_payment', 'cancelled'),
                ('paid', 'completed'),
                ('paid', 'refunded'),
                ('completed', 'refunded')
            ) THEN
                RAISE EXCEPTION 'order % cannot move from % to %', OLD.id, OLD.status, NEW.status
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_move_legal';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER orders_move_legal BEFORE UPDATE OF status ON orders
        FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION refuse_illegal_move()
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$
        """
    )
    for table in ("order_transitions", "timeline"):
        op.execute(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
            """
        )
