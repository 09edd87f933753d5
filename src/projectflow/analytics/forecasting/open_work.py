"""A project's open tasks as what the simulation takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from projectflow.analytics.forecasting.durations import (
    draw,
    draw_remaining,
    predictive,
    shared_error,
)
from projectflow.analytics.forecasting.history import Experience
from projectflow.analytics.forecasting.simulation import NOBODY, POOL, Work, priority_order
from projectflow.planning.calendars import minute_of
from projectflow.planning.computed import DEFAULT_DURATION, Built, schedule_of
from projectflow.planning.project_plan import PlanTask
from projectflow.tasks.schedule.network import Graph, State

Floats = NDArray[np.float64]

MAX_CELLS: Final = 12_000_000
"""Tasks times runs: what fits into 200 MB."""
MOST_RUNS: Final = 10_000
FEWEST_RUNS: Final = 500


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The simulation's input, and whose node is whose."""

    work: Work
    tasks: dict[int, PlanTask]
    """By node: those that are not done."""
    people: list[UUID]
    """By number of the simulation's people."""
    unestimated: int
    """Open tasks without duration or estimate."""


def runs_for(tasks: int) -> int:
    """How often a project of so many tasks is run."""
    return max(FEWEST_RUNS, min(MOST_RUNS, MAX_CELLS // max(tasks, 1)))


def open_work(
    built: Built,
    experience: Experience,
    runs: int,
    dice: np.random.Generator,
) -> OpenWork:
    """Draw what remains of each open task.

    Args:
        built: The project's network.
        experience: What durations are drawn from.
        runs: How many values each.
        dice: Where chance comes from.

    Raises:
        InvalidSchedule, NoWorkingTime: as `planning.computed.schedule_of`.
    """
    plan = built.plan
    graph = Graph(built.network)
    planned = schedule_of(plan, built.network)
    early = [graph.start] * len(graph.owners)
    for node in range(len(graph.leaves)):
        early[node] = graph.minute(planned.activities[graph.owners[node]].early_start)
    ratios = predictive(experience.ratios, 1.0)
    minutes = predictive(experience.minutes, float(DEFAULT_DURATION))
    off_ratios = shared_error(experience.ratios, ratios, runs, dice)
    off_minutes = shared_error(experience.minutes, minutes, runs, dice)
    by_id = {task.id: task for task in plan.tasks}
    people = [user_id for user_id, table in plan.timetables.people.items()
              if str(user_id) in built.network.calendars and table]  # fmt: skip
    number = {user_id: n for n, user_id in enumerate(people)}
    lengths: dict[int, Floats] = {}
    whose: dict[int, int] = {}
    tasks: dict[int, PlanTask] = {}
    unestimated = 0
    for node in range(len(graph.leaves)):
        task = by_id.get(graph.owners[node])
        if task is None or graph.states[node] is State.COMPLETE:
            continue
        tasks[node] = task
        given = built.bases[task.id] in {"given", "estimate"}
        unestimated += not given
        values = ratios * graph.durations[node] if given else minutes
        age = experience.ages.get(task.id)
        if given and graph.durations[node] == 0:
            left = np.zeros(runs)
        elif age is not None:
            left = draw_remaining(values, age, runs, dice)
        else:
            left = draw(values, runs, dice)
        lengths[node] = left * (off_ratios if given else off_minutes)
        if task.assignee_id is None:
            whose[node] = POOL if people else NOBODY
        else:
            whose[node] = number.get(task.assignee_id, NOBODY)
    work = Work(
        graph,
        max(minute_of(plan.now), graph.start),
        lengths,
        whose,
        [plan.timetables.people[user_id] for user_id in people],
        priority_order(graph, early),
    )
    return OpenWork(work, tasks, people, unestimated)


def shares(found: Mapping[int, float], names: Mapping[int, UUID]) -> list[tuple[UUID, float]]:
    """Those with a share above 0, the largest first."""
    named = [(names[number], share) for number, share in found.items() if share > 0]
    return sorted(named, key=lambda each: (-each[1], str(each[0])))
