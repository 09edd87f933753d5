"""Dates, slack and what cannot be kept, in small networks that a person can check by hand."""
# ruff: noqa: DTZ001 - a wall clock

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.engine import reschedule, schedule
from projectflow.tasks.schedule.passes import ScheduleCycle
from projectflow.tasks.schedule.timetable import NoWorkingTime, Timetable
from projectflow.tasks.schedule.types import (
    Activity,
    Constraint,
    InvalidSchedule,
    Link,
    LinkType,
    Network,
)

OFFICE = Timetable(WorkingCalendar((((480, 720), (780, 1020)),) * 5 + ((),) * 2))
ALWAYS = Timetable(WorkingCalendar((((0, 1440),),) * 7))
MONDAY = datetime(2026, 3, 2, 8)
DAY = 480
FS, SS = LinkType.FINISH_TO_START, LinkType.START_TO_START
FF, SF = LinkType.FINISH_TO_FINISH, LinkType.START_TO_FINISH


def task(number: int, days: float = 1, **more) -> Activity:
    if "parent" in more:
        more["parent_id"] = UUID(int=more.pop("parent"))
    return Activity(id=UUID(int=number), duration=int(days * DAY), **more)


def link(first: int, then: int, kind: LinkType = FS, lag: float = 0, **more) -> Link:
    return Link(UUID(int=first), UUID(int=then), kind, int(lag * DAY), **more)


def network(*parts: Activity | Link, **more) -> Network:
    return Network(
        start=MONDAY,
        calendar=OFFICE,
        calendars={"always": ALWAYS},
        activities=tuple(part for part in parts if isinstance(part, Activity)),
        links=tuple(part for part in parts if isinstance(part, Link)),
        **more,
    )


def dates(*parts: Activity | Link) -> dict[int, str]:
    """Planned dates, as '2 08:00 - 2 17:00' of March 2026, by task number."""
    found = schedule(network(*parts)).activities
    return {key.int: f"{of(item.start)} - {of(item.finish)}" for key, item in found.items()}


def of(moment: datetime) -> str:
    return f"{moment.day} {moment:%H:%M}"


def unmet(*parts: Activity | Link) -> list[tuple[int, str, str, str, int | None]]:
    return [
        (
            wish.activity_id.int,
            wish.about,
            of(wish.wanted),
            of(wish.got),
            wish.predecessor_id and wish.predecessor_id.int,
        )
        for wish in schedule(network(*parts)).unmet
    ]


def slack(*parts: Activity | Link) -> dict[int, tuple[float, float, bool]]:
    """Total and free slack in days, and critical."""
    found = schedule(network(*parts)).activities
    return {
        key.int: (item.total_slack / DAY, item.free_slack / DAY, item.critical)
        for key, item in found.items()
    }


@pytest.mark.parametrize(
    ("kind", "lag", "more", "expected"),
    [
        (FS, 0, {}, "4 08:00 - 4 17:00"),
        (FS, 1, {}, "5 08:00 - 5 17:00"),
        (FS, -1, {}, "3 08:00 - 3 17:00"),
        (FS, 3, {}, "9 08:00 - 9 17:00"),  # over the weekend
        (FS, 3, {"elapsed": True}, "4 17:00 - 5 17:00"),  # see below: 3 x 8 hours of the clock
        (SS, 0, {}, "2 08:00 - 2 17:00"),
        (SS, 0.5, {}, "2 13:00 - 3 12:00"),
        (FF, 0, {}, "3 08:00 - 3 17:00"),
        (FF, 0.5, {}, "3 13:00 - 4 12:00"),
        (SF, 0, {}, "2 08:00 - 2 17:00"),
        (SF, 2, {}, "3 08:00 - 3 17:00"),
    ],
)
def test_four_kinds_of_dependency_with_lags(kind, lag, more, expected):
    if more:
        expected = "5 08:00 - 5 17:00"  # 24 hours after 17:00 on the 3rd is 17:00 on the 4th
    assert dates(task(1, 2), task(2), link(1, 2, kind, lag, **more))[2] == expected


def test_lag_is_working_time_of_the_task_that_waits():
    found = dates(task(1), task(2, calendar="always"), link(1, 2, lag=1))
    assert found[2] == "3 01:00 - 3 09:00"


def test_a_milestone_stands_at_the_end_of_what_it_waits_for():
    assert dates(task(1, 5), task(2, 0), task(3), link(1, 2), link(2, 3)) == {
        1: "2 08:00 - 6 17:00",
        2: "6 17:00 - 6 17:00",
        3: "9 08:00 - 9 17:00",
    }


