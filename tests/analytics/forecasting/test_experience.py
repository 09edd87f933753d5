"""What is learnt from finished work, and what is drawn from it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from projectflow.analytics.forecasting.durations import (
    Known,
    draw_remaining,
    predictive,
    shared_minutes,
)
from projectflow.analytics.forecasting.history import PastTask, learn
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.timetable import Timetable

NONE = np.zeros(0)
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = WorkingCalendar((((480, 960),),) * 5 + ((), ()))
SPANS = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 50)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=8,
)


def test_a_project_counts_as_much_as_it_has_finished() -> None:
    slow = np.full(1000, 3.0)
    workspace = np.concatenate([slow, np.ones(1000)])

    medians = [float(np.median(predictive(Known(slow[:n], workspace), 1.0))) for n in (0, 5, 200)]
    share = [float(np.mean(predictive(Known(slow[:n], workspace), 1.0) >= 2.5)) for n in (0, 20)]

    assert medians[2] == 3.0
    assert medians == sorted(medians)
    assert abs(share[0] - 0.5) < 0.02  # half of the workspace's
    assert abs(share[1] - 0.75) < 0.02  # 20 of its own weigh as much as all others


def test_a_new_workspace_has_the_prior() -> None:
    values = predictive(Known(NONE, NONE), 100.0)

    assert abs(np.median(values) - 100) < 1
    assert abs(np.mean(values < 100 * np.exp(-0.6)) - 0.16) < 0.01


@given(SPANS)
def test_shares_sum_up_to_the_time_in_which_anything_was_in_progress(
    spans: list[tuple[int, int]],
) -> None:
    busy = {minute for start, end in spans for minute in range(start, end)}
    expected = [
        sum(1 / sum(a <= minute < b for a, b in spans) for minute in range(start, end))
        for start, end in spans
    ]

    found = shared_minutes(spans)

    assert np.allclose(found, expected)
    assert abs(sum(found) - len(busy)) < 1e-6


def test_the_older_a_task_the_longer_it_still_takes_when_times_vary_much() -> None:
    dice = np.random.default_rng(3)
    values = np.sort(dice.lognormal(5, 1.2, 400))

    left = [float(np.median(draw_remaining(values, age, 4000, dice))) for age in (0, 150, 2000)]

    assert left == sorted(left)
    assert np.all(draw_remaining(values, values[-1] * 2, 100, dice) >= 0)


def test_dates_become_working_time_shared_by_what_went_on_beside() -> None:
    table = Timetable(WEEK)
    here, ada = UUID(int=1), UUID(int=2)
    friday, tuesday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=8)

    def past(n: int, start: datetime, end: datetime | None) -> PastTask:
        return PastTask(UUID(int=n), here, ada, Decimal(8), start, end)

    known = learn(
        [past(10, friday, tuesday), past(11, friday, tuesday), past(12, tuesday, None)],
        here,
        table,
        tuesday + timedelta(hours=3),
    )

    # Friday and Monday are 16 hours of work, shared by two tasks estimated at 8 hours each.
    assert known.ratios.project.tolist() == [1.0, 1.0]
    assert known.minutes.workspace.tolist() == [480.0, 480.0]
    assert known.ages == {UUID(int=12): 180.0}
    assert (known.finished, known.finished_here) == (2, 2)
