"""The customer side keeps the word of its own OpenAPI document, whatever is sent."""

import json
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from services.catalog.api import access, browse, downloads, entitlements, library, take_downs, traces
from tests.service.catalog.delivery.shop import Shop

EXAMPLES = 12
OURS = {part.blueprint.name for part in (access, browse, downloads, entitlements, library, take_downs, traces)}


def document(shop: Shop) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(shop.app.test_client().get("/openapi.json").get_data())
    loaded["paths"] = {
        path: operations
        for path, operations in loaded["paths"].items()
        if any(set(one.get("tags", [])) & OURS for one in operations.values() if isinstance(one, dict))
    }
    return loaded


def as_a_client_would(case: Case) -> None:
    """What no schema can say: cursors are those we gave, a program is one we know, a trace has one question."""
    if case.path == "/traces":
        case.body = {"copy_id": "01a20d17-1735-7212-b27f-ecc870057a13"}
    for name in ("cursor", "ui"):
        case.query.pop(name, None)
    if isinstance(case.body, dict) and isinstance(case.body.get("limit"), float):
        case.body["limit"] = int(case.body["limit"])  # JSON Schema calls 2.0 an integer; our API does not


def test_every_operation_declares_its_problems(lasting_shop: Shop) -> None:
    described = document(lasting_shop)
    assert len(described["paths"]) >= 18
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert {"400", "401", "404", "422", "503"} <= set(operation["responses"]), (method, path)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "broken"])
@pytest.mark.parametrize("who", ["buyer", "operator", "nobody"])
def test_no_request_gets_an_answer_that_the_document_does_not_promise(
    lasting_shop: Shop, who: str, mode: GenerationMode
) -> None:
    shop = lasting_shop
    pack = shop.publish()
    shop.buy(shop.person("buyer"), pack)
    schema = schemathesis.openapi.from_dict(document(shop) | {"servers": [{"url": "/"}]})
    schema.app = shop.app
    schema.config.generation.update(allow_x00=False)  # a NUL in a text is malformed (400), no schema says so
    asker = {"buyer": shop.person("buyer"), "operator": shop.operator, "nobody": None}[who]
    seen, failures = Counter[int](), []

    def check(case: Case) -> None:
        headers = {"Authorization": f"Bearer {shop.signer.sign('catalog', asker)}"} if asker else {}
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
    assert not any(status >= 500 for status in seen)
