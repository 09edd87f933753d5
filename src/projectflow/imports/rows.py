"""Rows of an import, written many at a time. Each batch is one JSON parameter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from projectflow.core.db import Db
from projectflow.core.events import to_json
from projectflow.tasks.dependencies import DependencyType
from projectflow.tasks.types import Priority

BATCH = 500
T = TypeVar("T")


class TaskRow(Struct, frozen=True):
    """A task as an import writes it; `number` and `position` count for new ones only."""

    id: UUID
    title: str
    description: str | None
    status: str
    assignee_id: UUID | None
    priority: Priority | None
    reporter_id: UUID | None
    estimated_hours: Decimal | None
    due_date: datetime | None
    start_date: date | None
    tags: list[str]
    completed_at: datetime | None
    archived_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    number: int = 0
    rank: int = 0


class ChecklistItemRow(Struct, frozen=True):
    """A checklist item as an import writes it."""

    id: UUID
    task_id: UUID
    checklist: str
    title: str
    is_done: bool
    position: int


class CommentRow(Struct, frozen=True):
    """A comment as an import writes it, with its author and time."""

    id: UUID
    task_id: UUID
    author_id: UUID
    body: str
    created_at: datetime | None


class AttachmentRow(Struct, frozen=True):
    """A link as an import writes it."""

    id: UUID
    task_id: UUID
    name: str
    url: str
    created_at: datetime | None


class DependencyRow(Struct, frozen=True):
    """A dependency as an import writes it."""

    id: UUID
    task_id: UUID
    depends_on_task_id: UUID
    type: DependencyType
    lag_minutes: int
    lag_is_elapsed: bool


class RelationRow(Struct, frozen=True):
    """A relation as an import writes it."""

    task_id: UUID
    other_task_id: UUID
    kind: str


def batches(rows: Sequence[T]) -> Iterator[list[T]]:
    """The rows, 500 at a time."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


async def reserve_numbers(db: Db, tenant_id: UUID, project_id: UUID, count: int) -> int:
    """Take `count` task numbers of a project at once; returns the first."""
    return await db.fetchval(
        """
        UPDATE project_counters SET last_number = last_number + $3
        WHERE tenant_id = $1 AND project_id = $2 RETURNING last_number - $3 + 1
        """,
        tenant_id,
        project_id,
        count,
    )


async def insert_tasks(
    db: Db, tenant_id: UUID, project_id: UUID, reporter_id: UUID, rows: list[TaskRow]
) -> None:
    """Add new tasks of one project."""
    await db.execute(
        """
        INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status,
                           priority, assignee_id, reporter_id, estimated_hours, due_date,
                           start_date, tags, position, completed_at, archived_at, created_at,
                           updated_at)
        SELECT $1, n.id, $2, n.number, n.title, n.description, n.status,
               coalesce(n.priority, 'medium'), n.assignee_id, coalesce(n.reporter_id, $3),
               n.estimated_hours, n.due_date, n.start_date, n.tags, rank_of(n.rank),
               n.completed_at, n.archived_at, coalesce(n.created_at, now()),
               coalesce(n.updated_at, now())
        FROM jsonb_to_recordset($4::jsonb) AS n (
            id uuid, number int, title text, description text, status text, priority text,
            assignee_id uuid, reporter_id uuid, estimated_hours numeric, due_date timestamptz,
            start_date date, tags text[], rank int, completed_at timestamptz,
            archived_at timestamptz, created_at timestamptz, updated_at timestamptz)
        """,
        tenant_id,
        project_id,
        reporter_id,
        to_json(rows),
    )


async def update_tasks(db: Db, tenant_id: UUID, rows: list[TaskRow]) -> dict[UUID, int]:
    """Bring known tasks to what the source says now; returns their new versions."""
    updated = await db.fetch(
        """
        UPDATE tasks t SET title = n.title, description = n.description, status = n.status,
            priority = coalesce(n.priority, t.priority), assignee_id = n.assignee_id,
            due_date = n.due_date, start_date = n.start_date,
            estimated_hours = coalesce(n.estimated_hours, t.estimated_hours),
            tags = n.tags, completed_at = n.completed_at, archived_at = n.archived_at,
            version = t.version + 1, updated_at = now()
        FROM jsonb_to_recordset($2::jsonb) AS n (
            id uuid, title text, description text, status text, priority text, assignee_id uuid,
            estimated_hours numeric, due_date timestamptz, start_date date, tags text[],
            completed_at timestamptz, archived_at timestamptz)
        WHERE t.tenant_id = $1 AND t.id = n.id RETURNING t.id, t.version
        """,
        tenant_id,
        to_json(rows),
    )
    return {row["id"]: row["version"] for row in updated}


