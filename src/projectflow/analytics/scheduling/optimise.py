"""A better plan of a project: looked at first, then written as one change."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.analytics.scheduling.outcome import Outcome, outcome_of, present_outcome
from projectflow.analytics.scheduling.problem import Placement, Weights
from projectflow.analytics.scheduling.reasons import Explainer, PlacementReason
from projectflow.analytics.scheduling.search import EFFORT, Method, solve
from projectflow.analytics.scheduling.staff import Basis, Staffed, read_staffed, staffed_problem
from projectflow.analytics.scheduling.writing import Written, new_plan
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import note_events
from projectflow.core.problems import InvalidInput
from projectflow.planning.calendars import moment_of
from projectflow.planning.computed import Built, compute
from projectflow.planning.plan_dates import lock_plan, write_plan
from projectflow.planning.reschedule import SchedulePreviewStale
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.many import hold, log_differences, write_many
from projectflow.tasks.schedule.network import State

GRAIN: Final = timedelta(minutes=15)
"""What has not begun starts at the next quarter of an hour at the earliest."""
FRESH: Final = timedelta(hours=2)
"""How long a preview can be applied."""
EXACT_SECONDS: Final = 5.0
Weight = Annotated[float, Meta(ge=0, le=1000)]


class OptimiseWishes(Struct, frozen=True, forbid_unknown_fields=True):
    """What is wanted of the plan. Each weight says how much an hour counts."""

    finish: Weight = 1.0
    """Of the project's finish."""
    lateness: Weight = 1.0
    """Of a task after its deadline or due date; times 1, 2, 4 or 8 by its priority."""
    stability: Weight = 0.0
    """Of a task's start away from where it is planned now."""
    assign: bool = False
    """Whether tasks of nobody are given to whoever of the project's people is done first."""
    keep_starts: bool = True
    """Whether "start no earlier than" counts; without, what an earlier plan held is let go."""
    exact: bool = True
    """Whether CP-SAT is asked too, where it is installed."""


class Optimise(OptimiseWishes, frozen=True, forbid_unknown_fields=True):
    """The same wishes; `token` is that of the preview, to do that or nothing."""

    token: Annotated[str, Meta(max_length=100)] | None = None


class PlacedTask(Struct, frozen=True):
    """Where a task is put, and why there."""

    task_id: UUID
    key: str
    title: str
    old_start_date: date | None
    old_due_date: datetime | None
    start_date: date
    due_date: datetime
    start: datetime
    """When on its start date it begins."""
    assignee_id: UUID | None
    is_assigned: bool
    """Whether the assignee is new."""
    moves: bool
    """Whether anything of it is written; else it is where it was."""
    reasons: list[PlacementReason]


class Optimisation(Struct, frozen=True):
    """A plan beside the present one. `batch` is the change's in the log, once it is written."""

    token: str
    tasks: list[PlacedTask]
    """All that is not done, in the order of their starts."""
    present: Outcome
    optimised: Outcome
    method: Method
    """Whose order is the best: that of the heuristics, or CP-SAT's."""
    passes: int
    """How many schedules were made."""
    batch: UUID | None = None


class _Made(Struct, frozen=True):
    answer: Optimisation
    written: Written


async def preview_optimise(
    db: Db, actor: Actor, project_id: UUID, wishes: OptimiseWishes
) -> Optimisation:
    """What a better plan would be; nothing is written.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge, InvalidSchedule: as for a timeline.
        InvalidInput: no weight is above 0.
    """
    _check(wishes)
    basis = await read_staffed(db, actor, project_id)
    made = await asyncio.to_thread(_made, basis, wishes, _next_grain(basis.plan.now))
    return made.answer


async def optimise(db: Db, actor: Actor, project_id: UUID, wanted: Optimise) -> Optimisation:
    """Make a better plan the project's, as one change.

    Raises:
        ProjectNotFound, ProjectTooLarge, InvalidSchedule, InvalidInput: as for a preview.
        Forbidden: the actor may not change all tasks of the project.
        SchedulePreviewStale: not what the token's preview showed would be the plan, or it is old.
        PlanChanged: somebody changed one of the tasks in this moment.
    """
    _check(wanted)
    await lock_plan(db, actor, project_id)
    basis = await read_staffed(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "task", "update")
    now = _next_grain(basis.plan.now) if wanted.token is None else _now_of(wanted.token, basis)
    made = await asyncio.to_thread(_made, basis, wanted, now)
    if wanted.token is not None and wanted.token != made.answer.token:
        raise SchedulePreviewStale
    return await write_optimised(db, actor, basis, made.answer, made.written)


