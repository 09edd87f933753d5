"""What is to be scheduled: a compiled network, who can do each task, and what is wanted of dates.

Resource-constrained project scheduling with calendars and four types of dependency; without these
it is the RCPSP of Pritsker, Watters and Wolfe (*Multiproject Scheduling with Limited Resources*,
1969). All moments are minutes, as in tasks/schedule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from projectflow.tasks.schedule.network import Edge, Graph, State
from projectflow.tasks.schedule.passes import in_order
from projectflow.tasks.schedule.timetable import Timetable

Need = tuple[int, int]
"""A resource, by its number, and how much of it."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to do a task: in whose time, for how long, and what of which resources it takes."""

    table: Timetable
    duration: int
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each hour counts: of the finish, of lateness, of moving a task."""

    finish: float = 1.0
    lateness: float = 1.0
    stability: float = 0.0


@dataclass(slots=True)
class Problem:
    """Each list is indexed by the graph's nodes. Gates and what is done have no options."""

    graph: Graph
    now: int
    """Nothing that has not begun starts before."""
    capacities: Sequence[int]
    """By resource; people have 1."""
    options: Sequence[Sequence[Option]]
    left: Mapping[int, int] = field(default_factory=dict[int, int])
    """Working minutes that remain of what is in progress, from now on."""
    due: Sequence[int | None] = ()
    """By when each should finish; what comes after counts as late."""
    start_due: Sequence[int | None] = ()
    importance: Sequence[float] = ()
    """How much each task's lateness weighs."""
    present: Sequence[int | None] = ()
    """Where each starts by the present plan."""
    weights: Weights = field(default_factory=Weights)
    order: list[int] = field(default_factory=list[int])
    """All nodes, each after what it waits for."""

    def __post_init__(self) -> None:
        """Fill in what was left out.

        Raises:
            ScheduleCycle: tasks wait for each other.
        """
        count = len(self.graph.owners)
        self.due = self.due or [None] * count
        self.start_due = self.start_due or [None] * count
        self.importance = self.importance or [1.0] * count
        self.present = self.present or [None] * count
        self.order = in_order(self.graph)

    def is_free(self, node: int) -> bool:
        """Whether it is for the scheduler to say when this task is done."""
        return self.graph.states[node] is State.PLANNED


@dataclass(slots=True)
class Placement:
    """A whole schedule, by node."""

    starts: list[int]
    finishes: list[int]
    chosen: list[int]
    """The number of the option of each node; `NONE` of gates and what is done."""
    cost: float = 0.0


NONE: Final = -1
HOUR: Final = 60.0


def cost_of(problem: Problem, starts: Sequence[int], finishes: Sequence[int]) -> float:
    """What a schedule costs by the problem's weights: weighted hours by the clock."""
    graph, weights = problem.graph, problem.weights
    leaves = len(graph.leaves)
    finish = max(finishes[:leaves], default=graph.start)
    late = moved = 0.0
    for node, moment in enumerate(finishes):
        due, start_due = problem.due[node], problem.start_due[node]
        if due is not None and moment > due:
            late += (moment - due) * problem.importance[node]
        if start_due is not None and starts[node] > start_due:
            late += (starts[node] - start_due) * problem.importance[node]
        present = problem.present[node]
        if present is not None and problem.is_free(node):
            moved += abs(starts[node] - present)
    cost = weights.finish * (finish - graph.start)
    cost += weights.lateness * late + weights.stability * moved
    # Of two that are as good, the one whose tasks are done earlier.
    return cost / HOUR + 1e-9 * sum(finishes[:leaves])


def floors(
    problem: Problem,
    node: int,
    option: Option | None,
    starts: Sequence[int],
    finishes: Sequence[int],
) -> tuple[int, int | None]:
    """The earliest start and finish that dependencies and dates allow; a gate has no option."""
    graph = problem.graph
    floor, finish_floor = graph.start_floors[node], graph.finish_floors[node]
    if graph.states[node] is not State.GATE:
        floor = max(floor, problem.now)
    for edge in graph.incoming[node]:
        moment = after(edge, (finishes if edge.from_finish else starts)[edge.source], option)
        if not edge.to_finish:
            floor = max(floor, moment)
        elif finish_floor is None or moment > finish_floor:
            finish_floor = moment
    return floor, finish_floor


def after(edge: Edge, moment: int, option: Option | None) -> int:
    """What a dependency allows, the lag being working time of whoever does the successor."""
    if not edge.lag:
        return moment
    if edge.timetable is None or option is None:
        return edge.after(moment)
    table = option.table
    return table.finish_at(table.worked(moment) + edge.lag)


def run(option: Option, floor: int, finish_floor: int | None) -> tuple[int, int]:
    """When work is done that may not start before one moment, nor finish before another."""
    table, duration = option.table, option.duration
    last = floor if finish_floor is None or finish_floor < floor else finish_floor
    if duration == 0:
        moment = table.at_or_after(last)
        return moment, moment
    start, finish = table.run(floor, duration)
    if finish < last:
        total = table.worked(last)
        if table.worked(finish) < total:
            return table.start_at(total - duration), table.finish_at(total)
    return start, finish
