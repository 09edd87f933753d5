"""When a task comes again: set, seen ahead, skipped and ended."""

from datetime import date, datetime, time
from itertools import islice
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import record
from projectflow.core.problems import InvalidInput, NotFound, VersionConflict
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.occurrences import (
    SERIES_COLUMNS,
    Mode,
    Series,
    due_at,
    end_series,
    local,
    lock_series,
    next_date,
    series_change,
    zone_of,
)
from projectflow.tasks.recurrence_rule import MAX_LENGTH, read_rule
from projectflow.tasks.service import lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import Task
from projectflow.users.types import TimeZone, check_time_zone

RuleText = Annotated[
    str, Meta(min_length=1, max_length=MAX_LENGTH, description="an RRULE: FREQ=WEEKLY;BYDAY=MO,TH")
]
END_OF_DAY: Final = time(23, 59)
NOTHING: Final = "yields no day within the next 40 years"


class RecurrenceNotFound(NotFound):
    """This task does not come again."""


class Recurrence(Struct, frozen=True):
    """How a task comes again. `task_id` is the last task of the series."""

    series_id: UUID
    task_id: UUID
    rule: str
    mode: Mode
    time_zone: str
    starts_on: date
    """The day that counts as the rule's first."""
    with_subtasks: bool
    occurs_on: date
    """The day that the last task is for."""
    next_on: date | None
    """The day that the next one will be for, null when the series has ended."""
    ended_at: datetime | None
    version: int


class NewRecurrence(Struct, frozen=True, forbid_unknown_fields=True):
    """How a task shall come again.

    Its next is made when it is completed, or as each day of the rule begins. Without `starts_on`
    the rule begins on the day that the task is due, else starts, else today.
    """

    rule: RuleText
    mode: Mode = "on_completion"
    time_zone: TimeZone | None = None
    """Where its days begin; your own where none is given."""
    starts_on: date | UnsetType = UNSET
    with_subtasks: bool = False
    version: int | UnsetType = UNSET


class Preview(Struct, frozen=True):
    """The days that tasks will be for."""

    dates: list[date]


async def read_recurrence(db: Db, actor: Actor, task_id: UUID) -> Recurrence:
    """How a task comes again, asked of any task of the series.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        RecurrenceNotFound: it never came again.
    """
    await read_task(db, actor, task_id)
    series = await _series_of(db, actor, task_id)
    if series is None:
        raise RecurrenceNotFound
    return told_of(series)


async def _series_of(db: Db, actor: Actor, task_id: UUID) -> Series | None:
    row = await db.fetchrow(
        f"""
        SELECT {SERIES_COLUMNS} FROM task_occurrences o
        JOIN task_series s ON s.tenant_id = $1 AND s.id = o.series_id
        WHERE o.tenant_id = $1 AND o.task_id = $2
        """,
        actor.tenant_id,
        task_id,
    )
    return None if row is None else Series(*row)


def told_of(series: Series) -> Recurrence:
    """A series, as it is told."""
    return Recurrence(
        series.id,
        series.task_id,
        series.rule,
        series.mode,
        series.time_zone,
        series.starts_on,
        series.with_subtasks,
        series.occurs_on,
        series.next_on,
        series.ended_at,
        series.version,
    )


