"""The API keeps the word of its own OpenAPI document, whatever is sent."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from tests.service.orders.conftest import copied
from tests.service.orders.till import Customer, Till, opened_till, terms

EXAMPLES = 15


@pytest.fixture(scope="module")
def shop(orders_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """One till for all operations; what they leave behind is more to trip over."""
    with copied(orders_template) as url, opened_till(url, tmp_path_factory.mktemp("till")) as made:
        made.paid_order(made.offer(3990, terms=[terms()]))
        yield made
        made.check_books()


def document(till: Till) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(till.app.test_client().get("/openapi.json").get_data())
    return loaded


def test_every_route_is_in_the_document_and_every_operation_declares_its_problems(shop: Till) -> None:
    described = document(shop)
    paths = {rule.rule.replace("<uuid:", "{").replace(">", "}") for rule in shop.app.url_map.iter_rules()}
    ours = {path for path in paths if not path.startswith(("/health", "/metrics", "/openapi", "/webhooks"))}
    assert ours == set(described["paths"])
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert {"400", "401", "404", "422", "503"} <= set(operation["responses"]), (method, path)
            for status, response in operation["responses"].items():
                if status.isdigit() and int(status) >= 400:
                    assert set(response["content"]) == {"application/problem+json"}, (method, path, status)


def whole(body: Any) -> Any:
    """JSON Schema calls 2.0 an integer; our API does not, so that 1.5 pieces cannot be near."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [whole(item) for item in body]
    return {key: whole(item) for key, item in body.items()} if isinstance(body, dict) else body


def as_a_client_would(case: Case) -> None:
    """What no schema can say: cursors are the ones we gave, and an export ends after it begins."""
    case.query.pop("cursor", None)
    if "since" in case.query:
        case.query |= {"since": "2026-01-01T00:00:00Z", "until": "2026-12-31T00:00:00+08:00"}


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "broken"])
@pytest.mark.parametrize("who", ["customer", "operator", "nobody"])
def test_no_request_gets_an_answer_that_the_document_does_not_promise(
    shop: Till, who: str, mode: GenerationMode
) -> None:
    here = document(shop) | {"servers": [{"url": "/"}]}  # behind the front it is /api/orders
    schema = schemathesis.openapi.from_dict(here)
    schema.app = shop.app
    schema.config.generation.update(allow_x00=False)  # a NUL in a text is malformed (400), no schema says so
    asker: Customer | None = {"customer": shop.customer(), "operator": shop.operator, "nobody": None}[who]
    seen, failures = Counter[int](), []

    def check(case: Case) -> None:
        headers = {"Authorization": f"Bearer {asker.token}"} if asker else {}
        case.body = whole(case.body)
        if mode == GenerationMode.POSITIVE:
            as_a_client_would(case)
        response = case.call_and_validate(headers=headers, excluded_checks=[ignored_auth])
        seen[response.status_code] += 1

    for result in schema.get_all_operations():
        operation = result.ok()
        run = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=operation.as_strategy(generation_mode=mode))(check))
        try:
            run()
        except Unsatisfiable:
            continue  # there is nothing to break in an operation without input
        except Exception as error:
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n\n".join(failures)
    assert sum(seen.values()) > EXAMPLES
    assert set(seen) <= ({401, 404} if who == "nobody" else {200, 201, 304, 400, 401, 403, 404, 409, 415, 422}), seen