def test_slack_is_what_a_task_may_slip_alone_and_with_others():
    parts = (
        *(task(1, 5), task(2, 1), task(3, 1), task(4, 1)),
        *(link(1, 4), link(2, 3), link(3, 4)),
    )
    assert slack(*parts) == {
        1: (0, 0, True),
        2: (3, 0, False),
        3: (3, 3, False),
        4: (0, 0, True),
    }
    relaxed = schedule(network(*parts, critical_slack=3 * DAY))
    assert all(item.critical for item in relaxed.activities.values())


@pytest.mark.parametrize(
    ("constraint", "date", "expected", "missed"),
    [
        (Constraint.MUST_START_ON, 5, "5 08:00 - 5 17:00", False),
        (Constraint.MUST_START_ON, 3, "4 08:00 - 4 17:00", True),
        (Constraint.MUST_START_ON, 7, "9 08:00 - 9 17:00", False),  # a Saturday
        (Constraint.START_NO_EARLIER_THAN, 5, "5 08:00 - 5 17:00", False),
        (Constraint.START_NO_EARLIER_THAN, 3, "4 08:00 - 4 17:00", False),
        (Constraint.START_NO_LATER_THAN, 4, "4 08:00 - 4 17:00", False),
        (Constraint.START_NO_LATER_THAN, 3, "4 08:00 - 4 17:00", True),
        (Constraint.MUST_FINISH_ON, 6, "5 08:00 - 5 17:00", False),  # at 08:00, as nothing is left
        (Constraint.MUST_FINISH_ON, 4, "4 08:00 - 4 17:00", True),
        (Constraint.MUST_FINISH_ON, 7, "6 08:00 - 6 17:00", False),
        (Constraint.FINISH_NO_EARLIER_THAN, 7, "6 08:00 - 6 17:00", False),
        (Constraint.FINISH_NO_EARLIER_THAN, 3, "4 08:00 - 4 17:00", False),
        (Constraint.FINISH_NO_LATER_THAN, 5, "4 08:00 - 4 17:00", False),
        (Constraint.FINISH_NO_LATER_THAN, 4, "4 08:00 - 4 17:00", True),
    ],
)
def test_constraints_move_within_what_dependencies_allow(constraint, date, expected, missed):
    when = MONDAY.replace(day=date)
    parts = (
        *(task(1, 2), link(1, 2)),
        task(2, constraint=constraint, constraint_date=when),
    )
    assert dates(*parts)[2] == expected
    wishes = [(who, about, wanted) for who, about, wanted, _, _ in unmet(*parts)]
    assert wishes == ([(2, "constraint", of(when))] if missed else [])
    assert (slack(*parts)[2][0] < 0) is missed
    assert (slack(*parts)[1][0] < 0) is missed


def test_a_milestone_that_cannot_be_reached_has_negative_slack_even_over_a_weekend():
    saturday = MONDAY.replace(day=7)
    parts = (
        *(task(1, 5), task(2, 0, constraint=Constraint.FINISH_NO_LATER_THAN)),
        link(1, 2, lag=1 / DAY),
    )
    late = [replace(parts[1], constraint_date=saturday), parts[0], parts[2]]
    assert unmet(*late) == [(2, "constraint", "7 08:00", "9 08:01", None)]
    assert slack(*late)[2][0] == -1 / DAY


def test_as_late_as_possible_uses_what_is_free_and_moves_nobody():
    lazy = Constraint.AS_LATE_AS_POSSIBLE
    parts = (
        *(task(1, 5), task(2, 1, constraint=lazy), task(3, 1, constraint=lazy), task(4, 1)),
        *(task(5, 1), link(1, 4), link(2, 3), link(3, 5), link(5, 4)),
    )
    found = dates(*parts)
    assert found[5] == "4 08:00 - 4 17:00"  # where it was; it could be at the 6th
    assert (found[2], found[3]) == ("2 08:00 - 2 17:00", "3 08:00 - 3 17:00")
    free = dates(*parts[:4], *(part for part in parts[5:] if part != link(5, 4)), task(5, 0))
    assert free[2] == "2 08:00 - 2 17:00"
    assert dates(task(1, 5), task(2, 1, constraint=lazy))[2] == "6 08:00 - 6 17:00"
    assert dates(*parts[:4], link(1, 4), link(2, 3), link(3, 4)) == {
        1: "2 08:00 - 6 17:00",
        2: "5 08:00 - 5 17:00",
        3: "6 08:00 - 6 17:00",
        4: "9 08:00 - 9 17:00",
    }


