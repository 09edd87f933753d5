"""What holds a project up, each found by taking it away and running the project again."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import numpy as np
from msgspec import Struct

from projectflow.analytics.forecasting.durations import ENOUGH
from projectflow.analytics.forecasting.history import learn
from projectflow.analytics.forecasting.open_work import OpenWork, open_work, runs_for, shares
from projectflow.analytics.forecasting.prediction import Basis, read_basis
from projectflow.analytics.forecasting.simulation import NOBODY, Work, simulate
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.computed import Built, build

Kind = Literal["person", "task", "state", "reviewer"]
Without = Callable[[Work], float]
"""By how many days the project is done earlier if its work were this."""

RUNS: Final = 2_000
TRIED: Final = 5
"""Of each kind, those that look worst are tried."""
SINCE: Final = timedelta(days=180)
FEWEST: Final = 0.02
"""A person or task that the finish hangs on more rarely is none."""


class Bottleneck(Struct, frozen=True):
    """Something whose going away would bring the finish forward."""

    kind: Kind
    user_id: UUID | None
    """A person: all of their work could be done side by side. A reviewer: nothing would wait for
    them to let it go on."""
    task_id: UUID | None
    """A task: it would take no time."""
    state: str | None
    """A state: nothing would wait in it."""
    name: str | None
    """The task's key and title, the state's name; null for a person or reviewer."""
    delay_days: float
    """By how much earlier the project would be done, as likely as not."""
    share: float
    """Of a person or task: in which share of the runs the finish hangs on it. Of a state: its share
    of the time that tasks spent in progress; of a reviewer: what of that was waiting for them."""
    waiting: int
    """Open tasks of the person, behind the task (all that depend on it), or in the state; of a
    reviewer: all in the states after the first, whoever will let them go."""


class Bottlenecks(Struct, frozen=True):
    """What holds a project up, the worst first."""

    project_id: UUID
    as_of: datetime
    items: list[Bottleneck]
    missing: list[str]
    """Why nothing can be said, where nothing can."""


class StateTime(Struct, frozen=True):
    """How much of the time in progress tasks spent in a state."""

    key: str
    name: str
    seconds: float
    now_in_it: int


class ReviewTime(Struct, frozen=True):
    """How long tasks of others waited until somebody let them go on."""

    user_id: UUID
    seconds: float


class Waits(Struct, frozen=True):
    """Where time in progress went: states in their order, and whose reviews it waited for."""

    states: list[StateTime]
    reviews: list[ReviewTime]


async def identify_bottlenecks(db: Db, actor: Actor, project_id: UUID) -> Bottlenecks:
    """Find people, tasks, states and reviewers that delay a project's finish, and by how much.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge: as `prediction.read_basis`.
        InvalidSchedule: names the task that cannot be scheduled.
    """
    basis = await read_basis(db, actor, project_id)
    states = await _state_times(db, actor, project_id, basis.plan.now)
    waits = Waits(states, await _review_times(db, actor, project_id, basis.plan.now, states))
    return await asyncio.to_thread(find_bottlenecks, basis, waits)


async def _state_times(db: Db, actor: Actor, project_id: UUID, now: datetime) -> list[StateTime]:
    rows = await db.fetch(
        """
        SELECT s.key, s.name,
               (SELECT coalesce(extract(epoch FROM sum(a.ends_at - a.starts_at)), 0)
                FROM analytics_spans a
                WHERE a.tenant_id = $1 AND a.project_id = $2 AND a.status = s.key
                  AND a.starts_at >= $3 AND a.ends_at IS NOT NULL)::float8,
               (SELECT count(*) FROM tasks t
                WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.status = s.key
                  AND t.deleted_at IS NULL AND t.archived_at IS NULL)
        FROM workflow_states s
        WHERE s.tenant_id = $1 AND s.project_id = $2 AND s.category = 'started'
        ORDER BY s.position LIMIT 100
        """,
        actor.tenant_id,
        project_id,
        now - SINCE,
    )
    return [StateTime(*row) for row in rows]


async def _review_times(
    db: Db, actor: Actor, project_id: UUID, now: datetime, states: list[StateTime]
) -> list[ReviewTime]:
    """Whoever takes another's task out of a state after the first has reviewed it."""
    rows = await db.fetch(
        """
        SELECT n.actor_id, extract(epoch FROM sum(a.ends_at - a.starts_at))::float8
        FROM analytics_spans a
        JOIN analytics_spans n
          ON n.tenant_id = $1 AND n.task_id = a.task_id AND n.place = a.place + 1
        WHERE a.tenant_id = $1 AND a.project_id = $2 AND a.status = ANY ($4::text[])
          AND a.starts_at >= $3 AND a.ends_at IS NOT NULL
          AND n.status <> a.status AND n.actor_id IS NOT NULL AND n.actor_id <> a.assignee_id
        GROUP BY n.actor_id HAVING sum(a.ends_at - a.starts_at) > interval '0'
        ORDER BY 2 DESC, 1 LIMIT $5
        """,
        actor.tenant_id,
        project_id,
        now - SINCE,
        [state.key for state in states[1:]],
        TRIED,
    )
    return [ReviewTime(*row) for row in rows]


