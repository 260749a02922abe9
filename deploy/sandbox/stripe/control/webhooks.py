"""Hold webhooks back, send them again, in another order, or twice."""

from __future__ import annotations

import random

from flask import Blueprint, Response, abort, jsonify, request

from deploy.sandbox.stripe.current import json_sent, this_sandbox
from deploy.sandbox.stripe.sandbox import Sandbox
from deploy.sandbox.stripe.webhooks.history import log_of_deliveries

ORDERS = ("created", "reversed", "shuffled")
SETTINGS = {"copies": ("webhook_copies", 1), "timestamp_offset": ("webhook_timestamp_offset", 0)}

webhooks = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@webhooks.get("")
def deliveries() -> Response:
    """Every delivery with its tries, narrowed by ?event=."""
    store = this_sandbox().store
    held = store.setting("webhooks_held", False)
    return jsonify(held=held, deliveries=log_of_deliveries(store, request.args.get("event")))


@webhooks.post("/hold")
def hold() -> Response:
    """Queue, but do not send, until released; a restart changes nothing about it."""
    this_sandbox().store.remember("webhooks_held", True)
    return jsonify(held=True)


@webhooks.post("/release")
def release() -> Response:
    """{"order": "created" | "reversed" | "shuffled", "seed": n}: send what is queued, in this order."""
    sandbox, asked = this_sandbox(), json_sent()
    order = asked.get("order", "created")
    if order not in ORDERS:
        abort(400, f"order is one of {', '.join(ORDERS)}")
    reorder(sandbox, order, random.Random(asked.get("seed")))
    sandbox.store.remember("webhooks_held", False)
    sandbox.deliveries.wake()
    return jsonify(held=False, order=order)


@webhooks.post("/deliver")
def deliver() -> Response:
    """{"event": id, "times": n}: send an event again to every endpoint, whatever became of it before."""
    event, times = str(json_sent().get("event")), json_sent().get("times", 1)
    if not isinstance(times, int) or not 1 <= times <= 100:
        abort(400, "times is a number from 1 to 100")
    with this_sandbox().moment() as moment:
        if moment.tx.find(event, "event") is None:
            abort(404, f"no such event: {event}")
        for endpoint in moment.tx.all("webhook_endpoint"):
            for _ in range(times):
                moment.queue(event, endpoint["id"])
    return jsonify(queued=times)


@webhooks.post("/settings")
def settings() -> Response:
    """{"copies": n, "timestamp_offset": seconds}: duplicate what comes, or sign it with a skewed clock."""
    store = this_sandbox().store
    for name, value in json_sent().items():
        if name not in SETTINGS or not isinstance(value, int) or (name == "copies" and not 0 <= value <= 10):
            abort(400, "send copies (0 to 10) and timestamp_offset (seconds), whole numbers")
        store.remember(SETTINGS[name][0], value)
    return jsonify({name: store.setting(kept, default) for name, (kept, default) in SETTINGS.items()})


def reorder(sandbox: Sandbox, order: str, chance: random.Random) -> None:
    """Make everything queued due now, in this order."""
    with sandbox.store.writing() as tx:
        rows = tx.execute("SELECT seq FROM deliveries WHERE state = 'pending' ORDER BY seq")
        queued: list[int] = [row["seq"] for row in rows]
        if order == "reversed":
            queued.reverse()
        elif order == "shuffled":
            chance.shuffle(queued)
        # A hair apart and in the past: the order is that of delivery, and all of it is due.
        start = sandbox.clock.now() - 1
        for place, seq in enumerate(queued):
            tx.execute("UPDATE deliveries SET due_at = ? WHERE seq = ?", start + place * 1e-4, seq)
