"""What every change of tracked time has in common: its locks, its rules, the total, the event.

The locks are taken in this order: the person, the tasks by id, the tenant's event counter.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput
from projectflow.tasks.service import TaskNotFound
from projectflow.tasks.time_reading import TimeEntryNotFound, find_entry
from projectflow.tasks.time_types import TimeEntry

LONGEST: Final = timedelta(hours=24)
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LOGGED: Final = ("task_id", "user_id", "started_at", "stopped_at", "note", "is_billable")


class TimeEntryExists(Conflict):
    """A time entry with this id exists."""


class OverlappingTime(Conflict):
    """This overlaps other time of the same person, which this workspace does not allow."""


CONSTRAINTS["time_entries_pkey"] = TimeEntryExists
CONSTRAINTS["time_entries_overlap"] = OverlappingTime
CONSTRAINTS["time_entries_task_in_project"] = TaskNotFound


class Terms(Struct, frozen=True):
    """What holds while a person's time is changed."""

    now: datetime
    """The database's clock after the lock was had, to the second."""
    allows_overlap: bool


class Span(Struct, frozen=True):
    """From when to when; open while a timer runs."""

    started_at: datetime
    stopped_at: datetime | None


async def open_ledger(db: Db, actor: Actor, user_id: UUID) -> Terms:
    """Keep others from changing this person's time until the transaction ends."""
    await db.execute(
        "SELECT FROM users WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        user_id,
    )
    row = await db.fetchrow(
        """
        SELECT date_trunc('second', clock_timestamp()), allow_overlapping_time
        FROM tenants WHERE id = $1
        """,
        actor.tenant_id,
    )
    return Terms(*only(row))


async def lock_tasks(db: Db, actor: Actor, *task_ids: UUID) -> None:
    """Keep others from changing these tasks, and their totals, until the transaction ends."""
    await db.execute(
        """
        SELECT FROM tasks WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        ORDER BY id FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        list(task_ids),
    )


async def free_id(db: Db, actor: Actor, wanted: UUID | UnsetType) -> UUID:
    """The client's id, or a new one.

    Raises:
        TimeEntryExists: it was used before; carries the entry where the actor may read it.
    """
    if wanted is UNSET:
        return uuid7()
    used = await db.fetchval(
        "SELECT EXISTS (SELECT FROM time_entries WHERE tenant_id = $1 AND id = $2)",
        actor.tenant_id,
        wanted,
    )
    if used:
        raise TimeEntryExists(current=await _readable(db, actor, wanted))
    return wanted


async def _readable(db: Db, actor: Actor, entry_id: UUID) -> TimeEntry | UnsetType:
    with suppress(TimeEntryNotFound):
        return await find_entry(db, actor, entry_id)
    return UNSET


def to_the_second(moment: datetime) -> datetime:
    """The moment in UTC without its part of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def check_span(span: Span, now: datetime) -> None:
    """Refuse times that nobody can have worked.

    Raises:
        InvalidInput: names the end that is wrong.
    """
    if span.started_at < EARLIEST:
        raise InvalidInput.of("started_at", "is before the year 2000")
    if span.started_at > now:
        raise InvalidInput.of("started_at", "is in the future")
    if span.stopped_at is None:
        return
    if span.stopped_at <= span.started_at:
        raise InvalidInput.of("stopped_at", "is not after the start")
    if span.stopped_at > now:
        raise InvalidInput.of("stopped_at", "is in the future")
    if span.stopped_at - span.started_at > LONGEST:
        raise InvalidInput.of("stopped_at", "is more than 24 hours after the start")


async def refuse_overlap(
    db: Db, actor: Actor, terms: Terms, user_id: UUID, span: Span, entry_id: UUID
) -> None:
    """Refuse time that overlaps another entry of the person, unless the workspace allows it.

    Raises:
        OverlappingTime: carries the other entry where the actor may read it.
    """
    if terms.allows_overlap:
        return
    other: UUID | None = await db.fetchval(
        """
        SELECT e.id FROM time_entries e
        WHERE e.tenant_id = $1 AND e.user_id = $2 AND e.id <> $3
          AND e.started_at > $4::timestamptz - interval '24 hours' AND e.started_at < $5
          AND coalesce(e.stopped_at, e.started_at + interval '24 hours') > $4
          AND e.stopped_at IS DISTINCT FROM e.started_at
        ORDER BY e.started_at LIMIT 1
        """,
        actor.tenant_id,
        user_id,
        entry_id,
        span.started_at,
        span.stopped_at or span.started_at + LONGEST,
    )
    if other is not None:
        raise OverlappingTime(current=await _readable(db, actor, other))


async def insert_entry(
    db: Db,
    actor: Actor,
    terms: Terms,
    entry_id: UUID,
    task_id: UUID,
    span: Span,
    note: str | None,
    *,
    is_billable: bool,
    user_id: UUID | None = None,
) -> TimeEntry:
    """Write an entry of the actor's, or another's; the task is locked, the rest is the caller's."""
    await db.execute(
        """
        INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number, user_id,
                                  started_at, stopped_at, note, is_billable, allows_overlap)
        SELECT $1, $2, t.id, t.project_id, t.number, $3, $5, $6, $7, $8, $9
        FROM tasks t WHERE t.tenant_id = $1 AND t.id = $4
        """,
        actor.tenant_id,
        entry_id,
        user_id or actor.user_id,
        task_id,
        span.started_at,
        span.stopped_at,
        clean(note),
        is_billable,
        terms.allows_overlap,
    )
    return await find_entry(db, actor, entry_id)


def clean(note: str | None) -> str | None:
    """A note of nothing but spaces is none."""
    return (note or "").strip() or None


async def roll_up(db: Db, actor: Actor, *task_ids: UUID) -> dict[UUID, Decimal | None]:
    """Set the hours of tasks to the exact sum of their stopped entries, rounded once.

    The tasks are locked. Gives the new totals: null where there is no entry.
    """
    rows = await db.fetch(
        """
        UPDATE tasks t SET actual_hours = (
            SELECT round(sum(extract(epoch FROM e.stopped_at - e.started_at)) / 3600, 2)
            FROM time_entries e
            WHERE e.tenant_id = $1 AND e.task_id = t.id AND e.stopped_at IS NOT NULL)
        WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[])
        RETURNING t.id, t.actual_hours
        """,
        actor.tenant_id,
        list(task_ids),
    )
    return {row["id"]: row["actual_hours"] for row in rows}


def snapshot(entry: TimeEntry) -> dict[str, Any]:
    """What an event keeps of an entry."""
    return {field: getattr(entry, field) for field in LOGGED}


async def log_time(
    db: Db,
    actor: Actor,
    event: str,
    entry: TimeEntry,
    payload: Mapping[str, Any],
    totals: Mapping[UUID, Decimal | None] | None = None,
) -> None:
    """Write the event of a change, with the totals that it changed: hours by task."""
    said = {"task_id": entry.task_id, "user_id": entry.user_id, **payload}
    if totals:
        said["actual_hours"] = dict(totals)
    change = Change(event, "time_entry", entry.id, entry.version, said, entry.project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
