"""Moving tasks to another project, with all that stands below them.

A task gets the target's next number. Its former key goes on finding it, and its time entries
follow (migration 0006). It keeps its tags, dependencies and relations, which may span projects.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, begin_batch, difference, record_all
from projectflow.core.problems import InvalidInput, VersionConflict
from projectflow.projects.access import must_be_open, require_project
from projectflow.projects.service import ProjectNotFound
from projectflow.projects.types import Category
from projectflow.tasks.many import Held, hold, with_all_below
from projectflow.tasks.occurrences import lock_series
from projectflow.tasks.service import VISIBLE, TaskNotFound, read_task_by_key
from projectflow.tasks.types import TASK_COLUMNS, Task

MOVED: Final = (
    "project_id", "number", "key", "status", "position", "parent_id", "completed_at",
)  # fmt: skip
"""What a move to another project changes."""
START: Final[tuple[Category, ...]] = ("unstarted", "backlog", "started", "completed", "cancelled")


class ProjectMove(Struct, frozen=True, forbid_unknown_fields=True):
    """The project that a task is to go to."""

    project_id: UUID
    version: int | UnsetType = UNSET


class State(Struct, frozen=True):
    """A state of one of the projects."""

    project_id: UUID
    key: str
    category: Category


class Target(Struct, frozen=True):
    """Where one task goes."""

    number: int
    status: str
    completes: bool
    keeps_parent: bool


async def move_to_project(
    db: Db, actor: Actor, task_id: UUID, project_id: UUID, expected: int | None
) -> Task:
    """Move a task to another project, with all that stands below it.

    Raises:
        TaskNotFound, VersionConflict, Forbidden: as for any change.
        InvalidInput: the actor sees no such project, or the task is in it.
    """

    def check(held: Mapping[UUID, Held]) -> None:
        each = held.get(task_id)
        if each is None or each.deleted_at is not None:
            raise TaskNotFound
        if expected is not None and expected != each.task.version:
            raise VersionConflict(current=each.task)

    moved = await move_trees(db, actor, [task_id], project_id, check=check)
    return next(task for task in moved if task.id == task_id)


async def move_trees(
    db: Db,
    actor: Actor,
    task_ids: Sequence[UUID],
    project_id: UUID,
    *,
    check: Callable[[Mapping[UUID, Held]], None],
) -> list[Task]:
    """Move tasks with all below them; `check` refuses where one is not there or not as expected.

    A status becomes the target's state of that key, else its first of that category, else the one
    in which tasks start there.

    Raises:
        InvalidInput: the actor sees no such project, or a task is in it.
        Forbidden: the actor may not create tasks there, or not change all of these.
    """
    await lock_counters(db, actor, task_ids, project_id)
    ids = await with_all_below(db, actor, task_ids)
    series = await lock_series(db, actor.tenant_id, task_ids=ids)
    held = await hold(db, actor, ids)
    check(held)
    await must_be_allowed_there(db, actor, project_id)
    for each in held.values():
        each.must_be_allowed(actor, "update")
        if each.task.project_id == project_id:
            raise InvalidInput.of("project_id", "is the project that the task is in")
    tasks = sorted((h.task for h in held.values()), key=lambda t: (t.project_id, t.position))
    targets = await _targets(db, actor, project_id, tasks)
    moved = await _write(db, actor, project_id, targets)
    await db.execute(
        "UPDATE task_series SET project_id = $2 WHERE tenant_id = $1 AND id = ANY ($3::uuid[])",
        actor.tenant_id,
        project_id,
        [each.id for each in series],
    )
    await remember_keys(db, actor, tasks)
    if len(tasks) > 1:
        await begin_batch(db)
    await log_moves(db, actor, tasks, moved)
    return [moved[task.id] for task in tasks]


async def lock_counters(db: Db, actor: Actor, task_ids: Sequence[UUID], project_id: UUID) -> None:
    """Numbers, ranks and parents of the projects in question are given out by nobody else."""
    await db.execute(
        """
        SELECT FROM project_counters WHERE tenant_id = $1 AND (project_id = $3
            OR project_id IN (SELECT project_id FROM tasks
                              WHERE tenant_id = $1 AND id = ANY ($2::uuid[])))
        ORDER BY project_id FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        list(task_ids),
        project_id,
    )


async def must_be_allowed_there(db: Db, actor: Actor, project_id: UUID) -> None:
    """Refuse a project that the actor may not bring tasks to.

    Raises:
        InvalidInput: they see no such project.
        Forbidden: they may not create tasks there.
    """
    try:
        role = await require_project(db, actor, project_id)
    except ProjectNotFound:
        raise InvalidInput.of("project_id", "is no project of this workspace") from None
    if not actor.may_always("task", "create"):
        actor.within(role or "viewer").must_be_allowed("task", "create", "in_project")
    await must_be_open(db, actor, project_id)


