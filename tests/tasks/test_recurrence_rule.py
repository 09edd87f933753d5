"""Rules of RFC 5545: which are taken, their days, and that none takes long."""

from datetime import date, datetime, time, timedelta
from itertools import islice
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from projectflow.core.problems import InvalidInput
from projectflow.tasks.recurrence_rule import read_rule

UTC = ZoneInfo("UTC")
THURSDAY = date(2026, 1, 1)


def days(text: str, count: int = 3, starts_on: date = THURSDAY) -> list[str]:
    dates = read_rule(text, starts_on, UTC).dates(starts_on, not_before=starts_on)
    return [str(day) for day in islice(dates, count)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("FREQ=DAILY", ["2026-01-02", "2026-01-03", "2026-01-04"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,TH", ["2026-01-05", "2026-01-08", "2026-01-12"]),
        ("freq=weekly;interval=2", ["2026-01-15", "2026-01-29", "2026-02-12"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2026-01-30", "2026-02-27",
                                                          "2026-03-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ["2026-05-11", "2027-05-17", "2028-05-15"]),
        ("FREQ=DAILY;COUNT=3", ["2026-01-02", "2026-01-03"]),
        ("FREQ=DAILY;COUNT=1", []),
        ("FREQ=DAILY;UNTIL=20260102", ["2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20260102T120000Z", ["2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20251231", []),
        ("FREQ=YEARLY;UNTIL=99991231", ["2027-01-01", "2028-01-01", "2029-01-01"]),
    ],
)  # fmt: skip
def test_the_days_of_a_rule(text: str, meant: list[str]) -> None:
    assert days(text) == meant


def test_until_is_a_day_where_the_series_is_at_home() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    rule = read_rule("FREQ=DAILY;UNTIL=20260102T200000Z", THURSDAY, tokyo)
    assert list(rule.dates(THURSDAY, not_before=THURSDAY)) == [date(2026, 1, 2), date(2026, 1, 3)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no part of a rule"), ("every day", "no part"), ("FREQ=HOURLY", "daily at most"),
        ("FREQ=SECONDLY;COUNT=5", "daily at most"), ("FREQ=DAILY;BYHOUR=9,10", "daily at most"),
        ("BYDAY=MO", "needs FREQ"), ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=DAILY;INTERVAL=0", "from 1 to 999"), ("FREQ=DAILY;INTERVAL=-1", "no value"),
        ("FREQ=DAILY;COUNT=0", "from 1 to 9999"), ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=FORTNIGHTLY", "no value"), ("FREQ=WEEKLY;BYDAY=XX", "no value"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31"), ("FREQ=MONTHLY;BYMONTHDAY=0", "1 to 31"),
        ("FREQ=YEARLY;BYMONTH=13", "from 1 to 12"), ("FREQ=WEEKLY;BYDAY=2MO", "has numbers only"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "does not go with"), ("FREQ=MONTHLY;BYWEEKNO=1", "not go"),
        ("FREQ=DAILY;BYSETPOS=1", "needs another part"), ("FREQ=DAILY;UNTIL=20260231", "exists"),
        ("FREQ=DAILY;UNTIL=2026-02-01", "no value"), ("FREQ=DAILY;DTSTART=20260101", "no part"),
        ("FREQ=DAILY\nRDATE:20260101", "no value"), ("FREQ=DAILY;X-FOO=1", "no part"),
        ("FREQ=DAILY;BYEASTER=0", "no part"), ("FREQ=DAILY\x00", "no value"),
    ],
)  # fmt: skip
def test_what_is_no_rule_of_ours_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        read_rule(text, THURSDAY, UTC)
    assert caught.value.errors[0].field == "rule"


@pytest.mark.parametrize("starts_on", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31)])
def test_a_start_far_away_is_refused(starts_on: date) -> None:
    with pytest.raises(InvalidInput, match="starts_on"):
        read_rule("FREQ=DAILY", starts_on, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=3", "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30",
    ],
)  # fmt: skip
def test_a_rule_without_days_has_none_soon(text: str) -> None:
    began = perf_counter()
    assert days(text) == []
    assert perf_counter() - began < 2


RULES = st.builds(
    ";".join,
    st.tuples(
        st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"]),
        st.sampled_from(["INTERVAL=1", "INTERVAL=3", "INTERVAL=12", "COUNT=7", "UNTIL=20300301"]),
        st.sampled_from(["BYDAY=MO,SA", "BYMONTH=2,7", "WKST=SU", "BYDAY=FR;BYMONTH=11"]),
    ),
)


@given(RULES, st.dates(date(2000, 1, 1), date(2199, 12, 31)), st.integers(0, 400))
def test_the_days_are_the_same_as_they_would_be_without_going_to_a_later_century(
    text: str, starts_on: date, later: int
) -> None:
    after = starts_on + timedelta(days=later)
    plain: Any = rrulestr(text, dtstart=datetime.combine(starts_on, time.min))
    expected = [m.date() for m in plain.xafter(datetime.combine(after, time.min), count=3)]

    found = list(islice(read_rule(text, starts_on, UTC).dates(after, not_before=after), 3))

    assert found == expected
