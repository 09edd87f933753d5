"""The passes over a compiled network: earliest dates, latest dates, as late as possible, slack."""

from collections.abc import Sequence
from uuid import UUID

from projectflow.tasks.schedule.network import Graph, State, out_of_time
from projectflow.tasks.schedule.timetable import NoWorkingTime
from projectflow.tasks.schedule.types import Constraint, InvalidSchedule

NEVER = 1 << 60
"""No limit: of a gate before tasks that are all done."""

Dates = tuple[list[int], list[int]]
"""Starts and finishes, by node."""


class ScheduleCycle(InvalidSchedule):
    """Dependencies go round in a circle."""

    def __init__(self, cycle: Sequence[UUID] = ()) -> None:
        """Name the tasks in the order in which they wait for each other, the first one once."""
        self.cycle = tuple(cycle)
        names = " → ".join(str(task_id) for task_id in (*cycle, *cycle[:1]))
        super().__init__(f"These tasks wait for each other: {names}." if names else None)


def in_order(graph: Graph) -> list[int]:
    """The nodes, each after all that it waits for.

    Raises:
        ScheduleCycle: there is no such order.
    """
    waiting = [len(edges) for edges in graph.incoming]
    order = [node for node, count in enumerate(waiting) if count == 0]
    for node in order:  # grows while it is read
        for edge in graph.outgoing[node]:
            target = edge.target
            waiting[target] -= 1
            if waiting[target] == 0:
                order.append(target)
    if len(order) < len(waiting):
        raise ScheduleCycle(_cycle(graph, {node for node, left in enumerate(waiting) if left}))
    return order


def _cycle(graph: Graph, stuck: set[int]) -> list[UUID]:
    """One circle, the same in whatever order the tasks came; starts at its smallest id."""
    owners = graph.owners
    node = min(stuck, key=owners.__getitem__)
    path: dict[int, None] = {}
    while node not in path:
        path[node] = None
        node = min(
            (edge.source for edge in graph.incoming[node] if edge.source in stuck),
            key=owners.__getitem__,
        )
    nodes = list(path)
    tasks: list[UUID] = []
    for at in reversed(nodes[nodes.index(node) :]):
        if not tasks or tasks[-1] != owners[at]:
            tasks.append(owners[at])
    if len(tasks) > 1 and tasks[0] == tasks[-1]:
        tasks.pop()
    first = tasks.index(min(tasks))
    return tasks[first:] + tasks[:first]


def earliest(graph: Graph, order: list[int]) -> Dates:
    """The forward pass.

    Raises:
        NoWorkingTime: by task.
    """
    starts, finishes = [0] * len(order), [0] * len(order)
    states = graph.states
    node = 0
    try:
        for node in order:
            state = states[node]
            if state is State.PLANNED or state is State.GATE:
                floors = _floors(graph, node, starts, finishes)
            else:
                floors = graph.fixed[node]
            starts[node], finishes[node] = _placed_early(graph, node, *floors)
    except NoWorkingTime:
        raise out_of_time(graph.owners[node]) from None
    return starts, finishes


def _floors(
    graph: Graph, node: int, starts: list[int], finishes: list[int]
) -> tuple[int, int | None]:
    """The earliest start and finish that what comes before a node allows."""
    floor, finish_floor = graph.start_floors[node], graph.finish_floors[node]
    for edge in graph.incoming[node]:
        moment = (finishes if edge.from_finish else starts)[edge.source]
        if edge.lag:
            moment = edge.after(moment)
        if not edge.to_finish:
            floor = max(floor, moment)
        elif finish_floor is None or moment > finish_floor:
            finish_floor = moment
    return floor, finish_floor


def _placed_early(graph: Graph, node: int, floor: int, finish_floor: int | None) -> tuple[int, int]:
    state, duration, table = graph.states[node], graph.durations[node], graph.timetables[node]
    last = floor if finish_floor is None or finish_floor < floor else finish_floor
    if state is State.GATE:
        return last, last
    if state is State.COMPLETE:
        return floor, last
    if state is State.STARTED:
        return floor, table.finish_at(table.worked(floor) + duration) if duration else floor
    if duration == 0:
        moment = table.at_or_after(last)
        return moment, moment
    start, finish = table.run(floor, duration)
    if finish < last:
        total = table.worked(last)
        if table.worked(finish) < total:
            return table.start_at(total - duration), table.finish_at(total)
    return start, finish


