"""What was finished before, as far as it says how long things take here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

import numpy as np
from msgspec import Struct

from projectflow.analytics.forecasting.durations import Known, shared_minutes
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import minute_of
from projectflow.tasks.schedule.timetable import NoWorkingTime, Timetable

NEWEST: Final = 5_000
"""Tasks finished last; what was before them teaches little."""
SHORTEST: Final = 5.0
"""Minutes: what was started and completed in one go took at least so long."""


class PastTask(Struct, frozen=True, gc=False):
    """A task that was started, and since completed or not."""

    id: UUID
    project_id: UUID
    assignee_id: UUID | None
    estimate: Decimal | None
    """Hours."""
    started_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Experience:
    """What a project's forecast is drawn from."""

    ratios: Known
    """Of tasks with an estimate: what they took over what was estimated."""
    minutes: Known
    """Of all tasks: what they took."""
    ages: dict[UUID, float]
    """Of tasks in progress: working minutes that went into each so far."""
    finished: int
    """How many tasks of the workspace this is."""
    finished_here: int


async def read_past(db: Db, actor: Actor) -> list[PastTask]:
    """Tasks of the whole workspace that were started, those completed last and those in progress.

    They are read as figures alone: nobody learns from them what they may not see.
    """
    rows = await db.fetch(
        """
        (SELECT task_id, project_id, assignee_id, estimate, started_at, completed_at
         FROM analytics_tasks
         WHERE tenant_id = $1 AND is_live AND category = 'completed' AND started_at IS NOT NULL
           AND completed_at > started_at
         ORDER BY completed_at DESC LIMIT $2)
        UNION ALL
        (SELECT task_id, project_id, assignee_id, estimate, started_at, NULL
         FROM analytics_tasks
         WHERE tenant_id = $1 AND is_live AND category = 'started' AND started_at IS NOT NULL
         ORDER BY started_at DESC LIMIT $2)
        """,
        actor.tenant_id,
        NEWEST,
    )
    return [PastTask(*row) for row in rows]


def learn(
    past: Sequence[PastTask], project_id: UUID, table: Timetable, now: datetime
) -> Experience:
    """Turn dates into working time; what somebody did side by side is shared out.

    Args:
        past: Of the workspace.
        project_id: Whose own experience counts most.
        table: In whose working time all is counted: the project's.
        now: Until when those in progress are.
    """
    ratios: list[float] = []
    minutes: list[float] = []
    ratios_here: list[float] = []
    minutes_here: list[float] = []
    ages: dict[UUID, float] = {}
    for task, elapsed in _took(past, table, now):
        if task.completed_at is None:
            ages[task.id] = elapsed
            continue
        took = max(elapsed, SHORTEST)
        minutes.append(took)
        here = task.project_id == project_id
        if here:
            minutes_here.append(took)
        if task.estimate:
            ratio = took / (float(task.estimate) * 60)
            ratios.append(ratio)
            if here:
                ratios_here.append(ratio)
    return Experience(
        Known(np.array(ratios_here), np.array(ratios)),
        Known(np.array(minutes_here), np.array(minutes)),
        ages,
        len(minutes),
        len(minutes_here),
    )


def _took(
    past: Sequence[PastTask], table: Timetable, now: datetime
) -> list[tuple[PastTask, float]]:
    found: list[tuple[PastTask, float]] = []
    by_person = sorted(past, key=lambda task: str(task.assignee_id))
    for assignee, group in groupby(by_person, lambda task: task.assignee_id):
        tasks = list(group)
        spans: list[tuple[int, int]] = []
        for task in tasks:
            try:
                start = table.worked(minute_of(task.started_at))
                end = table.worked(minute_of(task.completed_at or now))
            except NoWorkingTime:
                start = end = 0
            spans.append((start, max(start, end)))
        took = (
            shared_minutes(spans)
            if assignee is not None
            else [float(end - start) for start, end in spans]
        )
        found.extend(zip(tasks, took, strict=True))
    return found
