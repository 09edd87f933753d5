"""How busy people are, by ISO weeks: what they can do, what is planned, and what they did."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.planning.calendars import load_timetables
from projectflow.planning.load import Days, OpenTask, days_of, planned, rounded
from projectflow.planning.load_reading import (
    Named,
    Part,
    Spent,
    read_named,
    read_open_tasks,
    read_parts,
    read_spent,
    read_undated,
)
from projectflow.planning.ranges import DAYS_A_WEEK, week_name, weeks_between
from projectflow.projects.access import require_project
from projectflow.tasks.time_reading import must_read_time, reads_everybodys
from projectflow.tasks.timesheet import reading_roles

SEEN_PEOPLE: Final = (
    "u.tenant_id = $1 AND u.deleted_at IS NULL AND u.deactivated_at IS NULL"
    " AND ($2 OR u.id = $3 OR EXISTS (SELECT FROM project_members mine"
    " JOIN projects p ON p.tenant_id = $1 AND p.id = mine.project_id AND p.deleted_at IS NULL"
    " AND NOT p.is_template"
    " JOIN project_members theirs ON theirs.tenant_id = $1 AND theirs.project_id = p.id"
    " WHERE mine.tenant_id = $1 AND mine.user_id = $3 AND mine.role = ANY ($4::text[])"
    " AND theirs.user_id = u.id))"
)
"""People whose time $3, the actor, reads: theirs, those in projects whose time they read ($4: as
what they must be there), or everybody's ($2)."""


class Someone(Struct, frozen=True):
    """A person."""

    id: UUID
    first_name: str
    last_name: str


class Load(Struct, frozen=True):
    """Minutes of work: of an assignment, of open tasks, of tracked time."""

    allocated: int = 0
    planned: int = 0
    actual: int = 0


class WeekLoad(Load, frozen=True, kw_only=True):
    """A week of a person's, over all projects."""

    week: str
    """As in 2026-W48 (ISO 8601), by the person's own clock."""
    capacity: int
    over_assigned: int
    """How much more is allocated than the person can work."""
    over_allocated: int
    """How much more is planned than the person can work, day by day."""
    here: Load | None
    """Of that, in the project that is asked about."""


class ProjectLoad(Load, frozen=True, kw_only=True):
    """What of a person's load is a project's; those that the asker does not see are one of null."""

    project: Named | None


class PersonLoad(Struct, frozen=True):
    """How busy somebody is."""

    user: Someone
    time_zone: str
    weeks: list[WeekLoad]
    projects: list[ProjectLoad]
    undated: int
    """Minutes left in tasks that have an estimate and no due date: on no week."""
    over_days: list[date]
    """Days on which more is planned than the person can work."""


