"""What a worker counts and measures, for each service."""

from prometheus_client import Counter, Gauge, Histogram

PUBLISHED = Counter("huafang_events_published_total", "Events confirmed by the broker and routed", ["service"])
UNROUTABLE = Counter("huafang_events_unroutable_total", "Events no queue was bound for", ["service", "type"])
REFUSED = Counter("huafang_events_refused_total", "Events the broker refused to keep", ["service"])
CONSUMED = Counter("huafang_events_consumed_total", "Events received, by what became of them", ["service", "outcome"])
LAG = Histogram(
    "huafang_event_lag_seconds",
    "From an event's making to its effect",
    ["service"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600),
)
TIMERS = Counter("huafang_timers_total", "Timers run, by outcome", ["service", "kind", "outcome"])
OUTBOX = Gauge("huafang_outbox_unpublished", "Events not published yet", ["service"])
OUTBOX_AGE = Gauge("huafang_outbox_oldest_seconds", "How long the oldest of them has waited", ["service"])
RETRYING = Gauge("huafang_inbox_retrying", "Events that failed and will be tried again", ["service"])
PARKED = Gauge("huafang_parked", "What waits for an operator", ["service", "what"])
LEADING = Gauge("huafang_relay_leading", "1 while this process is the service's active relay", ["service"])
RESTARTS = Counter("huafang_loop_restarts_total", "Loops of a worker that failed and began again", ["service", "loop"])
