"""Lists of tasks: filtered, sorted, paged by keyset."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.projects.access import require_project
from projectflow.tasks.service import VISIBLE
from projectflow.tasks.tallies import are_tallied, read_tallies
from projectflow.tasks.types import TASK_COLUMNS, SortField, SortOrder, Task, TaskFilters


class Sort(Struct, frozen=True):
    """A sort field: its SQL, its cast in a cursor's comparison, and the type of its values."""

    expression: LiteralString
    cast: LiteralString
    type: Any


SORTS: Final[Mapping[SortField, Sort]] = {
    "position": Sort("t.position", "text", str),
    "created_at": Sort("t.created_at", "timestamptz", datetime),
    "updated_at": Sort("t.updated_at", "timestamptz", datetime),
    "due_date": Sort("coalesce(t.due_date, 'infinity')", "timestamptz", datetime | None),
    "title": Sort("t.title", "text", str),
    "number": Sort("t.number", "int", int),
}
FIRST_FREE_PARAMETER = 12


def where(filters: TaskFilters, project: LiteralString = "$4") -> LiteralString:
    """The filters as SQL over task `t` of project `p`, for the parameters of `bind`.

    `project` is the id of the project: $4, or `p.id` where $4 holds several.

    A filter that is off still names its parameter, so that every combination is one of a fixed
    set of texts with the same numbers, each with a plan of its own.
    """
    if len(filters.status) == 1:
        status = "t.status = ($5::text[])[1]"
    else:
        status = "t.status = ANY ($5::text[])" if filters.status else "$5::text[] IS NULL"
    if filters.assignee_id:
        people = "(t.assignee_id = ANY ($6::uuid[]) OR ($7 AND t.assignee_id IS NULL))"
    elif filters.unassigned:
        people = "(t.assignee_id IS NULL AND $6::uuid[] IS NULL AND $7)"
    else:
        people = "($6::uuid[] IS NULL AND NOT $7::boolean)"
    priority = "t.priority = ANY ($8::text[])" if filters.priority else "$8::text[] IS NULL"
    tag = "t.tags @> $9::text[]" if filters.tag else "$9::text[] IS NULL"
    if filters.milestone_id:
        milestone = "(t.milestone_id = ANY ($11::uuid[])"
        milestone += " OR t.milestone_id IS NULL)" if filters.no_milestone else ")"
    elif filters.no_milestone:
        milestone = "(t.milestone_id IS NULL AND $11::uuid[] IS NULL)"
    else:
        milestone = "$11::uuid[] IS NULL"
    if filters.text:
        text = (
            "(strpos(lower(t.title), lower($10)) > 0"
            " OR strpos(lower(coalesce(t.description, '')), lower($10)) > 0"
            " OR p.key || '-' || t.number = upper($10))"
        )
    else:
        text = "$10::text IS NULL"
    archived = "t.archived_at IS NOT NULL" if filters.archived else "t.archived_at IS NULL"
    return (
        f"t.tenant_id = $1 AND t.project_id = {project} AND t.deleted_at IS NULL AND {archived}"
        f" AND {status} AND {people} AND {priority} AND {tag} AND {text}"
        f" AND {milestone}"
    )


def bind(actor: Actor, project_id: UUID | list[UUID], filters: TaskFilters) -> tuple[Any, ...]:
    """The values for `where` and `VISIBLE`: parameters 1 to 11."""
    return (
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_id,
        filters.status or None,
        filters.assignee_id or None,
        filters.unassigned,
        filters.priority or None,
        filters.tag or None,
        filters.text or None,
        filters.milestone_id or None,
    )


async def list_tasks(
    db: Db,
    actor: Actor,
    project_id: UUID,
    filters: TaskFilters,
    *,
    sort: SortField,
    order: SortOrder,
    limit: int,
    cursor: str | None,
    include_total: bool,
) -> Page[Task]:
    """A page of a project's tasks. Tasks without a due date sort as the latest.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("task", "read", "in_project")
    by = SORTS[sort]
    keyset, after = keyset_of(sort, order, cursor)
    rows = await db.fetch(
        f"""
        SELECT {TASK_COLUMNS}
        FROM projects p JOIN tasks t ON t.tenant_id = $1 AND t.project_id = p.id
        WHERE p.tenant_id = $1 AND p.id = $4 AND {VISIBLE} AND {where(filters)} AND {keyset}
        ORDER BY {by.expression} {order}, t.id {order} LIMIT $12
        """,
        *bind(actor, project_id, filters),
        limit + 1,
        *after,
    )
    if not rows:
        await require_project(db, actor, project_id)
    total = await _count(db, actor, project_id, filters) if include_total else None
    tasks = [Task(*row) for row in rows]
    return page_of(tasks, limit, lambda t: cursor_at(t, sort), total)


def keyset_of(
    sort: SortField, order: SortOrder, cursor: str | None
) -> tuple[LiteralString, tuple[Any, Any]]:
    """What follows a cursor, as SQL over task `t` for the parameters $13 and $14, and these.

    Raises:
        InvalidInput: the cursor is not one of such a list.
    """
    by = SORTS[sort]
    after = decode_cursor(cursor, tuple[by.type, UUID])
    beyond = ">" if order == "asc" else "<"
    if after is None:
        return f"$13::{by.cast} IS NULL AND $14::uuid IS NULL", (None, None)
    first = "coalesce($13::timestamptz, 'infinity')" if sort == "due_date" else f"$13::{by.cast}"
    return f"({by.expression}, t.id) {beyond} ({first}, $14)", after


def cursor_at(task: Task, sort: SortField) -> str:
    """The place after a task in a list sorted so."""
    return encode_cursor(getattr(task, sort), task.id)


async def _count(db: Db, actor: Actor, project_id: UUID, filters: TaskFilters) -> int:
    if are_tallied(filters):
        return sum((await read_tallies(db, actor, project_id, filters)).values())
    return await db.fetchval(
        f"""
        SELECT count(*) FROM projects p JOIN tasks t ON t.tenant_id = $1 AND t.project_id = p.id
        WHERE p.tenant_id = $1 AND p.id = $4 AND {VISIBLE} AND {where(filters)}
        """,
        *bind(actor, project_id, filters),
    )
