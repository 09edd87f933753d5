"""Which parents and dependencies of a file can be kept: none by which a task waits for itself."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeVar

K = TypeVar("K")
Pair = tuple[K, K]
MOST_DROPPED: Final = 200
"""Circles that are cut one by one; a file with more keeps none of its dependencies."""


def parents_without_circles(parents: Mapping[K, K]) -> tuple[dict[K, K], list[K]]:
    """The parents that lead up to a root, and the tasks whose parent does not."""
    kept: dict[K, K] = {}
    cut: list[K] = []
    for task, parent in parents.items():
        above, seen = parent, {task}
        while above in kept and above not in seen:
            seen.add(above)
            above = kept[above]
        if above in seen:
            cut.append(task)
        else:
            kept[task] = parent
    return kept, cut


def dependencies_without_circles(
    parents: Mapping[K, K], present: Iterable[Pair[K]], wanted: Sequence[Pair[K]]
) -> tuple[list[Pair[K]], list[Pair[K]]]:
    """The wanted dependencies (task, what it waits for) that close no circle, and the others.

    A dependency of a task holds for its sub-tasks, and who waits for a task waits for all of them,
    as tasks/cycles.py has it: so each task has a begin and an end, between which its sub-tasks lie.
    """
    kept = list(dict.fromkeys(wanted))
    cut: list[Pair[K]] = []
    fixed = list(present)
    while True:
        try:
            TopologicalSorter(_graph(parents, [*fixed, *kept])).prepare()
        except CycleError as error:
            found: list[tuple[K, str]] = error.args[1]
            tasks = {task for task, _ in found}
            guilty = next((p for p in reversed(kept) if p[0] in tasks and p[1] in tasks), None)
            if guilty is None or len(cut) == MOST_DROPPED:
                return [], [*cut, *kept]
            kept.remove(guilty)
            cut.append(guilty)
        else:
            return kept, cut


def _graph(
    parents: Mapping[K, K], dependencies: Iterable[Pair[K]]
) -> dict[tuple[K, str], set[tuple[K, str]]]:
    before: dict[tuple[K, str], set[tuple[K, str]]] = {}

    def after(later: tuple[K, str], earlier: tuple[K, str]) -> None:
        before.setdefault(later, set()).add(earlier)

    for child, parent in parents.items():
        after((child, "begin"), (parent, "begin"))
        after((parent, "end"), (child, "end"))
        after((child, "end"), (child, "begin"))
        after((parent, "end"), (parent, "begin"))
    for task, waits_for in dependencies:
        after((task, "begin"), (waits_for, "end"))
        after((task, "end"), (task, "begin"))
        after((waits_for, "end"), (waits_for, "begin"))
    return before