async def save_checklist_items(db: Db, tenant_id: UUID, rows: list[ChecklistItemRow]) -> None:
    """Add checklist items, or bring known ones to what the source says now."""
    await db.execute(
        """
        INSERT INTO checklist_items AS i (tenant_id, id, task_id, checklist, title, is_done,
                                          position)
        SELECT $1, n.id, n.task_id, n.checklist, n.title, n.is_done, n.position
        FROM jsonb_to_recordset($2::jsonb) AS n (
            id uuid, task_id uuid, checklist text, title text, is_done boolean, position int)
        ON CONFLICT (tenant_id, id) DO UPDATE SET checklist = excluded.checklist,
            title = excluded.title, is_done = excluded.is_done, version = i.version + 1
        """,
        tenant_id,
        to_json(rows),
    )


async def save_comments(db: Db, tenant_id: UUID, rows: list[CommentRow]) -> None:
    """Add comments with their authors and times, or bring known ones up to date."""
    await db.execute(
        """
        INSERT INTO comments AS c (tenant_id, id, task_id, author_id, body, created_at, updated_at)
        SELECT $1, n.id, n.task_id, n.author_id, n.body, coalesce(n.created_at, now()),
               coalesce(n.created_at, now())
        FROM jsonb_to_recordset($2::jsonb) AS n (
            id uuid, task_id uuid, author_id uuid, body text, created_at timestamptz)
        ON CONFLICT (tenant_id, id) DO UPDATE SET body = excluded.body, edited_at = now(),
            updated_at = now(), version = c.version + 1
        """,
        tenant_id,
        to_json(rows),
    )


async def save_attachments(
    db: Db, tenant_id: UUID, uploader_id: UUID, rows: list[AttachmentRow]
) -> None:
    """Add links, or bring known ones up to date."""
    await db.execute(
        """
        INSERT INTO attachments (tenant_id, id, task_id, uploader_id, name, url, created_at)
        SELECT $1, n.id, n.task_id, $2, n.name, n.url, coalesce(n.created_at, now())
        FROM jsonb_to_recordset($3::jsonb) AS n (
            id uuid, task_id uuid, name text, url text, created_at timestamptz)
        ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, url = excluded.url
        """,
        tenant_id,
        uploader_id,
        to_json(rows),
    )


async def set_parents(db: Db, tenant_id: UUID, parents: Mapping[UUID, UUID | None]) -> None:
    """Put tasks below others, or on their own."""
    await db.execute(
        """
        UPDATE tasks t SET parent_id = n.parent_id
        FROM unnest($2::uuid[], $3::uuid[]) AS n (id, parent_id)
        WHERE t.tenant_id = $1 AND t.id = n.id AND t.parent_id IS DISTINCT FROM n.parent_id
        """,
        tenant_id,
        list(parents),
        list(parents.values()),
    )


async def save_dependencies(
    db: Db, tenant_id: UUID, author: UUID, rows: list[DependencyRow]
) -> int:
    """Add dependencies, or bring those between the same tasks up to date; returns how many."""
    saved = await db.fetch(
        """
        INSERT INTO task_dependencies AS d (tenant_id, id, task_id, depends_on_task_id,
                                            dependency_type, lag_minutes, lag_is_elapsed,
                                            created_by)
        SELECT $1, n.id, n.task_id, n.depends_on_task_id, n.type, n.lag_minutes, n.lag_is_elapsed,
               $2
        FROM jsonb_to_recordset($3::jsonb) AS n (
            id uuid, task_id uuid, depends_on_task_id uuid, type text, lag_minutes int,
            lag_is_elapsed boolean)
        ON CONFLICT (tenant_id, task_id, depends_on_task_id) DO UPDATE
            SET dependency_type = excluded.dependency_type, lag_minutes = excluded.lag_minutes,
                lag_is_elapsed = excluded.lag_is_elapsed
            WHERE (d.dependency_type, d.lag_minutes, d.lag_is_elapsed) IS DISTINCT FROM
                (excluded.dependency_type, excluded.lag_minutes, excluded.lag_is_elapsed)
        RETURNING d.id
        """,
        tenant_id,
        author,
        to_json(rows),
    )
    return len(saved)


async def save_relations(db: Db, tenant_id: UUID, author: UUID, rows: list[RelationRow]) -> None:
    """Add relations between tasks that have none with each other yet."""
    await db.execute(
        """
        INSERT INTO task_relations (tenant_id, task_id, other_task_id, kind, created_by)
        SELECT $1, n.task_id, n.other_task_id, n.kind, $2
        FROM jsonb_to_recordset($3::jsonb) AS n (task_id uuid, other_task_id uuid, kind text)
        ON CONFLICT DO NOTHING
        """,
        tenant_id,
        author,
        to_json(rows),
    )
