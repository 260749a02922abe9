"""Logs, traces and metrics: structlog JSON with the trace's id, OpenTelemetry, Prometheus.

One trace follows a purchase through HTTP and RabbitMQ: the outbox keeps the `traceparent` of the request
that wrote a row, and the consumer continues it.
"""

import logging
import os
import sys
from typing import Any

import structlog
from flask import Flask, Response
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from shared.settings import ServiceSettings

REQUESTS = Counter("huafang_http_requests_total", "Answers given", ["service", "route", "method", "status"])
SECONDS = Histogram("huafang_http_request_seconds", "Time to answer", ["service", "route"])
SECRET_WORDS = ("authorization", "password", "secret", "token", "cookie", "card", "cvc")


def start_telemetry(name: str, settings: ServiceSettings) -> None:
    """Set up logs and traces for this process, once; spans leave it only when an endpoint is set."""
    _start_logs(settings.log_level)
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    provider = TracerProvider(resource=Resource.create({"service.name": f"huafang-{name}"}))
    if settings.otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp_endpoint)))
    trace.set_tracer_provider(provider)
    PsycopgInstrumentor().instrument(skip_dep_check=True)
    RequestsInstrumentor().instrument()


def trace_requests(app: Flask) -> None:
    """A span for each request of this application, health and metrics left out."""
    FlaskInstrumentor().instrument_app(app, excluded_urls="health/.*,metrics")  # type: ignore[no-untyped-call]


def current_traceparent() -> str:
    """The W3C traceparent of the present span, or an empty string outside of one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")


def trace_id() -> str:
    """The present trace's id in hex, or an empty string."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else ""


def metrics_response() -> Response:
    """All metrics of this process, or of all gunicorn workers when PROMETHEUS_MULTIPROC_DIR is set."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _start_logs(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            _without_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _with_trace(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if found := trace_id():
        event["trace_id"] = found
    return event


def _without_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "***"
    return event
