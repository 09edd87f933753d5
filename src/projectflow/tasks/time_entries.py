"""Time that is written down, corrected and taken away by hand."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from projectflow.auth.permissions import Action, Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import difference
from projectflow.core.problems import InvalidInput, VersionConflict
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.service import TaskNotFound, read_task
from projectflow.tasks.time_ledger import (
    EARLIEST,
    LOGGED,
    Span,
    Terms,
    check_span,
    clean,
    free_id,
    insert_entry,
    lock_tasks,
    log_time,
    open_ledger,
    refuse_overlap,
    roll_up,
    snapshot,
    to_the_second,
)
from projectflow.tasks.time_reading import find_entry
from projectflow.tasks.time_types import NewTimeEntry, TimeEntry, TimeEntryPatch


async def add_time_entry(db: Db, actor: Actor, task_id: UUID, new: NewTimeEntry) -> TimeEntry:
    """Write down time that the actor worked on a task.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: they only read in this project.
        TimeEntryExists: the client's id was used before; carries the entry.
        OverlappingTime: they worked on something else then; carries that entry.
        InvalidInput: names the field that is wrong.
    """
    task = await read_task(db, actor, task_id)
    await must_be_allowed_in(db, actor, task.project_id, "time_entry", "create")
    started_at = _start(new.started_at)
    stopped_at = _end(started_at, new.stopped_at, new.minutes)
    if stopped_at is None:
        raise InvalidInput.of("stopped_at", "is missing: give it, or minutes")
    span = Span(started_at, stopped_at)
    terms = await open_ledger(db, actor, actor.user_id)
    check_span(span, terms.now)
    entry_id = await free_id(db, actor, new.id)
    await refuse_overlap(db, actor, terms, actor.user_id, span, entry_id)
    await lock_tasks(db, actor, task_id)
    entry = await insert_entry(
        db, actor, terms, entry_id, task_id, span, new.note, is_billable=new.is_billable
    )
    totals = await roll_up(db, actor, task_id)
    await log_time(db, actor, "time_entry.created", entry, {"after": snapshot(entry)}, totals)
    return entry


def _start(moment: datetime) -> datetime:
    if moment < EARLIEST:  # also what UTC has no year for
        raise InvalidInput.of("started_at", "is before the year 2000")
    return _in_utc("started_at", moment)


def _end(
    started_at: datetime, stopped_at: datetime | UnsetType, minutes: int | UnsetType
) -> datetime | None:
    """The end that is said in one of two ways, or not at all."""
    if minutes is UNSET:
        return None if stopped_at is UNSET else _in_utc("stopped_at", stopped_at)
    if stopped_at is not UNSET:
        raise InvalidInput.of("minutes", "says the end a second time: give either of the two")
    return started_at + timedelta(minutes=minutes)


def _in_utc(field: str, moment: datetime) -> datetime:
    try:
        return to_the_second(moment)
    except OverflowError:
        raise InvalidInput.of(field, "is out of range") from None


async def update_time_entry(
    db: Db, actor: Actor, entry_id: UUID, patch: TimeEntryPatch, expected: int | None
) -> TimeEntry:
    """Correct an entry; nothing is written when nothing differs.

    Raises:
        TimeEntryNotFound: it does not exist, or the actor may not read it.
        VersionConflict: it was changed since; carries it as it is now.
        TaskNotFound: the actor does not see its task, or the one that it shall belong to.
        Forbidden: they may not change time there.
        OverlappingTime: it would overlap another; carries that.
        InvalidInput: names the field that is wrong.
    """
    entry, terms = await _lock(db, actor, entry_id, expected)
    await _must_be_allowed_to(db, actor, "update", entry)
    wanted = _patched(entry, patch)
    if wanted.task_id != entry.task_id:
        task = await read_task(db, actor, wanted.task_id)
        action: Action = "create" if entry.user_id == actor.user_id else "update"
        await must_be_allowed_in(db, actor, task.project_id, "time_entry", action)
    payload = difference(entry, wanted, *LOGGED)
    if not payload["after"]:
        return entry
    moved = not payload["after"].keys().isdisjoint({"started_at", "stopped_at"})
    if moved:
        span = Span(wanted.started_at, wanted.stopped_at)
        check_span(span, terms.now)
        await refuse_overlap(db, actor, terms, entry.user_id, span, entry_id)
    tasks = {entry.task_id, wanted.task_id}
    await lock_tasks(db, actor, *tasks)
    await _write(db, actor, wanted, terms.allows_overlap if moved else None)
    saved = await find_entry(db, actor, entry_id)
    changes_totals = saved.stopped_at is not None and (moved or len(tasks) > 1)
    totals = await roll_up(db, actor, *tasks) if changes_totals else None
    await log_time(db, actor, "time_entry.updated", saved, payload, totals)
    return saved


def _patched(entry: TimeEntry, patch: TimeEntryPatch) -> TimeEntry:
    wanted = entry
    if patch.task_id is not UNSET:
        wanted = replace(wanted, task_id=patch.task_id)
    if patch.note is not UNSET:
        wanted = replace(wanted, note=clean(patch.note))
    if patch.is_billable is not UNSET:
        wanted = replace(wanted, is_billable=patch.is_billable)
    if patch.started_at is not UNSET:
        wanted = replace(wanted, started_at=_start(patch.started_at))
    stopped_at = _end(wanted.started_at, patch.stopped_at, patch.minutes)
    if stopped_at is not None:
        if entry.stopped_at is None:
            field = "stopped_at" if patch.minutes is UNSET else "minutes"
            raise InvalidInput.of(field, "cannot be set while the timer runs: stop it first")
        wanted = replace(wanted, stopped_at=stopped_at)
    return wanted


async def _write(db: Db, actor: Actor, wanted: TimeEntry, allows_overlap: bool | None) -> None:
    await db.execute(
        """
        UPDATE time_entries e SET task_id = t.id, project_id = t.project_id,
            task_number = t.number, started_at = $4, stopped_at = $5, note = $6, is_billable = $7,
            allows_overlap = coalesce($8, e.allows_overlap),
            version = e.version + 1, updated_at = now()
        FROM tasks t
        WHERE e.tenant_id = $1 AND e.id = $2 AND t.tenant_id = $1 AND t.id = $3
        """,
        actor.tenant_id,
        wanted.id,
        wanted.task_id,
        wanted.started_at,
        wanted.stopped_at,
        wanted.note,
        wanted.is_billable,
        allows_overlap,
    )


async def delete_time_entry(db: Db, actor: Actor, entry_id: UUID, expected: int | None) -> None:
    """Take an entry away for good; what it was stays in its event.

    Raises:
        TimeEntryNotFound, VersionConflict, TaskNotFound, Forbidden: as for a correction.
    """
    entry, _terms = await _lock(db, actor, entry_id, expected)
    await _must_be_allowed_to(db, actor, "delete", entry)
    await lock_tasks(db, actor, entry.task_id)
    await db.execute(
        "DELETE FROM time_entries WHERE tenant_id = $1 AND id = $2", actor.tenant_id, entry_id
    )
    totals = await roll_up(db, actor, entry.task_id) if entry.stopped_at else None
    gone = replace(entry, version=entry.version + 1)
    await log_time(db, actor, "time_entry.deleted", gone, {"before": snapshot(entry)}, totals)


async def restore_time_entry(
    db: Db,
    actor: Actor,
    entry_id: UUID,
    task_id: UUID,
    user_id: UUID,
    span: Span,
    note: str | None,
    *,
    is_billable: bool,
) -> TimeEntry:
    """Bring back an entry that was taken away, under its id; whoever may delete it may do that.

    Raises:
        TaskNotFound: its task is gone, or the actor may not see it.
        Forbidden: they may not change time there.
        TimeEntryExists, OverlappingTime: it is there already, or other time is by now.
        TimerRunning: it was a timer, and another runs by now.
    """
    task = await read_task(db, actor, task_id)
    mine: tuple[Condition, ...] = ("is_author",) if user_id == actor.user_id else ()
    await must_be_allowed_in(db, actor, task.project_id, "time_entry", "delete", *mine)
    terms = await open_ledger(db, actor, user_id)
    await free_id(db, actor, entry_id)
    await refuse_overlap(db, actor, terms, user_id, span, entry_id)
    await lock_tasks(db, actor, task_id)
    entry = await insert_entry(
        db, actor, terms, entry_id, task_id, span, note, is_billable=is_billable, user_id=user_id
    )
    totals = await roll_up(db, actor, task_id) if entry.stopped_at else None
    await log_time(db, actor, "time_entry.restored", entry, {"after": snapshot(entry)}, totals)
    return entry


async def _lock(
    db: Db, actor: Actor, entry_id: UUID, expected: int | None
) -> tuple[TimeEntry, Terms]:
    """Lock the entry's person, under whom all of their time changes."""
    found = await find_entry(db, actor, entry_id)
    terms = await open_ledger(db, actor, found.user_id)
    entry = await find_entry(db, actor, entry_id)
    if expected is not None and expected != entry.version:
        raise VersionConflict(current=entry)
    return entry, terms


async def _must_be_allowed_to(db: Db, actor: Actor, action: Action, entry: TimeEntry) -> None:
    if entry.task_key is None:
        raise TaskNotFound
    holding: tuple[Condition, ...] = ("is_author",) if entry.user_id == actor.user_id else ()
    await must_be_allowed_in(db, actor, entry.project_id, "time_entry", action, *holding)
