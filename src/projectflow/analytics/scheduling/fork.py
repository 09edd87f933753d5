"""A project's plan as a scenario has it. No SQL: this runs beside the event loop."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from projectflow.analytics.scheduling.scenario_types import AddedTask, ScenarioChanges, TaskWhatIf
from projectflow.analytics.scheduling.staff import Basis
from projectflow.core.problems import InvalidInput
from projectflow.planning.calendars import Timetables
from projectflow.planning.changes import TaskChange, apply_changes
from projectflow.planning.computed import compute
from projectflow.planning.project_plan import PlanTask, ProjectPlan
from projectflow.planning.types import FIRST_DATE, LAST_DATE
from projectflow.tasks.dependencies import Dependency

DATES: Final = ("start_date", "due_date", "duration_minutes")


def forked(basis: Basis, changes: ScenarioChanges) -> Basis:
    """The plan with all that would be different.

    Raises:
        InvalidInput: names the change that cannot be.
    """
    check_changes(basis.plan, changes)
    plan = _with_added(_without(basis.plan, left_out(basis.plan, changes)), changes.added, basis)
    timetables = _with_absences(plan.timetables, changes)
    wanted = {each.task_id: each for each in changes.tasks}
    tasks = [_given(task, wanted) for task in plan.tasks]
    plan = _with_dates(replace(plan, tasks=tasks, timetables=timetables), changes)
    units = basis.units | {each.user_id: each.units for each in changes.capacities}
    added = {each.id: "medium" for each in changes.added}
    priorities: Any = basis.priorities | added
    return replace(basis, plan=plan, units=units, priorities=priorities)


def named_people(changes: ScenarioChanges) -> dict[str, UUID]:
    """Who is named, by the field that does."""
    found: dict[str, UUID] = {}
    for n, task in enumerate(changes.tasks):
        if isinstance(task.assignee_id, UUID):
            found[f"changes.tasks.{n}.assignee_id"] = task.assignee_id
    for n, added in enumerate(changes.added):
        if added.assignee_id is not None:
            found[f"changes.added.{n}.assignee_id"] = added.assignee_id
    for kind, people in (("absences", changes.absences), ("capacities", changes.capacities)):
        found |= {f"changes.{kind}.{n}.user_id": each.user_id for n, each in enumerate(people)}
    return found


def check_changes(plan: ProjectPlan, changes: ScenarioChanges) -> None:
    """Refuse what does not go with the plan.

    Raises:
        InvalidInput: names the change and its field.
    """
    known = {task.id: task for task in plan.tasks}
    seen: set[UUID] = set()
    for n, each in enumerate(changes.tasks):
        where = f"changes.tasks.{n}.task_id"
        task = known.get(each.task_id)
        if task is None:
            raise InvalidInput.of(where, "is not a task of this project's timeline")
        if each.task_id in seen:
            raise InvalidInput.of(where, "is there twice")
        if task.category == "completed":
            raise InvalidInput.of(where, "is completed")
        seen.add(each.task_id)
    _check_added(plan, changes)
    _check_people(changes)


def _check_added(plan: ProjectPlan, changes: ScenarioChanges) -> None:
    known = {task.id for task in plan.tasks}
    there = known - left_out(plan, changes)
    for n, added in enumerate(changes.added):
        if added.id in known or added.id in there:
            raise InvalidInput.of(f"changes.added.{n}.id", "is there already")
        if not there.issuperset(added.depends_on) or len({*added.depends_on}) < len(
            added.depends_on
        ):
            raise InvalidInput.of(
                f"changes.added.{n}.depends_on", "names a task that is not there, or one twice"
            )
        there.add(added.id)


def _check_people(changes: ScenarioChanges) -> None:
    for n, away in enumerate(changes.absences):
        if not FIRST_DATE <= away.first_day <= away.last_day <= LAST_DATE:
            raise InvalidInput.of(
                f"changes.absences.{n}.last_day", "is before the first day, or out of the calendar"
            )
    who = [each.user_id for each in changes.capacities]
    if len(set(who)) < len(who):
        raise InvalidInput.of("changes.capacities", "names somebody twice")


def left_out(plan: ProjectPlan, changes: ScenarioChanges) -> set[UUID]:
    """The tasks that would not be done, with all that is part of them."""
    children: dict[UUID, list[UUID]] = {}
    for task in plan.tasks:
        if task.parent_id is not None:
            children.setdefault(task.parent_id, []).append(task.id)
    found = [each.task_id for each in changes.tasks if each.left_out]
    for task_id in found:  # grows while it is read
        found += children.get(task_id, ())
    return set(found)


def date_changes(changes: ScenarioChanges, gone: set[UUID]) -> list[TaskChange]:
    """What would be different of tasks' dates, as when they are rescheduled."""
    return [
        TaskChange(each.task_id, **{f: getattr(each, f) for f in DATES})
        for each in changes.tasks
        if each.task_id not in gone and any(getattr(each, f) is not UNSET for f in DATES)
    ]


