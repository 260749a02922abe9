"""The tables of the stand-in. Objects are kept as the JSON that Stripe would answer with."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    object  TEXT NOT NULL,
    created INTEGER NOT NULL,
    body    TEXT NOT NULL,
    private TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (object, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (object, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (object, json_extract(body, '$.charge'));

CREATE TABLE IF NOT EXISTS deliveries (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    event     TEXT NOT NULL REFERENCES objects (id),
    endpoint  TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given_up')),
    attempts  INTEGER NOT NULL DEFAULT 0,
    first_at  REAL NOT NULL,
    due_at    REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at, seq);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);

CREATE TABLE IF NOT EXISTS attempts (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL REFERENCES deliveries (seq),
    at       REAL NOT NULL,
    seconds  REAL NOT NULL,
    status   INTEGER,
    problem  TEXT
);

CREATE TABLE IF NOT EXISTS keys (
    key         TEXT PRIMARY KEY,
    operation   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    request     TEXT NOT NULL,
    created     REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS timers (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at  REAL NOT NULL,
    payload TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (kind, subject)
);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due_at);

CREATE TABLE IF NOT EXISTS calls (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       REAL NOT NULL,
    method   TEXT NOT NULL,
    path     TEXT NOT NULL,
    key      TEXT,
    status   INTEGER,
    replayed INTEGER NOT NULL,
    fault    TEXT,
    request  TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_by_key ON calls (key);

CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

TABLES = ("attempts", "deliveries", "keys", "timers", "calls", "settings", "objects")
