"""Schedules that heed people: every one is feasible, says the checker; and they are good."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bench.psplib import chain, length_of, read_problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.analytics.psplib_instances import instance
from tests.analytics.schedule_checker import Did, Works, complaints

from projectflow.analytics.scheduling.build import Wanted, Worker, problem_of
from projectflow.analytics.scheduling.exact import is_installed, solve_order
from projectflow.analytics.scheduling.problem import Placement, Problem, Weights
from projectflow.analytics.scheduling.reasons import Explainer
from projectflow.analytics.scheduling.search import solve
from projectflow.planning.calendars import minute_of, moment_of
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.network import State
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Constraint, Link, LinkType, Network

START = datetime(2026, 3, 2, tzinfo=UTC)
WEEKS: dict[str, tuple[tuple[int, int], ...]] = {
    "day": ((540, 720), (780, 1020)),
    "short": ((600, 700),),
    "night": ((1320, 1560),),
}
HOURS = st.integers(0, 200).map(lambda n: START + timedelta(hours=n))
DATED = (
    Constraint.START_NO_EARLIER_THAN, Constraint.FINISH_NO_EARLIER_THAN, Constraint.MUST_START_ON,
    Constraint.START_NO_LATER_THAN, Constraint.FINISH_NO_LATER_THAN, Constraint.MUST_FINISH_ON,
)  # fmt: skip


def table(shifts: tuple[tuple[int, int], ...]) -> Timetable:
    return Timetable(WorkingCalendar(week=(shifts,) * 5 + ((), ())))


TABLES = {name: table(shifts) for name, shifts in WEEKS.items()}
PEOPLE = [UUID(int=1000 + n) for n in range(3)]


def works_by(name: str) -> Callable[[datetime], bool]:
    """A calendar's minutes, from its shifts."""

    def works(moment: datetime) -> bool:
        for back in (0, 1):
            day = (moment - timedelta(days=back)).replace(hour=0, minute=0)
            minute = (moment - day) // timedelta(minutes=1)
            if day.weekday() < 5 and any(a <= minute < b for a, b in WEEKS[name]):
                return True
        return False

    return works


KINDS = ("free", "free", "free", "planned", "planned", "pinned", "begun", "done", "dated", "dated")


