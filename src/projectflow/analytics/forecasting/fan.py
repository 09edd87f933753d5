"""How much is left day by day, in how many of the simulated futures: the fan of a forecast."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from projectflow.analytics.forecasting.coverage import corrected
from projectflow.analytics.forecasting.open_work import OpenWork
from projectflow.analytics.forecasting.simulation import simulate
from projectflow.analytics.forecasting.throughput import WEEK, Floats, Ints, done_by_day
from projectflow.planning.calendars import minute_of
from projectflow.planning.computed import Days

RUNS: Final = 1_000
"""Enough for shares of a twentieth; the finish itself has more."""
POINTS: Final = 14
SHARES: Final = (0.05, 0.2, 0.5, 0.8, 0.95)
EPOCH: Final = date(1970, 1, 1)


class Left(Struct, frozen=True):
    """Open tasks that are left at the end of a day; in so many of a hundred runs no more."""

    day: date
    p05: int
    p20: int
    p50: int
    p80: int
    p95: int


def fan_of_network(job: OpenWork, days: Days, today: int, last: int) -> list[Left]:
    """What is left of a project with structure, from yesterday to a day.

    Args:
        job: Its lengths have `RUNS` elements or more each.
        days: Of the project's zone.
        today: The first day that is not over, in days since 1970; all is open before it.
        last: The last day, in days since 1970.
    """
    lengths = {node: each[:RUNS] for node, each in job.work.lengths.items()}
    runs = min(RUNS, *(each.size for each in lengths.values()))
    outcome = simulate(replace(job.work, lengths=lengths), runs, keep=True)
    finishes = np.array([outcome.finishes[node] for node in job.tasks if node in outcome.finishes])
    fan: list[Left] = []
    for number in _days(today, last):
        over = minute_of(days.begin(EPOCH + timedelta(number + 1)))
        # What ends at midnight ends the day before.
        left = np.sum(finishes > over, axis=0)
        fan.append(_left(number, left if number >= today else np.full(runs, len(finishes))))
    return fan


def fan_of_throughput(
    done: Ints, count: int, past: list[float], dice: np.random.Generator, today: int, last: int
) -> list[Left]:
    """What is left of work without structure; each run as fast as its finish, when corrected.

    Raises:
        TooThin: as `days_until`.
    """
    weeks = max(1, -(-(last - today + 1) // WEEK)) * 2
    by_day = np.cumsum(done_by_day(done, today, weeks, RUNS, dice), axis=1)
    ends = by_day >= count
    samples = np.where(ends.any(axis=1), np.argmax(ends, axis=1) + 1, weeks * WEEK).astype(float)
    pace: Floats = np.empty(RUNS)
    order = np.argsort(samples, kind="stable")
    pace[order] = corrected(samples, past) / samples[order]
    fan: list[Left] = []
    for number in _days(today, last):
        over = np.minimum((number - today + 1) / pace, weeks * WEEK).astype(np.int64)
        reached = by_day[np.arange(RUNS), np.maximum(over - 1, 0)]
        fan.append(_left(number, np.maximum(count - np.where(over > 0, reached, 0), 0)))
    return fan


def _days(today: int, last: int) -> list[int]:
    """Yesterday, the last, and some between them."""
    found = np.linspace(today - 1, max(last, today), POINTS).round().astype(int)
    return [int(each) for each in np.unique(found)]


def _left(number: int, left: NDArray[np.int64]) -> Left:
    amounts = np.quantile(left, SHARES, method="inverted_cdf")
    return Left(EPOCH + timedelta(number), *(int(each) for each in amounts))
