"""Days as people write them: `today`, `monday`, `7d`, `-2w`, `this-week`, `2026-12-24`."""

import calendar
import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FIRST: Final = date(1, 1, 3)
LAST: Final = date(9999, 12, 28)
"""So far from the ends of the calendar that every time zone has them."""
DAYS: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
WEEKDAYS: Final = {
    name: number
    for number, day in enumerate(calendar.day_name)
    for name in (day.lower(), day[:3].lower())
}
DISTANCE: Final = re.compile(r"([+-]?\d{1,5})([dwmy])", re.ASCII)
SPAN: Final = re.compile(r"(this|next|last)-(week|month|year)")
ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
EXAMPLES: Final = "today, monday, 7d, -2w, this-week or 2026-12-24"


def days_of(word: str, today: date) -> tuple[date, date] | None:
    """The first day that is meant and the day after the last; None for what names no day.

    Weeks begin on Monday; `monday` is the next one, today where it is one.
    """
    try:
        first, after = _days_of(word, today)
    except (ValueError, OverflowError):
        return None
    return (first, after) if first >= FIRST and after <= LAST else None


def _days_of(word: str, today: date) -> tuple[date, date]:
    if word in DAYS:
        return _one(today + timedelta(days=DAYS[word]))
    if word in WEEKDAYS:
        return _one(today + timedelta(days=(WEEKDAYS[word] - today.weekday()) % 7))
    if matched := DISTANCE.fullmatch(word):
        return _one(_moved(today, int(matched[1]), matched[2]))
    if matched := SPAN.fullmatch(word):
        return _span({"last": -1, "this": 0, "next": 1}[matched[1]], matched[2], today)
    if ISO.fullmatch(word):
        return _one(date.fromisoformat(word))
    raise ValueError(word)


def _one(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _span(ahead: int, unit: str, today: date) -> tuple[date, date]:
    match unit:
        case "week":
            start = today - timedelta(days=today.weekday())
        case "month":
            start = today.replace(day=1)
        case _:
            start = today.replace(month=1, day=1)
    return _moved(start, ahead, unit[0]), _moved(start, ahead + 1, unit[0])


def _moved(day: date, count: int, unit: str) -> date:
    """A day so many days, weeks, months or years on; the 31st becomes a shorter month's last."""
    if unit in "dw":
        return day + timedelta(days=count * (7 if unit == "w" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1), 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins somewhere."""
    return datetime.combine(day, time.min, zone)
