"""Tasks: create, read, lock, change."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import Action, Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import difference, to_json
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.projects.access import require_project
from projectflow.projects.membership import ProjectArchived, must_be_allowed_in
from projectflow.projects.milestones import hold_milestone
from projectflow.tasks.cycles import (
    lock_dependencies,
    lock_hierarchy,
    lock_hierarchy_around,
    parent_closes_cycle,
)
from projectflow.tasks.mentions import note_mentions
from projectflow.tasks.occurrences import continue_series, lock_series
from projectflow.tasks.tags import declare_tags
from projectflow.tasks.types import TASK_COLUMNS, NewTask, Task, TaskPatch

MAX_HOURS = Decimal("999.99")
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
VISIBLE: Final = (
    "p.deleted_at IS NULL AND ($2 OR EXISTS (SELECT FROM project_members m"
    " WHERE m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $3))"
)
"""Whether an actor may see project `p`, in every query here: $1 tenant, $2 sees all, $3 user."""

PATCHABLE = (
    "title", "description", "status", "priority", "assignee_id", "parent_id", "milestone_id",
    "start_date", "due_date", "estimated_hours", "tags",
)  # fmt: skip
LOGGED = (*PATCHABLE, "position", "completed_at", "archived_at")


class TaskNotFound(NotFound):
    """There is no such task."""


class TaskExists(Conflict):
    """A task with this id exists."""


CONSTRAINTS["tasks_pkey"] = TaskExists
CONSTRAINTS["tasks_status_exists"] = lambda: InvalidInput.of(
    "status", "is not a state of this project's workflow"
)
CONSTRAINTS["tasks_assignee_exists"] = lambda: InvalidInput.of(
    "assignee_id", "is nobody in this workspace"
)
CONSTRAINTS["tasks_parent_exists"] = lambda: InvalidInput.of(
    "parent_id", "is not a task of this project"
)
CONSTRAINTS["tasks_not_own_parent"] = lambda: InvalidInput.of("parent_id", "is the task itself")


async def create_task(db: Db, actor: Actor, project_id: UUID, new: NewTask) -> Task:
    """Add a task at the end of a project; it gets the project's next number.

    Without a status it starts in the first state that is not begun yet.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        Forbidden: the role may not create tasks, or not in a project it only reads.
        InvalidInput: names the field that is wrong.
        TaskExists: the client's id was used before.
        ProjectArchived: the project is archived.
    """
    if not actor.may_always("task", "create"):
        role = await require_project(db, actor, project_id)
        actor.within(role or "viewer").must_be_allowed("task", "create", "in_project")
    check_hours(new.estimated_hours)
    check_due_date(new.due_date)
    tags = await declare_tags(db, actor, new.tags)
    if new.parent_id is not None:
        await lock_hierarchy(db, actor, project_id)
        await check_parent(db, actor, project_id, None, new.parent_id)
    if new.milestone_id is not None:
        await hold_milestone(db, actor, project_id, new.milestone_id)
    row = await db.fetchrow(
        f"""
        WITH p AS (
            UPDATE project_counters c SET last_number = last_number + 1
            FROM projects p
            WHERE c.tenant_id = $1 AND c.project_id = $4 AND p.tenant_id = $1 AND p.id = $4
              AND {VISIBLE} AND p.status <> 'archived'
            RETURNING c.last_number, p.key, p.settings
        ), state AS (
            SELECT s.key, CASE WHEN s.category = 'completed' THEN now() END AS completed_at
            FROM workflow_states s
            WHERE s.tenant_id = $1 AND s.project_id = $4 AND ($8::text IS NULL OR s.key = $8)
            ORDER BY s.category <> 'unstarted', s.category <> 'backlog', s.category <> 'started',
                s.position LIMIT 1
            -- Until the task is there, the state keeps its category and is not deleted.
            FOR KEY SHARE
        ), t AS (
            INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status,
                               priority, assignee_id, reporter_id, parent_id, start_date,
                               due_date, estimated_hours, tags, position, completed_at,
                               milestone_id)
            SELECT $1, $5, $4, p.last_number, $6, $7, coalesce(state.key, $8, ''),
                   coalesce($9, p.settings->>'default_priority', 'medium'),
                   CASE WHEN $16 THEN $10 ELSE (
                       SELECT u.id FROM users u
                       WHERE u.tenant_id = $1 AND u.id = (p.settings->>'default_assignee_id')::uuid
                         AND u.is_active AND u.deleted_at IS NULL) END,
                   $3, $11, $12, $13, $14, $15, rank_of(p.last_number), state.completed_at, $17
            FROM p LEFT JOIN state ON true
            RETURNING *
        )
        SELECT {TASK_COLUMNS},
            record_event($1, 'task.created', $3, 'task', t.id, t.project_id, t.version,
                         jsonb_build_object('after', to_jsonb(t) - 'tenant_id'))
        FROM t, p
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_id,
        uuid7() if new.id is UNSET else new.id,
        new.title.strip(),
        new.description,
        new.status,
        None if new.priority is UNSET else new.priority,
        None if new.assignee_id is UNSET else new.assignee_id,
        new.parent_id,
        new.start_date,
        new.due_date,
        new.estimated_hours,
        tags,
        new.assignee_id is not UNSET,
        new.milestone_id,
    )
    if row is None:
        await require_project(db, actor, project_id)
        raise ProjectArchived
    task = Task(*tuple(row)[:-1])
    await note_mentions(db, actor, task)
    return task


