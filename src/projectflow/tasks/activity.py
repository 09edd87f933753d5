"""What happened to a task, and in a project: the event log as people read it."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Forbidden
from projectflow.projects.access import require_project
from projectflow.tasks.comment_types import Event, Show
from projectflow.tasks.service import read_task

OF_TASKS: Final = ("task", "checklist_item", "attachment", "dependency")
OF_PROJECTS: Final = (*OF_TASKS, "project", "milestone")
"""Whose changes are shown. Others' time is not here: who may read that is asked elsewhere."""
UNSHOWN: Final = (
    "attachment.previewed", "attachment.purged", "task.due_soon", "task.overdue",
)  # fmt: skip
"""What the worker does by itself."""
EVENT_COLUMNS: Final = (
    "e.seq, e.type, e.actor_id, e.entity_type, e.entity_id, e.entity_version, e.project_id,"
    " e.task_id, CASE WHEN e.entity_type = 'comment' AND c.deleted_at IS NOT NULL"
    " THEN e.payload #- '{before,body}' #- '{after,body}' ELSE e.payload END AS payload,"
    " e.created_at"
)
"""The columns of `Event` in its order; what a deleted comment said is not told any more."""
COMMENTS: Final = (
    "LEFT JOIN comments c ON c.tenant_id = $1 AND e.entity_type = 'comment' AND c.id = e.entity_id"
)


async def list_activity(
    db: Db, actor: Actor, task_id: UUID, *, show: Show, limit: int, cursor: str | None
) -> Page[Event]:
    """What happened to a task and to all that hangs on it, newest first.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    before = decode_cursor(cursor, tuple[int])
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e {COMMENTS}
        WHERE e.tenant_id = $1 AND e.task_id = $2 AND e.entity_type = ANY ($3::text[])
          AND e.type <> ALL ($6::text[]) AND ($4::bigint IS NULL OR e.seq < $4)
        ORDER BY e.seq DESC LIMIT $5
        """,
        actor.tenant_id,
        task_id,
        _kinds(actor, OF_TASKS, show),
        before[0] if before else None,
        limit + 1,
        list(UNSHOWN),
    )
    return _page(rows, limit)


async def list_project_activity(
    db: Db, actor: Actor, project_id: UUID, *, show: Show, limit: int, cursor: str | None
) -> Page[Event]:
    """What happened in a project and to its tasks, newest first.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read the project's tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    before = decode_cursor(cursor, tuple[int])
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e {COMMENTS}
        WHERE e.tenant_id = $1 AND e.project_id = $2 AND e.entity_type = ANY ($3::text[])
          AND e.type <> ALL ($6::text[]) AND ($4::bigint IS NULL OR e.seq < $4)
        ORDER BY e.seq DESC LIMIT $5
        """,
        actor.tenant_id,
        project_id,
        _kinds(actor, OF_PROJECTS, show),
        before[0] if before else None,
        limit + 1,
        list(UNSHOWN),
    )
    return _page(rows, limit)


def _kinds(actor: Actor, changing: tuple[str, ...], show: Show) -> list[str]:
    """The entity types to show; comments only to those who may read them."""
    kinds = [] if show == "comments" else list(changing)
    if show != "changes" and _may_read_comments(actor):
        kinds.append("comment")
    return kinds


def _may_read_comments(actor: Actor) -> bool:
    try:
        actor.must_be_allowed("comment", "read", "in_project")
    except Forbidden:
        return False
    return True


def _page(rows: Iterable[asyncpg.Record], limit: int) -> Page[Event]:
    events = [Event(*_with_raw_payload(row)) for row in rows]
    return page_of(events, limit, lambda e: encode_cursor(e.seq))


def _with_raw_payload(row: asyncpg.Record) -> list[Any]:
    """The row's values; the payload is JSON already and goes out as it is."""
    return [msgspec.Raw(v.encode()) if k == "payload" else v for k, v in row.items()]
