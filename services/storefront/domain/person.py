"""People and their roles. Everyone who registers is a customer; creators sell, operators look after the shop."""

from datetime import datetime
from uuid import UUID

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Table, Text, func
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.storefront.domain.base import Base
from shared.auth import CREATOR, CUSTOMER, OPERATOR
from shared.contracts.facts import ErasedPerson
from shared.contracts.facts import Person as PersonFacts
from shared.ids import new_id
from shared.problems import Conflict

ROLES = (CUSTOMER, CREATOR, OPERATOR)
CHINESE, ENGLISH = "zh", "en"
LANGUAGES = (CHINESE, ENGLISH)
LONGEST_NAME = 40

people_roles = Table(
    "people_roles",
    Base.metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)


class AlreadyErased(Conflict):
    slug, title = "already-erased", "This account is gone"


class Role(Base, RoleMixin):  # type: ignore[misc]  # the library's mixin declares its own id
    __tablename__ = "roles"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)


class Person(Base, UserMixin):  # type: ignore[misc]
    """An account. `version` counts what other services may know: display name, language, roles."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(default=0)
    email: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default=CHINESE)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    totp_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList(Text)))
    registered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    roles: Mapped[list[Role]] = relationship(secondary=people_roles, lazy="selectin")

    @property
    def role_names(self) -> frozenset[str]:
        """Every account is a customer's, whatever else it is."""
        return frozenset({CUSTOMER, *(role.name for role in self.roles)})

    @property
    def is_creator(self) -> bool:
        return CREATOR in self.role_names

    @property
    def is_operator(self) -> bool:
        return OPERATOR in self.role_names

    def facts(self) -> PersonFacts:
        """What other services may know of this person: no address, no name in law."""
        return PersonFacts(
            person_id=self.id,
            version=self.version,
            display_name=self.display_name,
            language=self.language,
            organisations=[],
            roles=sorted(self.role_names),
        )

    def erase(self, now: datetime) -> ErasedPerson:
        """Forget everything that names this person; the row stays so that the id is never given again."""
        if self.erased_at is not None:
            raise AlreadyErased()
        self.version += 1
        self.email = f"{self.id}@erased.invalid"
        self.display_name = ""
        self.password = None
        self.active = False
        self.tf_primary_method = self.tf_totp_secret = self.totp_counter = None
        self.mf_recovery_codes = None
        self.fs_uniquifier = new_id().hex
        self.roles.clear()
        self.erased_at = now
        return ErasedPerson(person_id=self.id, version=self.version, at=now)

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Staff always need a second factor; others once they have set one up."""
        return self.is_operator or bool(tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether the second factor cannot be switched off."""
        return self.is_operator
