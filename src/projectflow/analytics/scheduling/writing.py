"""What has to be written so that the plan is a schedule, and the timeline shows it as such."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from projectflow.analytics.scheduling.problem import (
    Option,
    Placement,
    Problem,
    after,
    run,
)
from projectflow.analytics.scheduling.staff import Basis, Staffed
from projectflow.planning.calendars import minute_of, moment_of
from projectflow.planning.changes import MOVABLE, held_tasks, schedule_of_task
from projectflow.planning.computed import Built
from projectflow.planning.constraints import TaskSchedule
from projectflow.planning.plan_dates import NewDates


class Written(Struct, frozen=True):
    """The difference from the present plan."""

    dates: list[NewDates]
    schedules: list[tuple[TaskSchedule, TaskSchedule]]
    """Before and after: a task that waits for its person, and not for another task alone, is held
    by "start no earlier than", as Microsoft Project's levelling holds it by a delay."""
    assignees: dict[UUID, UUID]


def new_plan(basis: Basis, built: Built, staffed: Staffed, placed: Placement) -> Written:
    """Compare a schedule with what is stored."""
    problem = staffed.problem
    graph = problem.graph
    known = {task.id: task for task in basis.plan.tasks}
    waiting = held_tasks(built)
    schedules: list[tuple[TaskSchedule, TaskSchedule]] = []
    assignees: dict[UUID, UUID] = {}
    moved: dict[UUID, tuple[int, int]] = {}
    plain = list(placed.finishes)
    for node in problem.order:
        owner = graph.owners[node]
        task = known.get(owner)
        if task is None or not problem.is_free(node):
            continue
        start = placed.starts[node]
        moved[owner] = start, placed.finishes[node]
        option = problem.options[node][placed.chosen[node]]
        if task.assignee_id is None and option.needs:
            assignees[owner] = staffed.workers[option.needs[0][0]].user_id
        # Where the timeline, which knows of no units, will see it end.
        bare = Option(option.table, graph.durations[node])
        plain[node] = run(bare, start, graph.finish_floors[node])[1]
        if task.constraint_type in MOVABLE:
            alone = _by_links(problem, node, bare, (placed.starts, plain))
            before = schedule_of_task(task)
            after_it = _held(before, bare, start, alone if owner in waiting else start)
            if after_it != before:
                schedules.append((before, after_it))
    _add_summaries(problem, placed, moved)
    starts = {item.id: item.start for item in built.network.activities}
    dates: list[NewDates] = []
    for task in basis.plan.tasks:
        if task.id not in moved:
            continue
        start, finish = map(moment_of, moved[task.id])
        new = (built.days.day(start), finish, start)
        if new != (task.start_date, task.due_date, starts[task.id]):
            dates.append(NewDates(task, *new))
    return Written(dates, schedules, assignees)


def _by_links(
    problem: Problem, node: int, bare: Option, dates: tuple[Sequence[int], Sequence[int]]
) -> int:
    """Where a task would start by its dependencies alone."""
    graph = problem.graph
    floor, finish_floor = graph.start, graph.finish_floors[node]
    for edge in graph.incoming[node]:
        moment = after(edge, dates[edge.from_finish][edge.source], bare)
        if not edge.to_finish:
            floor = max(floor, moment)
        else:
            finish_floor = moment if finish_floor is None else max(finish_floor, moment)
    return run(bare, floor, finish_floor)[0]


def _held(schedule: TaskSchedule, bare: Option, start: int, alone: int) -> TaskSchedule:
    """How a task is scheduled so that it starts there, which by itself starts at `alone`."""
    own = schedule.constraint_date
    wish = None if own is None else run(bare, minute_of(own), None)[0]
    if alone < start:
        if wish == start:
            return schedule
        return replace(
            schedule, constraint_type="start_no_earlier_than", constraint_date=moment_of(start)
        )
    if wish is not None and wish > start:
        return replace(schedule, constraint_type="as_soon_as_possible", constraint_date=None)
    return schedule


def _add_summaries(problem: Problem, placed: Placement, moved: dict[UUID, tuple[int, int]]) -> None:
    """What tasks are part of goes from the first of them to the last."""
    graph = problem.graph
    for summary_id in graph.children:
        nodes = graph.nodes_below(summary_id)
        if any(graph.owners[node] in moved for node in nodes):
            moved[summary_id] = (
                min(placed.starts[node] for node in nodes),
                max(placed.finishes[node] for node in nodes),
            )
