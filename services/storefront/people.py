"""Accounts from the command line:

    python -m services.storefront.people add EMAIL --name NAME [--role creator|operator] [--language zh|en]
    python -m services.storefront.people reset-second-factor EMAIL
    python -m services.storefront.people code EMAIL        (the second factor's present code; not in production)

The password of a new account is read from standard input.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.storefront.app import create_app
from services.storefront.domain.person import LANGUAGES, Person
from services.storefront.pages.sign_in.second_factor import code_of
from services.storefront.usecases.add_person import add_person
from shared.auth import CREATOR, OPERATOR
from shared.service import this_service


def main(arguments: Sequence[str] | None = None, app: Flask | None = None) -> int:
    """Do what the arguments say; 0 when it was done."""
    chosen = _parser().parse_args(arguments)
    app = app or create_app()
    with app.app_context(), this_service().database.transaction() as session:
        if chosen.act == "add":
            return _add(session, chosen)
        person = session.scalar(select(Person).where(func.lower(Person.email) == chosen.email.lower()))
        if person is None:
            print(f"nobody has the address {chosen.email}", file=sys.stderr)
            return 1
        return _show_code(app, person) if chosen.act == "code" else _reset_second_factor(person)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="people", description="Accounts of the storefront")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="add a confirmed account, or give one a role")
    add.add_argument("--name", required=True)
    add.add_argument("--role", action="append", default=[], choices=[CREATOR, OPERATOR])
    add.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES)
    reset = acts.add_parser("reset-second-factor", help="let somebody who lost theirs set up a new one")
    code = acts.add_parser("code", help="print the second factor's present code (never in production)")
    for command in (add, reset, code):
        command.add_argument("email")
    return parser


def _add(session: Session, chosen: argparse.Namespace) -> int:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    person = add_person(
        session,
        email=chosen.email,
        password=password,
        display_name=chosen.name,
        now=this_service().clock.now(),
        roles=tuple(chosen.role),
        language=chosen.language,
    )
    print(person.id)
    return 0


def _show_code(app: Flask, person: Person) -> int:
    if this_service().settings.environment == "production":
        print("not in production", file=sys.stderr)
        return 2
    print(code_of(app.extensions["security"], person) or "no second factor is set up yet")
    return 0


def _reset_second_factor(person: Person) -> int:
    person.tf_primary_method = person.tf_totp_secret = person.totp_counter = person.mf_recovery_codes = None
    print("the next sign-in asks for a new second factor")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
