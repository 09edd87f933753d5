"""Dependencies: what was added goes, what went returns, what was changed goes back."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.dependencies import (
    DEPENDENCY_COLUMNS,
    Dependency,
    DependencyPatch,
    NewDependency,
    add_dependency,
    change_dependency,
    remove_dependency,
)
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of


@inverse_of("dependency.added")
async def let_go(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let tasks no longer wait."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await remove_dependency(db, actor, _id(event))


@inverse_of("dependency.removed")
async def tie_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let tasks wait again, where that closes no cycle now."""
    for event in events:
        new = msgspec.convert({**event.before, "id": _id(event)}, NewDependency, strict=False)
        await add_dependency(db, actor, event.entity_id, new)


@inverse_of("dependency.changed")
async def put_dependencies_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give dependencies the type and the lag that they had."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await change_dependency(
            db, actor, _id(event), msgspec.convert(event.before, DependencyPatch)
        )


def _id(event: Logged) -> UUID:
    return UUID(event.payload["dependency_id"])


async def _check_unchanged(db: Db, actor: Actor, event: Logged) -> None:
    row = await db.fetchrow(
        f"SELECT {DEPENDENCY_COLUMNS} FROM task_dependencies d"
        " WHERE d.tenant_id = $1 AND d.id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        _id(event),
    )
    if row is None:
        raise ChangedSince.of("dependency", "is gone")
    if errors := differing(event.after, msgspec.to_builtins(Dependency(*row))):
        raise ChangedSince(errors)
