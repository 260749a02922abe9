"""The envelope of every event: CloudEvents 1.0 in JSON structured mode, with the W3C traceparent extension."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
LONGEST = 255  # octets of an AMQP routing key


class Unreadable(Exception):
    """The message is no CloudEvent we can read; it is kept as bytes."""


@dataclass(frozen=True)
class Event:
    """An event as it travels. `type` is its routing key, `subject` the id of what it tells of."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    data: Mapping[str, Any]
    traceparent: str = ""

    def to_dict(self) -> dict[str, Any]:
        envelope: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "data": self.data,
        }
        if self.traceparent:
            envelope["traceparent"] = self.traceparent
        return envelope

    def to_json(self) -> bytes:
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, body: bytes | str) -> "Event":
        """Read an envelope; raises Unreadable for anything that is not one."""
        try:
            envelope = json.loads(body)
            if envelope["specversion"] != "1.0" or not isinstance(envelope["data"], dict):
                raise Unreadable("not a CloudEvents 1.0 envelope with a JSON object")
            time = datetime.fromisoformat(envelope["time"])
            if time.tzinfo is None:
                raise Unreadable("the time has no zone")
            return cls(
                id=UUID(envelope["id"]),
                type=_type(envelope["type"]),
                source=_line(envelope["source"]),
                subject=_line(envelope["subject"]),
                time=time,
                data=envelope["data"],
                traceparent=_line(envelope.get("traceparent", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error


def _type(value: Any) -> str:
    if not TYPE.fullmatch(_line(value)):
        raise Unreadable("the type is not words between dots")
    return str(value)


def _line(value: Any) -> str:
    """One line of text that a database column takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or len(value) > LONGEST or (value and not value.isprintable()):
        raise Unreadable("an attribute is not a short line of text")
    return value