async def write_optimised(
    db: Db, actor: Actor, basis: Basis, answer: Optimisation, written: Written
) -> Optimisation:
    """Write dates, holds and assignees under one batch."""
    if not written.dates and not written.schedules and not written.assignees:
        return answer
    batch = uuid7()
    await note_events(db, batch=batch)
    await write_plan(db, actor, basis.plan, written.dates, written.schedules, batch, actor.user_id)
    if written.assignees:
        held = await hold(db, actor, sorted(written.assignees))
        changed = {id_: {"assignee_id": who} for id_, who in written.assignees.items()}
        after = await write_many(db, actor, changed)
        await log_differences(db, actor, "task.updated", [held[id_].task for id_ in changed], after)
    return replace(answer, batch=batch)


def _check(wishes: OptimiseWishes) -> None:
    if not wishes.finish and not wishes.lateness and not wishes.stability:
        raise InvalidInput.of("finish", "or another weight must be above 0")


def _next_grain(moment: datetime) -> datetime:
    since = moment.astimezone(UTC) - EPOCH
    return EPOCH + -(-since // GRAIN) * GRAIN


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _now_of(token: str, basis: Basis) -> datetime:
    """From when on the token's preview planned."""
    minutes = token.partition(".")[0]
    if not minutes.isascii() or not minutes.isdecimal() or len(minutes) > MINUTE_DIGITS:
        raise SchedulePreviewStale
    now = moment_of(int(minutes))
    if not -FRESH <= now - basis.plan.now <= GRAIN:
        raise SchedulePreviewStale
    return now


MINUTE_DIGITS: Final = 9


def _made(basis: Basis, wishes: OptimiseWishes, now: datetime) -> _Made:
    computed = compute(basis.plan)
    built = computed.built
    weights = Weights(wishes.finish, wishes.lateness, wishes.stability)
    staffed = staffed_problem(
        basis, built, weights, now, assign=wishes.assign, keep_starts=wishes.keep_starts
    )
    exact = EXACT_SECONDS if wishes.exact else None
    found = solve(staffed.problem, effort=EFFORT, exact=exact)
    written = new_plan(basis, built, staffed, found.placement)
    answer = Optimisation(
        token="",
        tasks=_tasks(built, staffed, found.placement, written),
        present=present_outcome(computed, staffed),
        optimised=outcome_of(staffed, found.placement),
        method=found.method,
        passes=found.passes,
    )
    shown = msgspec.json.encode((answer, [after for _, after in written.schedules], _key(wishes)))
    digest = urlsafe_b64encode(hashlib.sha256(shown).digest()).decode().rstrip("=")
    minutes = (now - EPOCH) // timedelta(minutes=1)
    return _Made(replace(answer, token=f"{minutes}.{digest}"), written)


def _key(wishes: OptimiseWishes) -> list[object]:
    return [getattr(wishes, field) for field in OptimiseWishes.__struct_fields__]


def _tasks(built: Built, staffed: Staffed, placed: Placement, written: Written) -> list[PlacedTask]:
    problem = staffed.problem
    explainer = Explainer(problem, placed, staffed.workers)
    known = {task.id: task for task in built.plan.tasks}
    moving = {new.task.id for new in written.dates} | written.assignees.keys()
    moving |= {after.task_id for _, after in written.schedules}
    found: list[tuple[int, int, PlacedTask]] = []
    for node in range(len(problem.graph.leaves)):
        task = known.get(problem.graph.owners[node])
        if task is None or problem.graph.states[node] is State.COMPLETE:
            continue
        start = moment_of(placed.starts[node])
        given = written.assignees.get(task.id)
        found.append(
            (
                placed.starts[node],
                task.number,
                PlacedTask(
                    task_id=task.id,
                    key=f"{built.plan.key}-{task.number}",
                    title=task.title,
                    old_start_date=task.start_date,
                    old_due_date=task.due_date,
                    start_date=built.days.day(start),
                    due_date=moment_of(placed.finishes[node]),
                    start=start,
                    assignee_id=given or task.assignee_id,
                    is_assigned=given is not None,
                    moves=task.id in moving,
                    reasons=explainer.reasons(node),
                ),
            )
        )
    return [each for _, _, each in sorted(found, key=lambda f: f[:2])]
