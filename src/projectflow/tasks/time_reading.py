"""Reading tracked time: one's own always, that of others where the role reads it."""

from datetime import UTC, datetime
from typing import Final, LiteralString
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Forbidden, InvalidInput, NotFound
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.service import FIRST_MOMENT, LAST_MOMENT, VISIBLE, read_task
from projectflow.tasks.time_types import TIME_ENTRY_COLUMNS, TimeEntry, TimeFilters
from projectflow.tasks.types import Moment

LAST_ID: Final = UUID(int=2**128 - 1)
WITH_TASKS: Final = (
    "time_entries e"
    f" LEFT JOIN projects p ON p.tenant_id = $1 AND p.id = e.project_id AND {VISIBLE}"
    " LEFT JOIN tasks t ON t.tenant_id = $1 AND t.id = e.task_id AND t.project_id = p.id"
    " AND t.deleted_at IS NULL"
)
"""Entries, each with its task and project if the actor sees them: parameters as for `VISIBLE`."""


class TimeEntryNotFound(NotFound):
    """There is no such time entry."""


async def find_entry(db: Db, actor: Actor, entry_id: UUID) -> TimeEntry:
    """One entry: the actor's own, or one that they may read.

    Raises:
        TimeEntryNotFound: it is neither.
    """
    row = await db.fetchrow(
        f"""
        SELECT {TIME_ENTRY_COLUMNS} FROM {WITH_TASKS} WHERE e.tenant_id = $1 AND e.id = $4
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        entry_id,
    )
    if row is None:
        raise TimeEntryNotFound
    entry = TimeEntry(*row)
    if entry.user_id != actor.user_id:
        seen = entry.task_key is not None
        if not seen or not await reads_everybodys(db, actor, entry.project_id):
            raise TimeEntryNotFound
    return entry


async def reads_everybodys(db: Db, actor: Actor, project_id: UUID) -> bool:
    """Whether the actor reads all time of a project that they see, not just their own."""
    try:
        await must_be_allowed_in(db, actor, project_id, "time_entry", "read")
    except Forbidden:
        return False
    return True


def must_read_time(actor: Actor) -> None:
    """Refuse who may not even read their own time.

    Raises:
        Forbidden: so it is.
    """
    actor.must_be_allowed("time_entry", "read", "in_project", "is_author")


async def list_task_entries(
    db: Db, actor: Actor, task_id: UUID, *, limit: int, cursor: str | None
) -> Page[TimeEntry]:
    """The time spent on a task, newest first; only the actor's own where they read no more.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    must_read_time(actor)
    task = await read_task(db, actor, task_id)
    filters = await own_or_wanted(db, actor, task.project_id, TimeFilters())
    return await _list(
        db, actor, "e.task_id = $4 AND t.id IS NOT NULL", task_id, filters, limit, cursor
    )


async def list_project_entries(
    db: Db, actor: Actor, project_id: UUID, filters: TimeFilters, *, limit: int, cursor: str | None
) -> Page[TimeEntry]:
    """The time spent on a project's tasks, as for a task.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        Forbidden: they ask for the time of somebody whose time they may not read.
        InvalidInput: a time or the cursor is none.
    """
    filters = await open_project(db, actor, project_id, filters)
    return await _list(
        db, actor, "e.project_id = $4 AND t.id IS NOT NULL", project_id, filters, limit, cursor
    )


async def open_project(db: Db, actor: Actor, project_id: UUID, filters: TimeFilters) -> TimeFilters:
    """What of a project's time the actor gets when they ask for this.

    Raises:
        ProjectNotFound, Forbidden, InvalidInput: as for `list_project_entries`.
    """
    must_read_time(actor)
    check_range(filters)
    await require_project(db, actor, project_id)
    return await own_or_wanted(db, actor, project_id, filters)


async def own_or_wanted(
    db: Db, actor: Actor, project_id: UUID, filters: TimeFilters
) -> TimeFilters:
    """The filters, narrowed to the actor's own time where they read no more of the project.

    Raises:
        Forbidden: they ask for somebody else's there.
    """
    if await reads_everybodys(db, actor, project_id):
        return filters
    if filters.user_id not in {None, actor.user_id}:
        raise Forbidden("You may read your own time here, and nobody else's.")
    return TimeFilters(actor.user_id, filters.since, filters.until)


async def list_my_entries(
    db: Db, actor: Actor, filters: TimeFilters, *, limit: int, cursor: str | None
) -> Page[TimeEntry]:
    """The actor's own time in all projects, newest first.

    Raises:
        Forbidden: the role does not track time.
        InvalidInput: a time or the cursor is none.
    """
    must_read_time(actor)
    check_range(filters)
    return await _list(db, actor, "e.user_id = $4", actor.user_id, filters, limit, cursor)


def check_range(filters: TimeFilters) -> None:
    """Refuse times that are not clear.

    Raises:
        InvalidInput: one says no time zone, or lies outside of the years 1 to 9999.
    """
    for field, value in (("since", filters.since), ("until", filters.until)):
        if value is not None and value.tzinfo is None:
            raise InvalidInput.of(field, "says no time zone: write it as in 2026-01-31T09:30:00Z")
        try:
            _ = value and value.astimezone(UTC)
        except OverflowError:
            raise InvalidInput.of(field, "is out of range") from None


async def _list(
    db: Db,
    actor: Actor,
    narrowed: LiteralString,
    value: UUID,
    filters: TimeFilters,
    limit: int,
    cursor: str | None,
) -> Page[TimeEntry]:
    whose: LiteralString = "$5::uuid IS NULL" if filters.user_id is None else "e.user_id = $5"
    before = decode_cursor(cursor, tuple[Moment, UUID]) or (LAST_MOMENT, LAST_ID)
    rows = await db.fetch(
        f"""
        SELECT {TIME_ENTRY_COLUMNS} FROM {WITH_TASKS}
        WHERE e.tenant_id = $1 AND {narrowed} AND {whose}
          AND e.started_at >= $6 AND e.started_at < $7 AND (e.started_at, e.id) < ($8, $9::uuid)
        ORDER BY e.started_at DESC, e.id DESC LIMIT $10
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        value,
        filters.user_id,
        *bounds(filters),
        *before,
        limit + 1,
    )
    entries = [TimeEntry(*row) for row in rows]
    return page_of(entries, limit, lambda e: encode_cursor(e.started_at, e.id))


def bounds(filters: TimeFilters) -> tuple[datetime, datetime]:
    """The range as two moments; open ends are PostgreSQL's infinities."""
    return filters.since or FIRST_MOMENT, filters.until or LAST_MOMENT
