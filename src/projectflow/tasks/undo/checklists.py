"""Steps of checklists: ticks and texts go back, what was taken away returns."""

from collections.abc import Sequence

import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.checklist import (
    delete_checklist_item,
    restore_checklist_item,
    update_checklist_item,
)
from projectflow.tasks.types import CHECKLIST_COLUMNS, ChecklistItem, ChecklistItemPatch
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of

COMPARED = ("checklist", "title", "is_done")


@inverse_of("checklist_item.updated")
async def put_steps_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give steps the text and the tick that they had."""
    for event in events:
        await _check_unchanged(db, actor, event)
        patch = msgspec.convert(event.before, ChecklistItemPatch)
        await update_checklist_item(db, actor, event.entity_id, patch, None)


@inverse_of("checklist_item.created")
async def take_steps_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take steps away that nobody has changed since."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await delete_checklist_item(db, actor, event.entity_id, None)


@inverse_of("checklist_item.deleted")
async def return_steps(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put steps back where they stood, under the ids that they had."""
    for event in events:
        item = msgspec.convert(event.before, ChecklistItem, strict=False)
        await restore_checklist_item(db, actor, item)


async def _check_unchanged(db: Db, actor: Actor, event: Logged) -> None:
    row = await db.fetchrow(
        f"SELECT {CHECKLIST_COLUMNS} FROM checklist_items i"
        " WHERE i.tenant_id = $1 AND i.id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        event.entity_id,
    )
    if row is None:
        raise ChangedSince.of("checklist_item", "is gone")
    left = {f: v for f, v in event.after.items() if f in COMPARED}
    if errors := differing(left, msgspec.to_builtins(ChecklistItem(*row))):
        raise ChangedSince(errors)