async def set_recurrence(
    db: Db, actor: Actor, task_id: UUID, new: NewRecurrence, expected: int | None
) -> Recurrence:
    """Let a task come again, change how, or let an ended series go on.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task, or not create others.
        VersionConflict: the series was changed since; carries it as it is.
        InvalidInput: names the field that is wrong.
    """
    task, series = await lock_series_of(db, actor, task_id)
    await must_be_allowed_in(db, actor, task.project_id, "task", "create")
    if expected is not None and series is not None and series.version != expected:
        raise VersionConflict(current=told_of(series))
    if new.mode == "on_completion" and await _is_completed(db, actor, task, series):
        raise InvalidInput.of("mode", "the task is completed already")
    zone = await _zone(db, actor, new.time_zone)
    first = series.occurs_on if series is not None else _day_of(task, zone)
    starts_on = first if new.starts_on is UNSET else new.starts_on
    rule = read_rule(new.rule, starts_on, zone)
    occurs_on = series.occurs_on if series is not None else starts_on
    today = datetime.now(zone).date()
    following = next(rule.dates(occurs_on, not_before=today), None)
    if following is None:
        raise InvalidInput.of("rule", NOTHING)
    due_time = series.due_time if series is not None else END_OF_DAY
    due = local(task.due_date, zone)
    if due is not None and (series is None or series.task_id == task_id):
        due_time = due.time()
    wanted = Series(
        series.id if series else uuid7(),
        series.project_id if series else task.project_id,
        series.task_id if series else task_id,
        new.rule.strip(),
        new.mode,
        zone.key,
        starts_on,
        due_time,
        new.with_subtasks,
        occurs_on,
        following,
        None,
        None,
        series.version if series else 0,
    )
    return await _write(db, actor, series, wanted)


