"""Whole forecasts against made-up projects whose truth is known, and against a real history."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from tests.conftest import TOLD_AT_THE_END

from projectflow.analytics.forecasting.backtest import backtest
from projectflow.analytics.forecasting.coverage import LEVELS, measure
from projectflow.analytics.forecasting.durations import Known, draw, predictive, shared_error
from projectflow.analytics.forecasting.simulation import Work, priority_order, simulate
from projectflow.analytics.forecasting.throughput import day_number
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.network import Graph
from projectflow.tasks.schedule.passes import earliest, in_order
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Link, Network

REAL = Path(__file__).parents[4] / "shared" / "data" / "github-issues.json"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = WorkingCalendar((((480, 960),),) * 5 + ((), ()))
PROJECTS = 240
TASKS = 30
RUNS = 400


def one_project(dice: np.random.Generator) -> tuple[list[float], float]:
    """A forecast's quantiles, and what came: estimates are wrong as in the 80 tasks before them."""
    bias, spread = float(dice.uniform(0.8, 1.8)), float(dice.uniform(0.3, 0.8))
    seen = bias * dice.lognormal(0, spread, 80)
    pairs = {(int(m), n) for n in range(1, TASKS) for m in dice.integers(0, n, 2)}
    table = Timetable(WEEK)
    network = Network(
        start=START,
        calendar=table,
        activities=tuple(
            Activity(id=UUID(int=n + 1), duration=int(dice.integers(1, 9)) * 120)
            for n in range(TASKS)
        ),
        links=tuple(Link(UUID(int=m + 1), UUID(int=n + 1)) for m, n in sorted(pairs)),
    )
    graph = Graph(network)
    early, _ = earliest(graph, in_order(graph))
    known = Known(seen, seen)
    values = predictive(known, 1.0)
    off = shared_error(known, values, RUNS, dice)
    people = {n: int(dice.integers(0, 4)) for n in range(TASKS)}

    def run(ratios: dict[int, np.ndarray], runs: int) -> np.ndarray:
        lengths = {n: graph.durations[n] * ratios[n] for n in range(TASKS)}
        order = priority_order(graph, early)
        return simulate(Work(graph, graph.start, lengths, people, [table] * 4, order), runs).finish

    forecast = run({n: draw(values, RUNS, dice) * off for n in range(TASKS)}, RUNS)
    truth = run({n: bias * dice.lognormal(0, spread, 1) for n in range(TASKS)}, 1)
    days = (np.quantile(forecast, LEVELS) - graph.start) / 1440
    return list(days), float(truth[0] - graph.start) / 1440


def test_forecasts_of_networks_cover_what_they_promise() -> None:
    dice = np.random.default_rng(23)
    made = [one_project(dice) for _ in range(PROJECTS)]

    found = measure([said for said, _ in made], [came for _, came in made])

    assert found is not None
    half, most, nearly_all = found.levels
    # Of 240 projects; chance alone moves the shares by 3 % each way.
    assert 0.42 <= half.covered <= 0.58
    assert 0.73 <= most.covered <= 0.87
    assert nearly_all.covered >= 0.9


@pytest.mark.skipif(not REAL.exists(), reason="shared/data lies beside the repository, not in it")
def test_a_real_history_it_has_not_seen(
    record_property: Callable[[str, object], None],
) -> None:
    """200 issues of quicwg/ops-drafts, forecast each week from what was closed before."""
    issues = json.loads(REAL.read_text())["issues"]
    closed = sorted(
        day_number(date.fromisoformat(each["closedAt"][:10])) for each in issues if each["closedAt"]
    )

    found = backtest(np.array(closed), closed[-1] + 1).coverage

    assert found is not None
    half, most, nearly_all = found.levels
    record_property(
        TOLD_AT_THE_END,
        f"github-issues.json: {found.forecasts} forecasts; P50 covers {half.covered:.0%},"
        f" P80 {most.covered:.0%}, P95 {nearly_all.covered:.0%}",
    )
    assert 0.45 <= half.covered <= 0.55
    assert 0.75 <= most.covered <= 0.85
    assert 0.85 <= nearly_all.covered <= 0.99
