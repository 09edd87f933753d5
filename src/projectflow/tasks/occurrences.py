"""Tasks that come again: making the next one of a series, once.

The locks are taken in this order: the numbers of the series' project, the series, tasks, the
tenant's event counter. What makes tasks completed calls `lock_series` before it locks them, and
`continue_series` after it has written them.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import CONSTRAINTS, Conflict
from projectflow.tasks.copies import Copy, copy_tasks
from projectflow.tasks.recurrence_rule import Rule, read_rule
from projectflow.tasks.types import Task

Mode = Literal["on_completion", "on_schedule"]
MAX_COPIED: Final = 200
"""Of a task and all that stands below it."""


class AlreadyThere(Conflict):
    """The task of this date was made meanwhile."""


CONSTRAINTS["task_occurrences_pkey"] = AlreadyThere
CONSTRAINTS["task_series_task_unique"] = AlreadyThere


class Series(Struct, frozen=True):
    """A task that comes again; `task_id` is the last one that there is."""

    id: UUID
    project_id: UUID
    task_id: UUID
    rule: str
    mode: Mode
    time_zone: str
    starts_on: date
    due_time: time
    with_subtasks: bool
    occurs_on: date
    next_on: date | None
    next_at: datetime | None
    ended_at: datetime | None
    version: int

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin; UTC where this machine does not know it."""
        return zone_of(self.time_zone)

    def parsed(self) -> Rule:
        """The rule; it was checked when it was set."""
        return read_rule(self.rule, self.starts_on, self.zone)


SERIES_COLUMNS: Final = (
    "s.id, s.project_id, s.task_id, s.rule, s.mode, s.time_zone, s.starts_on, s.due_time,"
    " s.with_subtasks, s.occurs_on, s.next_on, s.next_at, s.ended_at, s.version"
)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name, UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


async def lock_series(
    db: Db, tenant_id: UUID, *, task_ids: Sequence[UUID] = (), series_ids: Sequence[UUID] = ()
) -> list[Series]:
    """The series whose last tasks these are, or with these ids; others wait to continue them."""
    rows = await db.fetch(
        f"""
        SELECT {SERIES_COLUMNS} FROM task_series s
        JOIN project_counters c ON c.tenant_id = $1 AND c.project_id = s.project_id
        WHERE s.tenant_id = $1 AND s.id = ANY (ARRAY(
            SELECT id FROM task_series WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])
        ) || $3::uuid[])
        ORDER BY s.project_id, s.id FOR NO KEY UPDATE OF c, s
        """,
        tenant_id,
        list(task_ids),
        list(series_ids),
    )
    return [Series(*row) for row in rows]


async def continue_series(db: Db, actor: Actor, changed: Sequence[tuple[Task, Task]]) -> list[Task]:
    """Make the next tasks of series whose last ones have just been completed.

    Args:
        db: the transaction that completes them.
        actor: who does.
        changed: tasks as they were and as they are now; those that were not completed now are
            passed over.

    Returns:
        The new tasks, without their sub-tasks.
    """
    completed = {
        after.id
        for before, after in changed
        if before.completed_at is None and after.completed_at is not None
    }
    if not completed:
        return []
    made: list[Task] = []
    for series in await lock_series(db, actor.tenant_id, task_ids=list(completed)):
        if series.mode != "on_completion" or series.task_id not in completed:
            continue
        if series.next_on is None:
            continue
        # Dates that passed while the task was open are left out.
        today = datetime.now(series.zone).date()
        day = series.next_on
        if day < today:
            day = next_date(series, series.occurs_on, today)
        if day is None:
            await end_series(db, actor.tenant_id, actor.user_id, series)
        else:
            made.append(await make_task(db, actor.tenant_id, actor.user_id, series, day))
    return made


