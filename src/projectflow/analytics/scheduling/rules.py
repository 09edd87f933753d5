"""Priority rules: numbers by which a schedule generation scheme takes tasks, the lowest first.

Those that Kolisch and Hartmann compare (*Experimental investigation of heuristics for
resource-constrained project scheduling*, 2006), and one for due dates: the apparent tardiness cost
of Vepsalainen and Morton (*Priority rules for job shops with weighted tardiness costs*, 1987).
"""

from collections.abc import Iterator
from math import exp

from projectflow.analytics.scheduling.problem import Problem
from projectflow.tasks.schedule.network import State
from projectflow.tasks.schedule.passes import earliest, latest

PATIENCE = 2.0
"""How many mean durations ahead a due date makes itself felt."""


def priority_rules(problem: Problem) -> Iterator[list[float]]:
    """Each rule's numbers: those that do well by themselves first."""
    graph = problem.graph
    early = earliest(graph, problem.order)
    count = len(graph.owners)
    leaves = len(graph.leaves)
    finish = max((early[1][node] for node in range(leaves)), default=graph.start)
    late = latest(graph, problem.order, early, finish)
    durations = [_shortest(problem, node) for node in range(count)]
    yield [float(moment) for moment in late[1]]  # latest finish (Davis and Patterson, 1975)
    yield [float(moment) for moment in late[0]]  # latest start (Alvarez-Valdes and Tamarit, 1989)
    if any(problem.due):
        yield _tardiness(problem, early[0], durations)
        yield [float(due if due is not None else late[1][n]) for n, due in enumerate(problem.due)]
    if any(start is not None for start in problem.present):
        # The present plan's own order: what moves least.
        yield [
            float(early[0][node] if start is None else start)
            for node, start in enumerate(problem.present)
        ]
    yield [float(late[0][node] - early[0][node]) for node in range(count)]  # slack
    if count <= MANY:
        behind = _behind(problem)
        # Most total successors; greatest rank positional weight over all of them.
        yield [-float(each.bit_count()) for each in behind]
        yield [-float(durations[n] + _sum(each, durations)) for n, each in enumerate(behind)]
    yield [float(moment) for moment in early[0]]


MANY = 2_000
"""Nodes beyond which who comes behind whom is not counted."""


def _shortest(problem: Problem, node: int) -> int:
    if problem.graph.states[node] in {State.GATE, State.COMPLETE}:
        return 0
    return min(option.duration for option in problem.options[node])


def _tardiness(problem: Problem, early: list[int], durations: list[int]) -> list[float]:
    works = [duration for duration in durations if duration]
    mean = max(sum(works) / len(works) if works else 1.0, 1.0)
    now = max(problem.now, problem.graph.start)
    numbers: list[float] = []
    for node, duration in enumerate(durations):
        due = problem.due[node]
        if due is None:
            numbers.append(1e-6 * (early[node] - now) / mean)
            continue
        spare = max(due - now - duration, 0)
        urgency = exp(-min(spare / (PATIENCE * mean), 700.0))
        numbers.append(-problem.importance[node] / max(duration, 1) * urgency)
    return numbers


def _behind(problem: Problem) -> list[int]:
    """Of each node those that wait for it, as bits."""
    behind = [0] * len(problem.order)
    for node in reversed(problem.order):
        for edge in problem.graph.outgoing[node]:
            behind[node] |= behind[edge.target] | 1 << edge.target
    leaves = (1 << len(problem.graph.leaves)) - 1
    return [each & leaves for each in behind]


def _sum(bits: int, durations: list[int]) -> int:
    total = 0
    while bits:
        lowest = bits & -bits
        total += durations[lowest.bit_length() - 1]
        bits ^= lowest
    return total
