"""When a project will be done, as far as history lets anybody say."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final, Literal
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from projectflow.analytics.forecasting.backtest import Backtest, backtest, replay
from projectflow.analytics.forecasting.coverage import LEVELS, Coverage, corrected
from projectflow.analytics.forecasting.done_days import read_done_days
from projectflow.analytics.forecasting.durations import ENOUGH
from projectflow.analytics.forecasting.fan import Left, fan_of_network, fan_of_throughput
from projectflow.analytics.forecasting.history import Experience, PastTask, learn, read_past
from projectflow.analytics.forecasting.open_work import OpenWork, open_work, runs_for, shares
from projectflow.analytics.forecasting.simulation import Simulated, simulate
from projectflow.analytics.forecasting.throughput import TooThin, day_number, days_until
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import moment_of
from projectflow.planning.computed import Built, Days, build
from projectflow.planning.project_plan import ProjectPlan, load_plan

Fan = Callable[[int, int], list[Left]]
"""What is left from today (in days since 1970) to a day."""
Method = Literal["network", "throughput"]

MAX_DRIVERS: Final = 10
POINTS: Final = 40
"""Of the distribution that is answered."""
STRUCTURED: Final = 0.5
"""The share of open tasks with an estimate from which a project without dependencies is planned."""


class ByThen(Struct, frozen=True):
    """A day, and how likely it is all done by its end."""

    day: date
    probability: float


class Driver(Struct, frozen=True):
    """A task on which the finish hangs."""

    task_id: UUID
    key: str
    title: str
    share: float
    """In which share of the runs: 1 is always."""


class BusyPerson(Struct, frozen=True):
    """Somebody whose being busy holds the finish."""

    user_id: UUID
    share: float


class Learnt(Struct, frozen=True):
    """What a forecast was drawn from."""

    finished: int
    """Tasks of the workspace that were started and completed."""
    finished_here: int
    open: int
    unestimated: int
    """Open tasks without estimate, whose durations are those of all tasks here."""


class CompletionPrediction(Struct, frozen=True):
    """When a project will be done. Days are those of the project's zone."""

    project_id: UUID
    as_of: datetime
    zone: str
    method: Method | None
    """`network` with estimates or dependencies, else `throughput`; null where it abstains."""
    missing: list[str]
    """Why it abstains: what there is too little of."""
    p50: date | None
    """As likely done before this day's end as not."""
    p80: date | None
    p95: date | None
    distribution: list[ByThen]
    fan: list[Left]
    """What is left day by day, from yesterday to the day of P95."""
    drivers: list[Driver]
    """Tasks most often on the way that decides the finish."""
    busy: list[BusyPerson]
    wanted: ByThen | None
    """The chance of the day that was asked for."""
    learnt: Learnt
    coverage: Coverage | None
    """How earlier forecasts of this project's completions would have done (see /backtest)."""
    runs: int


class Basis(Struct, frozen=True):
    """Everything a forecast is made from, read in one transaction."""

    plan: ProjectPlan
    past: list[PastTask]
    done: list[date]


async def read_basis(db: Db, actor: Actor, project_id: UUID) -> Basis:
    """Read a project's plan and the workspace's experience.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        ProjectTooLarge: more than 10,000 tasks or 50,000 dependencies.
    """
    plan = await load_plan(db, actor, project_id)
    past = await read_past(db, actor)
    done = await read_done_days(db, actor, project_id, plan.timetables.zone.key)
    return Basis(plan, past, done)


async def predict_completion(
    db: Db, actor: Actor, project_id: UUID, wanted: date | None
) -> CompletionPrediction:
    """Forecast the completion of all that is open in a project.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge: as `read_basis`.
        InvalidSchedule: names the task that cannot be scheduled.
    """
    basis = await read_basis(db, actor, project_id)
    return await asyncio.to_thread(predict, basis, wanted)


async def backtest_project(db: Db, actor: Actor, project_id: UUID) -> Backtest:
    """Forecast a project's past from what was known then, and compare it with what came.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge: as `read_basis`.
    """
    basis = await read_basis(db, actor, project_id)
    today = day_number(Days(basis.plan.timetables.zone).day(basis.plan.now))
    return await asyncio.to_thread(backtest, _numbers(basis.done), today)


def predict(basis: Basis, wanted: date | None) -> CompletionPrediction:
    """The forecast, without a database. Takes up to a second of CPU."""
    plan = basis.plan
    built = build(plan)
    experience = learn(basis.past, plan.project_id, plan.timetables.project, plan.now)
    # The same question gets the same answer, until the day or the work changes.
    dice = np.random.default_rng(plan.project_id.int % 2**63)
    count = _open_count(built)
    structured = bool(plan.dependencies) or _estimated(built) >= STRUCTURED * count
    missing: list[str] = []
    if count and (structured or len(basis.done) < ENOUGH):
        if experience.finished >= ENOUGH:
            return _by_network(built, experience, dice, basis, wanted)
        missing.append(
            f"{ENOUGH} tasks of the workspace must have been started and completed;"
            f" {experience.finished} have."
        )
    return _by_throughput(built, experience, dice, basis, wanted, missing)


