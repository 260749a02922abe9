"""How often something may be tried: counted in fixed windows of real time, in a table all workers share."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from services.storefront.domain.base import Base


class Attempts(Base):
    """`bucket` is a hash of what is counted, so that no address of a stranger is kept."""

    __tablename__ = "attempts"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in each window."""

    name: str
    most: int
    window: timedelta

    def window_start(self, now: datetime) -> datetime:
        seconds = int(self.window.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds, at least one, until the window ends: the Retry-After."""
        return max(1, int((self.window_start(now) + self.window - now).total_seconds()) + 1)
