"""Working time: what counts, and adding and taking it away."""
# ruff: noqa: DTZ001 - a calendar's own clock has no zone

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projectflow.tasks.schedule.calendars import (
    DAY,
    EPOCH,
    EPOCH_UTC,
    MINUTE,
    DayException,
    InvalidCalendar,
    WorkingCalendar,
    working_intervals,
)
from projectflow.tasks.schedule.public_holidays import UnknownHolidays
from projectflow.tasks.schedule.timetable import NoWorkingTime, Timetable

OFF = ((),)
OFFICE = (((480, 720), (780, 1020)),) * 5 + OFF * 2
ALWAYS = (((0, 1440),),) * 7
NIGHTS = (((1320, 1800),),) * 5 + OFF * 2


def at(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return (moment - (EPOCH if moment.tzinfo is None else EPOCH_UTC)) // MINUTE


def said(minute: int) -> str:
    return (EPOCH + minute * MINUTE).isoformat(" ", "minutes")


def worked_between(table: Timetable, start: str, end: str) -> int:
    return table.worked(at(end)) - table.worked(at(start))


def test_a_gap_ends_where_work_ended_and_where_it_begins_again():
    office = Timetable(WorkingCalendar(OFFICE))
    friday_evening = office.worked(at("2026-03-06 17:00"))
    assert said(office.finish_at(friday_evening)) == "2026-03-06 17:00"
    assert said(office.start_at(friday_evening)) == "2026-03-09 08:00"
    assert said(office.finish_at(friday_evening + 960)) == "2026-03-10 17:00"
    assert said(office.start_at(friday_evening - 960)) == "2026-03-05 08:00"
    assert said(office.last_start(at("2026-03-07 12:00"))) == "2026-03-06 16:59"


def test_a_milestone_may_stand_where_work_ends_but_not_in_the_night():
    office = Timetable(WorkingCalendar(OFFICE))
    assert said(office.at_or_after(at("2026-03-06 17:00"))) == "2026-03-06 17:00"
    assert said(office.at_or_after(at("2026-03-06 17:01"))) == "2026-03-09 08:00"
    assert said(office.at_or_before(at("2026-03-09 08:00"))) == "2026-03-09 08:00"
    assert said(office.at_or_before(at("2026-03-09 07:59"))) == "2026-03-06 17:00"


def test_a_night_shift_reaches_into_saturday():
    nights = Timetable(WorkingCalendar(NIGHTS))
    assert worked_between(nights, "2026-03-06 00:00", "2026-03-09 00:00") == 6 * 60 + 8 * 60


def test_clocks_that_change_make_a_day_of_23_and_one_of_25_hours():
    berlin = Timetable(WorkingCalendar(ALWAYS, zone="Europe/Berlin"))
    office = Timetable(WorkingCalendar(OFFICE, zone="Europe/Berlin"))
    sunday = WorkingCalendar(OFF * 6 + (((0, 1440),),), zone="Europe/Berlin")
    hours = Timetable(sunday)
    assert worked_between(hours, "2026-03-28 12:00Z", "2026-03-30 12:00Z") == 23 * 60
    assert worked_between(hours, "2026-10-24 12:00Z", "2026-10-26 12:00Z") == 25 * 60
    assert worked_between(berlin, "2026-03-01 00:00Z", "2026-12-01 00:00Z") == 275 * DAY
    for day, offset in (("2026-03-27", "+01:00"), ("2026-03-30", "+02:00")):
        start = office.run(at(f"{day} 00:00Z"), 1)[0]
        assert start == at(f"{day} 08:00{offset}")


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        ((150, 240), ("01:00", "02:00")),  # 02:30 does not come: 03:00 summer time does
        ((90, 150), ("00:30", "01:00")),
        ((130, 170), None),
        ((60, 240), ("00:00", "02:00")),
    ],
)
def test_an_hour_that_is_skipped_is_not_worked(shift, expected):
    calendar = WorkingCalendar(OFF * 6 + ((shift,),), zone="Europe/Berlin")
    day = date(2026, 3, 29).toordinal() - date(1970, 1, 1).toordinal()
    found = working_intervals(calendar, day, day + 1)
    wanted = [] if expected is None else [tuple(at(f"2026-03-29 {t}Z") for t in expected)]
    assert found == wanted


def test_a_later_word_about_a_day_wins():
    calendar = WorkingCalendar(
        OFFICE,
        country="DE",
        subdivision="BE",
        exceptions=(
            DayException(date(2026, 5, 1), date(2026, 5, 1), ((540, 600),)),
            DayException(date(2026, 5, 4), date(2026, 5, 8)),
            DayException(date(2026, 5, 8), date(2026, 5, 9), ((600, 660),)),
        ),
        absences=((datetime(2026, 5, 9, 10, 15), datetime(2026, 5, 9, 10, 45)),),
    )
    table = Timetable(calendar)

    def on(day: str) -> int:
        return worked_between(table, f"2026-{day} 00:00", f"2026-{day} 23:59")

    assert on("04-30") == 480
    assert on("05-01") == 60  # a holiday, but this year they work an hour
    assert on("05-04") == 0
    assert on("05-08") == 60
    assert on("05-09") == 30  # an extra Saturday, with half an hour away
    assert on("05-25") == 0  # Whit Monday
    assert on("03-09") == 480
    assert worked_between(table, "2027-03-08 00:00", "2027-03-09 00:00") == 0  # Berlin's own


