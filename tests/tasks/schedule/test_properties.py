"""What is true of every schedule, against a slow count of working time that shares no code."""
# ruff: noqa: DTZ001 - a wall clock

from datetime import datetime
from functools import cache
from itertools import product
from uuid import UUID

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from projectflow.tasks.schedule.calendars import (
    EPOCH,
    MINUTE,
    DayException,
    WorkingCalendar,
    working_intervals,
)
from projectflow.tasks.schedule.engine import reschedule, schedule
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Constraint, Link, LinkType, Network

START = datetime(2026, 3, 2, 8)
CALENDARS = {
    "office": WorkingCalendar(
        (((480, 720), (780, 1020)),) * 5 + ((),) * 2,
        exceptions=(DayException(START.date(), START.date(), ((600, 720),)),),
    ),
    "always": WorkingCalendar((((0, 1440),),) * 7),
    "nights": WorkingCalendar((((1320, 1800),), ()) * 3 + ((),)),
}
TABLES = {name: Timetable(calendar) for name, calendar in CALENDARS.items()}
FIRST_DAY, LAST_DAY = 20_300, 20_800
FROM_START = (LinkType.START_TO_START, LinkType.START_TO_FINISH)
TO_FINISH = (LinkType.FINISH_TO_FINISH, LinkType.START_TO_FINISH)
FLOORS = (Constraint.START_NO_EARLIER_THAN, Constraint.FINISH_NO_EARLIER_THAN)


@cache
def intervals(name: str) -> list[tuple[int, int]]:
    return working_intervals(CALENDARS[name], FIRST_DAY, LAST_DAY)


def minute(moment: datetime) -> int:
    return (moment - EPOCH) // MINUTE


def work(name: str, start: datetime, end: datetime) -> int:
    """Working minutes between two moments, by adding up; negative when they are the other way."""
    a, b = sorted((minute(start), minute(end)))
    total = sum(max(0, min(b, last) - max(a, first)) for first, last in intervals(name))
    return total if start <= end else -total


def after(name: str, moment: datetime, amount: int) -> datetime:
    """The first moment with that many working minutes after (or, below 0, before) another."""
    spans = intervals(name)
    total = sum(max(0, min(minute(moment), last) - first) for first, last in spans) + amount
    for first, last in spans:
        if total <= last - first:
            return EPOCH + (first + total) * MINUTE
        total -= last - first
    raise AssertionError


@st.composite
def networks(draw, constraints=(Constraint.AS_SOON_AS_POSSIBLE,), summaries=True):
    count = draw(st.integers(1, 8))
    days = st.integers(0, 60 * 24 * 20).map(lambda minutes: START + minutes * MINUTE)
    activities = []
    parents = draw(st.integers(0, 2)) if summaries else 0
    for number in range(count):
        constraint = draw(st.sampled_from(constraints))
        activities.append(
            Activity(
                id=UUID(int=number),
                duration=draw(st.sampled_from((0, 1, 60, 480, 700, 1500))),
                calendar=draw(st.sampled_from((None, *CALENDARS))),
                constraint=constraint,
                constraint_date=draw(days) if constraint.value > 1 else None,
                parent_id=UUID(int=100 + draw(st.integers(0, parents - 1)))
                if parents and draw(st.booleans())
                else None,
            )
        )
    used = {item.parent_id for item in activities if item.parent_id}
    tops = [
        Activity(id=key, parent_id=UUID(int=100) if key.int == 101 and nested else None)
        for nested in [draw(st.booleans()) and len(used) == 2]
        for key in sorted(used)
    ]
    # Dependencies point from lower to higher, a summary standing where its lowest child does not
    # come before and its highest child does not come after the other end.
    below = leaves_of([*activities, *tops])
    ids = [item.id for item in (*activities, *tops)]
    links = []
    for first, then in product(ids, ids):
        if max(below[first]) < min(below[then]) and draw(st.integers(0, 3)) == 0:
            kind = draw(st.sampled_from(LinkType))
            lag = draw(st.sampled_from((0, 0, 60, 600, 2000, -60, -600)))
            links.append(Link(first, then, kind, lag, draw(st.booleans())))
    return Network(
        start=START,
        calendar=TABLES["office"],
        calendars=TABLES,
        activities=tuple(draw(st.permutations([*activities, *tops]))),
        links=tuple(draw(st.permutations(links))),
    )


