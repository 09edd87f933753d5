"""When a report is mailed next.

A wall time that a clock change skips is read by the offset before the change (PEP 495); one that
comes twice is its first time.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from projectflow.analytics.reports.types import Schedule

LONGEST: Final = 63
"""Days from one time to the next, at most: two months and the day on which it is asked."""


def next_run(schedule: Schedule, now: datetime) -> datetime:
    """The first time after `now`; in UTC where this machine no longer knows the zone."""
    try:
        zone = ZoneInfo(schedule.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    at = time.fromisoformat(schedule.at)
    today = now.astimezone(zone).date()
    for days in range(LONGEST):
        day = today + timedelta(days)
        due = datetime.combine(day, at, zone).astimezone(UTC)
        if due > now and _is_day(schedule, day):
            return due
    raise AssertionError("every two months have every day of a month, or its last")


def _is_day(schedule: Schedule, day: date) -> bool:
    match schedule.every:
        case "day":
            return True
        case "week":
            return day.weekday() == schedule.weekday
        case "month":
            return day.day == min(schedule.day, monthrange(day.year, day.month)[1])
