"""When somebody works, or when work happens in a project: the calendars' answer."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import load_timetables, merged, midnight, moment_of
from projectflow.planning.ranges import days_between
from projectflow.projects.service import read_visible
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.users.service import UserNotFound

MAX_DAYS: Final = 366


class Interval(Struct, frozen=True):
    """Work happens from a moment to another."""

    start: datetime
    end: datetime


class WorkingTime(Struct, frozen=True):
    """Working time in a range of days, both included, that begin by the clock of `time_zone`."""

    user_id: UUID | None
    project_id: UUID | None
    time_zone: str
    since: date
    until: date
    minutes: int
    intervals: list[Interval]


async def read_working_time(
    db: Db,
    actor: Actor,
    user_id: UUID | None,
    project_id: UUID | None,
    since: date | None,
    until: date | None,
) -> WorkingTime:
    """When somebody works, in a project if one is named; without a person, when anybody does.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        UserNotFound: nobody in this workspace has this id.
        Forbidden: the actor may not read of other people.
        InvalidInput: the range is none, or longer than 366 days.
    """
    actor.must_be_allowed("calendar", "read")
    if user_id not in {None, actor.user_id}:
        actor.must_be_allowed("user", "read")
    asked = days_between(since, until, MAX_DAYS)
    if project_id is not None:
        await read_visible(db, actor, project_id)
    found = await load_timetables(db, actor, project_id, [] if user_id is None else [user_id])
    timetable, zone = found.project, found.zone
    if user_id is not None:
        if user_id not in found.people:
            raise UserNotFound
        timetable, zone = found.people[user_id], found.present[user_id].zone
    start = midnight(zone, asked.since)
    end = midnight(zone, asked.until + timedelta(days=1))
    return WorkingTime(
        user_id=user_id,
        project_id=project_id,
        time_zone=zone.key,
        since=asked.since,
        until=asked.until,
        minutes=timetable.worked(end) - timetable.worked(start),
        intervals=_between(timetable, start, end),
    )


def _between(timetable: Timetable, start: int, end: int) -> list[Interval]:
    """What `worked` counts between two moments, which it has built by now, piece by piece."""
    found = zip(timetable.starts, timetable.ends, strict=True)
    clipped = ((max(begin, start), min(until, end)) for begin, until in found)
    return [
        Interval(moment_of(a), moment_of(b)) for a, b in merged(i for i in clipped if i[0] < i[1])
    ]