def _by_network(
    built: Built,
    experience: Experience,
    dice: np.random.Generator,
    basis: Basis,
    wanted: date | None,
) -> CompletionPrediction:
    runs = runs_for(len(built.plan.tasks))
    job = open_work(built, experience, runs, dice)
    outcome = simulate(job.work, runs)
    days = _days_of(outcome, built)
    return _answer(
        built, experience, basis, wanted, "network", np.sort(days), runs, job=job, outcome=outcome,
        fan=partial(fan_of_network, job, Days(built.days.zone)) if job.tasks else None,
    )  # fmt: skip


def _by_throughput(
    built: Built,
    experience: Experience,
    dice: np.random.Generator,
    basis: Basis,
    wanted: date | None,
    missing: list[str],
) -> CompletionPrediction:
    runs, count = 10_000, _open_count(built)
    today = day_number(Days(built.plan.timetables.zone).day(built.plan.now))
    done = _numbers(basis.done)
    days: NDArray[np.float64] | None = None
    fan: Fan | None = None
    if count:
        try:
            known = done[done < today]
            samples = days_until(known, today, count, runs, dice)
            past = replay(done, today, [count]).ratios(count, today)
            days = today - 1 + np.round(corrected(samples, past))
            fan = partial(fan_of_throughput, known, count, past, dice)
        except TooThin as error:
            missing = [*missing, error.missing]
    method = None if days is None else "throughput"
    return _answer(built, experience, basis, wanted, method, days, runs, missing=missing, fan=fan)


def _answer(
    built: Built,
    experience: Experience,
    basis: Basis,
    wanted: date | None,
    method: Method | None,
    days: NDArray[np.float64] | None,
    runs: int,
    *,
    job: OpenWork | None = None,
    outcome: Simulated | None = None,
    missing: list[str] | None = None,
    fan: Fan | None = None,
) -> CompletionPrediction:
    plan = built.plan
    today = day_number(Days(plan.timetables.zone).day(plan.now))
    quantiles: list[date | None] = [None] * len(LEVELS)
    if days is not None:
        quantiles = [_day(float(np.quantile(days, level, method="higher"))) for level in LEVELS]
    sure = quantiles[2]
    known = {task.id: task for task in plan.tasks}
    drivers: list[Driver] = []
    busy: list[BusyPerson] = []
    if job is not None and outcome is not None:
        names = {node: task.id for node, task in job.tasks.items()}
        drivers = [
            Driver(task_id, f"{plan.key}-{known[task_id].number}", known[task_id].title, share)
            for task_id, share in shares(outcome.critical, names)[:MAX_DRIVERS]
        ]
        people = dict(enumerate(job.people))
        busy = [BusyPerson(*each) for each in shares(outcome.delayed_by_people, people)]
        busy = busy[:MAX_DRIVERS]
    return CompletionPrediction(
        project_id=plan.project_id,
        as_of=plan.now,
        zone=built.days.zone.key,
        method=method,
        missing=missing or [],
        p50=quantiles[0],
        p80=quantiles[1],
        p95=quantiles[2],
        distribution=[] if days is None else _distribution(days),
        fan=[] if fan is None or sure is None else fan(today, day_number(sure)),
        drivers=drivers,
        busy=busy,
        wanted=None
        if wanted is None or days is None
        else ByThen(wanted, float(np.mean(days <= day_number(wanted)))),
        learnt=Learnt(
            experience.finished,
            experience.finished_here,
            _open_count(built),
            _open_count(built) - _estimated(built),
        ),
        coverage=backtest(_numbers(basis.done), today).coverage,
        runs=0 if days is None else runs,
    )


def _open(built: Built) -> list[UUID]:
    return [
        task.id
        for task in built.plan.tasks
        if task.category != "completed" and task.id not in built.summaries
    ]


def _open_count(built: Built) -> int:
    return len(_open(built))


def _estimated(built: Built) -> int:
    return sum(built.bases[task_id] in {"given", "estimate"} for task_id in _open(built))


def _days_of(outcome: Simulated, built: Built) -> NDArray[np.float64]:
    """The day of the project's zone on which each run ends."""
    days = Days(built.days.zone)
    moments, places = np.unique(outcome.finish, return_inverse=True)
    # A run that ends at midnight ends the day before.
    numbers = [day_number(days.day(moment_of(int(each) - 1))) for each in moments]
    return np.array(numbers, dtype=np.float64)[places]


def _distribution(days: NDArray[np.float64]) -> list[ByThen]:
    """At most `POINTS` days, with how likely all is done by each."""
    found, counts = np.unique(days, return_counts=True)
    reached = np.cumsum(counts) / days.size
    step = -(-found.size // POINTS)
    places = sorted({*range(step - 1, found.size, step), found.size - 1})
    return [ByThen(_day(float(found[n])), float(reached[n])) for n in places]


def _day(number: float) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=int(number))).date()


def _numbers(days: list[date]) -> NDArray[np.int64]:
    return np.array([day_number(day) for day in days], dtype=np.int64)
