"""Promises kept: on made-up histories whose truth is known, forecasts cover what they say."""

from itertools import pairwise

import numpy as np
import pytest

from projectflow.analytics.forecasting.backtest import backtest, replay
from projectflow.analytics.forecasting.coverage import corrected, measure
from projectflow.analytics.forecasting.throughput import TooThin, days_until

HISTORIES = 24


def history(dice: np.random.Generator, weeks: int, rate: float, spread: float) -> np.ndarray:
    """Days on which tasks were done: none at weekends, more in some weeks than in others."""
    moods = dice.gamma(1 / spread, spread, weeks)
    days = [
        np.full(dice.poisson(rate * moods[week]), week * 7 + weekday)
        for week in range(weeks)
        for weekday in range(5)
    ]
    return np.concatenate(days).astype(np.int64)


@pytest.mark.parametrize(("rate", "spread"), [(0.5, 0.1), (1.5, 0.4)])
def test_forecasts_of_unseen_weeks_cover_what_they_promise(rate: float, spread: float) -> None:
    dice = np.random.default_rng(17)
    promised: list[list[float]] = []
    outcomes: list[float] = []
    for _ in range(HISTORIES):
        done = history(dice, 110, rate, spread)
        for each in replay(done, int(done[-1]) + 1, (10,)).forecasts:
            promised.append(each.quantiles)
            outcomes.append(each.outcome)

    found = measure(promised, outcomes)

    assert found is not None
    assert found.forecasts > 2000
    half, most, nearly_all = found.levels
    assert 0.45 <= half.covered <= 0.58  # whole days: what is done "by then" is a little more
    assert 0.75 <= most.covered <= 0.87
    assert 0.92 <= nearly_all.covered <= 0.99


def test_errors_of_the_past_move_what_is_said_next() -> None:
    samples = np.linspace(5, 15, 1001)

    told = [np.median(corrected(samples, [2.0] * n)) for n in (0, 5, 50)]

    assert told[0] == 10
    assert told[2] == 20
    assert all(a <= b for a, b in pairwise(told))


def test_no_forecast_knows_what_came_after_it() -> None:
    dice = np.random.default_rng(4)
    done = history(dice, 60, 1.0, 0.3)
    cut = int(done[-1]) - 70
    early = done[done < cut]

    whole = replay(done, int(done[-1]) + 1, (5,)).forecasts
    known = replay(early, cut, (5,)).forecasts

    both = zip(whole, known, strict=False)
    assert len(known) > 20
    assert all((a.made_on, a.quantiles) == (b.made_on, b.quantiles) for a, b in both)


def test_pinball_loss_by_hand() -> None:
    found = measure([[10, 20, 30], [10, 20, 30]], [14, 24])

    assert found is not None
    assert [level.covered for level in found.levels] == [0.0, 0.5, 1.0]
    assert np.allclose(
        [level.pinball_loss for level in found.levels],
        [(0.5 * 4 + 0.5 * 14) / 2, (0.2 * 6 + 0.8 * 4) / 2, (0.05 * 16 + 0.05 * 6) / 2],
    )


@pytest.mark.parametrize(
    ("done", "says"),
    [
        (np.arange(5), "10 tasks must have been done; 5 are."),
        (np.arange(10) // 5 + 90, "4 weeks ago"),
        (np.arange(20) - 900, "No task was done in the last 26 weeks."),
    ],
)
def test_too_little_history_says_what_is_missing(done: np.ndarray, says: str) -> None:
    with pytest.raises(TooThin, match=says):
        days_until(done.astype(np.int64), 100, 3, 10, np.random.default_rng(1))


def test_a_backtest_of_nothing_says_so() -> None:
    assert backtest(np.zeros(0, dtype=np.int64), 100).coverage is None
