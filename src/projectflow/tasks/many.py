"""Many tasks in one statement: locked, changed and logged as a set."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.permissions import Action, Condition, ProjectRole
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record_all, to_json
from projectflow.core.problems import InvalidInput
from projectflow.projects.membership import ProjectArchived
from projectflow.tasks.service import LOGGED, VISIBLE
from projectflow.tasks.types import TASK_COLUMNS, Task

MAX_TREE: Final = 5000
"""Tasks that one change takes along, with all that stand below them."""


class Held(Struct, frozen=True):
    """A task that is locked, and what the actor is in its project."""

    task: Task
    deleted_at: datetime | None
    role: ProjectRole | None
    is_in_archive: bool
    """Whether its project is archived."""

    def must_be_allowed(self, actor: Actor, action: Action) -> None:
        """Refuse unless the actor may do this to the task.

        Raises:
            Forbidden: they may not.
            ProjectArchived: nothing in its project changes.
        """
        mine = self.task.assignee_id == actor.user_id
        holding: tuple[Condition, ...] = ("is_assignee",) if mine else ()
        if self.role is None:
            actor.must_be_allowed("task", action)
        else:
            actor.within(self.role).must_be_allowed("task", action, "in_project", *holding)
        if self.is_in_archive:
            raise ProjectArchived


async def hold(db: Db, actor: Actor, task_ids: Iterable[UUID]) -> dict[UUID, Held]:
    """Lock those of the tasks that the actor may see, in the trash or not, by id."""
    rows = await db.fetch(
        f"""
        SELECT t.deleted_at, (SELECT m.role FROM project_members m WHERE m.tenant_id = $1
                                AND m.project_id = t.project_id AND m.user_id = $3) AS role,
               p.status = 'archived', {TASK_COLUMNS}
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($4::uuid[]) AND {VISIBLE}
        ORDER BY t.id FOR NO KEY UPDATE OF t
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(task_ids),
    )
    held = [
        Held(Task(*columns), deleted_at, role, is_in_archive)
        for deleted_at, role, is_in_archive, *columns in rows
    ]
    return {each.task.id: each for each in held}


async def with_all_below(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> list[UUID]:
    """These tasks and all that stand below them, also what is in the trash.

    Raises:
        InvalidInput: they are more than 5,000.
    """
    rows = await db.fetch(
        """
        WITH RECURSIVE tree (id) AS (
            SELECT unnest($2::uuid[])
            UNION
            SELECT t.id FROM tree JOIN tasks t ON t.tenant_id = $1 AND t.parent_id = tree.id
        )
        SELECT id FROM tree LIMIT $3
        """,
        actor.tenant_id,
        list(task_ids),
        MAX_TREE + 1,
    )
    if len(rows) > MAX_TREE:
        raise InvalidInput(f"With their sub-tasks these are more than {MAX_TREE} tasks.")
    return [row["id"] for row in rows]


async def write_many(
    db: Db, actor: Actor, changes: Mapping[UUID, Mapping[str, Any]]
) -> dict[UUID, Task]:
    """Set fields of tasks that are locked, each its own; gives the tasks as they are then."""
    rows = await db.fetch(
        f"""
        UPDATE tasks t SET
            (title, description, status, priority, assignee_id, parent_id, start_date, due_date,
             estimated_hours, tags, position, completed_at, archived_at, deleted_at,
             milestone_id)
            = (SELECT n.title, n.description, n.status, n.priority, n.assignee_id, n.parent_id,
                      n.start_date, n.due_date, n.estimated_hours, n.tags, n.position,
                      n.completed_at, n.archived_at, n.deleted_at, n.milestone_id
               FROM jsonb_populate_record(t, wanted.fields) n),
            version = t.version + 1, updated_at = now()
        FROM (SELECT key::uuid AS id, value AS fields FROM jsonb_each($2::jsonb)) wanted,
             projects p
        WHERE t.tenant_id = $1 AND t.id = wanted.id AND p.tenant_id = $1 AND p.id = t.project_id
        RETURNING {TASK_COLUMNS}
        """,
        actor.tenant_id,
        to_json(changes),
    )
    return {row["id"]: Task(*row) for row in rows}


async def log_differences(
    db: Db,
    actor: Actor,
    event: str,
    before: Iterable[Task],
    after: Mapping[UUID, Task],
    more: Mapping[UUID, Mapping[str, Any]] | None = None,
) -> None:
    """Write the event of each task's change: what each changed field was and is, and `more`."""
    await record_all(
        db,
        actor.tenant_id,
        actor.user_id,
        [
            Change(
                event,
                "task",
                task.id,
                after[task.id].version,
                {**difference(task, after[task.id], *LOGGED), **((more or {}).get(task.id, {}))},
                task.project_id,
            )
            for task in before
        ],
    )
