"""What a request may carry, as Stripe checks it: types, limits, and nothing it does not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from deploy.sandbox.stripe.errors import Json, invalid

INTEGER = re.compile(r"-?[0-9]{1,18}")


class Parameter(Protocol):
    """One parameter: reads what came over the wire, or refuses it."""

    @property
    def required(self) -> bool:
        """Whether leaving it out is refused."""

    def read(self, value: Any, name: str) -> Any:
        """The typed value; raises StripeError naming the parameter."""


@dataclass(frozen=True)
class Text:
    """A string, at most `longest` characters, maybe one of a few."""

    required: bool = False
    longest: int = 5000
    choices: tuple[str, ...] = ()
    prefix: str | tuple[str, ...] = ""

    def read(self, value: Any, name: str) -> str:
        """The string."""
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {shown(value)}", param=name)
        if value == "":
            raise invalid(
                f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a "
                f"parameter; however '{name}' cannot be unset. You should remove '{name}' from your request "
                "or supply a non-empty value.",
                param=name,
                code="parameter_invalid_empty",
            )
        if len(value) > self.longest:
            raise invalid(f"Invalid string: {shown(value)}; must be at most {self.longest} characters", param=name)
        if self.choices and value not in self.choices:
            raise invalid(f"Invalid {name}: must be one of {either(self.choices)}", param=name)
        if self.prefix and not value.startswith(self.prefix):
            raise invalid("Not a valid URL", param=name, code="url_invalid")
        return value


@dataclass(frozen=True)
class Integer:
    """A whole number within limits."""

    required: bool = False
    least: int | None = None
    most: int | None = None

    def read(self, value: Any, name: str) -> int:
        """The number."""
        if not isinstance(value, str) or not INTEGER.fullmatch(value):
            raise invalid(f"Invalid integer: {shown(value)}", param=name, code="parameter_invalid_integer")
        number = int(value)
        if self.least is not None and number < self.least:
            raise invalid(
                f"This value must be greater than or equal to {self.least}.",
                param=name,
                code="parameter_invalid_integer",
            )
        if self.most is not None and number > self.most:
            raise invalid(
                f"This value must be less than or equal to {self.most}.",
                param=name,
                code="parameter_invalid_integer",
            )
        return number


@dataclass(frozen=True)
class Boolean:
    """true or false."""

    required: bool = False

    def read(self, value: Any, name: str) -> bool:
        """The truth value."""
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {shown(value)}", param=name)
        return bool(value == "true")


@dataclass(frozen=True)
class ListOf:
    """A list of one kind of thing."""

    of: Parameter
    required: bool = False
    least: int = 0
    most: int = 100

    def read(self, value: Any, name: str) -> list[Any]:
        """The list, each item read."""
        if not isinstance(value, list):
            raise invalid("Invalid array", param=name)
        if not self.least <= len(value) <= self.most:
            raise invalid(f"Invalid array: between {self.least} and {self.most} items are allowed", param=name)
        return [self.of.read(item, f"{name}[{index}]") for index, item in enumerate(value)]


@dataclass(frozen=True)
class Fields:
    """An object of known fields; an unknown one is refused by name, as Stripe does."""

    fields: Mapping[str, Parameter] = field(default_factory=dict)
    required: bool = False

    def read(self, value: Any, name: str) -> Json:
        """The object, each field read."""
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        unknown = [nested(name, key) for key in value if key not in self.fields]
        if unknown:
            raise invalid(
                f"Received unknown parameter{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}",
                param=unknown[0],
                code="parameter_unknown",
            )
        for key, parameter in self.fields.items():
            if parameter.required and key not in value:
                raise invalid(
                    f"Missing required param: {nested(name, key)}.",
                    param=nested(name, key),
                    code="parameter_missing",
                )
        return {key: self.fields[key].read(item, nested(name, key)) for key, item in value.items()}


@dataclass(frozen=True)
class Metadata:
    """Up to 50 pairs of text (docs.stripe.com/metadata: keys 40, values 500 characters)."""

    required: bool = False

    def read(self, value: Any, name: str) -> dict[str, str]:
        """The pairs; an empty value leaves its key out, an empty string leaves all out."""
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        if len(value) > 50:
            raise invalid(f"Metadata can have at most 50 keys, you passed in {len(value)}.", param=name)
        for key, item in value.items():
            if not isinstance(item, str):
                raise invalid("Metadata values must be strings.", param=nested(name, key))
            if len(key) > 40 or len(item) > 500:
                raise invalid(
                    f"Metadata keys can have up to 40 characters and values up to 500; '{key[:40]}' is longer.",
                    param=nested(name, key),
                )
        return {key: item for key, item in value.items() if item != ""}


def nested(name: str, key: str) -> str:
    """`a[b]`, or `b` at the top."""
    return f"{name}[{key}]" if name else key


def either(choices: tuple[str, ...]) -> str:
    """ "a, b, or c"."""
    return choices[0] if len(choices) == 1 else ", ".join(choices[:-1]) + ", or " + choices[-1]


def shown(value: Any) -> str:
    """A value short enough for a message."""
    text = value if isinstance(value, str) else type(value).__name__
    return text if len(text) <= 60 else text[:40] + "..." + text[-10:]


@dataclass(frozen=True)
class TimeRange:
    """A time, or a range of times: {gt, gte, lt, lte}."""

    required: bool = False

    def read(self, value: Any, name: str) -> dict[str, int]:
        """The range; a bare time is a range of one second."""
        if isinstance(value, str):
            exact = Integer().read(value, name)
            return {"gte": exact, "lte": exact}
        bounds: dict[str, int] = Fields({"gt": Integer(), "gte": Integer(), "lt": Integer(), "lte": Integer()}).read(
            value, name
        )
        return bounds


EXPAND = ListOf(Text(), most=20)

PAGE: dict[str, Parameter] = {
    "limit": Integer(least=1, most=100),
    "starting_after": Text(),
    "ending_before": Text(),
    "expand": EXPAND,
}
