"""Which passwords are refused beyond being short."""

import itertools
from functools import cache
from pathlib import Path
from typing import Any

from flask_security import PasswordUtil
from flask_security.utils import get_message

COMMON = Path(__file__).parent / "common_passwords.txt"
FEWEST_DIFFERENT = 5


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


class Passwords(PasswordUtil):  # type: ignore[misc]  # the library is untyped
    """Refuses what guessers try first: common ones, few characters, one's own address or name (ASVS 5.0, 6.2)."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        refused, normal = super().validate(password, is_register, **kwargs)
        if not refused and is_guessable(normal, _own_words(is_register, kwargs)):
            refused = [get_message("PASSWORD_TOO_SIMPLE")[0]]
        return refused, normal


def _own_words(is_register: bool, known: dict[str, Any]) -> list[str]:
    if is_register:
        words = [known.get("email"), known.get("display_name")]
    else:
        words = [getattr(known.get("user"), name, "") for name in ("email", "display_name")]
    return [str(word).partition("@")[0].lower() for word in words if word]


def is_guessable(password: str, own_words: list[str]) -> bool:
    """Whether a guesser who knows the shop and the person tries this among the first."""
    lower = password.lower()
    stem = lower.rstrip("0123456789!@#._-")
    if lower in _common() or len(set(lower)) < FEWEST_DIFFERENT or stem in ("huafang", "password", *own_words):
        return True
    steps = {ord(later) - ord(earlier) for earlier, later in itertools.pairwise(lower)}
    return steps in ({1}, {-1}, {0})
