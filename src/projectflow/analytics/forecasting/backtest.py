"""Forecasts of the past, each from what was known that day, and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from projectflow.analytics.forecasting.coverage import LEVELS, Coverage, corrected, measure
from projectflow.analytics.forecasting.throughput import FEWEST_WEEKS, WEEK, TooThin, days_until

Ints = NDArray[np.int64]

COUNTS: Final = (5, 10, 20)
"""Each week is asked when the next so many tasks will be done."""
RUNS: Final = 500
MOST_WEEKS: Final = 260
"""Of the past, the latest are replayed: five years."""
REMEMBERED: Final = 50
"""Earlier forecasts that one learns from: the latest."""


class Backtest(Struct, frozen=True):
    """What forecasts of a project's completions would have been worth."""

    weeks: int
    """How many were replayed: none is too little history."""
    coverage: Coverage | None


@dataclass(slots=True)
class Forecast:
    """One question of the past, its answer, and what came."""

    made_on: int
    count: int
    median: float
    quantiles: list[float]
    known_on: int
    """The day on which it was done."""

    @property
    def outcome(self) -> int:
        """Days it took; 1 is the day on which it was asked."""
        return self.known_on - self.made_on + 1


@dataclass(slots=True)
class Replayed:
    """All forecasts of a replay, in their order."""

    forecasts: list[Forecast] = field(default_factory=list[Forecast])

    def ratios(self, count: int, today: int) -> list[float]:
        """Outcome over median of the forecasts of one count whose outcome is known today."""
        known = [f for f in self.forecasts if f.count == count and f.known_on < today]
        return [f.outcome / f.median for f in known[-REMEMBERED:]]


def replay(done: Ints, today: int, counts: Sequence[int]) -> Replayed:
    """Ask every week of the past when the next tasks will be done.

    Args:
        done: Days on which tasks were done, sorted.
        today: The first day that is not over.
        counts: How many tasks; each is a question of its own.
    """
    found = Replayed()
    if not done.size:
        return found
    dice = np.random.default_rng(1)
    first = int(done[0]) + FEWEST_WEEKS * WEEK
    first = max(first, today - MOST_WEEKS * WEEK)
    for day in range(first, today, WEEK):
        before = int(np.searchsorted(done, day))
        for count in counts:
            if before + count > done.size:
                continue
            try:
                samples = days_until(done[:before], day, count, RUNS, dice)
            except TooThin:
                continue
            said = corrected(samples, found.ratios(count, day))
            found.forecasts.append(
                Forecast(
                    day,
                    count,
                    float(np.median(samples)),
                    [float(np.quantile(said, level)) for level in LEVELS],
                    int(done[before + count - 1]),
                )
            )
    return found


def backtest(done: Ints, today: int, counts: Sequence[int] = COUNTS) -> Backtest:
    """Measure what the forecasts of a history cover: no forecast knows what came after it."""
    found = replay(done, today, counts).forecasts
    return Backtest(
        len({each.made_on for each in found}),
        measure([each.quantiles for each in found], [float(each.outcome) for each in found]),
    )
