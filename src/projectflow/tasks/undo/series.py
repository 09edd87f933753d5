"""Tasks that come again: how goes back to what it was, what ended goes on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.recurrence import (
    NewRecurrence,
    Recurrence,
    RecurrenceNotFound,
    read_recurrence,
    set_recurrence,
)
from projectflow.tasks.recurrence_return import forget_recurrence, put_recurrence_back
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of

COMPARED = ("task_id", "rule", "mode", "time_zone", "starts_on", "with_subtasks", "next_on")


@inverse_of("task_series.created")
async def come_no_more(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let tasks be as if they had never come again, where none was made since."""
    for event in events:
        await _unchanged(db, actor, event)
        await forget_recurrence(db, actor, _task(event))


@inverse_of("task_series.forgotten")
async def come_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let tasks come again as they did."""
    for event in events:
        was = msgspec.convert(event.before, Recurrence, strict=False)
        new = NewRecurrence(was.rule, was.mode, was.time_zone, was.starts_on, was.with_subtasks)
        await set_recurrence(db, actor, _task(event), new, None)


@inverse_of("task_series.updated")
async def put_rules_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let tasks come again by the rules that they had."""
    for event in events:
        await _unchanged(db, actor, event)
        before = msgspec.convert(event.before, Recurrence, strict=False)
        await put_recurrence_back(db, actor, _task(event), before)


@inverse_of("task_series.skipped", "task_series.ended")
async def count_days_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let tasks come on the day that was left out, or go on coming."""
    for event in events:
        now = await _read(db, actor, event)
        left = event.after.get("next_on")
        if (now.next_on.isoformat() if now.next_on else None) != left:
            raise ChangedSince.of("next_on")
        next_on = msgspec.convert(event.before["next_on"], type(now.starts_on))
        before = replace(now, next_on=next_on, ended_at=None)
        await put_recurrence_back(db, actor, _task(event), before)


def _task(event: Logged) -> UUID:
    return UUID(event.payload["task_id"])


async def _unchanged(db: Db, actor: Actor, event: Logged) -> None:
    now: dict[str, Any] = msgspec.to_builtins(await _read(db, actor, event))
    left = {f: v for f, v in event.after.items() if f in COMPARED}
    if errors := differing(left, now):
        raise ChangedSince(errors)


async def _read(db: Db, actor: Actor, event: Logged) -> Recurrence:
    try:
        return await read_recurrence(db, actor, _task(event))
    except RecurrenceNotFound:
        raise ChangedSince.of("recurrence", "is gone") from None
