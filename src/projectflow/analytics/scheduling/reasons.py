"""Why a task is placed where it is: what kept it from starting earlier."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.scheduling.build import Worker
from projectflow.analytics.scheduling.problem import NONE, Option, Placement, Problem, after, run
from projectflow.planning.calendars import minute_of, moment_of
from projectflow.tasks.schedule.network import State

Kind = Literal[
    "begun", "pinned", "waits_for", "person_busy", "constraint", "calendar", "project_start",
    "now", "present_plan", "late",
]  # fmt: skip
"""`begun`, `pinned`: it stays where it is. `waits_for`: a task. `person_busy`: with a task.
`constraint`: its own date or that of what it is part of. `calendar`: nobody works before.
`project_start`, `now`: nothing starts earlier. `present_plan`: it was not moved earlier, for the
plan's stability. `late`: it is done after its due date."""
MOST_REASONS: Final = 4


class PlacementReason(Struct, frozen=True):
    """One thing that says where a task is; of several the one that holds it longest comes first."""

    kind: Kind
    until: datetime | None = None
    """When this lets go: the task may start (or finish) from then on; of `late`, the due date."""
    task_id: UUID | None = None
    user_id: UUID | None = None


class Explainer:
    """Looks at a finished schedule; knows who does what when."""

    def __init__(self, problem: Problem, placed: Placement, workers: Sequence[Worker]) -> None:
        """Sort everybody's tasks by time."""
        self.problem, self.placed, self.workers = problem, placed, workers
        self.busy: list[list[tuple[int, int, int]]] = [[] for _ in problem.capacities]
        for node in range(len(problem.graph.leaves)):
            if placed.chosen[node] == NONE:
                continue
            for resource, _ in self.option(node).needs:
                self.busy[resource].append((placed.finishes[node], placed.starts[node], node))
        for tasks in self.busy:
            tasks.sort()

    def option(self, node: int) -> Option:
        """How a task is done."""
        return self.problem.options[node][self.placed.chosen[node]]

    def reasons(self, node: int) -> list[PlacementReason]:
        """What keeps a task from starting earlier, and whether it is late."""
        problem, placed = self.problem, self.placed
        state = problem.graph.states[node]
        found: list[PlacementReason] = []
        if state is State.STARTED:
            found.append(PlacementReason("begun"))
        elif state is State.PINNED:
            found.append(PlacementReason("pinned"))
        elif state is State.PLANNED:
            found += self._held(node)
        due, start_due = problem.due[node], problem.start_due[node]
        if due is not None and placed.finishes[node] > due:
            found.append(PlacementReason("late", moment_of(due)))
        elif start_due is not None and placed.starts[node] > start_due:
            found.append(PlacementReason("late", moment_of(start_due)))
        return found

    def _held(self, node: int) -> list[PlacementReason]:
        start, option = self.placed.starts[node], self.option(node)
        holds = self._dates(node) + self._links(node, option)
        # Each with where the task would start if it were held by that alone.
        possible = [(self._run(option, *hold[:2]), hold[2]) for hold in holds]
        found = [(begin, reason) for begin, reason in possible if begin == start]
        free = max((begin for begin, _ in possible), default=start)
        if free < start:
            busy = self._busy(node, option, free, start)
            after_it = free if busy is None else minute_of(busy.until or moment_of(free))
            if self._run(option, after_it, None) < start and self.problem.present[node] is not None:
                found = [(start, PlacementReason("present_plan", moment_of(start)))]
            elif busy is not None:
                found.append((start, busy))
        reasons = [reason for _, reason in found][:MOST_REASONS]
        exact = {hold[2].until for hold in holds} | {
            r.until for r in reasons if r.kind != "calendar"
        }
        if reasons and option.duration and moment_of(start) not in exact:
            reasons.append(PlacementReason("calendar", moment_of(start)))
        return reasons

    def _run(self, option: Option, floor: int | None, finish_floor: int | None) -> int:
        base = max(self.problem.now, self.problem.graph.start)
        return run(option, base if floor is None else max(base, floor), finish_floor)[0]

    def _dates(self, node: int) -> list[tuple[int | None, int | None, PlacementReason]]:
        graph, now = self.problem.graph, self.problem.now
        first: Kind = "now" if now >= graph.start else "project_start"
        base = max(now, graph.start)
        holds: list[tuple[int | None, int | None, PlacementReason]] = []
        floor, finish_floor = graph.start_floors[node], graph.finish_floors[node]
        for edge in graph.incoming[node]:
            # A summary's own date stands at its gate.
            if graph.states[edge.source] is State.GATE and not graph.incoming[edge.source]:
                moment = self.placed.starts[edge.source]
                if moment > base:
                    floor = max(floor, moment)
        if floor > base:
            holds.append((floor, None, PlacementReason("constraint", moment_of(floor))))
        if finish_floor is not None:
            reason = PlacementReason("constraint", moment_of(finish_floor))
            holds.append((None, finish_floor, reason))
        holds.append((base, None, PlacementReason(first, moment_of(base))))
        return holds

    def _links(
        self, node: int, option: Option
    ) -> list[tuple[int | None, int | None, PlacementReason]]:
        graph, placed = self.problem.graph, self.placed
        holds: list[tuple[int | None, int | None, PlacementReason]] = []
        for edge in graph.incoming[node]:
            source = edge.source
            if graph.states[source] is State.GATE and not graph.incoming[source]:
                continue
            dates = placed.finishes if edge.from_finish else placed.starts
            moment = after(edge, dates[source], option)
            reason = PlacementReason(
                "waits_for", moment_of(moment), graph.owners[self._real(source)]
            )
            holds.append((None, moment, reason) if edge.to_finish else (moment, None, reason))
        return holds

    def _real(self, node: int) -> int:
        """The task behind a gate: the one that it was held by longest."""
        graph, placed = self.problem.graph, self.placed
        while graph.states[node] is State.GATE and graph.incoming[node]:
            node = max(
                graph.incoming[node],
                key=lambda e: (
                    (placed.finishes if e.from_finish else placed.starts)[e.source],
                    -e.source,
                ),
            ).source
        return node

    def _busy(self, node: int, option: Option, free: int, start: int) -> PlacementReason | None:
        for resource, _ in option.needs:
            tasks = [
                (finish, other)
                for finish, begin, other in self.busy[resource]
                if other != node and free < finish <= start and begin <= start
            ]
            if tasks:
                finish, other = max(tasks)
                return PlacementReason(
                    "person_busy",
                    moment_of(finish),
                    self.problem.graph.owners[other],
                    self.workers[resource].user_id,
                )
        return None
