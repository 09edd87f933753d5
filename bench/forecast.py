"""How long it takes to run a project thousands of times.

    .venv/bin/python -m bench.forecast                        # 1,000 tasks, 10,000 runs
    .venv/bin/python -m bench.forecast --tasks 200 --people 5

A made-up network with two predecessors a task, people with absences of their own, and durations
drawn from a workspace's history. No database: `bench.schedule` says what reading a plan costs.
"""

import argparse
import os
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from projectflow.analytics.forecasting.durations import Known, draw, predictive
from projectflow.analytics.forecasting.simulation import Work, priority_order, simulate
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.network import Graph
from projectflow.tasks.schedule.passes import earliest, in_order
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Link, Network

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = (((480, 720), (780, 1020)),) * 5 + ((), ())


def made_up(tasks: int, people: int, dice: np.random.Generator) -> tuple[Graph, list[Timetable]]:
    pairs = {(int(m), n) for n in range(1, tasks) for m in dice.integers(max(0, n - 60), n, 2)}
    network = Network(
        start=START,
        calendar=Timetable(WorkingCalendar(WEEK)),
        activities=tuple(
            Activity(id=UUID(int=n + 1), duration=int(dice.integers(1, 40)) * 30)
            for n in range(tasks)
        ),
        links=tuple(Link(UUID(int=m + 1), UUID(int=n + 1)) for m, n in sorted(pairs)),
    )
    tables = [
        Timetable(
            WorkingCalendar(
                WEEK,
                absences=(
                    (START + timedelta(days=30 * n + 7), START + timedelta(days=30 * n + 14)),
                ),
            )
        )
        for n in range(people)
    ]
    return Graph(network), tables


def main() -> None:
    parser = argparse.ArgumentParser(description="Time forecasts.")
    parser.add_argument("--tasks", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=12)
    given = parser.parse_args()
    dice = np.random.default_rng(7)
    graph, tables = made_up(given.tasks, given.people, dice)
    seen = dice.lognormal(0.2, 0.6, 2_000)
    for _ in range(3):
        begun, busy = time.perf_counter(), time.process_time()
        values = predictive(Known(seen[:200], seen), 1.0)
        early, _ = earliest(graph, in_order(graph))
        work = Work(
            graph,
            graph.start,
            {n: graph.durations[n] * draw(values, given.runs, dice) for n in range(given.tasks)},
            {n: n % given.people for n in range(given.tasks)},
            tables,
            priority_order(graph, early),
        )
        drawn = time.perf_counter()
        outcome = simulate(work, given.runs)
        days = (np.percentile(outcome.finish, [50, 80, 95]) - graph.start) / 1440
        print(
            f"{given.tasks:,} tasks, {given.runs:,} runs: durations {drawn - begun:.2f} s, all"
            f" {time.perf_counter() - begun:.2f} s, of"
            f" processor {time.process_time() - busy:.2f} s, load {os.getloadavg()[0]:.1f};"
            f" P50 P80 P95 after {days.round(0)} days"
        )


if __name__ == "__main__":
    main()
