"""One trace through a queue or a timer: what was asked for in a request is done later, in the same trace."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_tracer = trace.get_tracer("shared.messaging")
_traceparents = TraceContextTextMapPropagator()


@contextmanager
def sending(name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """A producer's span; yields the traceparent to send along, empty when nothing is traced."""
    with _tracer.start_as_current_span(name, kind=SpanKind.PRODUCER, attributes=attributes):
        carrier: dict[str, str] = {}
        _traceparents.inject(carrier)
        yield carrier.get("traceparent", "")


@contextmanager
def continuing(traceparent: str, name: str, attributes: Mapping[str, str]) -> Iterator[None]:
    """A consumer's span in the trace that `traceparent` names; nothing of the thread's own context stays."""
    origin = _traceparents.extract({"traceparent": traceparent} if traceparent else {}, Context())
    token = context.attach(origin)
    try:
        with _tracer.start_as_current_span(name, kind=SpanKind.CONSUMER, attributes=attributes):
            yield
    finally:
        context.detach(token)
