"""Which time is asked about: days of a zone, cut into pieces."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.users.types import check_time_zone

Bucket = Literal["day", "week", "month"]
FIRST_DATE: Final = date(2000, 1, 1)
LAST_DATE: Final = date(2199, 12, 31)
USUAL_DAYS: Final = 28
MAX_BUCKETS: Final = 370
DECEMBER: Final = 12


class Asked(Struct, frozen=True):
    """What a request says of time; None where it says nothing."""

    since: date | None = None
    until: date | None = None
    time_zone: str | None = None
    bucket: Bucket = "day"


class TimeRange(Struct, frozen=True):
    """Days, both included, that begin by the clock of a zone, in pieces."""

    since: date
    until: date
    time_zone: str
    bucket: Bucket


class Cut(Struct, frozen=True):
    """A range as moments: `edges[n]` to `edges[n + 1]` is the piece that begins on `days[n]`."""

    range: TimeRange
    days: tuple[date, ...]
    edges: tuple[datetime, ...]

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock days begin."""
        return ZoneInfo(self.range.time_zone)

    @property
    def start(self) -> datetime:
        """The first moment."""
        return self.edges[0]

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.edges[-1]


async def cut_range(db: Db, actor: Actor, asked: Asked) -> Cut:
    """The range that is asked about; the last four weeks, by the actor's clock, unless it is said.

    Weeks begin on Monday, as in ISO 8601; the first and the last piece may be shorter.

    Raises:
        InvalidInput: the zone is none, or the range ends before it begins, has more than 370
            pieces or is out of this world.
    """
    name = asked.time_zone
    if name is None:
        own: str | None = await db.fetchval(
            "SELECT time_zone FROM users WHERE tenant_id = $1 AND id = $2",
            actor.tenant_id,
            actor.user_id,
        )
        name = own or "UTC"
    check_time_zone(name)
    zone = ZoneInfo(name)
    until = asked.until or datetime.now(zone).date()
    since = asked.since or max(until, FIRST_DATE + timedelta(USUAL_DAYS)) - timedelta(
        USUAL_DAYS - 1
    )
    for field, day in (("until", until), ("since", since)):
        if not FIRST_DATE <= day <= LAST_DATE:
            raise InvalidInput.of(field, f"must be between {FIRST_DATE} and {LAST_DATE}")
    if until < since:
        raise InvalidInput.of("until", "is before `since`")
    days = _days(since, until, asked.bucket)
    return cut_days(TimeRange(since, until, zone.key, asked.bucket), days)


def _days(since: date, until: date, bucket: Bucket) -> list[date]:
    days = [since]
    while (after := _next(days[-1], bucket)) <= until:
        if len(days) >= MAX_BUCKETS:
            raise InvalidInput.of(
                "until", f"is more than {MAX_BUCKETS} {bucket}s after `since`: ask for longer ones"
            )
        days.append(after)
    return days


def _next(day: date, bucket: Bucket) -> date:
    if bucket == "day":
        return day + timedelta(1)
    if bucket == "week":
        return day + timedelta(7 - day.weekday())
    return date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, 1)


def cut_days(asked: TimeRange, days: Sequence[date]) -> Cut:
    """The moments at which the pieces begin, and the last one ends.

    Where a clock skips or repeats midnight, the day begins at its first moment.
    """
    zone = ZoneInfo(asked.time_zone)
    edges = [_midnight(zone, day) for day in [*days, asked.until + timedelta(1)]]
    return Cut(asked, tuple(days), tuple(edges))


def before(cut: Cut) -> Cut:
    """As many days just before a range, in one piece."""
    length = (cut.range.until - cut.range.since).days + 1
    since = max(cut.range.since - timedelta(length), date(1999, 1, 1))
    until = cut.range.since - timedelta(1)
    return cut_days(TimeRange(since, until, cut.range.time_zone, cut.range.bucket), [since])


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