def fields(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """What tasks of a kind say of themselves."""
    return {
        "free": st.just({}),
        "planned": st.builds(dict, start=HOURS),
        "pinned": st.builds(dict, start=HOURS, pinned=st.just(True)),
        "begun": st.builds(dict, start=HOURS, progress=st.just(30)),
        "done": st.builds(dict, actual_finish=HOURS, progress=st.just(100)),
        "dated": st.builds(dict, constraint=st.sampled_from(DATED), constraint_date=HOURS),
    }[kind]


def links_of(draw: st.DrawFn, ids: list[UUID], inside: int, summary: UUID) -> list[Link]:
    """Dependencies, each of a later task on an earlier one or on what that is part of."""
    links: list[Link] = []
    last = len(ids) - 1
    for _ in range(draw(st.integers(0, last + 3))):
        a, b = sorted((draw(st.integers(0, last)), draw(st.integers(0, last))))
        first, then = ids[a], ids[b]
        if inside and a < inside <= b and draw(st.booleans()):
            first = summary
        if first == then:
            continue
        links.append(
            Link(first, then, draw(st.sampled_from(LinkType)),
                 draw(st.sampled_from((0, 0, 0, 60, 300, -60))), draw(st.booleans()))
        )  # fmt: skip
    return links


@st.composite
def cases(draw: st.DrawFn) -> tuple[Network, list[Worker], dict[UUID, list[int]], dict[str, Any]]:
    count = draw(st.integers(1, 9))
    ids = [UUID(int=n + 1) for n in range(count)]
    names = [draw(st.sampled_from(sorted(WEEKS))) for _ in PEOPLE]
    workers = [
        Worker(who, TABLES[name], draw(st.sampled_from((100, 100, 50, 30))))
        for who, name in zip(PEOPLE, names, strict=True)
    ]
    summary = UUID(int=500)
    inside = draw(st.integers(0, count)) if count > 1 else 0
    activities: list[Activity] = []
    whose: dict[UUID, list[int]] = {}
    for place, id_ in enumerate(ids):
        able = draw(st.sampled_from(([], [0], [1], [2], [0, 1], [0, 1, 2])))
        if able:
            whose[id_] = able
        kind = draw(st.sampled_from(KINDS))
        if kind in {"pinned", "begun"}:
            whose[id_] = able[:1]
        more = draw(fields(kind))
        first = whose.get(id_, [])
        activities.append(
            Activity(
                id=id_,
                duration=draw(st.sampled_from((0, 30, 100, 240, 600))),
                parent_id=summary if place < inside else None,
                calendar=str(PEOPLE[first[0]]) if len(first) == 1 else None,
                deadline=draw(st.none() | HOURS),
                **more,
            )
        )
    if inside:
        held = draw(st.none() | HOURS)
        kind = Constraint.START_NO_EARLIER_THAN if held else Constraint.AS_SOON_AS_POSSIBLE
        activities.append(Activity(id=summary, constraint=kind, constraint_date=held))
    links = links_of(draw, ids, inside, summary)
    network = Network(
        start=START,
        calendar=TABLES["day"],
        calendars={str(worker.user_id): worker.table for worker in workers},
        activities=tuple(activities),
        links=tuple(links),
    )
    asked: dict[str, Any] = {
        "now": START + timedelta(hours=draw(st.integers(-30, 60))),
        "weights": Weights(
            draw(st.sampled_from((0.0, 1.0))), draw(st.sampled_from((0.0, 1.0, 5.0))),
            draw(st.sampled_from((0.0, 0.0, 2.0))),
        ),
        "names": names,
    }  # fmt: skip
    return network, workers, whose, asked


def did(problem: Problem, placed: Placement, workers: list[Worker]) -> dict[UUID, Did]:
    found: dict[UUID, Did] = {}
    for node in range(len(problem.graph.leaves)):
        person, length = None, 0
        if placed.chosen[node] >= 0:
            option = problem.options[node][placed.chosen[node]]
            length = option.duration
            if option.needs:
                person = workers[option.needs[0][0]].user_id
        found[problem.graph.owners[node]] = Did(
            moment_of(placed.starts[node]), moment_of(placed.finishes[node]), person, length
        )
    return found


@given(cases())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_schedule_is_feasible_and_explained(case: Any) -> None:
    network, workers, whose, asked = case
    wanted = Wanted(asked["weights"])
    problem = problem_of(network, asked["now"], workers, whose, wanted)
    found = solve(problem, effort=400).placement
    works: dict[UUID | None, Works] = {None: works_by("day")}
    for worker, name in zip(workers, asked["names"], strict=True):
        works[worker.user_id] = works_by(name)
    schedule = did(problem, found, workers)
    # A milestone is in nobody's way, but in somebody's time.
    for task_id, each in schedule.items():
        able = whose.get(task_id, [])
        if each.person is None and each.length == 0 and len(able) == 1:
            schedule[task_id] = Did(each.start, each.finish, workers[able[0]].user_id, 0)
    assert complaints(network, works, schedule, asked["now"]) == []
    # A duration is as long as whoever does it needs for it.
    tasks = {item.id: item for item in network.activities}
    for task_id, each in schedule.items():
        units = next((w.units for w in workers if w.user_id == each.person), 100)
        if each.length:
            assert (each.length - 1) * units < tasks[task_id].duration * 100 <= each.length * units
    explainer = Explainer(problem, found, workers)
    for node in range(len(problem.graph.leaves)):
        if problem.graph.states[node] is State.PLANNED:
            assert explainer.reasons(node), problem.graph.owners[node]
    again = problem_of(network, asked["now"], workers, whose, wanted)
    assert solve(again, effort=400).placement == found


@pytest.mark.parametrize("seed", [4, 12, 17, 28, 36])
def test_generated_instances_of_psplib(seed: int, tmp_path: Path) -> None:
    path = tmp_path / f"j30{seed}_1.sm"
    path.write_text(instance(seed))
    problem = read_problem(path)
    found = solve(problem, effort=20_000).placement
    starts = found.starts
    for first, edges in enumerate(problem.graph.outgoing):
        assert all(found.finishes[first] <= starts[edge.target] for edge in edges)
    for resource, capacity in enumerate(problem.capacities):
        for moment in range(min(starts), max(found.finishes)):
            used = sum(
                amount
                for node, options in enumerate(problem.options)
                if starts[node] <= moment < found.finishes[node]
                for needed, amount in options[0].needs
                if needed == resource
            )
            assert used <= capacity
    assert length_of(problem, found) >= chain(problem)
    assert length_of(problem, found) <= OPTIMA[seed] * 1.05


OPTIMA = {4: 68, 12: 93, 17: 74, 28: 109, 36: 79}
"""Finishes that CP-SAT proved to be the best."""


@pytest.mark.skipif(not is_installed(), reason="OR-Tools is an extra")
def test_cp_sat_orders_what_the_scheme_places(tmp_path: Path) -> None:
    path = tmp_path / "j301_1.sm"
    path.write_text(instance(12))
    problem = read_problem(path)
    answer = solve_order(problem, 5.0)
    assert answer is not None
    found = solve(problem, effort=2_000, exact=5.0)
    assert length_of(problem, found.placement) == round(answer.bound * 60)


def test_one_person_is_a_row_of_tasks_by_their_due_dates() -> None:
    """Without dependencies the earliest due date first is optimal for the worst lateness."""
    ids = [UUID(int=n + 1) for n in range(6)]
    network = Network(
        start=START,
        calendar=TABLES["day"],
        calendars={str(PEOPLE[0]): TABLES["day"]},
        activities=tuple(
            Activity(id=id_, duration=420, calendar=str(PEOPLE[0]),
                     deadline=START + timedelta(days=6 - n))
            for n, id_ in enumerate(ids)
        ),
    )  # fmt: skip
    problem = problem_of(
        network, START, [Worker(PEOPLE[0], TABLES["day"])], {id_: [0] for id_ in ids}, Wanted()
    )
    found = solve(problem, effort=2_000).placement
    assert sorted(found.starts, reverse=True) == found.starts
    assert found.starts[-1] == minute_of(START) + 540
