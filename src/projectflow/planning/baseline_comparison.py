"""A baseline beside the schedule of now: what slipped, what came, what went."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.baseline_costs import planned_costs
from projectflow.planning.baselines import (
    Baseline,
    BaselineDetails,
    BaselineMilestone,
    BaselineTask,
    read_baseline,
    read_milestones,
    snapshot,
)
from projectflow.planning.computed import Built, Computed, compute, worked_between
from projectflow.planning.project_plan import load_plan

Minutes = Annotated[int, Meta(description="working minutes; above 0 is later or longer than then")]
DaysLater = Annotated[int, Meta(description="days of the calendar; above 0 is later than then")]


class TaskVariance(Struct, frozen=True, gc=False):
    """A task then and now."""

    task_id: UUID
    key: str
    title: str
    then: BaselineTask
    now: BaselineTask
    start_minutes: Minutes
    finish_minutes: Minutes
    start_days: DaysLater
    finish_days: DaysLater
    duration_minutes: Minutes
    estimated_hours: Decimal | None
    """More hours than then; null when either is not known."""
    cost: Decimal | None


class MilestoneVariance(Struct, frozen=True):
    """A milestone whose date is another one now, or that went."""

    id: UUID
    name: str
    then: date | None
    now: date | None
    is_removed: bool
    days: DaysLater | None


class BaselineComparison(Struct, frozen=True):
    """What differs. Tasks that are as they were are only counted."""

    baseline: Baseline
    finish: datetime | None
    finish_minutes: Minutes | None
    finish_days: DaysLater | None
    changed: list[TaskVariance]
    """In the order of the project's list."""
    unchanged: int
    added: list[BaselineTask]
    removed: list[BaselineTask]
    """Also what is archived or cancelled now."""
    slipped_milestones: list[MilestoneVariance]
    added_milestones: list[BaselineMilestone]


async def compare_baseline(db: Db, actor: Actor, baseline_id: UUID) -> BaselineComparison:
    """Compare a baseline with the schedule as it is computed now.

    Raises:
        BaselineNotFound: it does not exist, or the actor may not see its project.
        ProjectTooLarge, InvalidSchedule: as for a timeline.
    """
    then = await read_baseline(db, actor, baseline_id)
    plan = await load_plan(db, actor, then.project_id)
    milestones = await read_milestones(db, actor, then.project_id)
    costs = await planned_costs(db, actor, then.project_id)
    return await asyncio.to_thread(lambda: _compared(then, compute(plan), costs, milestones))


def _compared(
    then: BaselineDetails,
    computed: Computed,
    costs: Mapping[UUID, Decimal],
    milestones: list[BaselineMilestone],
) -> BaselineComparison:
    built = computed.built
    before = {task.task_id: task for task in then.tasks}
    now = snapshot(computed, costs)
    both = [(before[task.task_id], task) for task in now if task.task_id in before]
    changed = [_variance(built, old, new) for old, new in both if _differ(old, new)]
    present = {task.task_id for task in now}
    finish = max((task.finish for task in now), default=None)
    known = {milestone.id for milestone in then.milestones}
    return BaselineComparison(
        baseline=Baseline(*(getattr(then, field) for field in Baseline.__struct_fields__)),
        finish=finish,
        finish_minutes=None
        if finish is None or then.finish is None
        else worked_between(built.network.calendar, then.finish, finish),
        finish_days=None
        if finish is None or then.finish is None
        else _days(built, then.finish, finish),
        changed=changed,
        unchanged=len(both) - len(changed),
        added=[task for task in now if task.task_id not in before],
        removed=[task for task in then.tasks if task.task_id not in present],
        slipped_milestones=_slipped(then.milestones, milestones),
        added_milestones=[each for each in milestones if each.id not in known],
    )


def _differ(old: BaselineTask, new: BaselineTask) -> bool:
    """Another title is no variance."""
    return (
        old.start, old.finish, old.duration_minutes, old.estimated_hours, old.cost,
    ) != (new.start, new.finish, new.duration_minutes, new.estimated_hours, new.cost)  # fmt: skip


def _variance(built: Built, old: BaselineTask, new: BaselineTask) -> TaskVariance:
    table = built.network.calendar
    return TaskVariance(
        task_id=new.task_id,
        key=new.key,
        title=new.title,
        then=old,
        now=new,
        start_minutes=worked_between(table, old.start, new.start),
        finish_minutes=worked_between(table, old.finish, new.finish),
        start_days=_days(built, old.start, new.start),
        finish_days=_days(built, old.finish, new.finish),
        duration_minutes=new.duration_minutes - old.duration_minutes,
        estimated_hours=_more(old.estimated_hours, new.estimated_hours),
        cost=_more(old.cost, new.cost),
    )


def _days(built: Built, old: datetime, new: datetime) -> int:
    return (built.days.day(new) - built.days.day(old)).days


def _more(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    return None if old is None or new is None else new - old


def _slipped(
    then: list[BaselineMilestone], now: list[BaselineMilestone]
) -> list[MilestoneVariance]:
    present = {milestone.id: milestone for milestone in now}
    found: list[MilestoneVariance] = []
    for old in then:
        new = present.get(old.id)
        if new is not None and new.due_date == old.due_date:
            continue
        due = None if new is None else new.due_date
        days = None if due is None or old.due_date is None else (due - old.due_date).days
        name = old.name if new is None else new.name
        found.append(MilestoneVariance(old.id, name, old.due_date, due, new is None, days))
    return found