async def read_utilisation(
    db: Db, actor: Actor, since: str | None, until: str | None, *, limit: int, cursor: str | None
) -> Page[PersonLoad]:
    """How busy everybody is whose time the actor reads, by name.

    Raises:
        Forbidden: the role may not even read its own time.
        InvalidInput: the weeks or the cursor are none, or it is too much at once.
    """
    must_read_time(actor)
    weeks = weeks_between(since, until, datetime.now(UTC).date())
    after = decode_cursor(cursor, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT u.id, u.first_name, u.last_name FROM users u
        WHERE {SEEN_PEOPLE} AND (u.first_name, u.last_name, u.id) > ($5, $6, $7)
        ORDER BY u.first_name, u.last_name, u.id LIMIT $8
        """,
        actor.tenant_id,
        actor.may_always("time_entry", "read"),
        actor.user_id,
        reading_roles(actor),
        *after,
        limit + 1,
    )
    people = _page([Someone(*row) for row in rows], limit)
    return Page(await _loads(db, actor, people.items, weeks, None), people.next_cursor)


async def read_project_utilisation(
    db: Db,
    actor: Actor,
    project_id: UUID,
    since: str | None,
    until: str | None,
    *,
    limit: int,
    cursor: str | None,
) -> Page[PersonLoad]:
    """How busy a project's people are: its members, and whoever is assigned to it or to its tasks.

    Only the actor themselves, where they read no time but their own.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see the project, or its tasks.
        InvalidInput: as for `read_utilisation`.
    """
    must_read_time(actor)
    await require_project(db, actor, project_id)
    weeks = weeks_between(since, until, datetime.now(UTC).date())
    after = decode_cursor(cursor, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        """
        SELECT u.id, u.first_name, u.last_name FROM users u
        WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND u.deactivated_at IS NULL
          AND ($2 OR u.id = $3) AND u.id IN (
              SELECT m.user_id FROM project_members m
              WHERE m.tenant_id = $1 AND m.project_id = $4
              UNION ALL
              SELECT a.user_id FROM resource_assignments a
              WHERE a.tenant_id = $1 AND a.project_id = $4 AND a.start_date <= $6
                AND a.end_date >= $5
              UNION ALL
              SELECT t.assignee_id FROM tasks t
              WHERE t.tenant_id = $1 AND t.project_id = $4 AND t.deleted_at IS NULL
                AND t.archived_at IS NULL AND t.completed_at IS NULL)
          AND (u.first_name, u.last_name, u.id) > ($7, $8, $9)
        ORDER BY u.first_name, u.last_name, u.id LIMIT $10
        """,
        actor.tenant_id,
        await reads_everybodys(db, actor, project_id),
        actor.user_id,
        project_id,
        weeks[0],
        weeks[-1] + timedelta(days=6),
        *after,
        limit + 1,
    )
    people = _page([Someone(*row) for row in rows], limit)
    return Page(await _loads(db, actor, people.items, weeks, project_id), people.next_cursor)


def _page(people: list[Someone], limit: int) -> Page[Someone]:
    return page_of(people, limit, lambda u: encode_cursor(u.first_name, u.last_name, u.id))


class _Sum:
    """One person's, or one project's, load by weeks, before it is rounded."""

    def __init__(self, weeks: int) -> None:
        self.allocated = [0] * weeks
        self.planned = [0] * weeks
        self.seconds = [0] * weeks

    def week(self, n: int) -> Load:
        return Load(rounded(self.allocated[n]), self.planned[n], _minutes(self.seconds[n]))

    def all(self) -> Load:
        return Load(rounded(sum(self.allocated)), sum(self.planned), _minutes(sum(self.seconds)))


def _minutes(seconds: int) -> int:
    return (seconds + 30) // 60


class _Tally:
    """What is found of a person."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.weeks = len(days.dates) // DAYS_A_WEEK
        self.by_day = [0] * len(days.dates)
        self.total = _Sum(self.weeks)
        self.projects: defaultdict[UUID, _Sum] = defaultdict(lambda: _Sum(self.weeks))


async def _loads(
    db: Db, actor: Actor, people: Sequence[Someone], weeks: Sequence[date], here: UUID | None
) -> list[PersonLoad]:
    ids = [person.id for person in people]
    first, last = weeks[0], weeks[-1] + timedelta(days=DAYS_A_WEEK - 1)
    present = (await load_timetables(db, actor, None, ids)).present
    # 200 people over a year take a second of computing: others are served meanwhile.
    days = await asyncio.to_thread(days_of, present, first, len(weeks) * DAYS_A_WEEK)
    tallies = {user_id: _Tally(of_person) for user_id, of_person in days.items()}
    tasks = await read_open_tasks(db, actor, ids, first, last)
    parts = await read_parts(db, actor, ids, first, last)
    spent = await read_spent(db, actor, days, DAYS_A_WEEK)
    await asyncio.to_thread(_count, tallies, tasks, parts, spent)
    undated = await read_undated(db, actor, ids, here)
    named = await read_named(db, actor, {p for t in tallies.values() for p in t.projects})
    return [
        _person(person, tallies[person.id], weeks, here, named, undated.get(person.id, 0))
        for person in people
    ]


def _count(
    tallies: dict[UUID, _Tally],
    tasks: Sequence[OpenTask],
    parts: Sequence[Part],
    spent: Sequence[Spent],
) -> None:
    now = datetime.now(UTC)
    for task in tasks:
        tally = tallies[task.user_id]
        today = now.astimezone(tally.days.presence.zone).date()
        of_project = tally.projects[task.project_id].planned
        for place, minutes in planned(task, tally.days, today):
            tally.by_day[place] += minutes
            tally.total.planned[place // DAYS_A_WEEK] += minutes
            of_project[place // DAYS_A_WEEK] += minutes
    for part in parts:
        tally = tallies[part.user_id]
        of_project = tally.projects[part.project_id].allocated
        for place in tally.days.within(part.start_date, part.end_date):
            minutes = part.units * tally.days.capacity[place]
            tally.total.allocated[place // DAYS_A_WEEK] += minutes
            of_project[place // DAYS_A_WEEK] += minutes
    for entry in spent:
        tally = tallies[entry.user_id]
        tally.total.seconds[entry.place] += entry.seconds
        tally.projects[entry.project_id].seconds[entry.place] += entry.seconds


def _person(
    person: Someone,
    tally: _Tally,
    weeks: Sequence[date],
    here: UUID | None,
    named: dict[UUID, Named],
    undated: int,
) -> PersonLoad:
    days = tally.days
    over = [max(p - c, 0) for p, c in zip(tally.by_day, days.capacity, strict=True)]
    return PersonLoad(
        user=person,
        time_zone=days.presence.zone.key,
        weeks=[_week(tally, n, monday, here, over) for n, monday in enumerate(weeks)],
        projects=_projects(tally, named),
        undated=undated,
        over_days=[day for day, minutes in zip(days.dates, over, strict=True) if minutes],
    )


def _week(tally: _Tally, n: int, monday: date, here: UUID | None, over: Sequence[int]) -> WeekLoad:
    days = slice(n * DAYS_A_WEEK, (n + 1) * DAYS_A_WEEK)
    total, capacity = tally.total.week(n), sum(tally.days.capacity[days])
    return WeekLoad(
        week=week_name(monday),
        capacity=capacity,
        allocated=total.allocated,
        planned=total.planned,
        actual=total.actual,
        over_assigned=max(total.allocated - capacity, 0),
        over_allocated=sum(over[days]),
        here=None if here is None else tally.projects[here].week(n),
    )


def _projects(tally: _Tally, named: dict[UUID, Named]) -> list[ProjectLoad]:
    """By key, those that are not seen last and together."""
    unseen = _Sum(tally.weeks)
    shown: list[ProjectLoad] = []
    for project_id, each in tally.projects.items():
        if project_id in named:
            load = each.all()
            project = named[project_id]
            shown.append(ProjectLoad(load.allocated, load.planned, load.actual, project=project))
            continue
        for n in range(tally.weeks):
            unseen.allocated[n] += each.allocated[n]
            unseen.planned[n] += each.planned[n]
            unseen.seconds[n] += each.seconds[n]
    shown.sort(key=lambda p: p.project.key if p.project else "")
    rest = unseen.all()
    if rest != Load():
        shown.append(ProjectLoad(rest.allocated, rest.planned, rest.actual, project=None))
    return [p for p in shown if p.allocated or p.planned or p.actual]
