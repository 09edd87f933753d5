"""Time that was written down goes, what was taken away returns, what was corrected goes back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Conflict, Forbidden
from projectflow.tasks.time_entries import add_time_entry, delete_time_entry, update_time_entry
from projectflow.tasks.time_ledger import LOGGED, open_ledger
from projectflow.tasks.time_reading import TimeEntryNotFound, find_entry
from projectflow.tasks.time_types import NewTimeEntry, TimeEntry, TimeEntryPatch
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of


class TimerDoesNotReturn(Conflict):
    """A timer that was taken away while it ran does not come back."""


@inverse_of("time_entry.created")
async def take_time_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take time away that nobody has corrected since."""
    for event in events:
        await _hold_unchanged(db, actor, event)
        await delete_time_entry(db, actor, event.entity_id, None)


@inverse_of("time_entry.deleted")
async def return_time(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Write time down again, under its id; only whose time it was can."""
    for event in events:
        was: dict[str, Any] = dict(event.before)
        task_id, user_id = was.pop("task_id"), was.pop("user_id")
        if user_id != str(actor.user_id):
            raise Forbidden("Only whose time it was can have it back.")
        if was["stopped_at"] is None:
            raise TimerDoesNotReturn
        new = msgspec.convert({**was, "id": event.entity_id}, NewTimeEntry)
        await add_time_entry(db, actor, UUID(task_id), new)


@inverse_of("time_entry.updated")
async def put_time_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give entries what they had before they were corrected."""
    for event in events:
        await _hold_unchanged(db, actor, event)
        patch = msgspec.convert(event.before, TimeEntryPatch)
        await update_time_entry(db, actor, event.entity_id, patch, None)


async def _hold_unchanged(db: Db, actor: Actor, event: Logged) -> TimeEntry:
    """Keep others from the entry's person's time, where the entry is as the event left it."""
    try:
        entry = await find_entry(db, actor, event.entity_id)
        await open_ledger(db, actor, entry.user_id)
        entry = await find_entry(db, actor, event.entity_id)
    except TimeEntryNotFound:
        raise ChangedSince.of("time_entry", "is gone") from None
    now = msgspec.to_builtins({field: getattr(entry, field) for field in LOGGED})
    if errors := differing(event.after, now, f"the time entry {event.entity_id}"):
        raise ChangedSince(errors)
    return entry
