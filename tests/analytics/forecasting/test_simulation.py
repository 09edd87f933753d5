"""The simulation against the schedule engine, and against what arithmetic says."""

import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from projectflow.analytics.forecasting.simulation import (
    NOBODY,
    POOL,
    Work,
    priority_order,
    simulate,
)
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.engine import schedule
from projectflow.tasks.schedule.network import Graph
from projectflow.tasks.schedule.passes import earliest, in_order
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Link, LinkType, Network

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = 480
WEEKS = timedelta(weeks=1)
SHIFTS = ((480, 720), (780, 1020))
WEEK = WorkingCalendar((SHIFTS,) * 5 + ((), ()))


def network(durations: list[int], links: list[Link]) -> Network:
    return Network(
        start=START,
        calendar=Timetable(WEEK),
        activities=tuple(Activity(id=UUID(int=n + 1), duration=d) for n, d in enumerate(durations)),
        links=tuple(links),
    )


def work(net: Network, runs: int, people: dict[int, int] | None = None, tables: int = 0) -> Work:
    graph = Graph(net)
    early, _ = earliest(graph, in_order(graph))
    lengths = {n: np.full(runs, float(graph.durations[n])) for n in range(len(graph.leaves))}
    return Work(
        graph,
        graph.start,
        lengths,
        people or dict.fromkeys(lengths, NOBODY),
        [net.calendar] * tables,
        priority_order(graph, early),
    )


@st.composite
def networks(draw: st.DrawFn) -> Network:
    durations = draw(st.lists(st.integers(0, 60).map(lambda n: n * 5), min_size=1, max_size=12))
    links: list[Link] = []
    for n in range(1, len(durations)):
        for m in draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)):
            kind = draw(st.sampled_from([LinkType.FINISH_TO_START, LinkType.START_TO_START]))
            lag = draw(st.integers(0, 20)) * 5
            links.append(Link(UUID(int=m + 1), UUID(int=n + 1), kind, lag))
    return network(durations, links)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_durations_without_chance_give_the_planned_schedule(net: Network) -> None:
    planned = schedule(net)

    outcome = simulate(work(net, 3), 3, keep=True)

    graph = Graph(net)
    for n in range(len(graph.leaves)):
        found = graph.moment(int(outcome.finishes[n][0]))
        assert abs((found - planned.activities[UUID(int=n + 1)].finish).total_seconds()) <= 300
    finish = graph.moment(int(outcome.finish[0]))
    assert abs((finish - planned.finish).total_seconds()) <= 300


def test_one_person_does_one_task_at_a_time() -> None:
    net = network([DAY] * 6, [])
    alone = simulate(work(net, 2, dict.fromkeys(range(6), 0), 1), 2)
    together = simulate(work(net, 2, dict.fromkeys(range(6), POOL), 3), 2)
    unlimited = simulate(work(net, 2), 2)

    days = [
        (Graph(net).moment(int(each.finish[0])).date() - START.date()).days
        for each in (alone, together, unlimited)
    ]
    assert days == [7, 1, 0]  # Monday to the next one; two days; one
    assert alone.delayed_by_people == {0: 1.0}
    assert unlimited.critical == {n: 1.0 if n == 0 else 0.0 for n in range(6)}


def test_people_never_work_on_two_things_and_nothing_starts_too_early() -> None:
    dice = np.random.default_rng(5)
    durations = [int(d) * 5 for d in dice.integers(1, 200, 60)]
    links = [
        Link(UUID(int=int(m) + 1), UUID(int=n + 1))
        for n in range(1, 60)
        for m in dice.integers(0, n, 2)
    ]
    net = network(durations, list({(e.predecessor_id, e.successor_id): e for e in links}.values()))
    people = {n: int(dice.integers(0, 4)) for n in range(60)}
    job = work(net, 50, people, 4)
    for n in job.lengths:
        job.lengths[n][:] *= dice.lognormal(0, 0.5, 50)

    outcome = simulate(job, 50, keep=True)

    for link in net.links:
        m, n = link.predecessor_id.int - 1, link.successor_id.int - 1
        assert np.all(outcome.starts[n] >= outcome.finishes[m])
    for person in range(4):
        mine = [n for n, whose in people.items() if whose == person]
        starts = np.array([outcome.starts[n] for n in mine])
        finishes = np.array([outcome.finishes[n] for n in mine])
        order = np.argsort(starts, axis=0)
        starts, finishes = (
            np.take_along_axis(starts, order, 0),
            np.take_along_axis(finishes, order, 0),
        )
        assert np.all(starts[1:] >= finishes[:-1])
    assert max(outcome.critical.values()) <= 1.0
    assert sum(outcome.critical.values()) >= 1.0


def test_each_run_is_what_placing_its_tasks_one_by_one_gives() -> None:
    """Against plain arithmetic over years, with people who are away at different times."""
    dice = np.random.default_rng(11)
    durations = [int(d) * 5 for d in dice.integers(0, 900, 80)]
    pairs = {(int(m), n) for n in range(1, 80) for m in dice.integers(0, n, 2)}
    net = network(durations, [Link(UUID(int=m + 1), UUID(int=n + 1)) for m, n in sorted(pairs)])
    tables = [
        Timetable(replace(WEEK, absences=((START + n * WEEKS, START + (n + 2) * WEEKS),)))
        for n in range(3)
    ]
    base = work(net, 6, {n: n % 3 for n in range(80)})
    job = dataclasses.replace(base, tables=tables)
    for n in job.lengths:
        job.lengths[n][:] = np.ceil(job.lengths[n] * dice.lognormal(0, 0.5, 6) / 5) * 5

    outcome = simulate(job, 6)

    for run in range(6):
        free, ends = [job.now] * 3, dict[int, int]()
        for n in job.order:
            floor = max([free[n % 3], *(ends[edge.source] for edge in job.graph.incoming[n])])
            length = int(job.lengths[n][run])
            ends[n] = tables[n % 3].run(floor, length)[1] if length else floor
            free[n % 3] = ends[n]
        assert outcome.finish[run] == max(ends.values())
