"""What a test can ask of the stand-in."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from deploy.sandbox.stripe.actions.dispute import NotDisputable, close_dispute, open_dispute
from deploy.sandbox.stripe.api.authentication import check_api_key
from deploy.sandbox.stripe.api.responses import json_response
from deploy.sandbox.stripe.control.calls import counted
from deploy.sandbox.stripe.control.paying import pay_session
from deploy.sandbox.stripe.control.webhooks import webhooks
from deploy.sandbox.stripe.current import json_sent, this_sandbox
from deploy.sandbox.stripe.errors import StripeError
from deploy.sandbox.stripe.faults import fault_from

control = Blueprint("control", __name__, url_prefix="/sandbox")
control.register_blueprint(webhooks)


@control.before_request
def only_with_the_key() -> Response | None:
    """The controls take the same key as the API."""
    if request.endpoint == "control.health":
        return None
    try:
        check_api_key(request.headers, this_sandbox().options.api_key)
    except StripeError as error:
        return json_response(error.status, error.body(), error.headers)
    return None


@control.errorhandler(HTTPException)
def explain(error: HTTPException) -> tuple[Response, int]:
    """What was wrong with the request, as JSON."""
    return jsonify(error=error.description), error.code or 500


@control.get("/health")
def health() -> Response:
    """It answers, and it can read its memory."""
    return jsonify(status="ok", ahead_by=this_sandbox().store.setting("clock_offset", 0.0))


@control.get("/clock")
def clock() -> Response:
    """The sandbox's time."""
    sandbox = this_sandbox()
    return jsonify(now=sandbox.clock.now(), ahead_by=sandbox.clock.offset)


@control.post("/clock")
def advance() -> Response:
    """{"advance": seconds}: move forward; what has come due happens soon after."""
    seconds = json_sent().get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        abort(400, 'send {"advance": seconds}, 0 or more')
    now = this_sandbox().advance(seconds)
    return jsonify(now=now, ahead_by=this_sandbox().clock.offset)


@control.get("/faults")
def faults() -> Response:
    """The faults still to come."""
    return jsonify(waiting=this_sandbox().faults.waiting())


@control.post("/faults")
def order_fault() -> tuple[Response, int]:
    """Order a fault: the fields of `faults.Fault`."""
    try:
        this_sandbox().faults.order(fault_from(json_sent()))
    except (TypeError, ValueError) as error:
        abort(400, str(error))
    return jsonify(waiting=this_sandbox().faults.waiting()), 201


@control.delete("/faults")
def clear_faults() -> Response:
    """Take back every fault still to come."""
    this_sandbox().faults.clear()
    return jsonify(waiting=[])


@control.get("/calls")
def calls() -> Response:
    """The calls received, narrowed by ?idempotency_key= and ?path=."""
    return jsonify(counted(this_sandbox().store, request.args.get("idempotency_key"), request.args.get("path")))


@control.post("/sessions/<session_id>/pay")
def pay(session_id: str) -> Response:
    """{"method": ..., "outcome": ...}: pay a session without a browser. Answers the session."""
    order = json_sent()
    try:
        session = pay_session(this_sandbox(), session_id, order.get("method"), order.get("outcome", "succeed"))
    except LookupError as error:
        abort(404, str(error))
    except ValueError as error:
        abort(409, str(error))
    return jsonify(session)


@control.post("/refunds/fail-next")
def fail_refunds() -> Response:
    """{"times": n}: the next refunds made will fail a moment later."""
    times = json_sent().get("times", 1)
    if not isinstance(times, int) or times < 0:
        abort(400, 'send {"times": count}')
    this_sandbox().store.remember("fail_refunds", times)
    return jsonify(fail_next=times)


@control.post("/charges/<charge_id>/dispute")
def dispute(charge_id: str) -> Response:
    """{"amount": fen, "reason": ...}: let the payer's bank take the money back. Answers the dispute."""
    order = json_sent()
    with this_sandbox().moment() as moment:
        charge = moment.tx.find(charge_id, "charge") or abort(404, f"no such charge: {charge_id}")
        return jsonify(open_dispute(moment, charge, order.get("amount"), order.get("reason", "fraudulent")))


@control.post("/disputes/<dispute_id>/close")
def close(dispute_id: str) -> Response:
    """{"outcome": "won" | "lost"}: end a dispute. Answers it."""
    outcome = json_sent().get("outcome", "lost")
    if outcome not in ("won", "lost"):
        abort(400, "outcome is won or lost")
    with this_sandbox().moment() as moment:
        disputed = moment.tx.find(dispute_id, "dispute") or abort(404, f"no such dispute: {dispute_id}")
        return jsonify(close_dispute(moment, disputed, won=outcome == "won"))


@control.errorhandler(NotDisputable)
def not_disputable(error: NotDisputable) -> tuple[Response, int]:
    """The state of things does not allow it."""
    return jsonify(error=str(error)), 409


@control.post("/reset")
def reset() -> Response:
    """Forget everything but the configured webhook endpoint."""
    this_sandbox().reset()
    return jsonify(status="ok")
