"""Tracked time: what was written down goes, what was taken away returns, a timer runs on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.time_entries import (
    delete_time_entry,
    restore_time_entry,
    update_time_entry,
)
from projectflow.tasks.time_ledger import LOGGED, Span
from projectflow.tasks.time_reading import TimeEntryNotFound, find_entry
from projectflow.tasks.time_types import TimeEntryPatch, TimerStop
from projectflow.tasks.timer import resume_timer, stop_timer
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of


class _Entry(Struct, frozen=True):
    """What events keep of an entry."""

    task_id: UUID
    user_id: UUID
    started_at: datetime
    stopped_at: datetime | None
    note: str | None
    is_billable: bool


@inverse_of("time_entry.created", "time_entry.started", "time_entry.restored")
async def take_time_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take entries and timers away that nobody has changed since."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await delete_time_entry(db, actor, event.entity_id, None)


@inverse_of("time_entry.updated")
async def correct_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give entries the times, the note and the task that they had."""
    for event in events:
        await _check_unchanged(db, actor, event)
        patch = msgspec.convert(event.before, TimeEntryPatch, strict=False)
        await update_time_entry(db, actor, event.entity_id, patch, None)


@inverse_of("time_entry.deleted")
async def return_time(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Write entries down again, under the ids that they had."""
    for event in events:
        was = msgspec.convert(event.before, _Entry, strict=False)
        span = Span(was.started_at, was.stopped_at)
        await restore_time_entry(
            db, actor, event.entity_id, was.task_id, was.user_id, span, was.note,
            is_billable=was.is_billable,
        )  # fmt: skip


@inverse_of("time_entry.stopped")
async def run_on(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let timers run on as if nobody had stopped them."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await resume_timer(db, actor, event.entity_id)


@inverse_of("time_entry.resumed")
async def stop_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Stop timers when they had been stopped before."""
    for event in events:
        await _check_unchanged(db, actor, event)
        at = msgspec.convert(event.before["stopped_at"], datetime)
        await stop_timer(db, actor, event.entity_id, TimerStop(at))


async def _check_unchanged(db: Db, actor: Actor, event: Logged) -> None:
    try:
        entry = await find_entry(db, actor, event.entity_id)
    except TimeEntryNotFound:
        raise ChangedSince.of("time_entry", "is gone") from None
    now: dict[str, Any] = msgspec.to_builtins({f: getattr(entry, f) for f in LOGGED})
    left = {f: v for f, v in event.after.items() if f in LOGGED}
    if errors := differing(left, now):
        raise ChangedSince(errors)