async def check_parent(
    db: Db, actor: Actor, project_id: UUID, task_id: UUID | None, parent_id: UUID
) -> None:
    """Refuse a parent in another project, or one that stands below the task itself."""
    ancestors = await db.fetch(
        """
        WITH RECURSIVE up AS (
            SELECT id, parent_id, 1 AS depth FROM tasks
            WHERE tenant_id = $1 AND id = $3 AND project_id = $2 AND deleted_at IS NULL
            UNION ALL
            SELECT t.id, t.parent_id, up.depth + 1 FROM tasks t JOIN up ON t.id = up.parent_id
            WHERE t.tenant_id = $1 AND up.depth < 1000
        )
        SELECT id FROM up
        """,
        actor.tenant_id,
        project_id,
        parent_id,
    )
    if not ancestors:
        raise InvalidInput.of("parent_id", "is not a task of this project")
    if task_id in {row["id"] for row in ancestors}:
        raise InvalidInput.of("parent_id", "is the task itself or stands below it")


async def read_task(db: Db, actor: Actor, task_id: UUID) -> Task:
    """One task.

    Raises:
        TaskNotFound: it does not exist, is in the trash, or the actor may not see it.
    """
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"""
        SELECT {TASK_COLUMNS}
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = $4 AND t.deleted_at IS NULL AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
    )
    if row is None:
        raise TaskNotFound
    return Task(*row)


async def read_task_by_key(db: Db, actor: Actor, key: str) -> Task:
    """One task by the key that people use, such as WEB-42 (in any case).

    Raises:
        TaskNotFound: as for `read_task`.
    """
    actor.must_be_allowed("task", "read", "in_project")
    project_key, _, number = key.upper().rpartition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise TaskNotFound
    row = await db.fetchrow(
        f"""
        SELECT {TASK_COLUMNS}
        FROM projects p JOIN tasks t ON t.tenant_id = $1 AND t.project_id = p.id
        WHERE p.tenant_id = $1 AND p.key = $4 AND t.number = $5 AND t.deleted_at IS NULL
          AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_key,
        int(number),
    )
    if row is None:
        raise TaskNotFound
    return Task(*row)


