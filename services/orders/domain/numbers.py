"""Order numbers people can read aloud: HF20261124-7K2M9Q."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like another letter or digit
TAIL = 6


def order_number(placed_at: datetime) -> str:
    """A number with the day in Beijing and a tail nobody can guess (729 million); a unique key makes it one."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(TAIL))
    return f"HF{placed_at.astimezone(BEIJING):%Y%m%d}-{tail}"
