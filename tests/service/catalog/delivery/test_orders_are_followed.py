"""Entitlements follow orders exactly once, whatever order the events come in."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.catalog.domain.entitlements import Act, Entitlement, EntitlementState, TakeDown
from services.catalog.domain.listings import Listing
from services.catalog.domain.products import Product, ProductState
from shared.contracts.orders import Order
from shared.ids import new_id
from tests.service.catalog.delivery.shop import Pack, Shop, refunded


def entitlements(shop: Shop) -> list[Entitlement]:
    with shop.service.database.transaction() as session:
        found = list(session.scalars(select(Entitlement).order_by(Entitlement.granted_at, Entitlement.id)))
        for entitlement in found:
            _ = entitlement.history
    return found


def sales(shop: Shop, pack: Pack) -> int:
    with shop.service.database.transaction() as session:
        return session.get_one(Listing, pack.id).sales


def test_the_same_event_again_changes_nothing(shop: Shop) -> None:
    pack = shop.publish()
    order = shop.order(shop.person("buyer"), pack)

    for _ in range(3):
        shop.hear(order)

    [entitlement] = entitlements(shop)
    assert [change.act for change in entitlement.history] == [Act.GRANTED]
    assert len(shop.deliveries()) == 1
    assert sales(shop, pack) == 1


def test_every_order_of_events_ends_in_the_same_state(shop: Shop) -> None:
    pack = shop.publish()
    buyer = shop.person("buyer")
    for events in permutations(["paid", "completed", "refunded"]):
        paid = shop.order(buyer, pack)
        told = {
            "paid": paid,
            "completed": replace(paid, version=3, status="completed"),
            "refunded": refunded(paid, version=4),
        }
        for kind in (*events, *events):
            shop.hear(told[kind], kind)
        [held] = [one for one in entitlements(shop) if one.order_id == paid.order_id]
        assert held.state is not EntitlementState.ACTIVE, events
        assert held.order_version == 4, events
    assert sales(shop, pack) == 0
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is False


def test_an_order_refunded_before_it_was_heard_of_is_never_granted(shop: Shop) -> None:
    pack = shop.publish()
    paid = shop.order(shop.person("buyer"), pack, price=2900)

    shop.hear(refunded(paid, version=3), "refunded")
    shop.hear(paid)

    [held] = entitlements(shop)
    assert (held.state, held.reason) == (EntitlementState.FAILED, "refunded")
    [(kind, delivery)] = shop.deliveries()
    assert (kind, delivery.earned, delivery.give_back, delivery.reason) == ("failed", 0, 2900, "refunded")


def test_a_full_refund_of_a_line_takes_that_line_back_and_no_other(shop: Shop) -> None:
    first, second = shop.publish("一"), shop.publish("二")
    buyer = shop.person("buyer")
    order, _ = shop.buy(buyer, first, second)

    shop.hear(refunded(order, order.lines[0]), "refunded")

    assert shop.get(f"/access?product_id={first.id}", buyer).json["access"] is False
    assert shop.get(f"/access?product_id={second.id}", buyer).json["access"] is True
    states = {held.product_id: held.state for held in entitlements(shop)}
    assert states == {first.id: EntitlementState.REVOKED, second.id: EntitlementState.ACTIVE}


def test_a_partial_refund_takes_nothing_back(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, _ = shop.buy(buyer, pack, price=2900)

    partly = replace(order, version=3, lines=[replace(order.lines[0], refunded=1000)])
    shop.hear(partly, "refunded")

    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is True


def test_a_refund_that_takes_access_back_does_so_whatever_its_amount(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, _ = shop.buy(buyer, pack, price=2900)

    partly = replace(order, version=3, lines=[replace(order.lines[0], refunded=1000, revoked=True)])
    shop.hear(partly, "refunded")

    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is False


def test_an_order_that_turns_back_does_not_silently_restore_access(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)
    shop.hear(refunded(order, version=3), "refunded")

    shop.hear(replace(order, version=4), "completed")  # the bank sent the refund back
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is False

    given = shop.post(f"/entitlements/{entitlement}/restoration", shop.operator, json={"reason": "refund came back"})
    assert given.status_code == 200, given.json
    assert [change["act"] for change in given.json["history"]] == ["granted", "revoked", "restored"]
    assert given.json["history"][2]["actor_id"] == str(shop.operator.id)
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is True
    assert sales(shop, pack) == 1


def test_what_an_operator_gave_again_is_not_taken_by_the_next_event(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)
    shop.hear(refunded(order, version=3), "refunded")
    shop.post(f"/entitlements/{entitlement}/restoration", shop.operator, json={"reason": "goodwill"})

    shop.hear(refunded(order, version=4), "completed")  # the same refund, told with another change
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is True

    shop.hear(replace(order, version=5), "completed")
    shop.hear(refunded(order, version=6), "refunded")  # refunded anew
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is False


@pytest.mark.parametrize("price", [0, 2900])
def test_a_product_taken_down_before_the_event_is_given_back(shop: Shop, price: int) -> None:
    pack = shop.publish(price=price)
    with shop.service.database.transaction() as session:
        session.add(TakeDown(product_id=pack.id, at=shop.clock.now(), actor_id=uuid4(), reason="infringement"))

    shop.hear(shop.order(shop.person("buyer"), pack, price=price))

    [(kind, delivery)] = shop.deliveries()
    assert (kind, delivery.earned, delivery.give_back, delivery.reason) == ("failed", 0, price, "taken-down")
    assert sales(shop, pack) == 0


def test_a_product_that_was_never_ours_is_given_back(shop: Shop) -> None:
    pack = shop.publish()
    order = shop.order(shop.person("buyer"), pack)
    shop.hear(replace(order, lines=[replace(order.lines[0], reference=new_id())]))

    [(kind, delivery)] = shop.deliveries()
    assert (kind, delivery.reason) == ("failed", "unknown-product")


def test_a_product_withdrawn_after_the_order_is_still_delivered(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order = shop.order(buyer, pack)
    with shop.service.database.transaction() as session:
        session.get_one(Product, pack.id).state = ProductState.WITHDRAWN

    shop.hear(order)

    assert shop.deliveries()[0][0] == "completed"
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is True


def test_lines_of_other_publishers_and_unpaid_orders_are_nothing_to_catalog(shop: Shop) -> None:
    pack = shop.publish()
    order = shop.order(shop.person("buyer"), pack)

    shop.hear(replace(order, lines=[replace(order.lines[0], publisher="fulfillment")]))
    shop.hear(replace(order, order_id=new_id(), paid_at=None, status="awaiting_payment"))

    assert entitlements(shop) == []
    assert shop.deliveries() == []


def test_two_consumers_at_once_grant_once(shop: Shop) -> None:
    pack = shop.publish()
    order = shop.order(shop.person("buyer"), pack)
    barrier, failed = Barrier(8), []

    def hear(told: Order) -> None:
        barrier.wait()
        try:
            shop.hear(told)
        except IntegrityError:
            failed.append(told)  # the inbox tries such an event again

    threads = [Thread(target=hear, args=(order,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for told in failed:
        shop.hear(told)

    assert len(entitlements(shop)) == 1
    assert len(shop.deliveries()) == 1
    assert sales(shop, pack) == 1


def test_history_cannot_be_changed_by_anybody(shop: Shop) -> None:
    shop.buy(shop.person("buyer"), shop.publish())
    statements = [
        "UPDATE entitlement_changes SET reason = 'other'",
        "DELETE FROM entitlement_changes",
        "TRUNCATE entitlement_changes CASCADE",
        "DELETE FROM entitlements",
    ]
    for statement in statements:
        with pytest.raises(Exception, match="append-only"), shop.service.database.transaction() as session:
            session.connection().exec_driver_sql(statement)


def test_a_bundle_covers_its_parts_as_they_change(shop: Shop) -> None:
    one, two, three = (shop.publish(name) for name in ("一", "二", "三"))
    bundle = shop.publish("合集", kind="bundle", parts=[one, two], price=9900)
    buyer = shop.person("buyer")
    shop.clock.advance(timedelta(minutes=1))
    shop.buy(buyer, bundle)
    shop.clock.advance(timedelta(minutes=1))
    shop.change_parts(bundle, added=[three], removed=[two])

    for part in (one, two, three):
        answer = shop.get(f"/access?product_id={part.id}", buyer).json
        assert answer["access"] is True
        assert answer["because"][0]["kind"] == "bundle"
        assert answer["because"][0]["bundle_title"]["zh"] == "合集"

    late = shop.person("late buyer")
    shop.clock.advance(timedelta(minutes=1))
    shop.buy(late, bundle)
    assert shop.get(f"/access?product_id={two.id}", late).json["access"] is False
    assert shop.get(f"/access?product_id={three.id}", late).json["access"] is True