def leaves_of(activities) -> dict[UUID, list[UUID]]:
    below: dict[UUID, list[UUID]] = {}
    parents = {item.id: item.parent_id for item in activities}
    inner = set(parents.values())
    for item in activities:
        above = item.id
        while item.id not in inner and above is not None:
            below.setdefault(above, []).append(item.id)
            above = parents[above]
    return below


def calendar_of(network: Network, task_id: UUID) -> str:
    item = next(item for item in network.activities if item.id == task_id)
    return item.calendar or "office"


def assert_dependencies_hold(network: Network, dates) -> None:
    """`dates` gives a task's start and finish."""
    below = leaves_of(network.activities)
    for link in network.links:
        for first in below[link.predecessor_id]:
            for then in below[link.successor_id]:
                source = dates(first)[0 if link.type in FROM_START else 1]
                if link.elapsed:
                    source += link.lag * MINUTE
                elif link.lag:
                    source = after(calendar_of(network, link.successor_id), source, link.lag)
                target = dates(then)[1 if link.type in TO_FINISH else 0]
                duration = next(i.duration for i in network.activities if i.id == then)
                if link.type in TO_FINISH and duration:
                    assert work(calendar_of(network, then), source, target) >= 0
                else:
                    assert target >= source


def leaves(network: Network):
    inner = {item.parent_id for item in network.activities}
    return [item for item in network.activities if item.id not in inner]


def delayed(network: Network, task_id: UUID, until: datetime) -> Network:
    held = tuple(
        replace(item, constraint=Constraint.START_NO_EARLIER_THAN, constraint_date=until)
        if item.id == task_id
        else item
        for item in network.activities
    )
    return replace(network, activities=held)


@given(networks(tuple(c for c in Constraint if c is not Constraint.AS_LATE_AS_POSSIBLE)))
@settings(deadline=None, max_examples=150)
def test_dependencies_durations_and_constraints_hold_early_and_late(network):
    found = schedule(network)
    assert_dependencies_hold(network, lambda key: dates_of(found, key, "early"))
    assert_dependencies_hold(network, lambda key: dates_of(found, key, "late"))
    missed = {wish.activity_id for wish in found.unmet}
    for item in leaves(network):
        name = item.calendar or "office"
        for when in ("early", "late"):
            start, finish = dates_of(found, item.id, when)
            assert work(name, start, finish) == item.duration
            assert_constraint_holds(item, name, start, finish, when, not missed)
    slacks = [found.activities[item.id].total_slack for item in leaves(network)]
    assert (min(slacks) < 0) is bool(missed)
    if not missed:
        for planned in found.activities.values():
            assert planned.early_start <= planned.late_start
            assert planned.early_finish <= planned.late_finish
            assert 0 <= planned.free_slack <= planned.total_slack or planned.total_slack == 0


def dates_of(found, key, when):
    planned = found.activities[key]
    return getattr(planned, f"{when}_start"), getattr(planned, f"{when}_finish")


def assert_constraint_holds(item, name, start, finish, when, held) -> None:
    """Floors hold in the early dates and ceilings in the late ones, whatever happens."""
    date = item.constraint_date
    if date is None:
        return
    floor, ceiling = when == "early" or held, when == "late" or held
    match item.constraint:
        case Constraint.START_NO_EARLIER_THAN:
            assert not floor or start >= date
        case Constraint.START_NO_LATER_THAN:
            assert not ceiling or start <= date
        case Constraint.FINISH_NO_EARLIER_THAN:
            assert not floor or work(name, date, finish) >= 0
        case Constraint.FINISH_NO_LATER_THAN:
            assert not ceiling or finish <= date
        case Constraint.MUST_START_ON:
            assert not (floor and ceiling) or work(name, date, start) == 0
        case _:
            assert not (floor and ceiling) or work(name, date, finish) == 0


