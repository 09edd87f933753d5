"""Ranges of days and of weeks, as questions name them; all of them are bounded."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import Struct

from projectflow.core.problems import InvalidInput
from projectflow.planning.types import FIRST_DATE, LAST_DATE

DAYS_A_WEEK: Final = 7
MAX_WEEKS: Final = 53
FOUR_WEEKS: Final = timedelta(days=27)


class Range(Struct, frozen=True):
    """Days, both ends included."""

    since: date
    until: date


def days_between(asked_since: date | None, asked_until: date | None, most: int) -> Range:
    """A range of days; from today on, and for four weeks, unless it is said.

    Raises:
        InvalidInput: it ends before it begins, is longer than `most` days or out of this world.
    """
    since = datetime.now(UTC).date() if asked_since is None else asked_since
    until = min(since, LAST_DATE) + FOUR_WEEKS if asked_until is None else asked_until
    for name, day in (("since", since), ("until", until)):
        if not FIRST_DATE <= day <= LAST_DATE:
            raise InvalidInput.of(name, f"must be between {FIRST_DATE} and {LAST_DATE}")
    if until < since:
        raise InvalidInput.of("until", "is before `since`")
    if (until - since).days >= most:
        raise InvalidInput.of("until", f"is more than {most} days after `since`")
    return Range(since, until)


def weeks_between(since: str | None, until: str | None, today: date) -> list[date]:
    """The Mondays of ISO 8601 weeks, as in 2026-W48; the week of today and eleven more by default.

    Raises:
        InvalidInput: one is no week, or there are more than 53 of them.
    """
    first = today - timedelta(days=today.weekday()) if since is None else _monday("since", since)
    last = first + timedelta(weeks=11) if until is None else _monday("until", until)
    if last < first:
        raise InvalidInput.of("until", "is before `since`")
    count = (last - first).days // DAYS_A_WEEK + 1
    if count > MAX_WEEKS:
        raise InvalidInput.of("until", f"is more than {MAX_WEEKS} weeks after `since`")
    return [first + timedelta(weeks=n) for n in range(count)]


def week_name(monday: date) -> str:
    """As in 2026-W48."""
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02}"


def _monday(field: str, week: str) -> date:
    if matched := re.fullmatch(r"(2[01]\d{2})-W(\d{2})", week, re.ASCII):
        with suppress(ValueError):
            return date.fromisocalendar(int(matched[1]), int(matched[2]), 1)
    raise InvalidInput.of(field, "is no week of the years 2000 to 2199, such as 2026-W48")
