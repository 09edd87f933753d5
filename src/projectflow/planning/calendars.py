"""The working time of projects and people: what of it is whose is said in docs/resources.md."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.types import (
    ProjectCalendar,
    WorkspaceCalendar,
    calendar_of,
)
from projectflow.tasks.schedule.calendars import (
    DAY,
    EPOCH_UTC,
    MINUTE,
    Interval,
    WorkingCalendar,
    intersect,
    working_intervals,
)
from projectflow.tasks.schedule.timetable import Timetable

ALL_DAY: Final[tuple[tuple[Interval, ...], ...]] = (((0, DAY),),) * 7
UNSAID_HOURS: Final = (Decimal(8),) * 5 + (Decimal(0),) * 2
"""The working hours of a profile in which nobody has changed them: those of the workspace."""
NINE: Final = 540
T = TypeVar("T", WorkspaceCalendar, ProjectCalendar)


class Timetables(Struct, frozen=True):
    """Working time in a project: its own, and that of its people there."""

    project: Timetable
    people: dict[UUID, Timetable]
    """Without those who are not in the workspace. Some may be the same object."""
    present: dict[UUID, "Presence"]
    """The same, for questions about many people: what their timetables have in common is shared."""
    zone: ZoneInfo
    """By which clock the project's days begin."""


class Presence(Struct, frozen=True):
    """Somebody's working time, as what it would be without absences, and these."""

    zone: ZoneInfo
    """By which clock the person's days begin."""
    usual: Timetable
    away: list[Interval]
    """Sorted and disjoint."""

    def worked(self, start: int, end: int) -> int:
        """Working minutes between two moments."""
        usual = self.usual
        minutes = usual.worked(end) - usual.worked(start)
        for begin, until in self.away:
            if start < until and begin < end:
                minutes -= usual.worked(min(until, end)) - usual.worked(max(begin, start))
        return minutes


class Shared(Struct, frozen=True):
    """The calendars that all who work in a place have in common."""

    base: WorkingCalendar
    """The workspace's, or what a project has in its place."""
    added: WorkingCalendar | None
    """What a project has beside it."""
    by_own_clock: bool


async def load_timetables(
    db: Db, actor: Actor, project_id: UUID | None, user_ids: Sequence[UUID]
) -> Timetables:
    """The working time of a project and of people in it, from two queries.

    A person's is already what workspace, project and person share, without their absences. The
    project's is that of nobody in particular: for tasks without an assignee. Without a project it
    is the workspace's. Whoever calls has checked that the actor may see the project.

    Raises:
        InvalidCalendar, UnknownHolidays: a stored calendar is no longer right.
    """
    shared = await _shared_calendars(db, actor, project_id)
    people: dict[UUID, Timetable] = {}
    present: dict[UUID, Presence] = {}
    built: dict[object, tuple[Timetable, _Halves]] = {}
    for user_id, rows in groupby(await _people(db, actor, user_ids), lambda row: row["id"]):
        absences = list(rows)
        calendars = personal(shared, absences[0]["time_zone"], absences[0]["working_hours"])
        zone = ZoneInfo(absences[0]["time_zone"])
        if (calendars, zone) not in built:
            built[calendars, zone] = Timetable(*calendars), _Halves(calendars, zone)
        plain, halves = built[calendars, zone]
        away = merged(
            time_away(halves, *tuple(row)[3:]) for row in absences if row["first_day"] is not None
        )
        present[user_id] = Presence(zone, plain, away)
        people[user_id] = plain
        if away:
            gaps = tuple((moment_of(start), moment_of(end)) for start, end in away)
            people[user_id] = Timetable(replace(calendars[0], absences=gaps), *calendars[1:])
    calendars = [shared.base] if shared.added is None else [shared.base, shared.added]
    return Timetables(Timetable(*calendars), people, present, ZoneInfo(shared.base.zone or "UTC"))


async def _shared_calendars(db: Db, actor: Actor, project_id: UUID | None) -> Shared:
    row = await db.fetchrow(
        """
        SELECT (SELECT calendar FROM workspace_calendars WHERE tenant_id = $1),
               (SELECT calendar FROM project_calendars WHERE tenant_id = $1 AND project_id = $2)
        """,
        actor.tenant_id,
        project_id,
    )
    of_workspace, of_project = (None, None) if row is None else row
    usual = stored(of_workspace, WorkspaceCalendar)
    if of_project is None:
        return Shared(calendar_of(usual, usual), None, usual.by_own_clock)
    settings = stored(of_project, ProjectCalendar)
    special = calendar_of(settings, usual)
    if settings.overrides:
        return Shared(special, None, usual.by_own_clock)
    if settings.week is None:
        special = replace(special, week=ALL_DAY)
    return Shared(calendar_of(usual, usual), special, usual.by_own_clock)


def stored(text: str | None, shape: type[T]) -> T:
    """A calendar as it lies in the database; where none does, the usual one."""
    return shape() if text is None else msgspec.json.decode(text, type=shape)