def test_a_person_works_when_workspace_project_and_person_all_do():
    workspace = WorkingCalendar(OFFICE, zone="Europe/Berlin")
    project = WorkingCalendar((((0, 1440),),) * 3 + OFF * 4)
    person = WorkingCalendar((((540, 1080),),) * 7, zone="Europe/Lisbon")
    table = Timetable(workspace, project, person)
    assert table.run(at("2026-03-06 00:00Z"), 420) == (
        at("2026-03-09 09:00Z"),  # 10:00 in Berlin
        at("2026-03-09 16:00Z") + 17 * 60 + 60,  # Monday has six hours, the seventh is Tuesday's
    )


def test_a_calendar_without_work_says_so():
    never = Timetable(WorkingCalendar(OFFICE), WorkingCalendar(OFF * 5 + (((0, 1440),),) * 2))
    with pytest.raises(NoWorkingTime):
        never.run(at("2026-03-06 00:00"), 1)


@pytest.mark.parametrize(
    "calendar",
    [
        WorkingCalendar(OFFICE[:6]),
        WorkingCalendar((((720, 480),),) * 7),
        WorkingCalendar((((1440, 1500),),) * 7),
        WorkingCalendar((((0, 2881),),) * 7),
        WorkingCalendar(OFFICE, zone="Europe/Atlantis"),
        WorkingCalendar(OFFICE, zone="../../etc/passwd"),
        WorkingCalendar(OFFICE, exceptions=(DayException(date(2026, 5, 2), date(2026, 5, 1)),)),
        WorkingCalendar(OFFICE, absences=((datetime(2026, 5, 2), datetime(2026, 5, 1)),)),
    ],
)
def test_what_is_no_calendar_is_refused(calendar):
    with pytest.raises(InvalidCalendar):
        Timetable(calendar)


@pytest.mark.parametrize(("country", "part"), [("XX", None), ("DE", "ZZ"), ("", None)])
def test_holidays_of_nowhere_are_refused(country, part):
    with pytest.raises(UnknownHolidays):
        Timetable(WorkingCalendar(OFFICE, country=country, subdivision=part))


shifts = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 900)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=3,
).map(tuple)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
calendars = st.builds(
    WorkingCalendar,
    week=st.lists(shifts, min_size=7, max_size=7)
    .map(tuple)
    .map(lambda week: week if any(week) else OFFICE),
    zone=st.sampled_from([None, "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    exceptions=st.lists(
        st.builds(
            lambda first, length, what: DayException(first, first + timedelta(length), what),
            days,
            st.integers(0, 20),
            shifts,
        ),
        max_size=3,
    ).map(tuple),
    absences=st.lists(
        st.builds(
            lambda start, hours: (start, start + timedelta(hours=hours)),
            st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
            st.integers(0, 60),
        ),
        max_size=3,
    ).map(tuple),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: (moment.replace(tzinfo=UTC) - EPOCH_UTC) // MINUTE
)


@settings(deadline=None)
@given(calendars, moments, st.integers(-3_000, 3_000))
def test_adding_then_taking_away_comes_back_to_the_same_work(calendar, moment, amount):
    table = Timetable(calendar)
    total = table.worked(moment)
    there = table.finish_at(total + amount)
    assert table.worked(there) == total + amount
    assert table.finish_at(table.worked(there) - amount) == table.finish_at(total)
    assert table.start_at(table.worked(there) - amount) == table.start_at(total)


@settings(deadline=None)
@given(calendars, moments, st.integers(1, 30))
def test_totals_are_the_sum_of_the_intervals(calendar, moment, length):
    table = Timetable(calendar)
    day = moment // DAY
    intervals = working_intervals(calendar, day, day + length)
    assert all(start < end for start, end in intervals)
    assert all(a[1] < b[0] for a, b in pairwise(intervals))
    assert table.worked((day + length) * DAY) - table.worked(day * DAY) == sum(
        end - start for start, end in intervals
    )
    for start, end in intervals:
        total = table.worked(start)
        assert table.start_at(total) == start
        assert table.finish_at(total + end - start) == end


@settings(deadline=None, max_examples=30)
@given(st.lists(calendars, min_size=2, max_size=3), st.permutations(range(6)), moments)
def test_the_intersection_works_the_minutes_that_all_work(several, order, moment):
    shared = Timetable(*several)
    shuffled = Timetable(*(several[i] for i in order if i < len(several)))
    each = [Timetable(calendar) for calendar in several]
    for minute in range(moment, moment + 3000, 13):
        works = all(table.worked(minute + 1) > table.worked(minute) for table in each)
        assert (shared.worked(minute + 1) > shared.worked(minute)) is works
        assert (shuffled.worked(minute + 1) > shuffled.worked(minute)) is works
