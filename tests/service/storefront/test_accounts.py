"""Accounts: registering, confirming, signing in and out, recovering, leaving."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.storefront.domain.letter import Letter
from services.storefront.domain.person import Person
from services.storefront.domain.sign_in import SignIn
from services.storefront.gateways.mail import open_mail
from services.storefront.settings import StorefrontSettings
from services.storefront.usecases.send_letter import send_letter
from shared.messaging.outbox import OutboxRow
from shared.service import Service
from tests.service.storefront.conftest import PASSWORD, Browser, make_person


def register(browser: Browser, email: str, password: str = PASSWORD) -> str:
    data = {"email": email, "password": password, "display_name": "小墨"}
    return str(browser.post("/register", data, page="/register", follow_redirects=True).text)


def link_in(body: str) -> str:
    found = re.search(r"http://localhost(/\S+)", body)
    assert found, body
    return found.group(1)


def types(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxRow.type).order_by(OutboxRow.id)))


def test_registering_announces_the_person_and_writes_one_letter(browser: Browser, session: Session) -> None:
    register(browser, "new@example.test")
    person = session.scalars(select(Person)).one()
    assert (person.version, person.display_name, person.confirmed_at) == (1, "小墨", None)
    assert types(session) == ["storefront.person.changed.v1"]
    assert "new@example.test" not in str(session.scalars(select(OutboxRow.envelope)).one())
    assert session.scalars(select(Letter.recipient)).all() == ["new@example.test"]


def test_nobody_signs_in_before_confirming_and_everybody_can_after(browser: Browser, session: Session) -> None:
    register(browser, "new@example.test")
    assert "先点开确认信里的链接" in browser.sign_in("new@example.test").text
    browser.get(link_in(session.scalars(select(Letter.body)).one()))
    assert browser.sign_in("new@example.test").status_code == 302
    assert browser.get("/account").status_code == 200


def test_a_known_and_an_unknown_address_get_the_same_answers(app: Flask, browser: Browser, customer: Person) -> None:
    known, unknown = customer.email, "nobody99@example.test"
    pages = [
        tuple(
            re.sub(r'value="[^"]*"|nonce|[\w]+@example\.test', "", browser.post(path, data | {"email": email}).text)
            for email in (known, unknown)
        )
        for path, data in (("/recover", {}), ("/confirm", {}), ("/sign-in", {"password": "not the password"}))
    ]
    assert all(first == second for first, second in pages)
    assert register(browser, known) != ""
    assert browser.get("/register/sent").status_code == 200


def test_guessing_ends_in_429_with_the_time_to_wait(browser: Browser, customer: Person) -> None:
    answers = [browser.sign_in(customer.email, f"wrong password {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 901
    assert browser.sign_in(customer.email).status_code == 429


def test_signing_in_well_is_not_counted(browser: Browser, app: Flask, customer: Person) -> None:
    assert [Browser(app).sign_in(customer.email).status_code for _ in range(12)] == [302] * 12


def test_a_new_sign_in_has_a_new_identity_and_signing_out_ends_it_here(
    browser: Browser, app: Flask, customer: Person, session: Session
) -> None:
    browser.get("/sign-in")
    before = browser.client.get_cookie("huafang")
    browser.sign_in(customer.email)
    stolen = browser.client.get_cookie("huafang")
    assert before is not None
    assert stolen is not None
    assert before.value != stolen.value
    thief = Browser(app)
    thief.client.set_cookie("huafang", stolen.value)
    assert thief.get("/account").status_code == 200
    browser.post("/sign-out", page="/account")
    thief.client.set_cookie("huafang", stolen.value)
    assert thief.get("/account").status_code == 303
    assert session.scalars(select(SignIn)).one().ended_at is not None


def test_a_reset_works_once_and_ends_every_sign_in(
    app: Flask, browser: Browser, customer: Person, session: Session
) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in(customer.email)
    browser.post("/recover", {"email": customer.email})
    reset = link_in(session.scalars(select(Letter.body).order_by(Letter.id.desc())).first() or "")
    new = {"password": "quite another word 77", "password_confirm": "quite another word 77"}
    assert browser.post(reset, new).status_code == 302
    assert elsewhere.get("/account").status_code == 303
    assert "链接用过了或不对" in browser.post(reset, new, follow_redirects=True).text
    assert browser.sign_in(customer.email, new["password"]).status_code == 302


def test_common_and_short_passwords_are_refused_and_the_form_keeps_the_rest(browser: Browser) -> None:
    for password in ("short", "1234567890", "password123", "aaaaaaaaaaaa", "newcomer2024"):
        page = register(browser, "newcomer@example.test", password)
        assert 'data-testid="register"' in page
        assert 'value="newcomer@example.test"' in page


def test_becoming_a_creator_is_announced(browser: Browser, customer: Person, session: Session) -> None:
    browser.sign_in(customer.email)
    browser.post("/account/creator", {"display_name": "青墨", "agree": "yes"}, page="/account")
    told = session.scalars(select(OutboxRow.envelope).order_by(OutboxRow.id.desc())).first()
    assert told is not None
    assert told["data"]["roles"] == ["creator", "customer"]
    assert told["data"]["display_name"] == "青墨"


def test_leaving_forgets_the_person_and_tells_the_others(browser: Browser, customer: Person, session: Session) -> None:
    browser.sign_in(customer.email)
    wrong = browser.post("/account/deletion", {"confirmation": customer.email, "password": "no"}, page="/account")
    assert wrong.status_code == 422
    browser.post("/account/deletion", {"confirmation": customer.email, "password": PASSWORD}, page="/account")
    left = session.get(Person, customer.id)
    assert left is not None
    assert (left.password, left.display_name, left.active) == (None, "", False)
    assert "customer@" not in left.email
    assert types(session)[-1] == "storefront.person.erased.v1"
    assert browser.get("/account").status_code == 303


def test_a_letter_goes_out_once_and_its_words_are_forgotten(
    app: Flask, browser: Browser, session: Session, settings: StorefrontSettings
) -> None:
    register(browser, "new@example.test")
    service: Service = app.extensions["huafang"]
    letter = session.scalars(select(Letter)).one()
    mail = open_mail(settings)
    sent = [send_letter(service.database, mail, service.clock, settings.mail_from, letter.id) for _ in range(2)]
    assert sent == [True, False]
    [file] = Path(settings.mail_folder).glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == ("new@example.test", "请确认你的邮箱")
    session.expire_all()
    assert session.scalars(select(Letter.body)).one() == ""


@pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")  # Flask-Security's
def test_staff_need_a_second_factor_and_each_code_works_once(app: Flask, browser: Browser) -> None:
    operator = make_person(app, "operator@example.test", "operator")
    assert "/account/second-factor" in browser.sign_in(operator.email).headers["Location"]
    assert browser.get("/desk").status_code == 303
    token = browser.token("/account/second-factor")
    page = browser.client.post("/account/second-factor", data={"csrf_token": token, "setup": "authenticator"}).text
    assert 'data-testid="second-factor-key"' in page
    with browser.client.session_transaction() as cookie:
        secret = cookie["tf_totp_secret"]
    with app.app_context():
        code = app.extensions["security"].totp_factory.generate_totp_password(secret)
    done = browser.client.post("/second-factor", data={"csrf_token": token, "code": code})
    assert done.status_code == 302
    assert browser.get("/desk").status_code == 200
    again = Browser(app)
    again.sign_in(operator.email)
    assert again.post("/second-factor", {"code": code}, page="/second-factor").status_code == 200
    assert again.get("/desk").status_code == 303