@given(networks((Constraint.AS_SOON_AS_POSSIBLE, *FLOORS)), st.data())
@settings(deadline=None, max_examples=150)
def test_total_slack_is_exactly_what_the_project_can_bear(network, data):
    found = schedule(network)
    assert found.unmet == ()
    item = data.draw(st.sampled_from(sorted(leaves(network), key=lambda item: item.id)))
    planned = found.activities[item.id]
    assume(item.constraint is not Constraint.FINISH_NO_EARLIER_THAN)
    name = item.calendar or "office"
    assert planned.total_slack == work(name, planned.early_start, planned.late_start)
    assert schedule(delayed(network, item.id, planned.late_start)).finish == found.finish
    later = schedule(delayed(network, item.id, planned.late_start + MINUTE))
    assert later.finish > found.finish
    assert planned.critical is (planned.total_slack == 0)


@given(networks(), st.data())
@settings(deadline=None, max_examples=150)
def test_free_slack_is_exactly_what_moves_nobody_else(network, data):
    found = schedule(network)
    item = data.draw(st.sampled_from(sorted(leaves(network), key=lambda item: item.id)))
    planned = found.activities[item.id]
    table = TABLES[item.calendar or "office"]
    total = table.worked(minute(planned.early_start)) + planned.free_slack

    def moved_by(until: int):
        after_all = schedule(delayed(network, item.id, EPOCH + until * MINUTE))
        others = {leaf.id for leaf in leaves(network)} - {item.id}
        return after_all.finish > found.finish or any(
            after_all.activities[key] != found.activities[key]
            and after_all.activities[key].early_start != found.activities[key].early_start
            for key in others
        )

    edge = table.start_at(total) if item.duration else table.finish_at(total)
    if planned.free_slack:
        assert not moved_by(edge)
    assert moved_by(table.start_at(total + 1))


@given(networks(tuple(Constraint)), st.randoms())
@settings(deadline=None, max_examples=150)
def test_the_order_of_the_input_changes_nothing(network, dice):
    activities, links = list(network.activities), list(network.links)
    dice.shuffle(activities)
    dice.shuffle(links)
    shuffled = replace(network, activities=tuple(activities), links=tuple(links))
    assert schedule(shuffled) == schedule(network)
    assert reschedule(network, activities) == ()


@given(networks((Constraint.AS_SOON_AS_POSSIBLE, Constraint.AS_LATE_AS_POSSIBLE)))
@settings(deadline=None, max_examples=150)
def test_as_late_as_possible_keeps_every_dependency_and_moves_nobody(network):
    found = schedule(network)
    plain = schedule(
        replace(
            network,
            activities=tuple(
                replace(item, constraint=Constraint.AS_SOON_AS_POSSIBLE)
                for item in network.activities
            ),
        )
    )
    assert found.finish == plain.finish
    lazy = {i.id for i in leaves(network) if i.constraint is Constraint.AS_LATE_AS_POSSIBLE}
    for item in leaves(network):
        now, before = found.activities[item.id], plain.activities[item.id]
        assert before.start <= now.start <= before.late_start
        assert item.id in lazy or now.start == before.start
    assert_dependencies_hold(
        network, lambda key: (found.activities[key].start, found.activities[key].finish)
    )


@given(
    name=st.sampled_from(sorted(CALENDARS)),
    moments=st.lists(st.integers(FIRST_DAY * 1440, LAST_DAY * 1440), max_size=20),
)
def test_many_moments_at_once_are_as_each_alone(name: str, moments: list[int]) -> None:
    table = Timetable(CALENDARS[name])

    together = table.all_worked(np.array(moments, np.int64))

    zero = table.worked(FIRST_DAY * 1440)
    alone = [table.worked(moment) - zero for moment in moments]
    assert [total - zero for total in together.tolist()] == alone