def _without(plan: ProjectPlan, gone: set[UUID]) -> ProjectPlan:
    return replace(
        plan,
        tasks=[task for task in plan.tasks if task.id not in gone],
        dependencies=[
            each
            for each in plan.dependencies
            if each.task_id not in gone and each.depends_on_task_id not in gone
        ],
    )


def _with_added(plan: ProjectPlan, added: Sequence[AddedTask], basis: Basis) -> ProjectPlan:
    tasks = [
        PlanTask(
            id=each.id,
            number=-n,
            title=each.title,
            status="",
            category="unstarted",
            assignee_id=each.assignee_id,
            parent_id=None,
            start_date=None,
            due_date=None,
            estimated_hours=None,
            completed_at=None,
            version=1,
            constraint_type="as_soon_as_possible",
            constraint_date=None,
            deadline=None,
            is_pinned=False,
            duration_minutes=each.duration_minutes,
            progress=0,
            start_at=None,
            schedule_version=1,
        )
        for n, each in enumerate(added, 1)
    ]
    dependencies = [
        Dependency(
            id=each.id,
            task_id=each.id,
            depends_on_task_id=first,
            type="finish_to_start",
            lag_minutes=0,
            lag_is_elapsed=False,
            created_at=basis.plan.now,
        )
        for each in added
        for first in each.depends_on
    ]
    return replace(
        plan, tasks=[*plan.tasks, *tasks], dependencies=[*plan.dependencies, *dependencies]
    )


def _given(task: PlanTask, wanted: Mapping[UUID, TaskWhatIf]) -> PlanTask:
    change = wanted.get(task.id)
    if change is None or change.assignee_id is UNSET:
        return task
    return replace(task, assignee_id=change.assignee_id)


def _with_absences(timetables: Timetables, changes: ScenarioChanges) -> Timetables:
    people = dict(timetables.people)
    for each in changes.absences:
        if each.user_id not in people:
            continue
        zone = timetables.present[each.user_id].zone
        begin = datetime.combine(each.first_day, time(), zone).astimezone(UTC)
        end = datetime.combine(each.last_day + timedelta(days=1), time(), zone).astimezone(UTC)
        people[each.user_id] = people[each.user_id].without(begin, end)
    return replace(timetables, people=people)


def _with_dates(plan: ProjectPlan, changes: ScenarioChanges) -> ProjectPlan:
    here = {task.id for task in plan.tasks}
    asked = [each for each in date_changes(changes, set()) if each.task_id in here]
    if not asked:
        return plan
    try:
        changed = apply_changes(compute(plan), asked)
    except InvalidInput as refusal:
        raise InvalidInput.of("changes.tasks", refusal.detail) from None
    fields: dict[UUID, dict[str, Any]] = {each.task_id: {} for each in asked}
    for _, after in changed.schedules:
        fields[after.task_id] = {
            "constraint_type": after.constraint_type,
            "constraint_date": after.constraint_date,
            "duration_minutes": after.duration_minutes,
        }
    for task_id, start in changed.wanted.items():
        zone = plan.timetables.zone
        fields[task_id] |= {"start_date": start.astimezone(zone).date(), "start_at": start}
    for each in asked:
        if isinstance(each.due_date, datetime):
            fields[each.task_id]["due_date"] = each.due_date
    return replace(plan, tasks=[replace(task, **fields.get(task.id, {})) for task in plan.tasks])