def test_a_deadline_takes_slack_and_moves_nothing():
    parts = (task(1, 5), task(2, 2, deadline=MONDAY.replace(day=3)))
    assert dates(*parts)[2] == "2 08:00 - 3 17:00"
    assert slack(*parts)[2] == (-1, 0, True)
    assert unmet(*parts) == [(2, "deadline", "3 08:00", "3 17:00", None)]


def test_a_summary_spans_its_children_and_they_wait_for_what_it_waits_for():
    parts = (
        *(task(1), task(10), task(11, 2, parent=10), task(12, 1, parent=10)),
        *(task(20), task(21, parent=20), task(22, parent=20), task(23, parent=22)),
        *(link(1, 10), link(10, 20, lag=1), link(11, 12)),
    )
    found = dates(*parts)
    assert found[10] == "3 08:00 - 5 17:00"
    assert found[11] == "3 08:00 - 4 17:00"
    assert found[20] == found[21] == found[22] == found[23] == "9 08:00 - 9 17:00"
    assert all(critical for _, _, critical in slack(*parts).values())


def test_a_summarys_own_dates_bind_its_children():
    early = Constraint.START_NO_EARLIER_THAN
    late = Constraint.FINISH_NO_LATER_THAN
    when = MONDAY.replace(day=4)
    below = (task(2, parent=1), task(3, 3, parent=2))
    assert dates(task(1, constraint=early, constraint_date=when), *below)[3] == "4 08:00 - 6 17:00"
    held = (task(1, constraint=late, constraint_date=when), *below)
    assert unmet(*held) == [(1, "constraint", "4 08:00", "4 17:00", None)]
    assert slack(*held)[3] == (-1, 0, True)
    with pytest.raises(InvalidSchedule, match="a task with children can only"):
        dates(task(1, constraint=Constraint.MUST_START_ON, constraint_date=when), *below)


def test_what_has_begun_keeps_its_dates_and_what_is_done_is_not_critical():
    parts = (
        task(1, 2),
        task(2, 1, actual_start=MONDAY.replace(day=3)),
        task(3, 1, actual_start=MONDAY.replace(day=3), actual_finish=MONDAY.replace(day=7, hour=9)),
        task(4, 1, start=MONDAY.replace(day=5), progress=30),
        *(link(1, 2), link(1, 3), link(1, 4), link(3, 5), task(5)),
    )
    assert dates(*parts) == {
        1: "2 08:00 - 3 17:00",
        2: "3 08:00 - 3 17:00",
        3: "3 08:00 - 7 09:00",
        4: "5 08:00 - 5 17:00",
        5: "9 08:00 - 9 17:00",
    }
    found = slack(*parts)
    assert found[3] == (0, 0, False)
    assert found[2] == (4, 4, False)
    assert found[1] == (4, 4, False)  # nobody waits for it any more
    assert unmet(*parts) == [(2, "dependency", "3 17:00", "3 08:00", 1)]


def test_what_has_begun_still_holds_by_its_finish():
    begun = task(2, 5, actual_start=MONDAY)
    assert slack(task(1), begun, task(3), link(1, 2, FF), link(2, 3))[1] == (4, 4, False)
    assert slack(task(1), begun, task(3), link(1, 2, SS), link(2, 3))[1] == (5, 5, False)


def test_a_summarys_hold_that_falls_in_a_weekend_takes_no_slack():
    saturday = link(1, 10, FF, lag=108 * 60 / DAY, elapsed=True)  # 05:00; the child ends on Friday
    parts = (task(1), task(10), task(11, parent=10), saturday)
    assert dates(*parts)[10] == "6 08:00 - 6 17:00"
    assert slack(*parts)[1] == (2, 2, False)


def test_a_pinned_task_stays_and_says_what_it_breaks():
    parts = (task(1, 2), task(2, start=MONDAY.replace(day=3), pinned=True), link(1, 2))
    assert dates(*parts)[2] == "3 08:00 - 3 17:00"
    assert unmet(*parts) == [(2, "dependency", "3 17:00", "3 08:00", 1)]
    assert slack(*parts)[1] == (-1, 0, True)


def test_only_a_task_without_dependencies_begins_at_its_own_start():
    own = MONDAY.replace(day=5)
    parts = (task(1), task(2, start=own), task(3, start=own), link(1, 3), task(4))
    found = dates(*parts, task(5, start=own, parent=4), task(6), link(1, 6))
    assert found[2] == found[5] == "5 08:00 - 5 17:00"
    assert found[3] == "3 08:00 - 3 17:00"
    held = dates(task(1), task(4), task(5, start=own, parent=4), link(1, 4))
    assert held[5] == "3 08:00 - 3 17:00"
    assert dates(task(1, start=MONDAY - timedelta(days=7)))[1] == "2 08:00 - 2 17:00"


