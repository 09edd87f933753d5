"""Timers: one runs at a time for a person, and for a day at most."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import begin_batch
from projectflow.core.problems import CONSTRAINTS, Conflict
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.service import read_task
from projectflow.tasks.time_ledger import (
    LONGEST,
    Span,
    Terms,
    check_span,
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
from projectflow.tasks.time_reading import WITH_TASKS, find_entry, must_read_time
from projectflow.tasks.time_types import (
    TIME_ENTRY_COLUMNS,
    NewTimer,
    StartedTimer,
    StoppedTimer,
    TimeEntry,
    TimerStop,
)


class TimerRunning(Conflict):
    """Another timer of yours is running."""


class TimerNotRunning(Conflict):
    """This timer was stopped already."""


CONSTRAINTS["time_entries_tenant_id_user_id_idx"] = TimerRunning


async def read_my_timer(db: Db, actor: Actor) -> TimeEntry | None:
    """The actor's running timer.

    Raises:
        Forbidden: the role does not track time.
    """
    must_read_time(actor)
    return await _read_running(db, actor)


async def _read_running(db: Db, actor: Actor) -> TimeEntry | None:
    row = await db.fetchrow(
        f"""
        SELECT {TIME_ENTRY_COLUMNS} FROM {WITH_TASKS}
        WHERE e.tenant_id = $1 AND e.user_id = $3 AND e.stopped_at IS NULL
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
    )
    return None if row is None else TimeEntry(*row)


async def start_timer(
    db: Db, actor: Actor, task_id: UUID, new: NewTimer, *, switch: bool
) -> StartedTimer:
    """Start to track the actor's time on a task. `switch` stops the timer that runs.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: they only read in this project.
        TimeEntryExists: the client's id was used before; carries the entry.
        TimerRunning: one runs already; carries it.
    """
    task = await read_task(db, actor, task_id)
    await must_be_allowed_in(db, actor, task.project_id, "time_entry", "create")
    terms = await open_ledger(db, actor, actor.user_id)
    entry_id = await free_id(db, actor, new.id)
    running = await _read_running(db, actor)
    if running is not None and not switch:
        raise TimerRunning(current=running)
    await lock_tasks(db, actor, task_id, *([running.task_id] if running else ()))
    if running:
        await begin_batch(db)
    stopped = await _stop(db, actor, terms, running, UNSET) if running else None
    entry = await insert_entry(
        db, actor, terms, entry_id, task_id, Span(terms.now, None), new.note,
        is_billable=new.is_billable,
    )  # fmt: skip
    await log_time(db, actor, "time_entry.started", entry, {"after": snapshot(entry)})
    return StartedTimer(**asdict(entry), stopped=stopped)


async def stop_timer(db: Db, actor: Actor, entry_id: UUID, stop: TimerStop) -> StoppedTimer:
    """Stop a timer. One's own can always be stopped, also where one no longer sees its task.

    Raises:
        TimeEntryNotFound: it does not exist, or the actor may not read it.
        Forbidden: it is somebody else's, and the role corrects nobody's time here.
        TimerNotRunning: it was stopped already; carries the entry.
        InvalidInput: it cannot have been stopped then.
    """
    found = await find_entry(db, actor, entry_id)
    if found.user_id != actor.user_id:
        await must_be_allowed_in(db, actor, found.project_id, "time_entry", "update")
    terms = await open_ledger(db, actor, found.user_id)
    entry = await find_entry(db, actor, entry_id)
    if entry.stopped_at is not None:
        raise TimerNotRunning(current=entry)
    await lock_tasks(db, actor, entry.task_id)
    return await _stop(db, actor, terms, entry, stop.stopped_at)


async def resume_timer(db: Db, actor: Actor, entry_id: UUID) -> TimeEntry:
    """Let a timer run on that was stopped, as if it had not been.

    Raises:
        TimeEntryNotFound, Forbidden: as for stopping it.
        TimerRunning: it runs, or another of the person's does.
        OverlappingTime: they have written down other time since.
    """
    found = await find_entry(db, actor, entry_id)
    if found.user_id != actor.user_id:
        await must_be_allowed_in(db, actor, found.project_id, "time_entry", "update")
    terms = await open_ledger(db, actor, found.user_id)
    entry = await find_entry(db, actor, entry_id)
    if entry.stopped_at is None:
        raise TimerRunning(current=entry)
    span = Span(entry.started_at, None)
    await refuse_overlap(db, actor, terms, entry.user_id, span, entry_id)
    await lock_tasks(db, actor, entry.task_id)
    await db.execute(
        """
        UPDATE time_entries SET stopped_at = NULL, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        entry_id,
    )
    resumed = await find_entry(db, actor, entry_id)
    totals = await roll_up(db, actor, entry.task_id)
    payload = {"before": {"stopped_at": entry.stopped_at}, "after": {"stopped_at": None}}
    await log_time(db, actor, "time_entry.resumed", resumed, payload, totals)
    return resumed


async def _stop(
    db: Db, actor: Actor, terms: Terms, entry: TimeEntry, at: datetime | UnsetType
) -> StoppedTimer:
    """Stop a timer whose person and task are locked: then, or now, or after its 24 hours."""
    latest = entry.started_at + LONGEST
    if at is UNSET:
        # The clock may have been set back.
        stopped_at = min(max(terms.now, entry.started_at), latest)
    else:
        stopped_at = to_the_second(at)
        check_span(Span(entry.started_at, stopped_at), terms.now)
    await db.execute(
        """
        UPDATE time_entries SET stopped_at = $3, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        entry.id,
        stopped_at,
    )
    stopped = await find_entry(db, actor, entry.id)
    totals = await roll_up(db, actor, entry.task_id)
    is_cut = at is UNSET and terms.now > latest
    payload = {
        "before": {"stopped_at": None},
        "after": {"stopped_at": stopped_at},
        "is_cut": is_cut,
    }
    await log_time(db, actor, "time_entry.stopped", stopped, payload, totals)
    return StoppedTimer(**asdict(stopped), is_cut=is_cut)
