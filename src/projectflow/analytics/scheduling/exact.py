"""An order of tasks from OR-Tools CP-SAT, where `projectflow[optimize]` is installed.

CP-SAT counts in working time, as if all worked at once, and the generation scheme then places its
order in everybody's calendar: so whatever it says, the schedule is feasible. Where all work by one
calendar without lags by the clock, nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from projectflow.analytics.scheduling.problem import HOUR, Option, Problem
from projectflow.tasks.schedule.network import Edge, State

MOST_TASKS: Final = 1_000
"""Beyond, CP-SAT finds nothing in the time that a request has."""
SCALE: Final = 100
"""Weights are whole numbers there, of hundredths."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What CP-SAT says."""

    priorities: list[float]
    starts: list[int | None]
    """In moments again; for tasks that are to stay where they are."""
    bound: float
    is_optimal: bool


def is_installed() -> bool:
    """Whether there is an OR-Tools to ask."""
    return find_spec("ortools") is not None


def solve_order(problem: Problem, seconds: float) -> Ordered | None:
    """Ask CP-SAT for an order; None where it is not installed, or says nothing in time.

    The limit is its deterministic time, so that the same input gets the same answer on any machine
    that is not far slower; the clock stops it at three times as much.
    """
    free = sum(problem.is_free(node) for node in range(len(problem.graph.leaves)))
    if not is_installed() or not 0 < free <= MOST_TASKS:
        return None
    return _Model(problem).solve(seconds)


class _Model:
    """The problem in working minutes from its start on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp: Any = import_module("ortools.sat.python.cp_model")
        self.model: Any = self.cp.CpModel()
        graph = problem.graph
        self.table = graph.network.calendar
        self.origin = self.table.worked(min(graph.start, problem.now))
        count = len(graph.owners)
        work = sum(max((o.duration for o in options), default=0) for options in problem.options)
        dates = [*graph.start_floors, *(f for f in graph.finish_floors if f is not None)]
        dates += [moment for fixed in graph.fixed.values() for moment in fixed if moment]
        dates += [moment for moment in problem.present if moment is not None]
        lags = sum(abs(edge.lag) for edges in graph.incoming for edge in edges)
        self.horizon = max(self._at(moment) for moment in dates) + work + lags + 1
        self.starts: list[Any] = [None] * count
        self.ends: list[Any] = [None] * count
        self.taken: list[list[tuple[Any, int]]] = [[] for _ in problem.capacities]
        for node in problem.order:
            self._add(node)
        for resource, capacity in enumerate(problem.capacities):
            taken = self.taken[resource]
            # Two tasks in progress at once are a fact, and no reason to find nothing.
            if len(taken) > 1 and self._fits(resource):
                intervals, amounts = [each for each, _ in taken], [n for _, n in taken]
                self.model.add_cumulative(intervals, amounts, capacity)

    def _fits(self, resource: int) -> bool:
        """Whether what is in progress or pinned leaves no more taken than there is."""
        problem = self.problem
        fixed = [
            (self.starts[node], self.ends[node], amount)
            for node in problem.graph.fixed
            for option in problem.options[node][:1]
            for needed, amount in option.needs
            if needed == resource
        ]
        return all(
            sum(n for begin, end, n in fixed if begin <= moment < end)
            <= problem.capacities[resource]
            for moment, _, _ in fixed
        )

    def _at(self, moment: int) -> int:
        """Working time up to a moment; what was before the start is the start."""
        if moment < self.problem.graph.start:
            return 0
        return max(self.table.worked(moment) - self.origin, 0)

    def _add(self, node: int) -> None:
        graph, model = self.problem.graph, self.model
        name = str(node)
        if node in graph.fixed:
            first, last = graph.fixed[node]
            begin = self._at(first)
            options = self.problem.options[node]
            length = self._at(last) - begin if last is not None else options[0].duration
            self.starts[node], self.ends[node] = begin, begin + max(length, 0)
            if options:
                self._take(options[0], begin, begin + length, length, True)
            return
        floor = 0 if graph.states[node] is State.GATE else self._at(graph.start_floors[node])
        if graph.states[node] is not State.GATE:
            floor = max(floor, self._at(self.problem.now))
        start = self.starts[node] = model.new_int_var(floor, self.horizon, f"s{name}")
        end = self.ends[node] = model.new_int_var(floor, self.horizon, f"e{name}")
        options = self.problem.options[node]
        if len(options) == 1:
            model.add(end == start + options[0].duration)
            self._take(options[0], start, end, options[0].duration, True)
        elif options:
            chosen = [model.new_bool_var(f"o{name}.{n}") for n in range(len(options))]
            model.add_exactly_one(chosen)
            for option, here in zip(options, chosen, strict=True):
                model.add(end == start + option.duration).only_enforce_if(here)
                self._take(option, start, end, option.duration, here)
        else:
            model.add(end >= start)
        if (least := graph.finish_floors[node]) is not None:
            model.add(end >= self._at(least))
        for edge in graph.incoming[node]:
            self._hold(edge)

    def _take(self, option: Option, start: Any, end: Any, length: int, here: Any) -> None:
        for resource, amount in option.needs:
            if length <= 0:
                continue
            if here is True and isinstance(start, int):
                interval = self.model.new_fixed_size_interval_var(start, length, "")
            elif here is True:
                interval = self.model.new_interval_var(start, length, end, "")
            else:
                interval = self.model.new_optional_interval_var(start, length, end, here, "")
            self.taken[resource].append((interval, amount))

    def _hold(self, edge: Edge) -> None:
        if self.problem.graph.states[edge.target] in {State.PINNED, State.STARTED, State.COMPLETE}:
            return
        lag = edge.lag
        if edge.timetable is None and lag:
            lag = lag * 40 // 168  # by the clock: so much of a week is worked
        first = (self.ends if edge.from_finish else self.starts)[edge.source]
        then = (self.ends if edge.to_finish else self.starts)[edge.target]
        self.model.add(then >= first + lag)

    def solve(self, seconds: float) -> Ordered | None:
        problem, model, weights = self.problem, self.model, self.problem.weights
        leaves = range(len(problem.graph.leaves))
        finish = model.new_int_var(0, self.horizon, "finish")
        for node in leaves:
            model.add(finish >= self.ends[node])
        terms: list[Any] = [round(weights.finish * SCALE) * finish]
        for node in range(len(problem.graph.owners)):
            late = round(weights.lateness * problem.importance[node] * SCALE)
            for due, moment in ((problem.due[node], self.ends[node]),
                                (problem.start_due[node], self.starts[node])):  # fmt: skip
                if due is not None and late:
                    over = model.new_int_var(0, self.horizon, "")
                    model.add(over >= moment - self._at(due))
                    terms.append(late * over)
            present = problem.present[node]
            if weights.stability and present is not None and problem.is_free(node):
                moved = model.new_int_var(0, self.horizon, "")
                model.add_abs_equality(moved, self.starts[node] - self._at(present))
                terms.append(round(weights.stability * SCALE) * moved)
        model.minimize(sum(terms))
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = seconds
        solver.parameters.max_time_in_seconds = 3 * seconds
        status = solver.solve(model)
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return None
        at = [solver.value(start) for start in self.starts]
        return Ordered(
            [float(moment) for moment in at],
            self._moments(at),
            solver.best_objective_bound / SCALE / HOUR,
            status == self.cp.OPTIMAL,
        )

    def _moments(self, at: Sequence[int]) -> list[int | None]:
        return [
            self.table.start_at(self.origin + moment) if self.problem.is_free(node) else None
            for node, moment in enumerate(at)
        ]
