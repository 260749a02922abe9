"""Base of everything that is answered."""

from marshmallow import INCLUDE, Schema


class Shown(Schema):
    """An answer may grow: a client passes over fields it does not know."""

    class Meta:
        unknown = INCLUDE