def find_bottlenecks(basis: Basis, waits: Waits) -> Bottlenecks:
    """The answer, without a database. Takes some seconds of CPU for the largest projects."""
    plan = basis.plan
    built = build(plan)
    experience = learn(basis.past, plan.project_id, plan.timetables.project, plan.now)
    if experience.finished < ENOUGH:
        said = f"{ENOUGH} tasks of the workspace must have been started and completed."
        return Bottlenecks(plan.project_id, plan.now, [], [said])
    runs = min(RUNS, runs_for(len(plan.tasks)))
    job = open_work(built, experience, runs, np.random.default_rng(plan.project_id.int % 2**63))
    if not job.tasks:
        return Bottlenecks(plan.project_id, plan.now, [], [])
    usual = simulate(job.work, runs)
    finish = float(np.median(usual.finish))

    def without(work: Work) -> float:
        """Days; the same chance as in the usual runs, so that small differences show."""
        return max(finish - float(np.median(simulate(work, runs).finish)), 0) / 1440

    found = [
        *_people(job, usual.delayed_by_people, without),
        *_tasks(job, built, usual.critical, without),
        *_states(job, waits.states, without),
        *_reviewers(job, waits, without),
    ]
    items = sorted((each for each in found if each.delay_days > 0), key=lambda b: -b.delay_days)
    return Bottlenecks(plan.project_id, plan.now, items, [])


def _people(job: OpenWork, delayed: dict[int, float], without: Without) -> list[Bottleneck]:
    mine = Counter(job.work.people.values())
    found: list[Bottleneck] = []
    for user_id, share in shares(delayed, dict(enumerate(job.people)))[:TRIED]:
        if share < FEWEST:
            break
        number = job.people.index(user_id)
        free = {n: NOBODY if whose == number else whose for n, whose in job.work.people.items()}
        delay = without(replace(job.work, people=free))
        found.append(Bottleneck("person", user_id, None, None, None, delay, share, mine[number]))
    return found


def _tasks(
    job: OpenWork, built: Built, critical: dict[int, float], without: Without
) -> list[Bottleneck]:
    worst = sorted(critical.items(), key=lambda each: -each[1])[:TRIED]
    found: list[Bottleneck] = []
    for node, share in worst:
        if share < FEWEST:
            break
        task = job.tasks[node]
        nothing = {**job.work.lengths, node: np.zeros_like(job.work.lengths[node])}
        delay = without(replace(job.work, lengths=nothing))
        name = f"{built.plan.key}-{task.number} {task.title}"
        behind = len(behind_of(job, node))
        found.append(Bottleneck("task", None, task.id, None, name, delay, share, behind))
    return found


def behind_of(job: OpenWork, node: int) -> set[int]:
    """The open tasks that cannot be done before this one is, however far behind."""
    graph, seen, todo = job.work.graph, {node}, [node]
    while todo:
        for edge in graph.outgoing[todo.pop()]:
            if edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    return {each for each in seen if each != node and each in job.tasks}


def _states(job: OpenWork, states: list[StateTime], without: Without) -> list[Bottleneck]:
    """But for the first, in which the work is done."""
    total = sum(state.seconds for state in states)
    found: list[Bottleneck] = []
    for state in sorted(states[1:], key=lambda each: -each.seconds)[:TRIED]:
        if state.seconds > 0:
            share = state.seconds / total
            delay = without(_shorter(job, share))
            number = state.now_in_it
            found.append(
                Bottleneck("state", None, None, state.key, state.name, delay, share, number)
            )
    return found


def _reviewers(job: OpenWork, waits: Waits, without: Without) -> list[Bottleneck]:
    total = sum(state.seconds for state in waits.states)
    waiting = sum(state.now_in_it for state in waits.states[1:])
    found: list[Bottleneck] = []
    for review in waits.reviews:
        share = review.seconds / total if total else 0.0
        if share >= FEWEST:
            delay = without(_shorter(job, share))
            found.append(
                Bottleneck("reviewer", review.user_id, None, None, None, delay, share, waiting)
            )
    return found


def _shorter(job: OpenWork, share: float) -> Work:
    """The work, were so much of the time in progress never spent."""
    shorter = {n: length * (1 - share) for n, length in job.work.lengths.items()}
    return replace(job.work, lengths=shorter)
