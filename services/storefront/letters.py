"""The words of a letter: a text template in the reader's language, its first line the subject."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.storefront.domain.person import LANGUAGES
from services.storefront.languages import translations
from shared.money import format_yuan

FOLDER = Path(__file__).parent / "templates" / "letters"
ANY_TOPIC = "notice"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # letters are plain text
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["yuan"] = format_yuan
    environment.filters["text"] = lambda text: text.get(language, "") if isinstance(text, dict) else str(text)
    return environment


def template_for(topic: str) -> str:
    """The template of a notice's topic; a topic without words of its own gets the general ones."""
    name = topic.replace(".", "-").replace("_", "-")
    known = name.replace("-", "").isalnum() and (FOLDER / f"notice-{name}.txt").is_file()
    return f"notice-{name}" if known else ANY_TOPIC


def render_letter(template: str, language: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of `template` for a reader of `language`; a fact that is missing raises UndefinedError."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    text = _environment(spoken).get_template(f"{template}.txt").render(**facts)
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"
