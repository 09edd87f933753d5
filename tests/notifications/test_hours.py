"""Quiet hours, digests and dates in any time zone, also on the days when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projectflow.notifications.hours import (
    LONGEST_QUIET,
    DigestTime,
    QuietHours,
    leave_no_time,
    next_digest,
    notice_of,
    quiet_until,
)

BERLIN, KOLKATA, APIA, LORD_HOWE = map(
    ZoneInfo, ("Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe")
)
ZONES = st.sampled_from(
    [BERLIN, KOLKATA, APIA, LORD_HOWE, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati"),
     ZoneInfo("America/Sao_Paulo"), ZoneInfo("UTC")]
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2011, 12, 20), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
WALLS = st.builds(lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.integers(0, 59))
WINDOWS = st.builds(
    QuietHours, WALLS, WALLS, st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)
)
# Two busy cores are slow at times.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOUR = timedelta(hours=1)
NIGHT = [QuietHours("22:00", "07:00")]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-10T21:59:59+01:00", "2026-03-10T21:59:59+01:00"),
        ("2026-03-10T22:00:00+01:00", "2026-03-11T07:00:00+01:00"),
        ("2026-03-11T06:59:59+01:00", "2026-03-11T07:00:00+01:00"),
        ("2026-03-11T07:00:00+01:00", "2026-03-11T07:00:00+01:00"),
        # Nights in which clocks are moved on and back.
        ("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),
    ],
)
def test_a_night_is_quiet_by_the_persons_clock(now: str, end: str) -> None:
    assert quiet_until(NIGHT, BERLIN, utc(now)) == utc(end)


def test_windows_that_touch_are_one_and_days_are_those_of_the_beginning() -> None:
    weekend = [QuietHours("18:00", "00:00", [4]), QuietHours("00:00", "00:00", [5, 6])]
    friday_evening, monday = utc("2026-03-13T19:00:00+01:00"), utc("2026-03-16T00:00:00+01:00")

    assert quiet_until(weekend, BERLIN, friday_evening) == monday
    assert quiet_until(weekend, BERLIN, utc("2026-03-12T19:00:00+01:00")) == utc(
        "2026-03-12T19:00:00+01:00"
    )


@patient
@given(st.lists(WINDOWS, max_size=4), ZONES, MOMENTS)
def test_when_quiet_hours_end_none_are_on(
    windows: list[QuietHours], zone: ZoneInfo, now: datetime
) -> None:
    end = quiet_until(windows, zone, now)

    assert now <= end <= now + LONGEST_QUIET
    if not leave_no_time(windows) and end < now + LONGEST_QUIET:
        assert quiet_until(windows, zone, end) == end


def test_rules_that_leave_no_time_are_known() -> None:
    assert leave_no_time([QuietHours("09:00", "09:00")])
    assert leave_no_time([QuietHours("09:00", "21:00"), QuietHours("21:00", "09:00")])
    assert not leave_no_time([QuietHours("09:00", "09:00", [0, 1, 2, 3, 4, 5])])
    assert not leave_no_time([QuietHours("09:00", "08:59")])
    assert not leave_no_time([])


@patient
@given(
    st.builds(DigestTime, st.sampled_from(["hour", "day", "week"]), WALLS, st.integers(0, 6)),
    ZONES,
    MOMENTS,
)
def test_a_digest_comes_after_now_at_its_time_by_the_persons_clock(
    digest: DigestTime, zone: ZoneInfo, now: datetime
) -> None:
    due = next_digest(digest, zone, now)
    period = {"hour": HOUR, "day": 24 * HOUR, "week": 7 * 24 * HOUR}[digest.every]

    # A day that a zone skips whole, as Apia's 30 December 2011, makes it a period more.
    assert timedelta(0) < due - now <= 2 * period + HOUR
    if _is_steady(zone, now, due + period):
        local = due.astimezone(zone)
        assert due - now <= period
        assert f"{local:%M}" == digest.at[3:]
        assert digest.every == "hour" or f"{local:%H:%M}" == digest.at
        assert digest.every != "week" or local.weekday() == digest.weekday


def _is_steady(zone: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Whether no clock is changed from a day before to a day after."""
    hours = int((end - start) / HOUR) + 48
    moments = (start + (n - 24) * HOUR for n in range(hours))
    return len({each.astimezone(zone).utcoffset() for each in moments}) == 1


def test_a_digest_at_a_time_that_clocks_skip_comes_all_the_same() -> None:
    digest = DigestTime("day", "02:30")

    assert next_digest(digest, BERLIN, utc("2026-03-29T00:00:00+01:00")) == utc(
        "2026-03-29T03:30:00+02:00"
    )
    assert next_digest(digest, BERLIN, utc("2026-10-25T00:00:00+02:00")) == utc(
        "2026-10-25T02:30:00+02:00"
    )


@pytest.mark.parametrize(
    ("zone", "now", "said"),
    [
        (BERLIN, "2026-03-10T08:59:00+01:00", None),
        (BERLIN, "2026-03-10T09:00:00+01:00", "due_soon"),
        (BERLIN, "2026-03-11T16:59:00+01:00", "due_soon"),
        (BERLIN, "2026-03-11T17:00:00+01:00", None),
        (BERLIN, "2026-03-12T08:59:00+01:00", None),
        (BERLIN, "2026-03-12T09:00:00+01:00", "overdue"),
        # For somebody in Apia it is due on the twelfth.
        (APIA, "2026-03-10T19:59:00+00:00", None),
        (APIA, "2026-03-10T20:00:00+00:00", "due_soon"),
        (APIA, "2026-03-12T20:00:00+00:00", "overdue"),
    ],
)
def test_people_hear_of_a_date_in_the_morning_before_and_after(
    zone: ZoneInfo, now: str, said: str | None
) -> None:
    assert notice_of(utc("2026-03-11T17:00:00+01:00"), zone, utc(now)) == said


@patient
@given(MOMENTS, ZONES, MOMENTS)
def test_nothing_is_soon_and_late_at_once(due: datetime, zone: ZoneInfo, now: datetime) -> None:
    said = notice_of(due, zone, now)

    assert not (said == "due_soon" and now >= due)
    assert not (said == "overdue" and now <= due)
    assert said != "due_soon" or due - now < timedelta(days=3)
    assert date.min < due.date() < date.max
