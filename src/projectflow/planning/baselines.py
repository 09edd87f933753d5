"""Baselines: what a project's schedule was on a day, to compare with later."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record, to_json
from projectflow.core.problems import CONSTRAINTS, Conflict, NotFound
from projectflow.planning.baseline_costs import planned_costs, sees_costs
from projectflow.planning.computed import Computed, compute
from projectflow.planning.project_plan import load_plan
from projectflow.planning.timeline import MAX_MILESTONES, durations_of
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import read_visible
from projectflow.tasks.service import VISIBLE

MAX_BASELINES: Final = 20
KEPT_DAYS: Final = 30
"""How long a deleted baseline can be restored."""
BaselineName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]


class NewBaseline(Struct, frozen=True, forbid_unknown_fields=True):
    """A baseline to save; `id` may be made by the client (UUIDv7)."""

    name: BaselineName
    id: UUID | UnsetType = UNSET


class Baseline(Struct, frozen=True):
    """A saved schedule of a project."""

    id: UUID
    project_id: UUID
    name: str
    start: datetime | None
    finish: datetime | None
    task_count: int
    created_by: UUID
    created_at: datetime
    version: int


BASELINE_COLUMNS: Final = (
    "b.id, b.project_id, b.name, b.start_at, b.finish_at, b.task_count, b.created_by,"
    " b.created_at, b.version"
)


class Baselines(Struct, frozen=True):
    """All baselines of a project, oldest first."""

    items: list[Baseline]


class BaselineTask(Struct, frozen=True, gc=False):
    """A task as it was scheduled then."""

    task_id: UUID
    key: str
    title: str
    is_summary: bool
    start: datetime
    finish: datetime
    duration_minutes: int
    estimated_hours: Decimal | None
    cost: Decimal | None
    """What the estimate cost at the rates of then; null for who may not see rates."""


TASK_COLUMNS: Final = (
    "b.task_id, b.key, b.title, b.is_summary, b.start_at, b.finish_at, b.duration_minutes,"
    " b.estimated_hours, b.cost"
)


class BaselineMilestone(Struct, frozen=True):
    """A milestone as it was then."""

    id: UUID
    name: str
    due_date: date | None


class BaselineDetails(Baseline, frozen=True):
    """A baseline with all that it remembers."""

    tasks: list[BaselineTask]
    milestones: list[BaselineMilestone]


class BaselineNotFound(NotFound):
    """There is no such baseline."""


class BaselineExists(Conflict):
    """A baseline with this id exists."""


class TooManyBaselines(Conflict):
    """The project has 20 baselines: delete one first."""


CONSTRAINTS["baselines_pkey"] = BaselineExists


async def save_baseline(db: Db, actor: Actor, project_id: UUID, new: NewBaseline) -> Baseline:
    """Remember a project's schedule as it is computed now, task by task.

    Raises:
        ProjectNotFound, ProjectTooLarge, InvalidSchedule: as for a timeline.
        Forbidden: the actor may not change the project.
        TooManyBaselines, BaselineExists: as their names say.
    """
    await read_visible(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "project", "update")
    await _make_room(db, actor, project_id)
    plan = await load_plan(db, actor, project_id)
    milestones = await read_milestones(db, actor, project_id)
    costs = await planned_costs(db, actor, project_id)
    tasks = await asyncio.to_thread(lambda: snapshot(compute(plan), costs))
    row = await db.fetchrow(
        f"""
        INSERT INTO baselines AS b (tenant_id, id, project_id, name, start_at, finish_at,
                                    task_count, milestones, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {BASELINE_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        project_id,
        new.name.strip(),
        min((task.start for task in tasks), default=None),
        max((task.finish for task in tasks), default=None),
        len(tasks),
        to_json(milestones),
        actor.user_id,
    )
    saved = Baseline(*only(row))
    await _insert_tasks(db, actor, saved.id, tasks)
    await _log(db, actor, saved, "baseline.saved", {"after": saved})
    return saved


async def _make_room(db: Db, actor: Actor, project_id: UUID) -> None:
    """Count under the project's lock, and forget what was deleted long ago."""
    await db.execute(
        "SELECT FROM project_counters WHERE tenant_id = $1 AND project_id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        project_id,
    )
    await db.execute(
        """
        DELETE FROM baselines WHERE tenant_id = $1 AND project_id = $2
          AND deleted_at < now() - $3::int * interval '1 day'
        """,
        actor.tenant_id,
        project_id,
        KEPT_DAYS,
    )
    count = await db.fetchval(
        """
        SELECT count(*) FROM baselines
        WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
        """,
        actor.tenant_id,
        project_id,
    )
    if count >= MAX_BASELINES:
        raise TooManyBaselines


def snapshot(computed: Computed, costs: Mapping[UUID, Decimal]) -> list[BaselineTask]:
    """Each task as it is scheduled, in the order of the project's list."""
    built, dates = computed.built, computed.schedule.activities
    durations = durations_of(computed)
    return [
        BaselineTask(
            task.id,
            f"{built.plan.key}-{task.number}",
            task.title,
            task.id in built.summaries,
            dates[task.id].start,
            dates[task.id].finish,
            durations[task.id],
            task.estimated_hours,
            costs.get(task.id),
        )
        for task in built.plan.tasks
    ]


async def read_milestones(db: Db, actor: Actor, project_id: UUID) -> list[BaselineMilestone]:
    """A project's milestones as they are."""
    rows = await db.fetch(
        """
        SELECT id, name, due_date FROM milestones
        WHERE tenant_id = $1 AND project_id = $2 ORDER BY due_date, id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_MILESTONES,
    )
    return [BaselineMilestone(*row) for row in rows]


async def _insert_tasks(
    db: Db, actor: Actor, baseline_id: UUID, tasks: Sequence[BaselineTask]
) -> None:
    await db.execute(
        """
        INSERT INTO baseline_tasks (tenant_id, baseline_id, task_id, key, title, is_summary,
                                    start_at, finish_at, duration_minutes, estimated_hours, cost)
        SELECT $1, $2, b.* FROM unnest($3::uuid[], $4::text[], $5::text[], $6::boolean[],
            $7::timestamptz[], $8::timestamptz[], $9::int[], $10::numeric[], $11::numeric[]) AS b
        """,
        actor.tenant_id,
        baseline_id,
        *([getattr(task, field) for task in tasks] for field in BaselineTask.__struct_fields__),
    )


async def list_baselines(db: Db, actor: Actor, project_id: UUID) -> Baselines:
    """A project's baselines, oldest first; at most 20.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    rows = await db.fetch(
        f"""
        SELECT {BASELINE_COLUMNS} FROM baselines b
        WHERE b.tenant_id = $1 AND b.project_id = $2 AND b.deleted_at IS NULL
        ORDER BY b.created_at, b.id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_BASELINES,
    )
    return Baselines([Baseline(*row) for row in rows])


async def read_baseline(db: Db, actor: Actor, baseline_id: UUID) -> BaselineDetails:
    """A baseline with its tasks (at most 10,000, as a project has) by their keys' order.

    Raises:
        BaselineNotFound: it does not exist, or the actor may not see its project.
    """
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"""
        SELECT {BASELINE_COLUMNS}, b.milestones
        FROM baselines b JOIN projects p ON p.tenant_id = $1 AND p.id = b.project_id
        WHERE b.tenant_id = $1 AND b.id = $4 AND b.deleted_at IS NULL AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        baseline_id,
    )
    if row is None:
        raise BaselineNotFound
    tasks = await db.fetch(
        f"""
        SELECT {TASK_COLUMNS} FROM baseline_tasks b
        WHERE b.tenant_id = $1 AND b.baseline_id = $2 ORDER BY b.start_at, b.finish_at, b.task_id
        """,
        actor.tenant_id,
        baseline_id,
    )
    *values, milestones = row
    fields: list[Any] = values
    remembered = [BaselineTask(*task) for task in tasks]
    if not await sees_costs(db, actor, row["project_id"]):
        remembered = [replace(task, cost=None) for task in remembered]
    return BaselineDetails(
        *fields,
        tasks=remembered,
        milestones=msgspec.json.decode(milestones, type=list[BaselineMilestone]),
    )


async def delete_baseline(db: Db, actor: Actor, baseline_id: UUID) -> None:
    """Delete a baseline; for 30 days it can be restored.

    Raises:
        BaselineNotFound: it does not exist, or the actor may not see its project.
        Forbidden: the actor may not change the project.
    """
    found = await _lock(db, actor, baseline_id, deleted=False)
    await db.execute(
        """
        UPDATE baselines SET deleted_at = now(), version = version + 1
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        baseline_id,
    )
    await _log(db, actor, found, "baseline.deleted", {"before": found})


async def restore_baseline(db: Db, actor: Actor, baseline_id: UUID) -> Baseline:
    """Bring a deleted baseline back.

    Raises:
        BaselineNotFound: it is not among the deleted ones that the actor may see.
        Forbidden: the actor may not change the project.
        TooManyBaselines: the project has 20 others by now.
    """
    found = await _lock(db, actor, baseline_id, deleted=True)
    await _make_room(db, actor, found.project_id)
    row = await db.fetchrow(
        f"""
        UPDATE baselines b SET deleted_at = NULL, version = version + 1
        WHERE b.tenant_id = $1 AND b.id = $2 RETURNING {BASELINE_COLUMNS}
        """,
        actor.tenant_id,
        baseline_id,
    )
    if row is None:
        raise BaselineNotFound
    restored = Baseline(*row)
    await _log(db, actor, restored, "baseline.restored", {"after": restored})
    return restored


async def _lock(db: Db, actor: Actor, baseline_id: UUID, *, deleted: bool) -> Baseline:
    row = await db.fetchrow(
        f"""
        SELECT {BASELINE_COLUMNS}
        FROM baselines b JOIN projects p ON p.tenant_id = $1 AND p.id = b.project_id
        WHERE b.tenant_id = $1 AND b.id = $4 AND (b.deleted_at IS NOT NULL) = $5 AND {VISIBLE}
        FOR NO KEY UPDATE OF b
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        baseline_id,
        deleted,
    )
    if row is None:
        raise BaselineNotFound
    found = Baseline(*row)
    await must_be_allowed_in(db, actor, found.project_id, "project", "update")
    return found


async def _log(
    db: Db, actor: Actor, baseline: Baseline, event: str, payload: dict[str, Any]
) -> None:
    change = Change(
        event,
        "baseline",
        baseline.id,
        baseline.version + (event == "baseline.deleted"),
        payload=payload,
        project_id=baseline.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
