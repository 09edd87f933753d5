"""A scenario beside the present plan: finish, cost and lateness of both."""

import asyncio
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.json import decode
from msgspec.structs import replace

from projectflow.analytics.forecasting.prediction import Basis as ForecastBasis
from projectflow.analytics.forecasting.prediction import predict, read_basis
from projectflow.analytics.scheduling.build import WHOLE
from projectflow.analytics.scheduling.fork import forked, named_people
from projectflow.analytics.scheduling.outcome import Outcome, outcome_of
from projectflow.analytics.scheduling.problem import Weights
from projectflow.analytics.scheduling.scenarios import Versions, read_scenario, versions_of
from projectflow.analytics.scheduling.search import solve
from projectflow.analytics.scheduling.staff import Basis, read_staffed, staffed_problem
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.planning.baseline_costs import sees_costs
from projectflow.planning.computed import Built, build
from projectflow.planning.plan_dates import PlanChanged
from projectflow.planning.project_plan import PlanTask, ProjectPlan

EFFORT: Final = 6_000
"""Of each of the two plans: a tenth of what an optimisation spends."""
CENT: Final = Decimal("0.01")


class Side(Struct, frozen=True):
    """A plan in numbers."""

    open_tasks: int
    outcome: Outcome
    """With everybody's time heeded."""
    p50: date | None
    """As likely done by this day as not; null where there is too little history."""
    p80: date | None
    missing: list[str]
    """Why there is no forecast."""
    cost: Decimal | None
    """Of the open tasks at the rates of today; null for who may not see rates."""
    unpriced_minutes: int
    """Of open tasks that nobody has, or somebody without a rate in the project's currency."""


class ScenarioComparison(Struct, frozen=True):
    """A scenario and the plan of now, side by side."""

    scenario_id: UUID
    version: int
    currency: str
    present: Side
    scenario: Side
    is_outdated: bool
    """Whether tasks that it names were changed since; then it cannot be merged as it is."""


async def compare_scenario(db: Db, actor: Actor, scenario_id: UUID) -> ScenarioComparison:
    """What a scenario comes to, beside the plan of now.

    Raises:
        ScenarioNotFound: it does not exist, or the actor may not see its project.
        ProjectTooLarge, InvalidSchedule: as for a timeline.
        InvalidInput: the scenario does not go with the plan any more: it names the change.
    """
    scenario = await read_scenario(db, actor, scenario_id)
    people = set(named_people(scenario.changes).values())
    basis = await read_staffed(db, actor, scenario.project_id, people)
    history = await read_basis(db, actor, scenario.project_id)
    text = await db.fetchval(
        "SELECT based_on FROM scenarios WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        scenario_id,
    )
    if text is None:
        raise PlanChanged  # it was dropped in this moment
    currency, rates = await _rates(db, actor, scenario.project_id)

    def both() -> tuple[Side, Side]:
        other = forked(basis, scenario.changes)
        return (
            _side(basis, basis, history, rates),
            _side(other, basis, history, rates),
        )

    present, forks = await asyncio.to_thread(both)
    now = versions_of(basis.plan, scenario.changes)
    return ScenarioComparison(
        scenario.id, scenario.version, currency, present, forks, decode(text, type=Versions) != now
    )


async def _rates(
    db: Db, actor: Actor, project_id: UUID
) -> tuple[str, Mapping[UUID, Decimal] | None]:
    """What an hour of everybody costs today, in the project's currency, if the actor may know."""
    currency: str = only(
        await db.fetchrow(
            "SELECT budget_currency FROM projects WHERE tenant_id = $1 AND id = $2",
            actor.tenant_id,
            project_id,
        )
    )[0]
    if not await sees_costs(db, actor, project_id):
        return currency, None
    rows = await db.fetch(
        """
        SELECT DISTINCT ON (r.user_id) r.user_id, r.cost FROM rates r
        WHERE r.tenant_id = $1 AND r.currency = $2 AND r.valid_from <= now()::date
        ORDER BY r.user_id, r.valid_from DESC
        """,
        actor.tenant_id,
        currency,
    )
    return currency, {row["user_id"]: row["cost"] for row in rows}


def _side(
    basis: Basis, present: Basis, history: ForecastBasis, rates: Mapping[UUID, Decimal] | None
) -> Side:
    built = build(basis.plan)
    staffed = staffed_problem(basis, built, Weights(), basis.plan.now, keep_plan=True)
    found = solve(staffed.problem, effort=EFFORT)
    plan = _slowed(basis.plan, built, basis.units, present.units)
    forecast = predict(ForecastBasis(plan, history.past, history.done), None)
    open_ones = [
        task
        for task in basis.plan.tasks
        if task.category != "completed" and task.id not in built.summaries
    ]
    cost, unpriced = _cost(open_ones, built, rates or {})
    return Side(
        len(open_ones),
        outcome_of(staffed, found.placement),
        forecast.p50,
        forecast.p80,
        forecast.missing,
        None if rates is None else cost,
        unpriced,
    )


def _slowed(
    plan: ProjectPlan, built: Built, units: Mapping[UUID, int], before: Mapping[UUID, int]
) -> ProjectPlan:
    """With durations as much longer as people have less time than before.

    What they have now is in what the forecast learnt from.
    """
    durations = {item.id: item.duration for item in built.network.activities}
    tasks: list[PlanTask] = []
    for each in plan.tasks:
        who = each.assignee_id
        now = WHOLE if who is None else units.get(who, WHOLE)
        then = WHOLE if who is None else before.get(who, WHOLE)
        changed = now != then and each.category != "completed" and each.id not in built.summaries
        minutes = -(-durations[each.id] * then // now)
        tasks.append(replace(each, duration_minutes=minutes) if changed else each)
    return replace(plan, tasks=tasks)


def _cost(
    tasks: list[PlanTask], built: Built, rates: Mapping[UUID, Decimal]
) -> tuple[Decimal, int]:
    durations = {item.id: item.duration for item in built.network.activities}
    total, unpriced = Decimal(0), 0
    for task in tasks:
        rate = None if task.assignee_id is None else rates.get(task.assignee_id)
        if rate is None:
            unpriced += durations[task.id]
        else:
            total += rate * durations[task.id] / 60
    return total.quantize(CENT, ROUND_HALF_UP), unpriced