async def _targets(
    db: Db, actor: Actor, project_id: UUID, tasks: Sequence[Task]
) -> dict[UUID, Target]:
    last: int = await db.fetchval(
        """
        UPDATE project_counters SET last_number = last_number + $3
        WHERE tenant_id = $1 AND project_id = $2 RETURNING last_number
        """,
        actor.tenant_id,
        project_id,
        len(tasks),
    )
    states = await _states(db, actor, {project_id, *(task.project_id for task in tasks)})
    there = [state for state in states if state.project_id == project_id]
    category_of: dict[tuple[UUID, str], Category]
    category_of = {(state.project_id, state.key): state.category for state in states}
    moving = {task.id for task in tasks}
    targets: dict[UUID, Target] = {}
    for number, task in enumerate(tasks, last - len(tasks) + 1):
        state = _alike(there, task.status, category_of[task.project_id, task.status])
        targets[task.id] = Target(
            number, state.key, state.category == "completed", task.parent_id in moving
        )
    return targets


async def _states(db: Db, actor: Actor, project_ids: set[UUID]) -> list[State]:
    """The workflows; until the tasks are there, their states keep their categories."""
    rows = await db.fetch(
        """
        SELECT project_id, key, category FROM workflow_states
        WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[]) ORDER BY project_id, position
        FOR KEY SHARE
        """,
        actor.tenant_id,
        list(project_ids),
    )
    return [State(*row) for row in rows]


def _alike(states: Sequence[State], key: str, category: Category) -> State:
    """The state of this key, else the first of this category, else where tasks start."""
    return min(
        states,
        key=lambda s: (s.key != key, s.category != category, START.index(s.category)),
    )


async def _write(
    db: Db, actor: Actor, project_id: UUID, targets: Mapping[UUID, Target]
) -> dict[UUID, Task]:
    rows = await db.fetch(
        f"""
        UPDATE tasks t SET project_id = $2, number = n.number, position = rank_of(n.number),
            status = n.status, milestone_id = NULL,
            parent_id = CASE WHEN n.keeps_parent THEN t.parent_id END,
            completed_at = CASE WHEN n.completes THEN coalesce(t.completed_at, now()) END,
            version = t.version + 1, updated_at = now()
        FROM projects p, unnest($3::uuid[], $4::int[], $5::text[], $6::bool[], $7::bool[])
            AS n (id, number, status, completes, keeps_parent)
        WHERE t.tenant_id = $1 AND t.id = n.id AND p.tenant_id = $1 AND p.id = $2
        RETURNING {TASK_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
        list(targets),
        [target.number for target in targets.values()],
        [target.status for target in targets.values()],
        [target.completes for target in targets.values()],
        [target.keeps_parent for target in targets.values()],
    )
    return {row["id"]: Task(*row) for row in rows}


async def remember_keys(db: Db, actor: Actor, tasks: Sequence[Task]) -> None:
    """Let the keys that tasks had go on finding them."""
    await db.execute(
        """
        INSERT INTO former_task_keys (tenant_id, project_id, number, task_id)
        SELECT $1, f.* FROM unnest($2::uuid[], $3::int[], $4::uuid[]) f
        """,
        actor.tenant_id,
        [task.project_id for task in tasks],
        [task.number for task in tasks],
        [task.id for task in tasks],
    )


async def log_moves(
    db: Db, actor: Actor, before: Sequence[Task], after: Mapping[UUID, Task]
) -> None:
    """Write an event a task, in the project that it came to."""
    changes: list[Change] = []
    for task in before:
        now = after[task.id]
        payload: dict[str, Any] = difference(task, now, *MOVED)
        changes.append(
            Change("task.transferred", "task", now.id, now.version, payload, now.project_id)
        )
    await record_all(db, actor.tenant_id, actor.user_id, changes)


async def find_by_key(db: Db, actor: Actor, key: str) -> Task:
    """One task by its key, or by one that it had in a project that it left.

    Raises:
        TaskNotFound: as for `read_task`.
    """
    try:
        return await read_task_by_key(db, actor, key)
    except TaskNotFound:
        project_key, _, number = key.upper().rpartition("-")
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise
    row = await db.fetchrow(
        f"""
        SELECT {TASK_COLUMNS}
        FROM projects old
        JOIN former_task_keys f ON f.tenant_id = $1 AND f.project_id = old.id
        JOIN tasks t ON t.tenant_id = $1 AND t.id = f.task_id
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE old.tenant_id = $1 AND old.key = $4 AND f.number = $5 AND t.deleted_at IS NULL
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
