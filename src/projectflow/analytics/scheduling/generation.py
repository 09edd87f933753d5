"""Schedule generation schemes: tasks in an order of priority become a schedule that is feasible.

Serial and parallel as in Kolisch, *Serial and parallel resource-constrained project scheduling
methods revisited* (1996). A task that needs somebody goes to whoever is done with it first.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from projectflow.analytics.scheduling.problem import (
    NONE,
    Option,
    Placement,
    Problem,
    cost_of,
    floors,
    run,
)
from projectflow.analytics.scheduling.profile import Profile
from projectflow.tasks.schedule.network import State

Priorities = Sequence[float]
"""By node; the lowest goes first."""


class Generation:
    """One schedule in the making."""

    def __init__(self, problem: Problem, held: Sequence[int | None] | None = None) -> None:
        """Begin with what is in progress or pinned: it takes its people's time before all others.

        Args:
            problem: What to schedule.
            held: Moments before which nodes are not to start, beside what the problem says.
        """
        self.problem = problem
        self.held = held
        count = len(problem.graph.owners)
        self.starts = [0] * count
        self.finishes = [0] * count
        self.chosen = [NONE] * count
        self.profiles = [Profile(capacity) for capacity in problem.capacities]
        for node in range(len(problem.graph.leaves)):
            if not problem.is_free(node):
                self._fix(node)

    def _fix(self, node: int) -> None:
        problem, graph = self.problem, self.problem.graph
        start, finish = graph.fixed[node]
        if graph.states[node] is State.COMPLETE:
            self.starts[node], self.finishes[node] = start, start if finish is None else finish
            return
        option = problem.options[node][0]
        if graph.states[node] is State.PINNED:
            start, finish = run(option, start, None)
            begin = start
        else:
            table = option.table
            finish = start
            if option.duration:
                finish = table.finish_at(table.worked(start) + option.duration)
            begin = max(start, problem.now)
            left = problem.left.get(node, 0)
            if finish <= problem.now and left:
                finish = table.run(problem.now, left)[1]
        self.starts[node], self.finishes[node], self.chosen[node] = start, finish, 0
        for resource, amount in option.needs:
            self.profiles[resource].take(begin, finish, amount)

    def serial(self, priorities: Priorities) -> Placement:
        """The next task is the one with the lowest number that waits for none; it goes in early."""
        graph = self.problem.graph
        waiting = [len(edges) for edges in graph.incoming]
        ready = [(self._rank(node, priorities), node) for node, n in enumerate(waiting) if not n]
        heapify(ready)
        while ready:
            _, node = heappop(ready)
            self.place(node)
            for edge in graph.outgoing[node]:
                waiting[edge.target] -= 1
                if not waiting[edge.target]:
                    heappush(ready, (self._rank(edge.target, priorities), edge.target))
        return self.done()

    def parallel(self, priorities: Priorities) -> Placement:
        """Goes through time: at each moment starts what can start, the lowest number first."""
        graph = self.problem.graph
        waiting = [len(edges) for edges in graph.incoming]
        ready = [
            (0 if not self._is_work(node) else self.problem.now, self._rank(node, priorities), node)
            for node, n in enumerate(waiting)
            if not n
        ]
        heapify(ready)
        while ready:
            moment, rank, node = heappop(ready)
            if self._is_work(node):
                earliest = self._best(node)[1]
                if earliest > moment:
                    # Others may take what it waits for meanwhile, so it asks again by then.
                    heappush(ready, (earliest, rank, node))
                    continue
            self.place(node)
            for edge in graph.outgoing[node]:
                waiting[edge.target] -= 1
                if not waiting[edge.target]:
                    heappush(ready, (moment, self._rank(edge.target, priorities), edge.target))
        return self.done()

    def _is_work(self, node: int) -> bool:
        return self.problem.is_free(node)

    def _rank(self, node: int, priorities: Priorities) -> float:
        return priorities[node] if self._is_work(node) else float("-inf")

    def place(self, node: int) -> None:
        """Put a task where it can be earliest, after all that it waits for."""
        graph = self.problem.graph
        if graph.states[node] is State.GATE:
            floor, finish_floor = floors(self.problem, node, None, self.starts, self.finishes)
            last = floor if finish_floor is None else max(floor, finish_floor)
            self.starts[node] = self.finishes[node] = last
            return
        if not self._is_work(node):
            return
        finish, start, number = self._best(node)
        self.starts[node], self.finishes[node], self.chosen[node] = start, finish, number
        for resource, amount in self.problem.options[node][number].needs:
            self.profiles[resource].take(start, finish, amount)

    def _best(self, node: int) -> tuple[int, int, int]:
        """Finish, start and number of the option that is done first."""
        found: list[tuple[int, int, int]] = []
        for number, option in enumerate(self.problem.options[node]):
            start, finish = self._earliest(node, option)
            found.append((finish, start, number))
        return min(found)

    def _earliest(self, node: int, option: Option) -> tuple[int, int]:
        floor, finish_floor = floors(self.problem, node, option, self.starts, self.finishes)
        if self.held is not None and (until := self.held[node]) is not None and until > floor:
            floor = until
        while True:
            start, finish = run(option, floor, finish_floor)
            until = None
            for resource, amount in option.needs:
                end = self.profiles[resource].taken_until(start, finish, amount)
                if end is not None and (until is None or end > until):
                    until = end
            if until is None:
                return start, finish
            floor = until

    def done(self) -> Placement:
        """The schedule with its cost."""
        cost = cost_of(self.problem, self.starts, self.finishes)
        return Placement(self.starts, self.finishes, self.chosen, cost)


def pushed_back(problem: Problem, placed: Placement) -> list[float]:
    """Where tasks would start if each were as late as the others and the finish allow.

    The backward half of forward-backward improvement (Li and Willis, *An iterative scheduling
    technique for resource-constrained project scheduling*, 1992): only an order for the forward
    half, so that what it leaves out (lags in leads, working time of a gate) does no harm.
    """
    graph = problem.graph
    end = max(placed.finishes[: len(graph.leaves)], default=graph.start)
    count = len(graph.owners)
    starts, finishes = [end] * count, [end] * count
    profiles = [Profile(capacity) for capacity in problem.capacities]
    waiting = [len(edges) for edges in graph.outgoing]
    ready = [(-placed.finishes[node], node) for node, n in enumerate(waiting) if not n]
    heapify(ready)
    while ready:
        _, node = heappop(ready)
        ceiling = _latest_finish(problem, placed, node, end, (starts, finishes))
        if not problem.is_free(node):
            at = ceiling if graph.states[node] is State.GATE else placed.finishes[node]
            finishes[node] = at
            starts[node] = at if graph.states[node] is State.GATE else placed.starts[node]
        else:
            option = problem.options[node][placed.chosen[node]]
            starts[node], finishes[node] = _late(option, ceiling, profiles)
        for edge in graph.incoming[node]:
            waiting[edge.source] -= 1
            if not waiting[edge.source]:
                heappush(ready, (-placed.finishes[edge.source], edge.source))
    return [float(start) for start in starts]


def _latest_finish(
    problem: Problem, placed: Placement, node: int, end: int, dates: tuple[list[int], list[int]]
) -> int:
    starts, finishes = dates
    ceiling = end
    length = placed.finishes[node] - placed.starts[node]
    for edge in problem.graph.outgoing[node]:
        target = edge.target
        if problem.graph.states[target] is State.COMPLETE:
            continue
        moment = (finishes if edge.to_finish else starts)[target]
        if edge.lag:
            moment = edge.before(moment)
        ceiling = min(ceiling, moment if edge.from_finish else moment + length)
    return ceiling


def _late(option: Option, ceiling: int, profiles: list[Profile]) -> tuple[int, int]:
    table, duration = option.table, option.duration
    if duration == 0:
        return ceiling, ceiling
    while True:
        total = table.worked(ceiling)
        start, finish = table.start_at(total - duration), table.finish_at(total)
        before: int | None = None
        for resource, amount in option.needs:
            begin = profiles[resource].taken_from(start, finish, amount)
            if begin is not None and (before is None or begin < before):
                before = begin
        if before is None:
            for resource, amount in option.needs:
                profiles[resource].take(start, finish, amount)
            return start, finish
        ceiling = before
