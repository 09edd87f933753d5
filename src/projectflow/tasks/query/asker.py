"""Whom a query is asked by: what `me`, `today` and a person's name mean."""

from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from projectflow.auth.types import Actor


class Asker(Struct, frozen=True):
    """A person at a moment, somewhere."""

    now: datetime
    zone: ZoneInfo
    knows_everybody: bool
    """Whether they may look up the workspace's people; others know those of their projects."""

    @classmethod
    def of(cls, actor: Actor, time_zone: str = "UTC") -> Self:
        """An actor now, in their time zone; in UTC where this machine does not know it."""
        try:
            zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo("UTC")
        return cls(datetime.now(UTC), zone, actor.may_always("user", "read"))
