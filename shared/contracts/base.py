"""What a contract is: a name with a version, a marshmallow schema, and the dataclass it loads into."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import EXCLUDE, Schema, post_load


class EventSchema(Schema):
    """A schema that loads into `makes` and lets unknown fields pass, so that contracts can grow."""

    makes: ClassVar[type]

    class Meta:
        unknown = EXCLUDE

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return self.makes(**data)


Body = TypeVar("Body")


@dataclass(frozen=True)
class Contract(Generic[Body]):
    """`name` is the routing key without its source: `order.paid.v1` is sent as `orders.order.paid.v1`."""

    name: str
    schema: EventSchema

    def load(self, data: Mapping[str, Any]) -> Body:
        """The typed body; raises marshmallow.ValidationError."""
        body: Body = self.schema.load(data)
        return body

    def dump(self, body: Body) -> dict[str, Any]:
        """The JSON form, checked by loading it again, so that nothing invalid ever leaves."""
        data: dict[str, Any] = self.schema.dump(body)
        self.schema.load(data)
        return data
