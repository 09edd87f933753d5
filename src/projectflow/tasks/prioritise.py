"""New priorities for many tasks at once, each its own."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import begin_batch
from projectflow.tasks.bulk import (
    BulkChange,
    BulkChanged,
    BulkTask,
    ChangedTask,
    TasksPatch,
    check_held,
)
from projectflow.tasks.many import hold, log_differences, write_many
from projectflow.tasks.types import Priority

MOST: Final = 100


class Prioritised(Struct, frozen=True, forbid_unknown_fields=True):
    """A task and its new priority; `version` is the one that was read."""

    task_id: UUID
    priority: Priority
    version: int | UnsetType = UNSET


class Priorities(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks get which priority."""

    tasks: Annotated[list[Prioritised], Meta(min_length=1, max_length=MOST)]


async def prioritise(db: Db, actor: Actor, wanted: Priorities) -> BulkChanged:
    """Give tasks their priorities as one change, which is undone at once.

    Raises:
        BulkRefused: lists the tasks that are not there, were changed since or may not be changed.
    """
    await begin_batch(db)
    asked = [BulkTask(each.task_id, each.version) for each in wanted.tasks]
    held = await hold(db, actor, [each.id for each in asked])
    check_held(actor, BulkChange(asked, TasksPatch()), held)
    changed = {
        each.task_id: {"priority": each.priority}
        for each in wanted.tasks
        if held[each.task_id].task.priority != each.priority
    }
    if not changed:
        return BulkChanged([])
    written = await write_many(db, actor, changed)
    before = [held[each].task for each in changed]
    await log_differences(db, actor, "task.updated", before, written)
    return BulkChanged([ChangedTask(each, written[each].version) for each in changed])
