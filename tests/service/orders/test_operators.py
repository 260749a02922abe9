"""The operators' side: finding orders, what must be looked at, the export, what people leave behind."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest

from services.orders.usecases.republish import republish
from shared.contracts import PERSON_ERASED
from shared.contracts.facts import ErasedPerson
from shared.contracts.offers import Text
from tests.service.orders.till import Till


def found(till: Till, text: str) -> list[str]:
    answer = till.operator.ask("GET", "/operator/orders?" + f"q={text}")
    assert answer.status == 200, answer.body
    return [order["number"] for order in answer.body["items"]]


def test_an_order_is_found_by_whatever_a_customer_or_the_gateway_names(till: Till) -> None:
    customer, order = till.paid_order()
    till.customer().place(till.offer())
    payment = till.rows("SELECT session_id, intent_id, charge_id FROM payments")[0]
    for text in (order["number"], order["number"].lower(), order["id"], str(customer.id), *payment):
        assert found(till, text) == [order["number"]], text
    for text in ("HF20260101-XXXXXX", str(uuid4()), "pi_x", "x", "%25", "'", "HF2026"):
        assert found(till, text) == []
    assert len(found(till, "")) == 2


def test_an_operator_sees_what_a_customer_does_not(till: Till) -> None:
    customer, order = till.paid_order()
    seen = till.operator.order(order["id"])
    assert seen["payments"][0]["intent_id"].startswith("pi_")
    assert seen["lines"][0]["fee"] > 0
    mine = customer.order(order["id"])
    for name in ("payments", "disputes", "alerts"):
        assert name not in mine
    assert "fee" not in mine["lines"][0]
    assert "pi_" not in str(mine)


def test_an_alert_is_dealt_with_once(till: Till) -> None:
    till.notice("checkout.session.completed", {"object": "checkout.session", "id": "cs_x"}, livemode=True)
    till.run()
    alert = till.operator.ask("GET", "/operator/alerts").body["items"][0]
    first = till.operator.ask("POST", f"/operator/alerts/{alert['id']}/resolution")
    again = till.customer("operator").ask("POST", f"/operator/alerts/{alert['id']}/resolution")
    assert first.body["resolved_by"] == again.body["resolved_by"] == str(till.operator.id)
    assert till.operator.ask("GET", "/operator/alerts").body["items"] == []
    assert len(till.operator.ask("GET", "/operator/alerts?resolved=true").body["items"]) == 1
    assert till.operator.ask("POST", f"/operator/alerts/{uuid4()}/resolution").status == 404


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '"=1"', "普通, 标题"])
def test_no_cell_of_the_export_runs_as_a_formula(till: Till, title: str) -> None:
    till.paid_order(till.offer(title=Text(title, title)))
    since, until = "2020-01-01T00:00:00Z", "2020-06-01T00:00:00Z"
    assert till.operator.ask("GET", f"/operator/orders.csv?since={since}&until={until}").status == 200
    now = till.clock.now()
    span = f"since={(now.replace(year=now.year - 1)).date()}T00:00:00Z&until={now.date()}T23:59:59Z"
    answer = till.app.test_client().get(
        f"/operator/orders.csv?{span}", headers={"Authorization": f"Bearer {till.operator.token}"}
    )
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [row["amount_fen"] for row in rows] == ["3990"]
    cell = rows[0]["title_zh"]
    assert cell.lstrip("'") == title
    assert not cell.startswith(("=", "+", "-", "@", "\t", "＝"))
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "since=x&until=y",
        "since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z",
        "since=2024-01-01T00:00:00Z&until=2026-01-01T00:00:00Z",
        "since=2026-01-01T00:00:00&until=2026-01-02T00:00:00",
    ],
)
def test_an_export_has_a_beginning_and_an_end(till: Till, query: str) -> None:
    assert till.operator.ask("GET", f"/operator/orders.csv?{query}").status == 422


def test_a_person_who_is_erased_leaves_ids_alone(till: Till) -> None:
    customer, order = till.paid_order()
    till.operator.refund(order["id"], {order["lines"][0]["id"]: 100}, note="Ms Canary called")
    till.until(lambda: till.value("SELECT count(*) FROM refunds WHERE status = 'succeeded'"))
    customer.put(till.offer())
    open_order = customer.place(till.offer()).body
    customer.put(till.offer())
    gone = ErasedPerson(customer.id, 2, till.clock.now())
    for _ in range(2):
        till.tell("storefront", PERSON_ERASED, gone)
    assert till.value("SELECT count(*) FROM cart_lines") == 0
    assert till.status(open_order["id"]) == "cancelled"
    assert till.status(order["id"]) == "paid"
    assert "Canary" not in str(till.rows("SELECT * FROM refunds"))
    kinds = [entry["kind"] for entry in till.operator.order(order["id"])["timeline"]]
    assert kinds.count("buyer_erased") == 1


def test_facts_are_told_anew_at_their_version(till: Till) -> None:
    till.paid_order()
    till.customer().place(till.offer())
    before = till.events("order.%")

    def again() -> list[dict[str, Any]]:
        with till.desk.database.transaction() as session:
            assert sum(1 for _ in republish(session, till.clock.now())) == 2
        return till.events("order.%")[len(before) :]

    told = again()
    newest = {fact["order_id"]: fact for fact in before}
    assert {fact["order_id"]: fact for fact in told} == newest
    assert again() == told + told