def test_a_cycle_is_named_in_the_order_in_which_its_tasks_wait():
    parts = (*(task(n) for n in range(1, 6)), link(1, 2), link(4, 3), link(3, 5), link(5, 4))
    with pytest.raises(ScheduleCycle) as caught:
        dates(*parts, link(2, 3))
    assert [task_id.int for task_id in caught.value.cycle] == [3, 5, 4]
    assert str(UUID(int=3)) in caught.value.detail
    for bad in (
        [task(1), link(1, 1)],
        [task(1), task(2, parent=1), link(1, 2)],
        [task(1), task(2, parent=1), link(2, 1)],
    ):
        with pytest.raises(ScheduleCycle):
            dates(*bad)


def test_a_thousand_levels_of_subtasks_are_no_trouble():
    below = [task(n, parent=n - 1) for n in range(2, 2_001)]
    found = dates(task(3_000), task(1), *below, task(4_000), link(3_000, 1), link(1, 4_000))
    assert found[1] == found[2_000] == "3 08:00 - 3 17:00"
    assert found[4_000] == "4 08:00 - 4 17:00"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([task(1), task(1)], "twice"),
        ([task(1, parent=9)], "not among"),
        ([task(1), link(1, 9)], "not among"),
        ([task(1, parent=2), task(2, parent=1)], "own ancestor"),
        ([task(1, -1)], "below 0"),
        ([task(1, 1e9)], "over a century"),
        ([task(1), task(2), link(1, 2, lag=-1e9)], "over a century"),
        ([task(1, calendar="moon")], "no calendar"),
        ([task(1, constraint=Constraint.MUST_START_ON)], "no date"),
        ([task(1, pinned=True)], "no start"),
        ([task(1, start=MONDAY.replace(tzinfo=UTC))], "offset"),
        ([task(1, actual_start=MONDAY, actual_finish=MONDAY - timedelta(1))], "before it started"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_with_the_reason(parts, said):
    with pytest.raises(InvalidSchedule, match=said):
        dates(*parts)


def test_time_that_runs_out_names_the_task():
    years = [task(n, 60 * 365, calendar="always") for n in range(1, 10)]  # twenty of the clock each
    chain = [link(n, n + 1) for n in range(1, 9)]
    assert dates(*years[:8], *chain[:7])[1].startswith("2 08:00")
    with pytest.raises(NoWorkingTime, match=str(UUID(int=9))):
        dates(*years, *chain)
    far = datetime(2300, 1, 1)
    for unreachable in (
        task(1, start=far),
        task(1, constraint=Constraint.MUST_FINISH_ON, constraint_date=far),
        task(1, deadline=datetime(1800, 1, 1)),
    ):
        with pytest.raises(NoWorkingTime, match=str(UUID(int=1))):
            dates(unreachable)
    late_enough = task(
        1, constraint=Constraint.FINISH_NO_LATER_THAN, constraint_date=far, deadline=far
    )
    assert dates(late_enough) == {1: "2 08:00 - 2 17:00"}


def test_nothing_to_schedule_is_a_project_of_no_length():
    found = schedule(network())
    assert (found.start, found.finish, found.activities) == (MONDAY, MONDAY, {})


def test_aware_dates_come_back_in_utc_and_follow_the_calendars_clock():
    berlin = Timetable(WorkingCalendar((((480, 1020),),) * 7, zone="Europe/Berlin"))
    day = datetime(2026, 3, 28, tzinfo=UTC)
    found = schedule(Network(start=day, calendar=berlin, activities=(task(1, 1080 / DAY),)))
    assert found.start == day.replace(hour=7)
    assert found.finish == day.replace(day=29, hour=15)
    with pytest.raises(InvalidSchedule, match="offset"):
        schedule(Network(start=MONDAY, calendar=berlin))


def test_a_change_moves_its_dependents_and_nobody_else():
    parts = (
        *(task(1), task(2), task(3, 1, parent=9), task(9), task(5, 4), task(6)),
        *(link(1, 2), link(2, 3), link(5, 6)),
    )
    now = network(*parts)
    moved = reschedule(now, [replace(parts[1], duration=2 * DAY)])
    assert [(move.activity_id.int, of(move.start), of(move.finish)) for move in moved] == [
        (2, "3 08:00", "4 17:00"),
        (3, "5 08:00", "5 17:00"),
        (9, "5 08:00", "5 17:00"),
    ]
    assert (of(moved[0].old_start), of(moved[0].old_finish)) == ("3 08:00", "3 17:00")
    assert reschedule(now, [parts[1]], schedule(now)) == ()
    with pytest.raises(InvalidSchedule):
        reschedule(now, [task(77)])
