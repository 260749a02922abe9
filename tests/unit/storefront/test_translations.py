"""The shop speaks both languages: every Chinese word in code and pages has its English."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.storefront.languages import CATALOGUE

HERE = Path(__file__).resolve().parents[3] / "services" / "storefront"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
OPTIONS = {"jinja2": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
PLACE = re.compile(r"%\(\w+\)s")


def _source_words() -> set[str]:
    found = extract_from_dir(str(HERE), METHODS, OPTIONS, keywords={"_": None, "gettext": None})
    return {str(message) for _file, _line, message, _comments, _context in found}


def _english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="en") if message.id}


def test_every_word_has_its_english() -> None:
    english = _english()
    assert sorted(word for word in _source_words() if not english.get(word)) == []


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    for chinese, english in _english().items():
        assert sorted(PLACE.findall(chinese)) == sorted(PLACE.findall(english)), chinese
