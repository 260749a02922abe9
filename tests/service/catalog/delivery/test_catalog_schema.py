"""The migrations make exactly what the classes map, and the database keeps what the code promises."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

import services.catalog.domain
from services.catalog.domain.base import Base
from shared.ids import new_id
from tests.service.catalog.delivery.shop import Shop


def test_the_migrations_make_what_the_classes_map(lasting_shop: Shop) -> None:
    for module in pkgutil.iter_modules(services.catalog.domain.__path__, "services.catalog.domain."):
        importlib.import_module(module.name)
    with lasting_shop.service.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        ours = set(Base.metadata.tables)
        found = compare_metadata(context, Base.metadata)
    told = [step for step in found if not (step[0] == "remove_table" and step[1].name not in ours)]
    shared = {"outbox", "inbox", "unreadable", "timers", "idempotency_keys", "alembic_version"}
    assert [step for step in told if getattr(getattr(step[1], "table", None), "name", "") not in shared] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entitlements SET earned = amount + 1",
        "UPDATE entitlements SET give_back = -1",
        "UPDATE entitlements SET state = 'revoked'",
        "UPDATE entitlements SET state = 'lent'",
        "UPDATE entitlements SET line_id = (SELECT max(line_id::text)::uuid FROM entitlements)",
        "UPDATE copies SET used = -1",
        (
            "INSERT INTO take_downs SELECT gen_random_uuid(), product_id, now(), product_id, '', '', "
            "NULL, NULL, '' "
            "FROM entitlements CROSS JOIN generate_series(1, 2)"
        ),
    ],
)
def test_the_database_refuses_what_must_not_be(shop: Shop, statement: str) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    _, [entitlement] = shop.buy(buyer, pack)
    shop.buy(shop.person("other"), pack)
    shop.link(buyer, entitlement, pack.file_ids[0])
    with pytest.raises(DBAPIError), shop.service.database.transaction() as session:
        session.connection().exec_driver_sql(statement)


def test_one_copy_of_a_file_for_one_entitlement(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    _, [entitlement] = shop.buy(buyer, pack)
    shop.link(buyer, entitlement, pack.file_ids[0])
    columns = "entitlement_id, file_id, made_at, mark, 0, allowed, NULL"
    again = f"INSERT INTO copies SELECT '{new_id()}', {columns} FROM copies"
    with pytest.raises(DBAPIError), shop.service.database.transaction() as session:
        session.connection().exec_driver_sql(again)
