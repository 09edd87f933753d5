"""A person's days with what lies on them: which tasks are too much, and when."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import load_timetables
from projectflow.planning.load import OpenTask, days_of, planned, rounded
from projectflow.planning.load_reading import read_named, read_open_tasks, read_parts
from projectflow.planning.ranges import days_between
from projectflow.planning.utilisation import SEEN_PEOPLE
from projectflow.tasks.time_reading import must_read_time
from projectflow.tasks.timesheet import reading_roles
from projectflow.users.service import UserNotFound

MAX_DAYS: Final = 92
MAX_NAMED: Final = 50


class TaskShare(Struct, frozen=True):
    """What of a task is to be done on a day, in minutes."""

    task_id: UUID
    project_id: UUID
    key: str
    title: str
    minutes: int


class DayLoad(Struct, frozen=True):
    """A day of a person's, in minutes."""

    day: date
    capacity: int
    allocated: int
    planned: int
    over_allocated: int
    tasks: list[TaskShare]
    """The longest first, at most 50, of projects that the asker sees."""
    unnamed: int
    """Minutes of the others."""


class PersonDays(Struct, frozen=True):
    """A person's days, by their own clock."""

    user_id: UUID
    time_zone: str
    days: list[DayLoad]


async def read_load(
    db: Db, actor: Actor, user_id: UUID, since: date | None, until: date | None
) -> PersonDays:
    """What somebody has to do on each day, at most 92 of them.

    Raises:
        UserNotFound: nobody whose time the actor reads has this id.
        Forbidden: the role may not even read its own time.
        InvalidInput: the range is none or too long.
    """
    must_read_time(actor)
    asked = days_between(since, until, MAX_DAYS)
    seen = await db.fetchval(
        f"SELECT EXISTS (SELECT FROM users u WHERE {SEEN_PEOPLE} AND u.id = $5)",
        actor.tenant_id,
        actor.may_always("time_entry", "read"),
        actor.user_id,
        reading_roles(actor),
        user_id,
    )
    if not seen:
        raise UserNotFound
    found = (await load_timetables(db, actor, None, [user_id])).present
    days = days_of(found, asked.since, (asked.until - asked.since + timedelta(days=1)).days)[
        user_id
    ]
    presence = days.presence
    today = datetime.now(UTC).astimezone(presence.zone).date()
    by_day: list[list[tuple[int, OpenTask]]] = [[] for _ in days.dates]
    tasks = await read_open_tasks(db, actor, [user_id], asked.since, asked.until)
    for task in tasks:
        for place, minutes in planned(task, days, today):
            by_day[place].append((minutes, task))
    allocated = [0] * len(days.dates)
    for part in await read_parts(db, actor, [user_id], asked.since, asked.until):
        for place in days.within(part.start_date, part.end_date):
            allocated[place] += part.units * days.capacity[place]
    named = set(await read_named(db, actor, {task.project_id for task in tasks}))
    return PersonDays(
        user_id,
        presence.zone.key,
        [
            _day(day, days.capacity[n], rounded(allocated[n]), by_day[n], named)
            for n, day in enumerate(days.dates)
        ],
    )


def _day(
    day: date,
    capacity: int,
    allocated: int,
    shares: list[tuple[int, OpenTask]],
    named: set[UUID],
) -> DayLoad:
    total = sum(minutes for minutes, _ in shares)
    seen = [(minutes, task) for minutes, task in shares if task.project_id in named]
    seen.sort(key=lambda share: -share[0])
    shown = [
        TaskShare(task.id, task.project_id, task.key, task.title, minutes)
        for minutes, task in seen[:MAX_NAMED]
    ]
    return DayLoad(
        day=day,
        capacity=capacity,
        allocated=allocated,
        planned=total,
        over_allocated=max(total - capacity, 0),
        tasks=shown,
        unnamed=total - sum(share.minutes for share in shown),
    )
