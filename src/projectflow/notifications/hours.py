"""Times of the day in people's time zones: quiet hours, digests, and when a date is near.

A wall time that a clock change skips is read as PEP 495 says: by the offset before the change.
One that comes twice is its first time.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

DAY: Final = timedelta(days=1)
MINUTES_OF_WEEK: Final = 7 * 24 * 60
LONGEST_QUIET: Final = timedelta(days=8)
"""Mail is held back for so long at most, whatever clocks do."""
MORNING: Final = time(9)
"""When people hear of dates."""

WallTime = Annotated[
    str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="of the person's day, as in 08:30")
]
Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday")]


class QuietHours(Struct, frozen=True, forbid_unknown_fields=True):
    """From one time of the day to another, past midnight where it is not later; on some days."""

    start: WallTime
    end: WallTime
    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = field(
        default_factory=lambda: list(range(7))
    )
    """On which it begins."""


class DigestTime(Struct, frozen=True, forbid_unknown_fields=True):
    """When a digest is mailed: each hour at the minute of `at`, each day, or on a weekday."""

    every: Literal["hour", "day", "week"] = "day"
    at: WallTime = "08:00"
    weekday: Weekday = 0


def quiet_until(windows: Sequence[QuietHours], zone: ZoneInfo, now: datetime) -> datetime:
    """When quiet hours end that are now; `now` itself where there are none."""
    moment, limit = now, now + LONGEST_QUIET
    while moment < limit:
        end = max((e for s, e in _around(windows, zone, moment) if s <= moment < e), default=None)
        if end is None:
            return moment
        moment = end
    return limit


def _around(
    windows: Sequence[QuietHours], zone: ZoneInfo, moment: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The quiet times that begin on the day of a moment, or on the days beside it."""
    today = moment.astimezone(zone).date()
    for day in (today - DAY, today, today + DAY):
        for window in windows:
            if day.weekday() in window.days:
                start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
                last = day if end > start else day + DAY
                yield _moment(day, start, zone), _moment(last, end, zone)


def leave_no_time(windows: Sequence[QuietHours]) -> bool:
    """Whether quiet hours cover the whole week."""
    quiet: set[int] = set()
    for window in windows:
        start, end = _minute(window.start), _minute(window.end)
        length = end - start if end > start else end - start + 24 * 60
        for day in window.days:
            first = day * 24 * 60 + start
            quiet |= {minute % MINUTES_OF_WEEK for minute in range(first, first + length)}
    return len(quiet) == MINUTES_OF_WEEK


def _minute(wall: str) -> int:
    parsed = time.fromisoformat(wall)
    return parsed.hour * 60 + parsed.minute


def next_digest(digest: DigestTime, zone: ZoneInfo, now: datetime) -> datetime:
    """The first time after `now` at which a digest is due."""
    at = time.fromisoformat(digest.at)
    local = now.astimezone(zone)
    if digest.every == "hour":
        ahead = timedelta(minutes=(at.minute - local.minute) % 60)
        due = now.replace(second=0, microsecond=0) + ahead
        return due if due > now else due + timedelta(hours=1)
    for days in range(15):
        day = local.date() + days * DAY
        if digest.every == "week" and day.weekday() != digest.weekday:
            continue
        due = _moment(day, at, zone)
        if due > now:
            return due
    raise AssertionError("every week has every weekday")


def notice_of(
    due: datetime, zone: ZoneInfo, now: datetime
) -> Literal["due_soon", "overdue"] | None:
    """What somebody is told of a date now: from nine on the day before, and on the day after."""
    day = due.astimezone(zone).date()
    if now >= _moment(day + DAY, MORNING, zone) and now > due:
        return "overdue"
    if _moment(day - DAY, MORNING, zone) <= now < due:
        return "due_soon"
    return None


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
