"""How long tasks took: lead and cycle times, in elapsed and in working time, and what of it flowed.

Percentiles are by nearest rank: the shortest that so many per cent do not exceed (Hyndman & Fan
1996, definition 1; the same as PostgreSQL's `percentile_disc`). So each is a time that a task took.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
from msgspec import Struct

from projectflow.analytics.facts import MICROSECOND
from projectflow.analytics.store import Completion
from projectflow.tasks.schedule.calendars import DAY
from projectflow.tasks.schedule.timetable import FIRST_DAY, LAST_DAY, Timetable

TENTH: Final = Decimal("0.1")
FIRST: Final = FIRST_DAY * DAY
LAST: Final = LAST_DAY * DAY - 1


class Spread(Struct, frozen=True):
    """How some amounts are spread; all null where there is none."""

    count: int
    p50: int | None = None
    p75: int | None = None
    p85: int | None = None
    p95: int | None = None
    least: int | None = None
    most: int | None = None
    mean: int | None = None


class Durations(Struct, frozen=True, kw_only=True):
    """How long the tasks took that were completed."""

    lead_seconds: Spread
    """From creation to completion."""
    lead_working_minutes: Spread
    cycle_seconds: Spread
    """From the first start to completion; of those that were ever started."""
    cycle_working_minutes: Spread
    flow_efficiency_percent: Decimal | None
    """Of the cycle times, the part in started states without waiting for other tasks."""
    blocked_seconds: int
    """Of the time in started states, what was spent waiting for other tasks."""


def spread(amounts: Sequence[int]) -> Spread:
    """The percentiles of amounts, and their mean, rounded to whole ones."""
    if not amounts:
        return Spread(0)
    ordered = sorted(amounts)
    count = len(ordered)

    def rank(percent: int) -> int:
        return ordered[(percent * count + 99) // 100 - 1]

    mean = int((Decimal(sum(ordered)) / count).quantize(Decimal(1), ROUND_HALF_UP))
    return Spread(count, rank(50), rank(75), rank(85), rank(95), ordered[0], ordered[-1], mean)


def durations_of(done: Sequence[Completion], timetable: Timetable) -> Durations:
    """How long these took."""
    started = [(each, each.started_at) for each in done if each.started_at is not None]
    cycle_us = sum((each.completed_at - begun) // MICROSECOND for each, begun in started)
    active_us = sum(each.active_us - each.blocked_us for each, _ in started)
    return Durations(
        lead_seconds=spread([lead_seconds(each) for each in done]),
        lead_working_minutes=spread(
            working_minutes([(e.created_at, e.completed_at) for e in done], timetable)
        ),
        cycle_seconds=spread([seconds(begun, each.completed_at) for each, begun in started]),
        cycle_working_minutes=spread(
            working_minutes([(begun, e.completed_at) for e, begun in started], timetable)
        ),
        flow_efficiency_percent=percent(active_us, cycle_us),
        blocked_seconds=sum(each.blocked_us for each, _ in started) // 1_000_000,
    )


def lead_seconds(done: Completion) -> int:
    """From creation to completion, in whole seconds."""
    return seconds(done.created_at, done.completed_at)


def cycle_seconds(done: Completion) -> int | None:
    """From the first start to completion, in whole seconds; None without a start."""
    return None if done.started_at is None else seconds(done.started_at, done.completed_at)


def seconds(start: datetime, end: datetime) -> int:
    """Whole seconds between two moments; parts of one are dropped."""
    return (end - start) // MICROSECOND // 1_000_000


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """A part of a whole in per cent, to a tenth; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)


def working_minutes(pairs: Sequence[tuple[datetime, datetime]], timetable: Timetable) -> list[int]:
    """Working minutes between two moments each; none where the second is before the first."""
    seconds_of = np.array([(a.timestamp(), b.timestamp()) for a, b in pairs]).reshape(-1, 2)
    minutes = np.clip(np.floor(seconds_of / 60), FIRST, LAST).astype(np.int64)
    totals = timetable.all_worked(minutes)
    found: list[int] = np.maximum(totals[:, 1] - totals[:, 0], 0).tolist()
    return found
