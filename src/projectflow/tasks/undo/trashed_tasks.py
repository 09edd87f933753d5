"""What was made goes to the trash; what was thrown away comes back."""

from collections.abc import Sequence

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import FieldError
from projectflow.tasks.many import hold
from projectflow.tasks.trash import hold_to_trash, put_in_trash, take_from_trash
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of
from projectflow.tasks.undo.task_fields import changed_since


@inverse_of("task.deleted")
async def bring_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take from the trash exactly what went there."""
    ids = [event.entity_id for event in events]
    held = await hold(db, actor, ids)
    elsewhere = [i for i in ids if i not in held or held[i].deleted_at is None]
    if elsewhere:
        raise ChangedSince(
            [FieldError("deleted_at", f"of {i} was changed since") for i in elsewhere]
        )
    await take_from_trash(db, actor, list(held.values()))


@inverse_of("task.restored")
async def throw_away_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put back in the trash what came from there, with what stands below it now."""
    await _throw_away(db, actor, events)


@inverse_of("task.created")
async def throw_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put in the trash what was made, where nobody has changed it since."""
    held = await hold(db, actor, [event.entity_id for event in events])
    wrong = [
        error
        for event in events
        if event.entity_id in held
        for error in changed_since(held[event.entity_id].task, event)
    ]
    if wrong:
        raise ChangedSince(wrong)
    await _throw_away(db, actor, events)


async def _throw_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    ids = [event.entity_id for event in events]
    tree = await hold_to_trash(db, actor, ids)
    gone = set(ids) - {each.task.id for each in tree}
    if gone:
        raise ChangedSince([FieldError("deleted_at", f"of {i} was changed since") for i in gone])
    await put_in_trash(db, actor, tree)
