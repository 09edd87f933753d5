"""A person's week: tasks by days, as the clock on their wall has them."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from projectflow.auth.permissions import ProjectRole
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden, InvalidInput
from projectflow.tasks.time_reading import WITH_TASKS, must_read_time
from projectflow.tasks.time_types import Timesheet, TimesheetRow
from projectflow.users.service import UserNotFound

MAX_ROWS: Final = 1_000
DAYS: Final = 7
ROLES: Final[tuple[ProjectRole, ...]] = get_args(ProjectRole)
SECONDS: Final = (
    "sum(extract(epoch FROM least(e.stopped_at, d.ends) - greatest(e.started_at, d.starts)))::int"
)
# An entry lasts a day at most: none that starts earlier reaches into the week.
WORKED: Final = (
    f"{WITH_TASKS} JOIN unnest($5::timestamptz[], $6::timestamptz[]) WITH ORDINALITY"
    " AS d (starts, ends, n) ON e.started_at < d.ends AND e.stopped_at > d.starts"
    " WHERE e.tenant_id = $1 AND e.user_id = $4::uuid"
    " AND e.started_at > ($5::timestamptz[])[1] - interval '24 hours'"
    " AND e.started_at < ($6::timestamptz[])[7]"
    " AND ($4::uuid = $3 OR t.id IS NOT NULL AND ($7 OR EXISTS ("
    "SELECT FROM project_members r WHERE r.tenant_id = $1 AND r.project_id = e.project_id"
    " AND r.user_id = $3 AND r.role = ANY ($8::text[]))))"
)
"""What $3, the actor, may read of the time of $4, once for each of the days that it touches."""


async def read_timesheet(db: Db, actor: Actor, user_id: UUID | None, week: str | None) -> Timesheet:
    """Somebody's week: the actor's own, and this one, unless they say otherwise.

    Of others it shows the time in projects whose time the actor reads.

    Raises:
        Forbidden: the actor reads nobody else's time in any project.
        UserNotFound: there is no such person.
        InvalidInput: there is no such week.
    """
    must_read_time(actor)
    whose = actor.user_id if user_id is None else user_id
    everywhere, roles = actor.may_always("time_entry", "read"), reading_roles(actor)
    if whose != actor.user_id and not everywhere:
        await _must_read_somewhere(db, actor, roles)
    zone = await _time_zone(db, actor, whose)
    days = _days_of(week, datetime.now(zone).date())
    midnights = [_midnight(zone, day) for day in [*days, days[-1] + timedelta(days=1)]]
    # What `WORKED` takes.
    asked = (
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        whose,
        midnights[:-1],
        midnights[1:],
        everywhere,
        roles,
    )
    by_task = await db.fetch(
        f"""
        SELECT e.task_id, p.key || '-' || t.number AS task_key, t.title, e.project_id, d.n,
               {SECONDS} AS seconds
        FROM {WORKED}
        GROUP BY e.task_id, p.key, t.number, t.title, e.project_id, d.n
        ORDER BY p.key, t.number, e.task_id, d.n LIMIT $9
        """,
        *asked,
        MAX_ROWS * DAYS,
    )
    by_day = await db.fetch(
        f"SELECT d.n, {SECONDS} AS seconds FROM {WORKED} GROUP BY d.n",
        *asked,
    )
    totals = _week(by_day)
    year, number, _ = days[0].isocalendar()
    return Timesheet(
        user_id=whose,
        week=f"{year}-W{number:02}",
        time_zone=zone.key,
        days=days,
        rows=_rows(by_task)[:MAX_ROWS],
        totals=totals,
        total=sum(totals),
    )


def reading_roles(actor: Actor) -> list[ProjectRole]:
    """What one must be in a project for the actor's role to read everybody's time there."""
    reading: list[ProjectRole] = []
    for role in ROLES:
        with suppress(Forbidden):
            actor.within(role).must_be_allowed("time_entry", "read", "in_project", "is_member")
            reading.append(role)
    return reading


async def _must_read_somewhere(db: Db, actor: Actor, roles: list[ProjectRole]) -> None:
    reads = await db.fetchval(
        """
        SELECT EXISTS (SELECT FROM project_members
                       WHERE tenant_id = $1 AND user_id = $2 AND role = ANY ($3::text[]))
        """,
        actor.tenant_id,
        actor.user_id,
        roles,
    )
    if not reads:
        raise Forbidden("You may read your own time, and nobody else's.")


async def _time_zone(db: Db, actor: Actor, user_id: UUID) -> ZoneInfo:
    name = await db.fetchval(
        "SELECT time_zone FROM users WHERE tenant_id = $1 AND id = $2", actor.tenant_id, user_id
    )
    if name is None:
        raise UserNotFound
    return ZoneInfo(name)


def _days_of(week: str | None, today: date) -> list[date]:
    """The seven days of an ISO 8601 week, as in 2026-W48; without one, of the week of today."""
    monday = today - timedelta(days=today.weekday()) if week is None else _monday_of(week)
    return [monday + timedelta(days=n) for n in range(DAYS)]


def _monday_of(week: str) -> date:
    if matched := re.fullmatch(r"(2\d{3})-W(\d{2})", week, re.ASCII):
        with suppress(ValueError):
            return date.fromisocalendar(int(matched[1]), int(matched[2]), 1)
    raise InvalidInput.of("week", "is no week of the years 2000 to 2999, such as 2026-W48")


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    """When a day begins: where the clock skips its midnight, at the moment that it skips it."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _rows(records: Iterable[asyncpg.Record]) -> list[TimesheetRow]:
    rows: list[TimesheetRow] = []
    for task, of_task in groupby(map(tuple, records), lambda record: record[:4]):
        seconds = _week(of_task)
        rows.append(TimesheetRow(*task, seconds=seconds, total=sum(seconds)))
    return rows


def _week(records: Iterable[Any]) -> list[int]:
    """Seconds by day, from rows that end with a day's number and its seconds."""
    seconds = [0] * DAYS
    for *_, number, worked in map(tuple, records):
        seconds[number - 1] = worked
    return seconds
