"""The search for a good schedule, bounded by work and not by the clock: one input, one answer.

Every rule by both schemes; then forward-backward improvement of each schedule (Li and Willis 1992;
Valls, Ballestín and Quintanilla, *Justification and RCPSP*, 2005); then passes that are biased to
the best orders found so far and otherwise random (Kolisch and Drexl, *Adaptive search for solving
hard project scheduling problems*, 1996), each improved alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from projectflow.analytics.scheduling.exact import solve_order
from projectflow.analytics.scheduling.generation import Generation, Priorities, pushed_back
from projectflow.analytics.scheduling.problem import Placement, Problem
from projectflow.analytics.scheduling.rules import priority_rules

EFFORT: Final = 40_000
"""How many tasks are placed in all, over all passes: about two seconds."""
FEWEST: Final = 4
"""Schedules that are made however many tasks there are."""
MOST_PASSES: Final = 30
"""Schedules for each task: a handful of tasks has no more orders worth trying."""
ELITE: Final = 6
SEED: Final = 2_004
Method = Literal["heuristic", "cp_sat"]


@dataclass(frozen=True, slots=True)
class Found:
    """The best schedule, and how it was found."""

    placement: Placement
    method: Method
    passes: int
    bound: float | None = None
    """CP-SAT's lower bound of the cost in working time, where it was asked."""


class _Search:
    """The best so far, and what may still be spent."""

    def __init__(self, problem: Problem, effort: int) -> None:
        self.problem = problem
        count = max(len(problem.graph.owners), 1)
        self.left = max(min(effort // count, MOST_PASSES * count), FEWEST)
        self.passes = 0
        self.elite: list[tuple[float, int, list[float]]] = []
        """Cost, when it was found, and the order in which its tasks start."""
        self.best: Placement | None = None
        self.dice = Random(SEED)  # noqa: S311 - it orders tasks, and always in the same way

    def make(
        self, priorities: Priorities, held: Sequence[int | None] | None = None,
        *, parallel: bool = False,
    ) -> Placement:  # fmt: skip
        generation = Generation(self.problem, held)
        placed = (generation.parallel if parallel else generation.serial)(priorities)
        self.left -= 1
        self.passes += 1
        if self.best is None or placed.cost < self.best.cost:
            self.best = placed
        order = [float(start) for start in placed.starts]
        known = any(cost == placed.cost for cost, _, _ in self.elite)
        if not known and (len(self.elite) < ELITE or placed.cost < self.elite[-1][0]):
            self.elite.append((placed.cost, self.passes, order))
            self.elite.sort(key=lambda each: each[:2])
            del self.elite[ELITE:]
        return placed

    def improve(self, placed: Placement, held: Sequence[int | None] | None = None) -> Placement:
        """Backward and forward as long as it gets better."""
        while self.left > 0:
            again = self.make(pushed_back(self.problem, placed), held)
            self.left -= 1
            if again.cost >= placed.cost:
                return placed
            placed = again
        return placed


def solve(
    problem: Problem,
    *,
    effort: int = EFFORT,
    exact: float | None = None,
    stop: Callable[[], bool] = bool,
) -> Found:
    """Schedule a problem as well as so much work allows. Takes CPU.

    Args:
        problem: What to schedule.
        effort: How many tasks may be placed in all passes together.
        exact: Seconds for CP-SAT where it is installed; None leaves it out.
        stop: Asked after each pass whether to stop early.

    Raises:
        NoWorkingTime, ScheduleCycle: it cannot be scheduled.
    """
    search = _Search(problem, effort)
    stays = list(problem.present) if problem.weights.stability > 0 else None
    for number, rule in enumerate(priority_rules(problem)):
        if search.left <= 0 or stop():
            break
        search.improve(search.make(rule))
        if stays is not None and search.left > 0:
            search.improve(search.make(rule, stays), stays)
        if number < BOTH and search.left > 0:
            search.improve(search.make(rule, parallel=True))
    method: Method = "heuristic"
    bound: float | None = None
    if exact is not None and (answer := solve_order(problem, exact)) is not None:
        before = search.best
        search.improve(search.make(answer.priorities))
        if stays is not None:
            search.make(answer.priorities, answer.starts)
        bound = answer.bound
        if before is None or (search.best is not None and search.best.cost < before.cost):
            method = "cp_sat"
    while search.left > 0 and not stop():
        _pass(search, stays)
    if search.best is None:
        raise AssertionError  # FEWEST is above 0
    return Found(search.best, method, search.passes, bound)


BOTH: Final = 4
"""How many rules are tried by the parallel scheme too."""


def _pass(search: _Search, stays: Sequence[int | None] | None) -> None:
    """One order near a good one: some tasks are taken out of it, or all are shaken a little."""
    dice = search.dice
    _, _, order = search.elite[min(int(dice.expovariate(0.7)), len(search.elite) - 1)]
    count = len(order)
    rank = [0.0] * count
    for place, node in enumerate(sorted(range(count), key=order.__getitem__)):
        rank[node] = float(place)
    if dice.random() < SHAKEN:
        width = dice.choice(WIDTHS) * count
        rank = [place + dice.uniform(-width, width) for place in rank]
    else:
        for _ in range(max(2, int(dice.choice(WIDTHS) * count))):
            rank[dice.randrange(count)] = dice.uniform(0, count)
    held = stays
    if stays is not None:
        share = dice.choice((0.0, 0.3, 0.7, 1.0))
        held = [each if dice.random() < share else None for each in stays]
    search.improve(search.make(rank, held), held)


SHAKEN: Final = 0.5
WIDTHS: Final = (0.05, 0.1, 0.2, 0.4)
