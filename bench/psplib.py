"""Reads instances of PSPLIB and says how far from the best known finish the scheduler stays.

    python -m bench.psplib FOLDER [--optima FILE] [--effort N] [--exact SECONDS] [--limit N]

FOLDER holds .sm files (single mode; https://www.om-db.wi.tum.de/psplib/), and beside them the file
of their optima or best known finishes (j30opt.sm, j60hrs.sm, …): lines of parameter, instance,
finish. Without one the gap is to the longest chain of dependencies, or to CP-SAT with --exact.
"""

import argparse
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any, Final
from uuid import UUID

from psplib.parse import parse  # pyright: ignore[reportMissingTypeStubs]

from projectflow.analytics.scheduling.exact import solve_order
from projectflow.analytics.scheduling.problem import Option, Placement, Problem, Weights
from projectflow.analytics.scheduling.search import EFFORT, solve
from projectflow.tasks.schedule.network import Graph
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Link, Network

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NAME: Final = re.compile(r"j(30|60|90|120)(\d+)_(\d+)$")
"""Jobs, parameter, instance."""
LINE: Final = re.compile(r"^\s*(\d+)\s+(\d+)\s+(\d+)\b")


def read_problem(path: Path) -> Problem:
    """An instance as a problem whose minutes are its periods."""
    instance: Any = parse(str(path), instance_format="psplib")
    table = Timetable()
    ids = [UUID(int=n + 1) for n in range(len(instance.activities))]
    modes = [each.modes[0] for each in instance.activities]
    network = Network(
        start=START,
        calendar=table,
        activities=tuple(
            Activity(id=id_, duration=mode.duration) for id_, mode in zip(ids, modes, strict=True)
        ),
        links=tuple(
            Link(ids[n], ids[then])
            for n, each in enumerate(instance.activities)
            for then in each.successors
        ),
    )
    graph = Graph(network)
    options = [
        [
            Option(
                table,
                mode.duration,
                tuple((r, n) for r, n in enumerate(mode.demands) if n and mode.duration),
            )
        ]
        for mode in modes
    ]
    capacities = [each.capacity for each in instance.resources]
    return Problem(graph, graph.start, capacities, options, weights=Weights(lateness=0))


def length_of(problem: Problem, placement: Placement) -> int:
    """The schedule's length in the instance's periods."""
    return max(placement.finishes) - problem.graph.start


def chain(problem: Problem) -> int:
    """The longest chain of dependencies: no schedule is shorter."""
    done: dict[int, int] = {}
    for node in problem.order:
        begin = max((done[edge.source] for edge in problem.graph.incoming[node]), default=0)
        done[node] = begin + problem.options[node][0].duration
    return max(done.values())


def read_optima(path: Path) -> dict[tuple[int, int], int]:
    """By parameter and instance, the best known finish."""
    found: dict[tuple[int, int], int] = {}
    for line in path.read_text().splitlines():
        if (match := LINE.match(line)) is not None:
            parameter, number, finish = map(int, match.groups())
            found[parameter, number] = finish
    return found


def main() -> None:
    """Print a line an instance, and the means."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--optima", type=Path)
    parser.add_argument("--effort", type=int, default=EFFORT)
    parser.add_argument("--exact", type=float)
    parser.add_argument("--limit", type=int)
    asked = parser.parse_args()
    beside = [p for p in asked.folder.iterdir() if re.search(r"(opt|hrs|lb)\.sm$", p.name)]
    optima_file = asked.optima or next(iter(sorted(beside)), None)
    optima = {} if optima_file is None else read_optima(optima_file)
    gaps: list[float] = []
    times: list[float] = []
    files = sorted(p for p in asked.folder.glob("*.sm") if p not in beside)
    for path in files[: asked.limit]:
        problem = read_problem(path)
        began = time.perf_counter()
        found = solve(problem, effort=asked.effort)
        times.append(time.perf_counter() - began)
        length = length_of(problem, found.placement)
        named = NAME.match(path.stem)
        key = None if named is None else (int(named[2]), int(named[3]))
        best = optima.get(key) if key is not None else None
        known = "optimum"
        if best is None and asked.exact is not None:
            answer = solve_order(problem, asked.exact)
            if answer is not None:
                best = round(answer.bound * 60)
                known = "CP-SAT's optimum" if answer.is_optimal else "CP-SAT's bound"
        if best is None:
            best, known = chain(problem), "chain"
        gaps.append(100 * (length - best) / best)
        print(f"{path.name:16} {length:5} {known} {best:5} gap {gaps[-1]:5.2f} % {times[-1]:.2f} s")
    if gaps:
        print(
            f"{len(gaps)} instances: gap {mean(gaps):.2f} % (worst {max(gaps):.2f} %),"
            f" {sum(g <= 0 for g in gaps)} met, {mean(times):.2f} s each"
        )


if __name__ == "__main__":
    main()