async def end_series(db: Db, tenant_id: UUID, actor_id: UUID | None, series: Series) -> None:
    """Let no more tasks come; those that there are stay."""
    await db.execute(
        """
        UPDATE task_series SET next_on = NULL, next_at = NULL, ended_at = now(),
            version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant_id,
        series.id,
    )
    payload: dict[str, Any] = {"task_id": series.task_id, "before": {"next_on": series.next_on}}
    await record(db, tenant_id, actor_id, series_change("task_series.ended", series, payload))


def series_change(event: str, series: Series, payload: dict[str, Any]) -> Change:
    """The event of a change to a series, whose version it counts."""
    return Change(event, "task_series", series.id, series.version + 1, payload, series.project_id)


def next_date(series: Series, after: date, not_before: date) -> date | None:
    """The first day of a series after one; None where it ends."""
    return next(series.parsed().dates(after, not_before=not_before), None)


def due_at(series: Series, day: date | None) -> datetime | None:
    """When the worker makes the task of a day: as that begins where the series is at home."""
    if day is None or series.mode == "on_completion":
        return None
    return datetime.combine(day, time.min, series.zone)


async def make_task(
    db: Db, tenant_id: UUID, actor_id: UUID | None, series: Series, day: date
) -> Task:
    """Copy the last task of a series as the one of a day, and move the series on.

    Raises:
        AlreadyThere: the day has its task.
    """
    copies = await _copies(db, tenant_id, series, day)
    task = (await copy_tasks(db, tenant_id, actor_id, series.project_id, copies))[0]
    noted = await db.fetchval(
        """
        INSERT INTO task_occurrences AS o (tenant_id, series_id, occurs_on, task_id)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, series_id, occurs_on) DO UPDATE SET task_id = $4
            WHERE o.task_id IS NULL
        RETURNING true
        """,
        tenant_id,
        series.id,
        day,
        task.id,
    )
    if not noted:
        raise AlreadyThere
    following = next_date(series, day, day)
    await db.execute(
        """
        UPDATE task_series SET task_id = $3, occurs_on = $4, next_on = $5, next_at = $6,
            ended_at = CASE WHEN $5::date IS NULL THEN now() END, version = version + 1,
            updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant_id,
        series.id,
        task.id,
        day,
        following,
        due_at(series, following),
    )
    payload: dict[str, Any] = {
        "series_id": series.id,
        "from_task_id": series.task_id,
        "occurs_on": day,
        "next_on": following,
    }
    recurred = Change(
        "task.recurred", "task", task.id, task.version, payload, project_id=task.project_id
    )
    await record(db, tenant_id, actor_id, recurred)
    return task


async def _copies(db: Db, tenant_id: UUID, series: Series, day: date) -> list[Copy]:
    """The last task and, where they come along, its sub-tasks, with their new ids and dates."""
    rows = await db.fetch(
        """
        WITH RECURSIVE below AS (
            SELECT id, parent_id, start_date, due_date, position, 0 AS depth FROM tasks
            WHERE tenant_id = $1 AND id = $2
            UNION ALL
            SELECT t.id, t.parent_id, t.start_date, t.due_date, t.position, b.depth + 1
            FROM below b JOIN tasks t ON t.tenant_id = $1 AND t.parent_id = b.id
            WHERE $3 AND t.deleted_at IS NULL AND t.archived_at IS NULL AND b.depth < $4
        )
        SELECT id, parent_id, start_date, due_date FROM below
        ORDER BY depth, position, id LIMIT $4
        """,
        tenant_id,
        series.task_id,
        series.with_subtasks,
        MAX_COPIED,
    )
    last = rows[0]
    due = local(last["due_date"], series.zone)
    shift = day - (due.date() if due else series.occurs_on)
    ids = {row["id"]: uuid7() for row in rows}
    copies = [
        Copy(
            row["id"],
            ids[row["id"]],
            ids.get(row["parent_id"], row["parent_id"]),
            _shifted(row["start_date"], shift),
            _shifted_moment(row["due_date"], shift, series.zone),
        )
        for row in rows
    ]
    first = replace(copies[0], due_date=datetime.combine(day, series.due_time, series.zone))
    return [first, *copies[1:]]


def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A moment as a zone's clocks show it; None also where the calendar has no such day."""
    try:
        return None if moment is None else moment.astimezone(zone)
    except OverflowError:
        return None


def _shifted(day: date | None, shift: timedelta) -> date | None:
    try:
        return None if day is None else day + shift
    except OverflowError:
        return None


def _shifted_moment(moment: datetime | None, shift: timedelta, zone: ZoneInfo) -> datetime | None:
    """The same time of the day, so many days later where the series is at home."""
    here = local(moment, zone)
    try:
        return None if here is None else (here + shift).astimezone(UTC)
    except OverflowError:
        return None
