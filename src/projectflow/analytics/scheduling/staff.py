"""Who can work in a project, with how much of their time; and what tasks weigh."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from projectflow.analytics.scheduling.build import WHOLE, Wanted, Worker, problem_of
from projectflow.analytics.scheduling.problem import Problem, Weights
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import load_timetables
from projectflow.planning.computed import Built, Days
from projectflow.planning.constraints import is_plannable
from projectflow.planning.project_plan import ProjectPlan, load_plan
from projectflow.tasks.types import Priority

IMPORTANCE: Final[dict[str, float]] = {"low": 1.0, "medium": 2.0, "high": 4.0, "urgent": 8.0}
MAX_CANDIDATES: Final = 50
"""People among whom tasks of nobody are given out."""


class Basis(Struct, frozen=True):
    """A plan, and what its schedule depends on beside it; read in one transaction."""

    plan: ProjectPlan
    """With the working time of all candidates."""
    units: dict[UUID, int]
    """Percent of their time by person, where it is less than all."""
    candidates: list[UUID]
    """Who has a task or an assignment in the project."""
    priorities: dict[UUID, Priority]


async def read_staffed(
    db: Db, actor: Actor, project_id: UUID, also: Collection[UUID] = ()
) -> Basis:
    """Read a project's plan and its people, also of some who may have nothing to do with it yet.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge: as for a timeline.
    """
    plan = await load_plan(db, actor, project_id)
    today = Days(plan.timetables.zone).day(plan.now)
    rows = await db.fetch(
        """
        SELECT a.user_id, a.units, a.start_date <= $3 AS runs
        FROM resource_assignments a
        JOIN users u ON u.tenant_id = $1 AND u.id = a.user_id AND u.is_active
            AND u.deleted_at IS NULL
        WHERE a.tenant_id = $1 AND a.project_id = $2 AND a.end_date >= $3
        ORDER BY a.user_id, a.start_date, a.id LIMIT 1000
        """,
        actor.tenant_id,
        project_id,
        today,
    )
    sums: dict[UUID, Decimal] = {}
    for row in rows:
        # What runs today adds up; of what is still to come, the first counts.
        if row["runs"] or row["user_id"] not in sums:
            sums[row["user_id"]] = sums.get(row["user_id"], Decimal(0)) + row["units"]
    active = await db.fetch(
        "SELECT id FROM users WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND is_active"
        " AND deleted_at IS NULL",
        actor.tenant_id,
        list(plan.timetables.people),
    )
    candidates = sorted(sums.keys() | {row["id"] for row in active})[:MAX_CANDIDATES]
    wanted = sums.keys() | set(also)
    if wanted - plan.timetables.people.keys():
        people = sorted(wanted | plan.timetables.people.keys())
        timetables = await load_timetables(db, actor, project_id, people)
        plan = replace(plan, timetables=timetables)
    priorities = await db.fetch(
        "SELECT id, priority FROM tasks WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
        actor.tenant_id,
        [task.id for task in plan.tasks],
    )
    return Basis(
        plan,
        {who: percent for who, units in sums.items() if (percent := max(1, int(units))) < WHOLE},
        candidates,
        {row["id"]: row["priority"] for row in priorities},
    )


class Staffed(Struct, frozen=True):
    """A problem, and who its resources are."""

    problem: Problem
    workers: list[Worker]


def staffed_problem(
    basis: Basis,
    built: Built,
    weights: Weights,
    now: datetime,
    *,
    assign: bool = False,
    keep_starts: bool = True,
    keep_plan: bool = False,
) -> Staffed:
    """The project as a problem, each of its people as a resource.

    Raises:
        InvalidSchedule, NoWorkingTime: as the scheduler's, by task.
    """
    people = _workers(basis, built)
    number = {worker.user_id: n for n, worker in enumerate(people)}
    able: Sequence[int] = [number[who] for who in basis.candidates if who in number]
    whose: dict[UUID, Sequence[int]] = {}
    fixed = {item.id for item in built.network.activities if item.progress > 0 or item.pinned}
    for task in basis.plan.tasks:
        if task.assignee_id is not None and task.assignee_id in number:
            whose[task.id] = [number[task.assignee_id]]
        elif task.assignee_id is None and assign and task.id not in fixed:
            whose[task.id] = able
    due = {
        task.id: task.due_date
        for task in basis.plan.tasks
        if task.due_date is not None and is_plannable(task.due_date)
        and task.id not in built.summaries
    }  # fmt: skip
    wanted = Wanted(
        weights,
        keep_starts,
        keep_plan,
        due,
        {task_id: IMPORTANCE[priority] for task_id, priority in basis.priorities.items()},
    )
    return Staffed(problem_of(built.network, now, people, whose, wanted), people)


def _workers(basis: Basis, built: Built) -> list[Worker]:
    """Without those who never work: what is theirs is done by the project's calendar."""
    return [
        Worker(user_id, table, basis.units.get(user_id, WHOLE))
        for user_id, table in sorted(basis.plan.timetables.people.items())
        if str(user_id) in built.network.calendars
    ]
