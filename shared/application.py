"""The Flask application every service is: blueprints, problems, health, metrics, telemetry, limits."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import flask
import structlog
from flask import Flask, Response, g, jsonify, request
from opentelemetry import trace
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import telemetry
from shared.api import Api, Blueprint, Request
from shared.ids import new_id
from shared.problems import NotFound, Problem, Unavailable
from shared.service import Service

log = structlog.get_logger()

MAX_BODY = 1024 * 1024
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# PostgreSQL: too many connections, statement cancelled by its timeout, lock not had in time, shutting down.
PASSING_STATES = {"53300", "57014", "55P03", "57P01", "57P02", "57P03", "40001", "40P01"}

Check = Callable[[], bool]


def create_application(
    service: Service,
    title: str,
    blueprints: Sequence[Blueprint | flask.Blueprint],
    checks: dict[str, Check] | None = None,
) -> Flask:
    """An application of `service` whose every answer follows the house rules.

    Blueprints of flask-smorest appear in /openapi.json; `checks` add to readiness.
    """
    telemetry.start_telemetry(service.name, service.settings)
    app = Flask(service.name, static_folder=None)
    app.request_class = Request
    app.extensions["huafang"] = service
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_PARTS=100,
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    _trust_proxies(app, service.settings.proxies)
    telemetry.trace_requests(app)
    _begin_and_end_requests(app, service.name)
    _answer_problems(app)
    _add_health(app, service, checks or {})
    api = Api(app, spec_kwargs={"info": {"description": f"Huafang 画坊: {title}"}})  # type: ignore[no-untyped-call]
    _describe_security(api, service.name)
    for blueprint in blueprints:
        register = api.register_blueprint if isinstance(blueprint, Blueprint) else app.register_blueprint
        register(blueprint)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        trusting = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count)
        app.wsgi_app = trusting  # type: ignore[method-assign]


def _describe_security(api: Api, name: str) -> None:
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    api.spec.components.security_scheme("bearer", bearer)
    api.spec.options["servers"] = [{"url": f"/api/{name}"}]
    api.spec.options["security"] = [{"bearer": []}, {}]


def _begin_and_end_requests(app: Flask, name: str) -> None:
    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = str(new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service=name, request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        for header, value in HEADERS.items():
            response.headers.setdefault(header, value)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-Id"] = g.get("request_id", "")
        route = request.url_rule.rule if request.url_rule else "unknown"
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        telemetry.REQUESTS.labels(name, route, request.method, response.status_code).inc()
        telemetry.SECONDS.labels(name, route).observe(seconds)
        if not route.startswith(("/health", "/metrics")):
            log.info(
                "answered",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000),
            )
        return response


def problem_response(problem: Problem) -> Response:
    """A problem as its RFC 9457 answer."""
    response = jsonify(problem.body(g.get("request_id", "")))
    response.status_code = problem.status
    response.content_type = "application/problem+json"
    response.headers.update(problem.headers)
    return response


def as_problem(error: Exception) -> Problem:
    """Any exception as a problem: ours as it is, HTTP's by its status, a passing database fault as 503."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and _will_pass(error)):
        log.warning("database unavailable", error=str(error.__cause__ or error))
        return Unavailable()
    log.error("unexpected error", exc_info=error)
    span = trace.get_current_span()
    span.record_exception(error)
    return Problem()


def _answer_problems(app: Flask) -> None:
    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response:
        return problem_response(as_problem(error))


def _will_pass(error: DBAPIError) -> bool:
    state: str | None = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated:
        return True
    return state in PASSING_STATES or (isinstance(error, OperationalError) and state is None)


def _from_http(error: HTTPException) -> Problem:
    if error.code == HTTPStatus.NOT_FOUND:
        return NotFound()
    status = HTTPStatus(error.code or 500)
    problem = Problem(status.phrase if status != HTTPStatus.INTERNAL_SERVER_ERROR else "")
    kind = {"slug": status.phrase.lower().replace(" ", "-"), "status": int(status), "title": status.phrase}
    problem.__dict__.update(kind)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate", "Content-Range", "Accept-Ranges"):
            problem.headers[name] = value
    return problem


def _add_health(app: Flask, service: Service, checks: dict[str, Check]) -> None:
    every = {"database": service.database.is_reachable, "storage": service.store.is_reachable, **checks}

    @app.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready")
    def ready() -> tuple[dict[str, Any], int]:
        states = {name: check() for name, check in every.items()}
        return {"status": "ready" if all(states.values()) else "not ready", "checks": states}, (
            200 if all(states.values()) else 503
        )

    @app.get("/metrics")
    def metrics() -> Response:
        return telemetry.metrics_response()
