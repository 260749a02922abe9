"""Stripe's form encoding: `a[b][0]=c` is {"a": {"b": ["c"]}}, and every leaf is text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from deploy.sandbox.stripe.errors import Json, invalid

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
KEYS = re.compile(r"\[([^\[\]]*)\]")
MAX_DEPTH = 8
MAX_PAIRS = 2_000


def decode(pairs: Iterable[tuple[str, str]]) -> Json:
    """Nested dicts and lists from form pairs; a name that cannot be read, or two that clash, is a 400."""
    tree: Json = {}
    for count, (name, value) in enumerate(pairs):
        if count >= MAX_PAIRS:
            raise invalid("Too many parameters.")
        put(tree, path_of(name), value, name)
    decoded: Json = {key: listed(value) for key, value in tree.items()}
    return decoded


def path_of(name: str) -> list[str]:
    """["a", "b", "0"] from `a[b][0]`."""
    match = NAME.match(name)
    if match is None:
        raise invalid(f"Invalid parameter name: {name}", param=name, code="parameter_unknown")
    path = [match[1], *KEYS.findall(match[2])]
    if len(path) > MAX_DEPTH:
        raise invalid(f"Parameter is nested too deeply: {name}", param=name)
    return path


def put(tree: Json, path: list[str], value: str, name: str) -> None:
    """Set one leaf; `[]` takes the next free number."""
    node: Json = tree
    for key in path[:-1]:
        child = node.setdefault(next_number(node) if key == "" else key, {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid object: {name}", param=name)
        node = child
    last = next_number(node) if path[-1] == "" else path[-1]
    if isinstance(node.get(last), dict):
        raise invalid(f"Invalid object: {name}", param=name)
    node[last] = value


def next_number(node: Json) -> str:
    """The next place in a list that is still kept as numbered keys."""
    return str(len(node))


def listed(value: Any) -> Any:
    """Turn numbered keys into lists, in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    children = {key: listed(child) for key, child in value.items()}
    if children and all(key.isascii() and key.isdigit() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children
