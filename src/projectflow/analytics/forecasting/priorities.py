"""Which task to do next: what it is worth to have it sooner, for what it takes.

Weighted shortest job first (Reinertsen 2009): cost of delay over duration. The cost of delay is
made of what the simulation knows: how likely the task is late, how often the finish hangs on it,
what waits behind it, and the priority that people gave it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import numpy as np
from msgspec import Struct

from projectflow.analytics.forecasting.bottlenecks import RUNS, behind_of
from projectflow.analytics.forecasting.durations import ENOUGH
from projectflow.analytics.forecasting.history import learn
from projectflow.analytics.forecasting.open_work import OpenWork, open_work, runs_for
from projectflow.analytics.forecasting.prediction import Basis, read_basis
from projectflow.analytics.forecasting.simulation import simulate
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import minute_of
from projectflow.planning.computed import build
from projectflow.tasks.types import Priority

About = Literal["due_risk", "critical_path", "unblocks", "value", "short"]

MOST: Final = 50
LEVELS: Final[tuple[Priority, ...]] = ("low", "medium", "high", "urgent")
VALUE: Final[dict[str, float]] = {"low": 1, "medium": 2, "high": 4, "urgent": 8}
URGENT, HIGH, MEDIUM = 0.05, 0.25, 0.75
"""Ranks (as shares of the open tasks) up to which a priority is suggested."""
DUE_WEIGHT, CRITICAL_WEIGHT, BEHIND_WEIGHT, SOON = 8.0, 8.0, 4.0, timedelta(days=14)


class Reason(Struct, frozen=True):
    """Why a task comes where it does."""

    about: About
    value: float
    """`due_risk`, `critical_path`: a share of the runs. `unblocks`: tasks behind it. `value`: the
    weight of its present priority. `short`: days of work it takes, as likely as not."""


class PrioritySuggestion(Struct, frozen=True):
    """Where a task should stand, and why."""

    task_id: UUID
    key: str
    title: str
    version: int
    rank: int
    """1 is what to do first."""
    score: float
    """Cost of delay over days of work: only to compare with."""
    priority: Priority
    """The one suggested."""
    is_change: bool
    reasons: list[Reason]
    """The weightiest first."""


class Prioritization(Struct, frozen=True):
    """Suggestions for a project's open tasks, what to do first at the top; at most 50."""

    project_id: UUID
    as_of: datetime
    items: list[PrioritySuggestion]
    missing: list[str]


class Standing(Struct, frozen=True):
    """What the plan does not say of a task."""

    version: int
    priority: Priority


async def suggest_priorities(db: Db, actor: Actor, project_id: UUID) -> Prioritization:
    """Rank a project's open tasks.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge: as `prediction.read_basis`.
        InvalidSchedule: names the task that cannot be scheduled.
    """
    basis = await read_basis(db, actor, project_id)
    rows = await db.fetch(
        """
        SELECT id, version, priority FROM tasks
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        """,
        actor.tenant_id,
        [task.id for task in basis.plan.tasks if task.category != "completed"],
    )
    standing = {row["id"]: Standing(row["version"], row["priority"]) for row in rows}
    return await asyncio.to_thread(rank, basis, standing)


def rank(basis: Basis, standing: dict[UUID, Standing]) -> Prioritization:
    """The answer, without a database."""
    plan = basis.plan
    built = build(plan)
    experience = learn(basis.past, plan.project_id, plan.timetables.project, plan.now)
    if experience.finished < ENOUGH:
        said = f"{ENOUGH} tasks of the workspace must have been started and completed."
        return Prioritization(plan.project_id, plan.now, [], [said])
    runs = min(RUNS, runs_for(len(plan.tasks)))
    job = open_work(built, experience, runs, np.random.default_rng(plan.project_id.int % 2**63))
    outcome = simulate(job.work, runs, keep=True)
    scored: list[tuple[float, int, list[Reason]]] = []
    for node, task in job.tasks.items():
        late = 0.0
        if task.due_date is not None:
            late = float(np.mean(outcome.finishes[node] > minute_of(task.due_date)))
        scored.append(
            _score(job, node, standing[task.id], late, outcome.critical.get(node, 0.0), plan.now)
        )
    scored.sort(key=lambda each: (-each[0], job.tasks[each[1]].number))
    items: list[PrioritySuggestion] = []
    for place, (score, node, reasons) in enumerate(scored[:MOST]):
        task = job.tasks[node]
        now = standing[task.id]
        wanted = _priority_at((place + 0.5) / len(scored))
        items.append(
            PrioritySuggestion(
                task.id, f"{plan.key}-{task.number}", task.title, now.version, place + 1,
                round(score, 4), wanted, wanted != now.priority, reasons,
            )
        )  # fmt: skip
    return Prioritization(plan.project_id, plan.now, items, [])


def _score(
    job: OpenWork, node: int, standing: Standing, late: float, critical: float, now: datetime
) -> tuple[float, int, list[Reason]]:
    task = job.tasks[node]
    days = max(float(np.median(job.work.lengths[node])) / 480, 1 / 16)
    behind = len(behind_of(job, node))
    soon = 0.0
    if task.due_date is not None:
        left = (task.due_date - now.astimezone(UTC)) / SOON
        soon = float(np.clip(1 - left, 0, 1))
    worth: dict[About, float] = {
        "due_risk": DUE_WEIGHT * late * (0.5 + 0.5 * soon),
        "critical_path": CRITICAL_WEIGHT * critical,
        "unblocks": BEHIND_WEIGHT * float(np.log2(1 + behind)),
        "value": VALUE[standing.priority],
    }
    told: dict[About, float] = {
        "due_risk": late,
        "critical_path": critical,
        "unblocks": behind,
        "value": VALUE[standing.priority],
    }
    order = sorted(worth, key=lambda about: -worth[about])
    reasons = [Reason(about, told[about]) for about in order if worth[about] > 0]
    reasons.append(Reason("short", round(days, 2)))
    return sum(worth.values()) / days, node, reasons


def _priority_at(share: float) -> Priority:
    if share <= URGENT:
        return "urgent"
    if share <= HIGH:
        return "high"
    return "medium" if share <= MEDIUM else "low"
