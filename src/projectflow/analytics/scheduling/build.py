"""A project's network and its people as a problem to solve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from projectflow.analytics.scheduling.problem import Option, Problem, Weights
from projectflow.tasks.schedule.network import Graph, State
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Constraint, Network

WHOLE: Final = 100
"""Percent."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who does one task at a time."""

    user_id: UUID
    table: Timetable
    units: int = WHOLE
    """Percent of their working time that is this project's: half of it takes twice as long."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a schedule, and what is known of tasks beside the network."""

    weights: Weights = field(default_factory=Weights)
    keep_starts: bool = True
    """Whether "start no earlier than" counts."""
    keep_plan: bool = False
    """Whether tasks that wait for nothing start no earlier than they are planned, as on the
    timeline; without, their present start is only what stability is measured from."""
    due: Mapping[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    """By when tasks are due that have no deadline."""
    importance: Mapping[UUID, float] = field(default_factory=dict[UUID, float])


def problem_of(
    network: Network,
    now: datetime,
    workers: Sequence[Worker],
    whose: Mapping[UUID, Sequence[int]],
    wanted: Wanted,
) -> Problem:
    """What there is to decide about a network.

    Args:
        network: Its tasks' calendars are those of who does them.
        now: Nothing that has not begun starts before.
        workers: Everybody who has a task, or may get one.
        whose: By task, who may do it; without an entry it needs nobody.
        wanted: Weights, due dates.

    Raises:
        InvalidSchedule, NoWorkingTime: as the scheduler's, by task.
    """
    loose = loosened(network, keep_starts=wanted.keep_starts)
    graph = Graph(network if wanted.keep_plan else loose)
    count = len(graph.owners)
    options: list[Sequence[Option]] = [() for _ in range(count)]
    due: list[int | None] = [None] * count
    start_due: list[int | None] = [None] * count
    importance = [1.0] * count
    present: list[int | None] = [None] * count
    left: dict[int, int] = {}
    planned = {item.id: item for item in network.activities}
    for node in range(count):
        due[node], start_due[node] = graph.finish_ceilings[node], graph.start_ceilings[node]
        owner = graph.owners[node]
        importance[node] = wanted.importance.get(owner, 1.0)
        state = graph.states[node]
        if state in {State.GATE, State.COMPLETE}:
            continue
        item = planned[owner]
        if due[node] is None and owner in wanted.due:
            due[node] = graph.minute(wanted.due[owner])
        duration = graph.durations[node]
        able = whose.get(owner, ())
        if duration == 0 and len(able) > 1:
            able = ()  # a milestone is no work to give out
        options[node] = [_option(duration, workers[n], n) for n in able] or [
            Option(graph.timetables[node], duration)
        ]
        if len(able) > 1:
            _keep_dates_as_said(graph, node, item)
        if state is State.STARTED:
            left[node] = -(-options[node][0].duration * (100 - item.progress) // 100)
        if item.start is not None:
            present[node] = graph.minute(item.start)
    return Problem(
        graph, graph.minute(now), [1] * len(workers), options, left, due, start_due, importance,
        present, wanted.weights,
    )  # fmt: skip


def _keep_dates_as_said(graph: Graph, node: int, item: Activity) -> None:
    """A date that was moved into the project's working time counts in whoever's it will be."""
    if item.constraint_date is None:
        return
    date = graph.minute(item.constraint_date)
    if graph.finish_floors[node] is not None:
        graph.finish_floors[node] = date
    elif graph.start_floors[node] == graph.constraint_minute(item):
        graph.start_floors[node] = max(graph.start, date)


def _option(duration: int, worker: Worker, number: int) -> Option:
    length = -(-duration * WHOLE // worker.units)
    return Option(worker.table, length, ((number, 1),) if length else ())


def loosened(network: Network, *, keep_starts: bool) -> Network:
    """The network without what is only the present plan: starts of tasks that may move."""
    parents = {item.parent_id for item in network.activities}
    return replace(
        network,
        activities=tuple(
            item if item.id in parents else _loose(item, keep_starts=keep_starts)
            for item in network.activities
        ),
    )


def _loose(item: Activity, *, keep_starts: bool) -> Activity:
    if item.pinned or item.progress > 0 or item.actual_start or item.actual_finish:
        return item
    item = replace(item, start=None)
    if not keep_starts and item.constraint is Constraint.START_NO_EARLIER_THAN:
        item = replace(item, constraint=Constraint.AS_SOON_AS_POSSIBLE, constraint_date=None)
    return item