async def lock_task(db: Db, actor: Actor, task_id: UUID, expected: int | None = None) -> Task:
    """Read a task and keep others from changing it until the transaction ends.

    `expected` is the version that the caller has read; None accepts any.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        VersionConflict: it was changed since; carries the task as it is now.
        ProjectArchived: nothing in its project changes.
    """
    row = await db.fetchrow(
        f"""
        SELECT {TASK_COLUMNS}, p.status = 'archived'
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = $4 AND t.deleted_at IS NULL AND {VISIBLE}
        FOR NO KEY UPDATE OF t
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
    )
    if row is None:
        raise TaskNotFound
    *values, is_archived = row
    task = Task(*values)
    if is_archived:
        raise ProjectArchived
    if expected is not None and expected != task.version:
        raise VersionConflict(current=task)
    return task


async def must_be_allowed_to(db: Db, actor: Actor, action: Action, task: Task) -> None:
    """Refuse unless the actor may do this to a task that they can see.

    Raises:
        Forbidden: they may not.
    """
    holding: tuple[Condition, ...] = ("is_assignee",) if task.assignee_id == actor.user_id else ()
    await must_be_allowed_in(db, actor, task.project_id, "task", action, *holding)


async def update_task(
    db: Db, actor: Actor, task_id: UUID, patch: TaskPatch, expected: int | None
) -> Task:
    """Change a task's fields; nothing is written when nothing differs.

    Raises:
        TaskNotFound, VersionConflict: as for `lock_task`.
        Forbidden: the role may not change this task.
        InvalidInput: names the field that is wrong.
    """
    if isinstance(patch.parent_id, UUID):
        await lock_hierarchy_around(db, actor, task_id)
    if patch.status is not UNSET:
        await lock_series(db, actor.tenant_id, task_ids=[task_id])
    task = await lock_task(db, actor, task_id, expected)
    await must_be_allowed_to(db, actor, "update", task)
    changes = {f: v for f in PATCHABLE if (v := getattr(patch, f)) is not UNSET}
    if "title" in changes:
        changes["title"] = changes["title"].strip()
    if "tags" in changes:
        changes["tags"] = await declare_tags(db, actor, changes["tags"])
    wanted = msgspec.structs.replace(task, **changes)
    check_hours(wanted.estimated_hours)
    check_due_date(wanted.due_date)
    if wanted.parent_id is not None and wanted.parent_id != task.parent_id:
        await check_parent(db, actor, task.project_id, task_id, wanted.parent_id)
    archive = patch.archived if isinstance(patch.archived, bool) else task.archived_at is not None
    if wanted == task and archive == (task.archived_at is not None):
        return task
    adopted = wanted.parent_id is not None and wanted.parent_id != task.parent_id
    if adopted:
        await lock_dependencies(db, actor)
    if wanted.milestone_id is not None and wanted.milestone_id != task.milestone_id:
        await hold_milestone(db, actor, task.project_id, wanted.milestone_id)
    row = await _write(db, actor, wanted, archive=archive)
    if adopted and await parent_closes_cycle(db, actor, task_id):
        raise InvalidInput.of("parent_id", "would make the task wait for itself")
    updated = Task(*row)
    await log_difference(db, actor, "task.updated", task, updated)
    await note_mentions(db, actor, updated, task.description)
    await continue_series(db, actor, [(task, updated)])
    return updated


async def _write(db: Db, actor: Actor, wanted: Task, *, archive: bool) -> asyncpg.Record:
    row = await db.fetchrow(
        f"""
        UPDATE tasks t SET title = $3, description = $4, status = $5::text, priority = $6,
            assignee_id = $7, parent_id = $8, start_date = $9, due_date = $10,
            estimated_hours = $11, tags = $12, version = t.version + 1, updated_at = now(),
            archived_at = CASE WHEN $13 THEN coalesce(t.archived_at, now()) END,
            milestone_id = $14,
            -- The new state is held: whoever changes its category sees this task, or waits.
            completed_at = CASE WHEN t.status = $5::text THEN t.completed_at ELSE (
                SELECT CASE WHEN s.category = 'completed' THEN coalesce(t.completed_at, now()) END
                FROM workflow_states s
                WHERE s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = $5::text
                FOR KEY SHARE) END
        FROM projects p
        WHERE t.tenant_id = $1 AND t.id = $2 AND p.tenant_id = $1 AND p.id = t.project_id
        RETURNING {TASK_COLUMNS}
        """,
        actor.tenant_id,
        wanted.id,
        wanted.title,
        wanted.description,
        wanted.status,
        wanted.priority,
        wanted.assignee_id,
        wanted.parent_id,
        wanted.start_date,
        wanted.due_date,
        wanted.estimated_hours,
        wanted.tags,
        archive,
        wanted.milestone_id,
    )
    if row is None:
        raise TaskNotFound
    return row


async def log_difference(db: Db, actor: Actor, event: str, before: Task, after: Task) -> None:
    """Write the event of a change: what each changed field was and is."""
    await db.execute(
        "SELECT record_event($1, $2, $3, 'task', $4, $5, $6, $7)",
        actor.tenant_id,
        event,
        actor.user_id,
        after.id,
        after.project_id,
        after.version,
        to_json(difference(before, after, *LOGGED)),
    )


def check_due_date(due_date: datetime | None) -> None:
    """Refuse a moment that PostgreSQL has no name for."""
    if due_date is None:
        return
    # Python's first and last moment stand for PostgreSQL's two infinities.
    try:
        possible = FIRST_MOMENT < due_date.astimezone(UTC) < LAST_MOMENT
    except OverflowError:
        possible = False
    if not possible:
        raise InvalidInput.of("due_date", "is outside of the years 1 to 9999")


def check_hours(hours: Decimal | None) -> None:
    """Refuse an estimate that is no number of hours."""
    if hours is None:
        return
    if not hours.is_finite() or not 0 <= hours <= MAX_HOURS:
        raise InvalidInput.of("estimated_hours", f"must be between 0 and {MAX_HOURS}")
    if hours != hours.quantize(Decimal("0.01")):
        raise InvalidInput.of("estimated_hours", "has more than two decimals")
