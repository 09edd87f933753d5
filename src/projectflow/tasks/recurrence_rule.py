"""Rules by which tasks come again: the value of an RRULE (RFC 5545, section 3.3.10), in days.

The library dateutil knows when; here is said which rules we take.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from msgspec import Struct

from projectflow.core.problems import InvalidInput

MAX_LENGTH: Final = 500
FIRST_START: Final = date(2000, 1, 1)
LAST_START: Final = date(2199, 12, 31)
HORIZON: Final = timedelta(days=40 * 366)
"""A rule that has no date for so long has none: a Monday, 29 February is at most 40 years away."""

_SIGNED: Final = r"[+-]?\d{1,3}"
_DAYS: Final = "(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS: Final[Mapping[str, str]] = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"\d{1,3}",
    "COUNT": r"\d{1,4}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "WKST": _DAYS,
    "BYDAY": rf"(?:[+-]?\d{{1,2}})?{_DAYS}(?:,(?:[+-]?\d{{1,2}})?{_DAYS})*",
    "BYMONTHDAY": rf"{_SIGNED}(?:,{_SIGNED})*",
    "BYYEARDAY": rf"{_SIGNED}(?:,{_SIGNED})*",
    "BYWEEKNO": rf"{_SIGNED}(?:,{_SIGNED})*",
    "BYMONTH": r"\d{1,2}(?:,\d{1,2})*",
    "BYSETPOS": rf"{_SIGNED}(?:,{_SIGNED})*",
}
_BOUNDS: Final = {
    "INTERVAL": 999, "COUNT": 9999, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53,
    "BYMONTH": 12, "BYSETPOS": 366,
}  # fmt: skip
_ONLY_WITH: Final = {
    "BYWEEKNO": {"YEARLY"}, "BYYEARDAY": {"YEARLY"}, "BYMONTHDAY": {"DAILY", "MONTHLY", "YEARLY"},
}  # fmt: skip


class Rule(Struct, frozen=True):
    """A rule with its first day."""

    text: str
    """Without `RRULE:`, in capitals."""
    starts_on: date
    until: date | None

    def dates(self, after: date, *, not_before: date) -> Iterator[date]:
        """The days of the rule that follow a day, in order.

        The Gregorian calendar is the same every 400 years. The rule is asked as near to the year
        9999 as that allows: dateutil looks so far for a day that never comes, and takes seconds.
        """
        cycles = (MAXYEAR - self.starts_on.year) // 400
        later = _moved(self.starts_on, cycles)
        rule: Any = rrulestr(self.text, dtstart=datetime.combine(later, time.min))
        if self.until is not None and self.until.year + 400 * cycles <= MAXYEAR:
            until = datetime.combine(_moved(self.until, cycles), time.min)
            rule = rule.replace(until=until)
        last = max(after, not_before) + HORIZON
        for moment in rule:
            day = _moved(moment.date(), -cycles)
            if day > last:
                return
            if day > after and day >= not_before:
                yield day


def _moved(day: date, cycles: int) -> date:
    return day.replace(year=day.year + 400 * cycles)


def read_rule(text: str, starts_on: date, zone: ZoneInfo) -> Rule:
    """Read the value of an RRULE.

    Args:
        text: such as `FREQ=WEEKLY;BYDAY=MO,TH`; `RRULE:` may stand before it.
        starts_on: the day that counts as the first.
        zone: where a day of `UNTIL` is meant, if that is a moment in UTC.

    Raises:
        InvalidInput: names `rule` or `starts_on`, and says what is wrong.
    """
    if not FIRST_START <= starts_on <= LAST_START:
        raise InvalidInput.of("starts_on", f"must be from {FIRST_START} to {LAST_START}")
    written = text.strip().upper().removeprefix("RRULE:").removesuffix(";")
    parts: dict[str, str] = {}
    for part in written.split(";"):
        name, _, value = part.partition("=")
        if name in {"BYHOUR", "BYMINUTE", "BYSECOND"} or (
            name == "FREQ" and value in {"HOURLY", "MINUTELY", "SECONDLY"}
        ):
            raise InvalidInput.of("rule", "tasks come again daily at most")
        if name not in _PARTS:
            raise InvalidInput.of("rule", f"“{part[:40]}” is no part of a rule in RFC 5545")
        if name in parts:
            raise InvalidInput.of("rule", f"{name} is there twice")
        if not re.fullmatch(_PARTS[name], value, re.ASCII):
            raise InvalidInput.of("rule", f"{name} has no value that RFC 5545 gives it")
        parts[name] = value
    _check(parts)
    until = _until(parts.pop("UNTIL", None), zone)
    bare = ";".join(f"{name}={value}" for name, value in parts.items())
    rule = Rule(bare, starts_on, until)
    try:
        if not isinstance(rrulestr(bare, dtstart=datetime(2000, 1, 1)), rrule):  # noqa: DTZ001
            raise InvalidInput.of("rule", "must be one rule")
    except ValueError:
        raise InvalidInput.of("rule", "is none that RFC 5545 knows") from None
    return rule


def _check(parts: Mapping[str, str]) -> None:
    """What RFC 5545 says of parts together, and how far numbers go."""
    frequency = parts.get("FREQ")
    if frequency is None:
        raise InvalidInput.of("rule", "needs FREQ, such as FREQ=WEEKLY")
    if "COUNT" in parts and "UNTIL" in parts:
        raise InvalidInput.of("rule", "has COUNT or UNTIL, not both")
    for name, most in _BOUNDS.items():
        numbers = [abs(int(number)) for number in parts.get(name, "1").split(",")]
        if not all(1 <= number <= most for number in numbers):
            raise InvalidInput.of("rule", f"{name} must be from 1 to {most}")
    for name, frequencies in _ONLY_WITH.items():
        if name in parts and frequency not in frequencies:
            raise InvalidInput.of("rule", f"{name} does not go with FREQ={frequency}")
    numbered = bool(re.search(r"\d", parts.get("BYDAY", "")))
    if numbered and (frequency not in {"MONTHLY", "YEARLY"} or "BYWEEKNO" in parts):
        raise InvalidInput.of("rule", "BYDAY has numbers only with FREQ=MONTHLY or FREQ=YEARLY")
    if "BYSETPOS" in parts and not any(
        name.startswith("BY") and name != "BYSETPOS" for name in parts
    ):
        raise InvalidInput.of("rule", "BYSETPOS needs another part that begins with BY")


def _until(text: str | None, zone: ZoneInfo) -> date | None:
    """The last day on which a rule holds."""
    if text is None:
        return None
    try:
        day = datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC)
        if not text.endswith("Z"):
            return day.date()
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return moment.astimezone(zone).date()
    except (ValueError, OverflowError):
        raise InvalidInput.of("rule", "UNTIL must be a day that exists") from None
