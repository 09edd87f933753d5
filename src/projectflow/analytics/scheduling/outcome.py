"""What a plan comes to, in the same numbers for each."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from projectflow.analytics.scheduling.problem import Placement
from projectflow.analytics.scheduling.staff import Staffed
from projectflow.planning.calendars import minute_of, moment_of
from projectflow.planning.computed import Computed
from projectflow.tasks.schedule.network import State


class Outcome(Struct, frozen=True):
    """A plan in numbers."""

    finish: datetime | None
    late_tasks: int
    """Tasks that are done after their deadline or due date."""
    late_hours: float
    """By how many hours of the clock, all together; each times its priority's weight."""
    moved_tasks: int
    """Tasks that start elsewhere than they are planned now."""
    overlaps: int
    """Pairs of tasks, one after the other in time, that somebody would have to do at once."""


def outcome_of(staffed: Staffed, placed: Placement) -> Outcome:
    """A schedule in numbers."""
    return _outcome(staffed, placed.starts, placed.finishes)


def present_outcome(computed: Computed, staffed: Staffed) -> Outcome:
    """The present schedule, which heeds nobody's time, in the same numbers."""
    graph = staffed.problem.graph
    starts, finishes = [0] * len(graph.owners), [0] * len(graph.owners)
    for node, owner in enumerate(graph.owners):
        dates = computed.schedule.activities[owner]
        starts[node], finishes[node] = minute_of(dates.start), minute_of(dates.finish)
    return _outcome(staffed, starts, finishes)


def _outcome(staffed: Staffed, starts: Sequence[int], finishes: Sequence[int]) -> Outcome:
    problem, graph = staffed.problem, staffed.problem.graph
    late, minutes, moved = 0, 0.0, 0
    for node in range(len(graph.leaves)):
        due, start_due = problem.due[node], problem.start_due[node]
        over = max(
            0 if due is None else finishes[node] - due,
            0 if start_due is None else starts[node] - start_due,
        )
        if over > 0 and graph.states[node] is not State.COMPLETE:
            late += 1
            minutes += over * problem.importance[node]
        present = problem.present[node]
        moved += problem.is_free(node) and present is not None and present != starts[node]
    leaves = finishes[: len(graph.leaves)]
    return Outcome(
        moment_of(max(leaves)) if leaves else None,
        late,
        round(minutes / 60, 2),
        moved,
        _overlaps(staffed, starts, finishes),
    )


def _overlaps(staffed: Staffed, starts: Sequence[int], finishes: Sequence[int]) -> int:
    problem = staffed.problem
    of_person: dict[int, list[tuple[int, int]]] = {}
    for node in range(len(problem.graph.leaves)):
        options = problem.options[node]
        # Tasks that could be anybody's are nobody's yet.
        if len(options) == 1 and finishes[node] > problem.now:
            for resource, _ in options[0].needs:
                of_person.setdefault(resource, []).append((starts[node], finishes[node]))
    count = 0
    for tasks in of_person.values():
        tasks.sort()
        until = tasks[0][0]
        for start, finish in tasks:
            count += start < until
            until = max(until, finish)
    return count
