"""What goes over the wire, held against Stripe's own description of its API."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from stripe._api_version import _ApiVersion

from deploy.sandbox.stripe.api.routes import OPERATIONS
from deploy.sandbox.stripe.objects.event import TYPES
from deploy.sandbox.stripe.options import API_VERSION
from deploy.sandbox.stripe.parameters import (
    Boolean,
    Fields,
    Integer,
    ListOf,
    Metadata,
    Parameter,
    Text,
    TimeRange,
)
from tests.contracts.stripe.conftest import trading
from tests.contracts.stripe.openapi import (
    CLASSES,
    Json,
    answer_problem,
    library_fields,
    object_problem,
    operation,
    request_problem,
    request_schema,
)
from tests.contracts.stripe.receiver import receiving
from tests.contracts.stripe.whole_story import Story, tell

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "specs" / "stripe-fixtures3.json"

# Since 2022-11-15 a charge's refunds are left out unless they are expanded (Stripe's changelog).
LEFT_OUT_UNLESS_EXPANDED = {("charge", "refunds")}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with receiving() as receiver, trading(tmp_path_factory.mktemp("stripe"), receiver.url) as shop:
        yield tell(shop, receiver)


def test_every_request_of_stripes_library_is_one_that_stripe_describes(story: Story) -> None:
    wrong = {str(one): request_problem(one.method, one.path, one.sent) for one in story.exchanges}
    assert not {name: problem for name, problem in wrong.items() if problem}


def test_every_answer_is_one_that_stripe_describes(story: Story) -> None:
    wrong = {str(one): answer_problem(one.method, one.path, one.status, one.body) for one in story.exchanges}
    assert not {name: problem for name, problem in wrong.items() if problem}


def test_the_story_uses_every_operation_of_the_sandbox(story: Story) -> None:
    used = {(one.method, operation(one.method, one.path)[0]) for one in story.exchanges}
    assert used == {(one.method, one.path) for one in OPERATIONS}


def test_every_webhook_is_signed_and_holds_an_object_that_stripe_describes(story: Story) -> None:
    wrong = {}
    for event in story.events:
        wrong[event["type"]] = object_problem("event", event) or object_problem(
            event["data"]["object"]["object"], event["data"]["object"]
        )
    assert not {name: problem for name, problem in wrong.items() if problem}


def test_every_type_of_event_is_seen_and_known_to_stripe(story: Story) -> None:
    schema = request_schema("POST", "/v1/webhook_endpoints")
    known = set(schema["properties"]["enabled_events"]["items"]["enum"])
    assert set(TYPES) <= known
    # charge.updated comes only when charges are booked with a delay, which has a test of its own.
    assert {event["type"] for event in story.events} == set(TYPES) - {"charge.updated"}


def test_stripes_library_knows_every_field_of_every_object(story: Story) -> None:
    seen = [event["data"]["object"] for event in story.events] + story.events
    unknown = {(one["object"], field) for one in seen for field in one if field not in library_fields(one["object"])}
    assert not unknown


@pytest.mark.specs
@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_no_field_of_stripes_own_sample_is_missing(story: Story, kind: str) -> None:
    sample: Json = json.loads(SAMPLES.read_text())["resources"][kind]
    found = [one for exchange in story.exchanges for one in objects_in(json.loads(exchange.body), kind)]
    assert found, f"the story shows no {kind}"
    for one in found:
        missing = {field for field in sample if field not in one and (kind, field) not in LEFT_OUT_UNLESS_EXPANDED}
        assert not missing - optional(kind, one), f"{kind} lacks {missing}"


def optional(kind: str, one: Json) -> set[str]:
    """What Stripe too leaves out of this very object."""
    if kind == "event":
        return {"request"} - set(one)
    if kind == "payment_method":
        return {"card"} if one["type"] != "card" else set()
    if kind == "balance":
        return {"connect_reserved"}  # of platforms only
    return {"payment_method_details"} if kind == "dispute" else set()


def objects_in(value: object, kind: str) -> Iterator[Json]:
    """Every object of a kind, however deep it lies."""
    if isinstance(value, dict):
        if value.get("object") == kind and not value.get("deleted"):
            yield value
        for child in value.values():
            yield from objects_in(child, kind)
    elif isinstance(value, list):
        for child in value:
            yield from objects_in(child, kind)


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_the_sandbox_takes_no_parameter_that_stripe_does_not(one: object) -> None:
    assert one in OPERATIONS
    method, path = getattr(one, "method"), getattr(one, "path")  # noqa: B009
    if method == "DELETE":
        return
    filled = path.replace("{", "").replace("}", "")
    compare(Fields(getattr(one, "fields")), request_schema(method, filled), "")  # noqa: B009


def compare(parameter: Parameter, schema: Json, name: str) -> None:
    """Ours is Stripe's or stricter."""
    kinds = [option.get("type") for option in schema.get("anyOf", [schema])]
    match parameter:
        case Fields(fields=fields):
            assert kinds == ["object"], name
            assert set(fields) <= set(schema["properties"]), name
            wanted = set(schema.get("required", []))
            assert wanted <= {field for field, one in fields.items() if one.required}, name
            for field, child in fields.items():
                compare(child, schema["properties"][field], f"{name}[{field}]")
        case ListOf(of=of):
            assert kinds == ["array"], name
            compare(of, schema["items"], name + "[]")
        case Text(choices=choices, longest=longest):
            assert "string" in kinds, name
            assert not choices or "enum" not in schema or set(choices) <= set(schema["enum"]), name
            assert longest <= schema.get("maxLength", longest), name
        case Integer():
            assert kinds == ["integer"], name
        case Boolean():
            assert kinds == ["boolean"], name
        case Metadata():
            assert "object" in kinds, name
        case TimeRange():
            assert sorted(kinds) == ["integer", "object"], name


def test_events_are_rendered_in_the_version_that_stripes_library_speaks() -> None:
    assert API_VERSION == _ApiVersion.CURRENT
    assert issubclass(stripe.Event, stripe.StripeObject)
