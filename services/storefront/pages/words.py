"""gettext for Python code, typed."""

from typing import Any

import flask_babel


def gettext(words: str, **values: Any) -> str:
    """`words` in the reader's language, with %(name)s filled in."""
    return str(flask_babel.gettext(words, **values))