def latest(graph: Graph, order: list[int], early: Dates, project_finish: int) -> Dates:
    """The backward pass.

    Raises:
        NoWorkingTime: by task.
    """
    starts, finishes = [0] * len(order), [0] * len(order)
    node = 0
    try:
        for node in reversed(order):
            if graph.states[node] is State.COMPLETE:
                starts[node], finishes[node] = early[0][node], early[1][node]
                continue
            start, finish = graph.start_ceilings[node], graph.finish_ceilings[node]
            # A gate is no task: one before a task that works at night may lie after its finish.
            end = NEVER if graph.states[node] is State.GATE else project_finish
            starts[node], finishes[node] = _place(
                graph,
                node,
                NEVER if start is None else start,
                end if finish is None else min(finish, end),
                (starts, finishes),
            )
    except NoWorkingTime:
        raise out_of_time(graph.owners[node]) from None
    return starts, finishes


def planned(graph: Graph, order: list[int], early: Dates, late: Dates) -> Dates:
    """The dates to plan with: the earliest, or the latest that move no other task.

    The second is for tasks that are to be done as late as possible.
    """
    lazy = {
        graph.node_of[item.id]
        for item in graph.leaves
        if item.constraint is Constraint.AS_LATE_AS_POSSIBLE
    }
    if not lazy:
        return early
    dates = _pushed_back(graph, order, early, late, lazy)
    for node in lazy:
        if dates[0][node] < early[0][node]:
            dates[0][node], dates[1][node] = early[0][node], early[1][node]
    return dates


def _pushed_back(
    graph: Graph, order: list[int], early: Dates, late: Dates, lazy: set[int]
) -> Dates:
    """The early dates, with gates and lazy tasks as late as their successors' dates allow."""
    starts, finishes = list(early[0]), list(early[1])
    for node in reversed(order):
        state = graph.states[node]
        if state is State.GATE or (node in lazy and state is State.PLANNED):
            start, finish = _place(graph, node, late[0][node], late[1][node], (starts, finishes))
            if state is State.GATE or start >= early[0][node]:
                starts[node], finishes[node] = start, finish
    return starts, finishes


def slacks(
    graph: Graph, order: list[int], early: Dates, late: Dates, project_finish: int
) -> tuple[list[int], list[int]]:
    """Total and free slack by node, in working minutes of the task's calendar."""
    states, timetables = graph.states, graph.timetables
    total, free = [0] * len(order), [0] * len(order)
    others = early
    if State.GATE in states:
        others = _pushed_back(graph, order, early, late, set())
    for node in graph.node_of.values():
        state, table = states[node], timetables[node]
        if state is State.COMPLETE:
            continue
        side = 1 if state is State.STARTED else 0
        then, by = early[side][node], late[side][node]
        begin = table.worked(then)
        slack = table.worked(by) - begin
        if slack == 0 and by < then:
            slack = -1  # too late, though only time off lies between
        total[node] = slack
        if slack <= 0:
            continue
        if not graph.outgoing[node]:
            free[node] = slack
            continue
        by = _place(graph, node, NEVER, project_finish, others)[side]
        free[node] = max(0, min(slack, table.worked(by) - begin))
    return total, free


def _place(
    graph: Graph, node: int, start_ceiling: int, finish_ceiling: int, dates: Dates
) -> tuple[int, int]:
    """The latest dates of a node under two ceilings, given its successors' dates."""
    if graph.outgoing[node]:
        start_ceiling, finish_ceiling = _ceilings(graph, node, start_ceiling, finish_ceiling, dates)
    state, duration, table = graph.states[node], graph.durations[node], graph.timetables[node]
    if state is State.GATE:
        moment = min(start_ceiling, finish_ceiling)
        return moment, moment
    if state is State.STARTED:
        return graph.fixed[node][0], table.finish_at(table.worked(finish_ceiling))
    if duration == 0:
        moment = table.at_or_before(min(start_ceiling, finish_ceiling))
        return moment, moment
    start = table.start_at(table.worked(finish_ceiling) - duration)
    if start_ceiling < start:
        start = table.last_start(start_ceiling)
    return table.run(start, duration)


def _ceilings(
    graph: Graph, node: int, start_ceiling: int, finish_ceiling: int, dates: Dates
) -> tuple[int, int]:
    """The latest start and finish that what comes after a node allows.

    A task that is done holds nobody; one that has begun holds only by its finish.
    """
    starts, finishes = dates
    for edge in graph.outgoing[node]:
        target = edge.target
        state = graph.states[target]
        if state is State.COMPLETE or (state is State.STARTED and not edge.to_finish):
            continue
        if not edge.to_finish:
            moment = starts[target]
        elif graph.durations[target]:
            table = graph.timetables[target]
            moment = table.start_at(table.worked(finishes[target]))
        else:
            moment = finishes[target]
        if edge.lag and moment < NEVER:
            moment = edge.before(moment)
        if edge.from_finish:
            finish_ceiling = min(finish_ceiling, moment)
        else:
            start_ceiling = min(start_ceiling, moment)
    return start_ceiling, finish_ceiling
