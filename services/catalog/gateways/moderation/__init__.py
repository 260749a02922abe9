"""Moderation of pictures and words through one interface, whoever answers."""

from typing import Protocol

from services.catalog.domain.moderation import Verdict


class ModerationUnavailable(Exception):
    """The provider did not answer, or not as it documents; a person judges instead."""


class Moderator(Protocol):
    """Called outside of transactions; raises ModerationUnavailable."""

    def check_picture(self, picture: bytes, subject: str) -> Verdict:
        """Judge an encoded picture of at most 1,600 a side; `subject` names it to the provider."""

    def check_text(self, text: str, subject: str) -> Verdict:
        """Judge words, of at most 10,000 characters."""
