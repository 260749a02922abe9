"""The database itself: it is what the migrations make, and refuses what must not be."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

import services.orders.domain
from services.orders.domain.base import Base
from shared.database import SharedBase
from shared.idempotency import IdempotencyRow
from shared.messaging.outbox import OutboxRow
from shared.messaging.received import InboxRow, UnreadableRow
from shared.messaging.timers import TimerRow
from shared.migrations import upgrade
from tests.service.orders.till import Till

SHARED = (IdempotencyRow, OutboxRow, InboxRow, UnreadableRow, TimerRow)


def test_the_migrations_make_exactly_what_is_mapped(till: Till) -> None:
    for module in pkgutil.iter_modules(services.orders.domain.__path__):
        importlib.import_module(f"services.orders.domain.{module.name}")
    assert {row.__tablename__ for row in SHARED} <= set(SharedBase.metadata.tables)
    engine = create_engine(till.desk.database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, [Base.metadata, SharedBase.metadata])  # type: ignore[arg-type]
    engine.dispose()
    assert [difference for difference in differences if "alembic_version" not in str(difference)] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("completed", "paid"), ("paid", "awaiting_payment"), ("paid", "expired"), ("refunded", "paid")],
)
def test_an_illegal_move_is_refused_whoever_runs_the_statement(till: Till, before: str, after: str) -> None:
    _, order = till.paid_order()
    line = order["lines"][0]
    if before == "completed":
        till.deliver(order, line)
    if before == "refunded":
        till.operator.refund(order["id"], {line["id"]: line["amount"]})
        till.until(lambda: till.status(order["id"]) == "refunded")
    with pytest.raises(IntegrityError, match="cannot move"):
        till.rows_changed(f"UPDATE orders SET status = '{after}', paid_at = NULL")


@pytest.mark.parametrize("table", ["timeline", "order_transitions"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET at = now()"])
def test_history_is_only_added_to(till: Till, table: str, statement: str) -> None:
    till.customer().place(till.offer())
    with pytest.raises(IntegrityError, match="only ever added to"):
        till.rows_changed(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_lines SET refunded = 3000, reserved = 1000",
        "UPDATE order_lines SET refunded = -1",
        "UPDATE order_lines SET amount = 1",
        "UPDATE order_lines SET paid = 1",
        "UPDATE order_lines SET earned = 3990, give_back = 1",
        "UPDATE order_lines SET quantity = 0",
        "UPDATE payments SET refunded = 3991",
        "UPDATE payments SET captured = 1",
        "UPDATE payments SET intent_id = NULL",
        "UPDATE payments SET captured = 0, status = 'open'",
        "UPDATE orders SET total = -1",
        "UPDATE orders SET paid_at = NULL",
        "UPDATE orders SET closing = 'expired', closing_by = 'system'",
        "UPDATE orders SET number = number || 'x', currency = 'yuan'",
        "UPDATE offers SET price = -1",
        "UPDATE offers SET buyer_kind = 'person'",
        """INSERT INTO order_transitions (order_id, at, from_status, to_status, actor_kind, reason)
        SELECT id, now(), 'expired', 'paid', 'system', '' FROM orders""",
    ],
)
def test_a_row_that_must_not_be_is_refused(till: Till, statement: str) -> None:
    till.paid_order()
    with pytest.raises(IntegrityError):
        till.rows_changed(statement)


def test_upgrading_twice_changes_nothing(orders_template: str, till: Till) -> None:
    upgrade("orders", till.desk.database.url)
    with till.desk.database.transaction() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "0004"
