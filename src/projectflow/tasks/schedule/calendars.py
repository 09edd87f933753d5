"""Working time as people write it down, turned into intervals of minutes.

All minutes count from 1970-01-01T00:00, of UTC or, where nothing has a zone, of the wall clock.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from projectflow.core.problems import InvalidInput
from projectflow.tasks.schedule.public_holidays import public_holidays

Interval = tuple[int, int]

DAY = 1440
EPOCH_DAY = date(1970, 1, 1).toordinal()
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the zero of wall clocks
EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SPILL = 3  # days: a night shift ends a day later, and zones are up to 14 hours away from UTC


class InvalidCalendar(InvalidInput):
    """This is not a working calendar."""


class DayException(Struct, frozen=True):
    """Days that differ from their weekday: no shifts is a day off, others replace the usual."""

    first: date
    last: date
    shifts: tuple[Interval, ...] = ()


class WorkingCalendar(Struct, frozen=True):
    """When work happens. Of what is said about a day, the later field of this list wins.

    A shift is (from, to) in minutes after the day's midnight; `to` may reach into the next day
    (22:00 to 06:00 is (1320, 1800)), and shifts that touch or overlap are one.
    """

    week: tuple[tuple[Interval, ...], ...]
    """Seven tuples of shifts, Monday first."""
    zone: str | None = None
    """IANA name of the zone whose clock the shifts follow; None follows the network's dates."""
    country: str | None = None
    subdivision: str | None = None
    """Whose public holidays are days off (ISO 3166-1 and the part after it of ISO 3166-2)."""
    exceptions: tuple[DayException, ...] = ()
    """The later one wins where two name a day."""
    absences: tuple[tuple[datetime, datetime], ...] = ()
    """Time off to the minute; naive ends are by the calendar's own clock."""


def check_calendar(calendar: WorkingCalendar) -> None:
    """Refuse what cannot be read as working time.

    Raises:
        InvalidCalendar: not seven days, a shift that ends before it starts or lasts into a
            third day, an exception or absence that ends before it starts, an unknown zone.
        UnknownHolidays: no such country or subdivision.
    """
    if len(calendar.week) != 7:
        raise InvalidCalendar("week: has not seven days")
    days = [*calendar.week, *(exception.shifts for exception in calendar.exceptions)]
    for shifts in days:
        if any(not (0 <= start < end <= 2 * DAY and start < DAY) for start, end in shifts):
            raise InvalidCalendar("shifts: start inside their day and end later, by the next day")
    if any(exception.last < exception.first for exception in calendar.exceptions):
        raise InvalidCalendar("exceptions: one ends before it starts")
    if calendar.zone is not None:
        _zone(calendar.zone)
    zone = _zone(calendar.zone)
    if any(_minute(end, zone) < _minute(start, zone) for start, end in calendar.absences):
        raise InvalidCalendar("absences: one ends before it starts")
    if calendar.country is not None:
        public_holidays(calendar.country, calendar.subdivision, 2000)


def working_intervals(calendar: WorkingCalendar, first: int, last: int) -> list[Interval]:
    """The working time of the days `first` to `last` (of UTC, since 1970; `last` excluded).

    Sorted, disjoint, none empty; local times that a change of clocks skips count as the moment
    of the change, and of those that come twice the first counts.
    """
    zone = _zone(calendar.zone)
    lower, upper = first * DAY, last * DAY
    shifts = sorted(_shifts(calendar, zone, first - SPILL, last + SPILL))
    clipped = ((max(start, lower), min(end, upper)) for start, end in shifts)
    merged: list[Interval] = []
    for start, end in clipped:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    away = sorted((_minute(start, zone), _minute(end, zone)) for start, end in calendar.absences)
    return _without(merged, away)


def intersect(ours: list[Interval], theirs: list[Interval]) -> list[Interval]:
    """The time that is in both; both sorted and disjoint."""
    both: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start = max(ours[i][0], theirs[j][0])
        end = min(ours[i][1], theirs[j][1])
        if start < end:
            both.append((start, end))
        if ours[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return both


def _shifts(
    calendar: WorkingCalendar, zone: ZoneInfo | None, first: int, last: int
) -> Iterator[Interval]:
    """The shifts that begin on the local days `first` to `last` (excluded), in minutes of UTC."""
    special = _special_days(calendar, first, last)
    for day in range(first, last):
        shifts = special.get(day)
        if shifts is None:
            shifts = calendar.week[(day + 3) % 7]  # 1970-01-01 was a Thursday
        if not shifts:
            continue
        midnight = day * DAY
        if zone is None:
            yield from ((midnight + start, midnight + end) for start, end in shifts)
            continue
        offset = _offset(midnight, zone)
        if offset == _offset(midnight + 2 * DAY, zone):
            midnight -= offset
            yield from ((midnight + start, midnight + end) for start, end in shifts)
        else:
            for start, end in shifts:
                yield _to_utc(midnight + start, zone), _to_utc(midnight + end, zone)


def _special_days(
    calendar: WorkingCalendar, first: int, last: int
) -> dict[int, tuple[Interval, ...]]:
    special: dict[int, tuple[Interval, ...]] = {}
    if calendar.country is not None:
        begin, end = (date.fromordinal(EPOCH_DAY + day) for day in (first, last))
        for year in range(begin.year, end.year + 1):
            for day_off in public_holidays(calendar.country, calendar.subdivision, year):
                special[day_off.toordinal() - EPOCH_DAY] = ()
    for exception in calendar.exceptions:
        begin = max(exception.first.toordinal() - EPOCH_DAY, first)
        end = min(exception.last.toordinal() - EPOCH_DAY + 1, last)
        special.update(dict.fromkeys(range(begin, end), exception.shifts))
    return special


def _without(working: list[Interval], away: list[Interval]) -> list[Interval]:
    if not working or not away:
        return working
    present: list[Interval] = []
    begin = working[0][0]
    for start, end in away:
        if start == end:
            continue
        if start > begin:
            present.append((begin, start))
        begin = max(begin, end)
    present.append((begin, max(begin, working[-1][1])))
    return intersect(working, present)


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidCalendar(f"zone: {name!r:.60} is not a time zone") from None


def _offset(local: int, zone: ZoneInfo) -> int:
    moment = (EPOCH + local * MINUTE).replace(tzinfo=zone)
    return (moment.utcoffset() or timedelta()) // MINUTE


def _to_utc(local: int, zone: ZoneInfo) -> int:
    """The moment of a local time; of one that never came, the change of clocks that skipped it."""
    early = local - _offset(local, zone)
    back = (EPOCH_UTC + early * MINUTE).astimezone(zone).replace(tzinfo=None)
    shown = (back - EPOCH) // MINUTE
    if shown == local:
        return early
    before = early - (shown - local)
    span = range(before, early)
    old = _offset_then(before, zone)
    return before + bisect_left(span, True, key=lambda minute: _offset_then(minute, zone) != old)


def _offset_then(minute: int, zone: ZoneInfo) -> int:
    moment = (EPOCH_UTC + minute * MINUTE).astimezone(zone)
    return (moment.utcoffset() or timedelta()) // MINUTE


def _minute(moment: datetime, zone: ZoneInfo | None) -> int:
    if moment.tzinfo is not None:
        return (moment - EPOCH_UTC) // MINUTE
    local = (moment - EPOCH) // MINUTE
    return local if zone is None else _to_utc(local, zone)
