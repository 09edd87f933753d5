"""Undo of plans: how tasks are scheduled goes back, baselines go and come back.

Dates of tasks are fields of theirs, which tasks/undo/task_fields.py puts back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record_all
from projectflow.core.problems import FieldError
from projectflow.planning.baselines import delete_baseline, restore_baseline
from projectflow.planning.constraints import (
    LOGGED,
    SCHEDULE_COLUMNS,
    ConstraintType,
    TaskSchedule,
    write_schedules,
)
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of
from projectflow.tasks.undo.task_fields import hold_unchanged, rounds


class _Fields(Struct, frozen=True):
    """What events keep of how a task is scheduled."""

    constraint_type: ConstraintType | UnsetType = UNSET
    constraint_date: datetime | None | UnsetType = UNSET
    deadline: datetime | None | UnsetType = UNSET
    is_pinned: bool | UnsetType = UNSET
    duration_minutes: int | None | UnsetType = UNSET
    progress: int | UnsetType = UNSET


@inverse_of("task.scheduled")
async def put_schedules_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Schedule tasks as they were scheduled before."""
    for round_ in rounds(events):
        await _put_back(db, actor, round_)


async def _put_back(db: Db, actor: Actor, events: dict[UUID, Logged]) -> None:
    held = await hold_unchanged(db, actor, events, *LOGGED)
    rows = await db.fetch(
        f"SELECT {SCHEDULE_COLUMNS} FROM task_schedules c"
        " WHERE c.tenant_id = $1 AND c.task_id = ANY ($2::uuid[])",
        actor.tenant_id,
        list(events),
    )
    now = {row["task_id"]: TaskSchedule(*row) for row in rows}
    wrong: list[FieldError] = []
    wanted: list[TaskSchedule] = []
    for task_id, event in events.items():
        schedule = now.get(task_id, TaskSchedule(task_id))
        left = _fields(event.after)
        key = held[task_id].task.key
        wrong += [
            FieldError(field, f"of {key} was changed since")
            for field, value in left.items()
            if getattr(schedule, field) != value
        ]
        wanted.append(replace(schedule, **_fields(event.before)))
    if wrong:
        raise ChangedSince(wrong)
    await write_schedules(db, actor, wanted)
    await record_all(
        db,
        actor.tenant_id,
        actor.user_id,
        [
            Change(
                "task.scheduled",
                "task",
                each.task_id,
                held[each.task_id].task.version,
                difference(now.get(each.task_id, TaskSchedule(each.task_id)), each, *LOGGED),
                held[each.task_id].task.project_id,
            )
            for each in wanted
        ],
    )


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    read = msgspec.convert(values, _Fields, strict=False)
    return {f: v for f in read.__struct_fields__ if (v := getattr(read, f)) is not UNSET}


@inverse_of("baseline.saved", "baseline.restored")
async def take_baselines_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Delete baselines; they can come back."""
    for event in events:
        await delete_baseline(db, actor, event.entity_id)


@inverse_of("baseline.deleted")
async def return_baselines(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Bring baselines back."""
    for event in events:
        await restore_baseline(db, actor, event.entity_id)