async def lock_series_of(db: Db, actor: Actor, task_id: UUID) -> tuple[Task, Series | None]:
    """The task, changeable, and its series; in the order that completing a task locks them."""
    seen = await read_task(db, actor, task_id)
    await db.execute(
        """
        SELECT FROM project_counters WHERE tenant_id = $1 AND project_id = $2 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        seen.project_id,
    )
    series = await _series_of(db, actor, task_id)
    if series is not None:
        (series,) = await lock_series(db, actor.tenant_id, series_ids=[series.id])
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    return task, series


async def _is_completed(db: Db, actor: Actor, task: Task, series: Series | None) -> bool:
    """Whether the last task of the series has no completion to wait for."""
    if series is None or series.task_id == task.id:
        return task.completed_at is not None
    return await db.fetchval(
        "SELECT completed_at IS NOT NULL FROM tasks WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        series.task_id,
    )


async def _zone(db: Db, actor: Actor, name: str | None) -> ZoneInfo:
    if name is not None:
        check_time_zone(name)
        return zone_of(name)
    own: str | None = await db.fetchval(
        "SELECT time_zone FROM users WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        actor.user_id,
    )
    return zone_of(own or "UTC")


def _day_of(task: Task, zone: ZoneInfo) -> date:
    if task.due_date is not None:
        due = local(task.due_date, zone)
        return date.max if due is None else due.date()
    return task.start_date or datetime.now(zone).date()


async def _write(db: Db, actor: Actor, before: Series | None, wanted: Series) -> Recurrence:
    row = await db.fetchrow(
        f"""
        INSERT INTO task_series AS s (tenant_id, id, project_id, task_id, rule, mode, time_zone,
            starts_on, due_time, with_subtasks, occurs_on, next_on, next_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant_id, id) DO UPDATE SET rule = $5, mode = $6, time_zone = $7,
            starts_on = $8, due_time = $9, with_subtasks = $10, next_on = $12, next_at = $13,
            ended_at = NULL, version = s.version + 1, updated_at = now()
        RETURNING {SERIES_COLUMNS}
        """,
        actor.tenant_id,
        wanted.id,
        wanted.project_id,
        wanted.task_id,
        wanted.rule,
        wanted.mode,
        wanted.time_zone,
        wanted.starts_on,
        wanted.due_time,
        wanted.with_subtasks,
        wanted.occurs_on,
        wanted.next_on,
        due_at(wanted, wanted.next_on),
        actor.user_id,
    )
    after = Series(*only(row))
    # Days that were skipped by another rule count again.
    await db.execute(
        """
        DELETE FROM task_occurrences
        WHERE tenant_id = $1 AND series_id = $2 AND occurs_on > $3 AND task_id IS NULL
        """,
        actor.tenant_id,
        after.id,
        after.occurs_on,
    )
    if before is None:
        await db.execute(
            """
            INSERT INTO task_occurrences (tenant_id, series_id, occurs_on, task_id)
            VALUES ($1, $2, $3, $4)
            """,
            actor.tenant_id,
            after.id,
            after.occurs_on,
            after.task_id,
        )
    told = told_of(after)
    payload = {"task_id": after.task_id, "after": told}
    if before is not None:
        payload["before"] = told_of(before)
    event = "task_series.created" if before is None else "task_series.updated"
    await record(db, actor.tenant_id, actor.user_id, series_change(event, wanted, payload))
    return told


async def skip_next(db: Db, actor: Actor, task_id: UUID, expected: int | None) -> Recurrence:
    """Leave out the next day of a series.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        RecurrenceNotFound: it does not come again, or no more.
        VersionConflict: the series was changed since; carries it as it is.
    """
    series = await _lock_running(db, actor, task_id, expected)
    day = series.next_on
    if day is None:
        raise RecurrenceNotFound
    await db.execute(
        """
        INSERT INTO task_occurrences (tenant_id, series_id, occurs_on) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
        """,
        actor.tenant_id,
        series.id,
        day,
    )
    following = next_date(series, day, day)
    row = await db.fetchrow(
        f"""
        UPDATE task_series s SET next_on = $3, next_at = $4, version = s.version + 1,
            ended_at = CASE WHEN $3::date IS NULL THEN now() END, updated_at = now()
        WHERE s.tenant_id = $1 AND s.id = $2 RETURNING {SERIES_COLUMNS}
        """,
        actor.tenant_id,
        series.id,
        following,
        due_at(series, following),
    )
    payload = {
        "task_id": series.task_id,
        "before": {"next_on": day},
        "after": {"next_on": following},
    }
    skipped = series_change("task_series.skipped", series, payload)
    await record(db, actor.tenant_id, actor.user_id, skipped)
    return told_of(Series(*only(row)))


async def end_recurrence(db: Db, actor: Actor, task_id: UUID, expected: int | None) -> None:
    """Let a task no longer come again; setting it anew lets the series go on.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        RecurrenceNotFound: it does not come again, or no more.
        VersionConflict: the series was changed since; carries it as it is.
    """
    series = await _lock_running(db, actor, task_id, expected)
    await end_series(db, actor.tenant_id, actor.user_id, series)


async def _lock_running(db: Db, actor: Actor, task_id: UUID, expected: int | None) -> Series:
    _, series = await lock_series_of(db, actor, task_id)
    if series is None or series.ended_at is not None:
        raise RecurrenceNotFound
    if expected is not None and expected != series.version:
        raise VersionConflict(current=told_of(series))
    return series


async def preview(
    db: Db,
    actor: Actor,
    task_id: UUID,
    *,
    count: int,
    rule: str | None,
    time_zone: str | None,
    starts_on: date | None,
) -> Preview:
    """The next days of a task's series, or of a rule that is thought of.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        RecurrenceNotFound: no rule was given, and the task does not come again.
        InvalidInput: names what is wrong with the rule.
    """
    task = await read_task(db, actor, task_id)
    series = await _series_of(db, actor, task_id)
    if rule is None:
        if series is None:
            raise RecurrenceNotFound
        if series.next_on is None:
            return Preview([])
        days = series.parsed().dates(series.occurs_on, not_before=series.next_on)
        return Preview(list(islice(days, count)))
    zone = await _zone(db, actor, time_zone)
    first = series.occurs_on if series is not None else _day_of(task, zone)
    begin = starts_on or first
    after = first if series is not None else begin
    days = read_rule(rule, begin, zone).dates(after, not_before=datetime.now(zone).date())
    found = list(islice(days, count))
    if not found:
        raise InvalidInput.of("rule", NOTHING)
    return Preview(found)
