"""Chinese first, English beside it. The words in code and templates are Chinese; `translations/en` is the English.

The catalogue is read from its .po when the process starts, so that a fresh clone needs no compile step.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_security import current_user

from services.storefront.domain.person import CHINESE, ENGLISH, LANGUAGES

CATALOGUE = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"
LOCALES = {CHINESE: "zh_Hans_CN", ENGLISH: "en"}
TAGS = {CHINESE: "zh-CN", ENGLISH: "en"}
COOKIE = "language"


@cache
def translations(language: str) -> NullTranslations:
    """The words of one language; Chinese is what the sources hold."""
    if language != ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="en"))
    compiled.seek(0)
    return Translations(compiled)


class ShopWords(Domain):  # type: ignore[misc]  # the library is untyped
    """Flask-Babel's domain, fed from the .po instead of a compiled file."""

    def get_translations(self) -> NullTranslations:
        return translations(present_language())


def start_languages(app: Flask) -> Babel:
    """Let every template and view of `app` speak the reader's language, in Shanghai's time."""
    babel = Babel(
        app,
        locale_selector=lambda: LOCALES[chosen_language()],
        default_locale=LOCALES[CHINESE],
        default_timezone="Asia/Shanghai",
    )
    # The property that names the domain is cached on the instance, which is how another one is put in.
    babel.__dict__["domain_instance"] = ShopWords()
    return babel


def chosen_language() -> str:
    """What the reader chose on this browser, else in the account, else what the browser asks for."""
    if not has_request_context():
        return CHINESE
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    if getattr(current_user, "is_authenticated", False):
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES, default=CHINESE) or CHINESE


def present_language() -> str:
    """zh or en: the language this answer is written in."""
    locale = get_locale()
    return ENGLISH if locale is not None and locale.language == ENGLISH else CHINESE
