"""Relations of tasks: what was set goes, what went returns."""

from collections.abc import Sequence
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.relations import kind_of, remove_relation, set_relation
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of


@inverse_of("relation.added")
async def unrelate(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take relations away."""
    for event in events:
        other_id = UUID(event.payload["other_task_id"])
        if await kind_of(db, actor, event.entity_id, other_id) != event.after["kind"]:
            raise ChangedSince.of("kind")
        await remove_relation(db, actor, event.entity_id, other_id)


@inverse_of("relation.removed")
async def relate_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Set relations again, from the side that they were seen from."""
    for event in events:
        task_id, other_id = event.entity_id, UUID(event.payload["other_task_id"])
        if await kind_of(db, actor, task_id, other_id) is not None:
            raise ChangedSince.of("kind")
        kind = event.before["kind"]
        if kind == "duplicated_by":
            await set_relation(db, actor, other_id, task_id, "duplicates")
        else:
            await set_relation(db, actor, task_id, other_id, kind)
