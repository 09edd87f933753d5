"""Everything that a project's schedule is made from, read in one transaction."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.problems import Conflict
from projectflow.planning.calendars import Timetables, load_timetables
from projectflow.planning.constraints import ConstraintType
from projectflow.projects.access import require_project
from projectflow.projects.types import Category
from projectflow.tasks.dependencies import DEPENDENCY_COLUMNS, Dependency
from projectflow.tasks.linked import EXISTING, LINKED_COLUMNS, LINKED_JOINS, SHOWN, LinkedTask

MAX_TASKS: Final = 10_000
MAX_DEPENDENCIES: Final = 50_000


class ProjectTooLarge(Conflict):
    """This project has more tasks or dependencies than can be scheduled together."""


class PlanTask(Struct, frozen=True, gc=False):
    """What a task says of its schedule."""

    id: UUID
    number: int
    title: str
    status: str
    category: Category
    assignee_id: UUID | None
    parent_id: UUID | None
    start_date: date | None
    due_date: datetime | None
    estimated_hours: Decimal | None
    completed_at: datetime | None
    version: int
    constraint_type: ConstraintType
    constraint_date: datetime | None
    deadline: datetime | None
    is_pinned: bool
    duration_minutes: int | None
    progress: int
    start_at: datetime | None
    schedule_version: int


PLAN_COLUMNS: Final = (
    "t.id, t.number, t.title, t.status, s.category, t.assignee_id, t.parent_id, t.start_date,"
    " t.due_date, t.estimated_hours, t.completed_at, t.version,"
    " coalesce(c.constraint_type, 'as_soon_as_possible'), c.constraint_date, c.deadline,"
    " coalesce(c.is_pinned, false), c.duration_minutes, coalesce(c.progress, 0::smallint),"
    " c.start_at, coalesce(c.version, 1)"
)


class Outside(Struct, frozen=True):
    """A task of another project that holds one of this project's."""

    task: LinkedTask
    start_at: datetime | None
    is_shown: bool


class ProjectPlan(Struct, frozen=True):
    """A project's tasks in their order, what they wait for, and when work happens.

    Without what is archived, cancelled or in the trash: nothing waits for it.
    """

    project_id: UUID
    key: str
    start_date: date | None
    now: datetime
    tasks: list[PlanTask]
    dependencies: list[Dependency]
    outside: dict[UUID, Outside]
    timetables: Timetables


async def load_plan(db: Db, actor: Actor, project_id: UUID) -> ProjectPlan:
    """Read a project's tasks, dependencies and calendars.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        ProjectTooLarge: more than 10,000 tasks or 50,000 dependencies.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    key, start_date, now = only(
        await db.fetchrow(
            "SELECT key, start_date, now() FROM projects WHERE tenant_id = $1 AND id = $2",
            actor.tenant_id,
            project_id,
        )
    )
    tasks = await _tasks(db, actor, project_id)
    dependencies = await _dependencies(db, actor, project_id)
    own = {task.id for task in tasks}
    dependencies = [each for each in dependencies if each.task_id in own]
    away = {each.depends_on_task_id for each in dependencies} - own
    outside = await _outside(db, actor, project_id, away) if away else {}
    people = {task.assignee_id for task in tasks if task.assignee_id is not None}
    return ProjectPlan(
        project_id,
        key,
        start_date,
        now,
        tasks,
        [e for e in dependencies if e.depends_on_task_id in own or e.depends_on_task_id in outside],
        outside,
        await load_timetables(db, actor, project_id, sorted(people)),
    )


async def _tasks(db: Db, actor: Actor, project_id: UUID) -> list[PlanTask]:
    rows = await db.fetch(
        f"""
        SELECT {PLAN_COLUMNS}
        FROM tasks t
        JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = $2 AND s.key = t.status
        LEFT JOIN task_schedules c ON c.tenant_id = $1 AND c.task_id = t.id
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL
          AND t.archived_at IS NULL AND s.category <> 'cancelled'
        ORDER BY t.position LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_TASKS + 1,
    )
    if len(rows) > MAX_TASKS:
        raise ProjectTooLarge(
            f"The project has more than {MAX_TASKS:,} tasks: archive what is done."
        )
    return [PlanTask(*row) for row in rows]


async def _dependencies(db: Db, actor: Actor, project_id: UUID) -> list[Dependency]:
    rows = await db.fetch(
        f"""
        WITH own AS MATERIALIZED (
            SELECT id FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
              AND archived_at IS NULL
        )
        SELECT {DEPENDENCY_COLUMNS} FROM own
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = own.id
        LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_DEPENDENCIES + 1,
    )
    if len(rows) > MAX_DEPENDENCIES:
        raise ProjectTooLarge(f"The project has more than {MAX_DEPENDENCIES:,} dependencies.")
    return [Dependency(*row) for row in rows]


async def _outside(
    db: Db, actor: Actor, project_id: UUID, task_ids: set[UUID]
) -> dict[UUID, Outside]:
    """Also of projects that the actor may not see: they hold all the same."""
    rows = await db.fetch(
        f"""
        SELECT {SHOWN} AS is_shown, c.start_at, {LINKED_COLUMNS} FROM tasks t {LINKED_JOINS}
        LEFT JOIN task_schedules c ON c.tenant_id = $1 AND c.task_id = t.id
        WHERE t.tenant_id = $1 AND t.id = ANY ($4::uuid[]) AND {EXISTING}
          AND t.project_id <> $5 AND t.archived_at IS NULL AND s.category <> 'cancelled'
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(task_ids),
        project_id,
    )
    outside: dict[UUID, Outside] = {}
    for is_shown, start_at, *values in rows:
        linked: Any = LinkedTask(*values)
        outside[linked.id] = Outside(linked, start_at, is_shown)
    return outside
