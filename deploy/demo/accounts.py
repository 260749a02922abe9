"""The demo's accounts: roles, no people. Made through storefront's own use case."""

from dataclasses import dataclass
from uuid import UUID

from deploy.demo.packs import iter_authors
from deploy.local.configuration import Demo
from services.storefront.app import create_app
from services.storefront.usecases.add_person import add_person
from shared.service import Service

PASSWORD = "huafang-demo-2026"


@dataclass(frozen=True)
class Account:
    email: str
    name: str
    roles: tuple[str, ...]


def all_accounts() -> list[Account]:
    """A customer, an operator, and the creators of the demo's products."""
    creators = [Account(author.email, author.name_zh, ("creator",)) for author in iter_authors()]
    return [
        Account("customer@example.test", "画友", ()),
        *creators,
        Account("operator@example.test", "值班运营", ("operator",)),
    ]


def make_accounts(demo: Demo) -> dict[str, UUID]:
    """The accounts' ids by address; those that exist stay as they are."""
    app = create_app(demo.storefront())
    service: Service = app.extensions["huafang"]
    made = {}
    with app.app_context(), service.database.transaction() as session:
        for account in all_accounts():
            person = add_person(
                session,
                email=account.email,
                password=PASSWORD,
                display_name=account.name,
                now=service.clock.now(),
                roles=account.roles,
            )
            made[account.email] = person.id
    service.database.close()
    return made
