"""Dates that people set themselves while the project schedules itself: what they mean.

A date that somebody writes on a task which waits would be taken back a moment later. So it is
understood as when a task is dragged: "start no earlier than", and a due date as a longer or
shorter task. No SQL but for reading the log.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET, Struct, UnsetType

from projectflow.core.db import Db
from projectflow.planning.changes import MOVABLE, TaskChange, held_tasks
from projectflow.planning.computed import (
    FIRST_DAY,
    LAST_DAY,
    Built,
    Computed,
    worked_between,
    working_start,
)
from projectflow.planning.constraints import MAX_DURATION, is_plannable
from projectflow.planning.project_plan import PlanTask
from projectflow.tasks.schedule.types import Activity

MAX_EVENTS: Final = 20_000
ANOTHER_LENGTH: Final = ("estimated_hours", "duration_minutes")


class Wish(Struct):
    """What somebody set a task's dates to, and nothing since has changed."""

    start_date: date | None | UnsetType = UNSET
    due_date: datetime | None | UnsetType = UNSET


async def read_wishes(
    db: Db, tenant_id: UUID, project_id: UUID, first_seq: int, last_seq: int
) -> dict[UUID, Wish]:
    """The last word of people on the dates of tasks, in a part of the log."""
    rows = await db.fetch(
        """
        SELECT e.entity_id, e.payload -> 'after' AS after, e.payload ? 'undoes' AS undoes
        FROM events e
        WHERE e.tenant_id = $1 AND e.project_id = $2 AND e.seq BETWEEN $3 AND $4
          AND e.type IN ('task.updated', 'task.scheduled') AND NOT e.payload ? 'caused_by'
        ORDER BY e.seq LIMIT $5
        """,
        tenant_id,
        project_id,
        first_seq,
        last_seq,
        MAX_EVENTS,
    )
    return _folded(rows)


def _folded(rows: Iterable[asyncpg.Record]) -> dict[UUID, Wish]:
    wishes: dict[UUID, Wish] = {}
    for row in rows:
        after = cast("dict[str, Any]", msgspec.json.decode(row["after"] or "{}"))
        wish = wishes.setdefault(row["entity_id"], Wish())
        if any(field in after for field in ANOTHER_LENGTH):
            wish.due_date = UNSET
        said = msgspec.convert(after, Wish, strict=False)
        for field in ("start_date", "due_date"):
            if field in after:
                # What was taken back is no wish any more, nor is what it goes back to.
                setattr(wish, field, UNSET if row["undoes"] else getattr(said, field))
    return wishes


def changes_of(computed: Computed, wishes: dict[UUID, Wish]) -> Sequence[TaskChange]:
    """What has to change of tasks so that the schedule gives what people wished.

    Of summaries nothing: their dates come from below. Nothing either of tasks that are done or
    pinned, nor where the schedule gives it already, nor where a dependency does not allow it.
    """
    built = computed.built
    activities = {item.id: item for item in built.network.activities}
    held = held_tasks(built)
    changes: list[TaskChange] = []
    for task in built.plan.tasks:
        wish = wishes.get(task.id)
        item = activities[task.id]
        if wish is None or item.pinned or item.progress == 100 or task.id in built.summaries:
            continue
        start: date | UnsetType = UNSET
        if task.id in held and item.progress == 0:
            start = _start(computed, task, item, wish)
        due = _due(computed, task, item, wish, start)
        if start is not UNSET or due is not UNSET:
            changes.append(TaskChange(task.id, start_date=start, due_date=due))
    return changes


def _start(computed: Computed, task: PlanTask, item: Activity, wish: Wish) -> date | UnsetType:
    day = wish.start_date
    if not isinstance(day, date) or task.start_date != day or not FIRST_DAY <= day <= LAST_DAY:
        return UNSET
    given = computed.schedule.activities[task.id].start
    days = computed.built.days
    dated = task.constraint_type == "start_no_earlier_than"
    if task.constraint_type not in MOVABLE or days.day(given) == day:
        return UNSET
    wanted = working_start(computed.built.table(item), days.begin(day), item.duration)
    return day if dated or wanted > given else UNSET


def _due(
    computed: Computed, task: PlanTask, item: Activity, wish: Wish, start: date | UnsetType
) -> datetime | UnsetType:
    due = wish.due_date
    if not isinstance(due, datetime) or task.due_date != due or not is_plannable(due):
        return UNSET
    built = computed.built
    if item.duration == 0:
        return UNSET
    begin = _begin(built, item, start) or computed.schedule.activities[task.id].start
    length = worked_between(built.table(item), begin, due)
    return due if length != item.duration and 0 < length <= MAX_DURATION else UNSET


def _begin(built: Built, item: Activity, start: date | UnsetType) -> datetime | None:
    if isinstance(start, UnsetType):
        return None
    return working_start(built.table(item), built.days.begin(start), item.duration)