async def _people(db: Db, actor: Actor, user_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Each person once, or once for each of their absences."""
    return await db.fetch(
        """
        SELECT u.id, u.time_zone, u.working_hours, a.first_day, a.last_day, a.from_half,
               a.until_half, a.starts_at, a.ends_at
        FROM users u LEFT JOIN absences a ON a.tenant_id = $1 AND a.user_id = u.id
        WHERE u.tenant_id = $1 AND u.id = ANY ($2::uuid[])
        ORDER BY u.id
        """,
        actor.tenant_id,
        list(user_ids),
    )


def personal(
    shared: Shared, time_zone: str, hours: Sequence[Decimal]
) -> tuple[WorkingCalendar, ...]:
    """The calendars whose common time is a person's, if they were never away.

    Who keeps a zone of their own has the shared hours by their own clock. Who has said how long
    they work a weekday works that long on it, from where the shared shifts begin.
    """
    common = [shared.base] if shared.added is None else [shared.base, shared.added]
    if shared.by_own_clock:
        common = [replace(calendar, zone=time_zone) for calendar in common]
    if tuple(hours) == UNSAID_HOURS:
        return tuple(common)
    own = WorkingCalendar(week=fitted(shared.base.week, hours), zone=common[0].zone)
    if shared.by_own_clock:
        # Of the base its days off are left: it does not say how long this person works.
        common[0] = replace(common[0], week=ALL_DAY)
    return (own, *common)


def fitted(
    week: Sequence[Sequence[Interval]], hours: Sequence[Decimal]
) -> tuple[tuple[Interval, ...], ...]:
    """Where in a week's shifts so many hours a day lie.

    From the first shift on, over the breaks. Longer days go on after the last shift, until
    midnight, and then begin earlier. On a day without shifts it begins as on the first that has.
    """
    usual = next((day for day in week if day), ((NINE, NINE),))
    begin = min(start for start, _ in usual)
    fit: list[tuple[Interval, ...]] = []
    for shifts, length in zip(week, hours, strict=True):
        minutes = int((length * 60).quantize(Decimal(1), ROUND_HALF_UP))
        fit.append(_fit(sorted(shifts) or [(begin, begin)], minutes))
    return tuple(fit)


def _fit(shifts: Sequence[Interval], minutes: int) -> tuple[Interval, ...]:
    taken: list[Interval] = []
    reached = shifts[0][0]
    for start, end in shifts:
        begin = max(start, reached)
        length = min(end - begin, minutes)
        if length > 0:
            taken.append((begin, begin + length))
            minutes -= length
            reached = begin + length
    if minutes:
        first, last = (taken[0][0], taken[-1][1]) if taken else (reached, reached)
        later = min(minutes, max(DAY - last, 0))
        minutes -= later
        earlier = min(minutes, first)
        if minutes > earlier:
            return ((0, DAY),)
        taken = [*taken, (last, last + later)] if later else taken
        taken = [(first - earlier, first), *taken] if earlier else taken
    return tuple(taken)


def time_away(
    halves: "_Halves",
    first_day: date,
    last_day: date,
    from_half: bool,
    until_half: bool,
    starts_at: datetime | None,
    ends_at: datetime | None,
) -> Interval:
    """From when to when somebody is away who works by this timetable.

    Half a day is half of the time that they would have worked on it.
    """
    if starts_at is not None and ends_at is not None:
        return minute_of(starts_at), minute_of(ends_at)
    zone = halves.zone
    start = halves.halfway(first_day) if from_half else midnight(zone, first_day)
    end = halves.halfway(last_day) if until_half else midnight(zone, last_day + timedelta(days=1))
    return start, max(start, end)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The time that any of them covers: sorted, disjoint, none empty."""
    covered: list[Interval] = []
    for start, end in sorted(intervals):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        elif start < end:
            covered.append((start, end))
    return covered


class _Halves:
    """Where a person's days are half over. A timetable would have to reach to each of them."""

    def __init__(self, calendars: Sequence[WorkingCalendar], zone: ZoneInfo) -> None:
        self.zone = zone
        self._calendars = calendars
        self._found: dict[date, int] = {}

    def halfway(self, day: date) -> int:
        """The moment by which half of the day's work is done; noon where there is none."""
        if day not in self._found:
            self._found[day] = self._look(day)
        return self._found[day]

    def _look(self, day: date) -> int:
        start, end = midnight(self.zone, day), midnight(self.zone, day + timedelta(days=1))
        working = [(start, end)]
        for calendar in self._calendars:
            found = working_intervals(calendar, start // DAY, end // DAY + 1)
            working = intersect(working, found)
        left = sum(b - a for a, b in working) // 2
        for begin, until in working:
            if left <= until - begin:
                return begin + left
            left -= until - begin
        return minute_of(datetime.combine(day, time(12), self.zone))


def midnight(zone: ZoneInfo, day: date) -> int:
    """When a day begins, in minutes since 1970: where the clock skips its midnight, then."""
    return minute_of(datetime(day.year, day.month, day.day, tzinfo=zone))


def minute_of(moment: datetime) -> int:
    """A moment in minutes since 1970; parts of a minute are dropped."""
    return (moment.astimezone(UTC) - EPOCH_UTC) // MINUTE


def moment_of(minute: int) -> datetime:
    """The moment so many minutes after 1970 began."""
    return EPOCH_UTC + minute * MINUTE
