"""Relations that nothing waits for: two tasks have to do with each other, or say the same."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, begin_batch, record_all
from projectflow.core.problems import InvalidInput, NotFound
from projectflow.tasks.linked import EXISTING, LINKED_COLUMNS, LINKED_JOINS, SHOWN, LinkedTask
from projectflow.tasks.service import lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import Task

MAX_RELATIONS = 500
Kind = Literal["relates", "duplicates"]
RelationKind = Literal["relates", "duplicates", "duplicated_by"]


class NewRelation(Struct, frozen=True, forbid_unknown_fields=True):
    """What a task is to another one."""

    kind: Kind


class Relation(Struct, frozen=True):
    """What a task is to another one, seen from the first."""

    task_id: UUID
    kind: RelationKind
    task: LinkedTask
    """The other one."""
    created_at: datetime


class Relations(Struct, frozen=True):
    """All relations of a task, oldest first."""

    items: list[Relation]
    hidden: int
    """How many more there are, to tasks that the reader may not see."""


class RelationNotFound(NotFound):
    """These tasks are not related."""


SEEN_FROM: Final = (
    "CASE WHEN r.kind = 'duplicates' AND r.task_id <> $2 THEN 'duplicated_by' ELSE r.kind END"
)
"""The kind of relation `r`, seen from task $2."""


async def set_relation(db: Db, actor: Actor, task_id: UUID, other_id: UUID, kind: Kind) -> Relation:
    """Relate a task to another one of the workspace; the relation that they have is replaced.

    Raises:
        TaskNotFound: the actor may not see both.
        Forbidden: the actor may not change the first.
        InvalidInput: both are the same task, or one of them has 500 relations already.
    """
    if task_id == other_id:
        await read_task(db, actor, task_id)
        raise InvalidInput.of("other_id", "is the task itself")
    task = await _lock_both(db, actor, task_id, other_id)
    before = await kind_of(db, actor, task_id, other_id)
    if before != kind:
        if before is None:
            await _check_room(db, actor, task_id, other_id)
        else:
            await _delete(db, actor, task_id, other_id)
        await db.execute(
            """
            INSERT INTO task_relations (tenant_id, task_id, other_task_id, kind, created_by)
            VALUES ($1, $2, $3, $4, $5)
            """,
            actor.tenant_id,
            task_id,
            other_id,
            kind,
            actor.user_id,
        )
        await _log(db, actor, task, other_id, before=before, after=kind)
    found = await _list(db, actor, task_id, other_id)
    return found.items[0]


async def _lock_both(db: Db, actor: Actor, task_id: UUID, other_id: UUID) -> Task:
    """Lock both in one order, whichever of them is spoken of; gives the first."""
    locked = [await lock_task(db, actor, each) for each in sorted((task_id, other_id))]
    task = next(each for each in locked if each.id == task_id)
    await must_be_allowed_to(db, actor, "update", task)
    return task


async def kind_of(db: Db, actor: Actor, task_id: UUID, other_id: UUID) -> RelationKind | None:
    """What the first is to the other; None where they are not related."""
    return await db.fetchval(
        f"""
        SELECT {SEEN_FROM} FROM task_relations r
        WHERE r.tenant_id = $1
          AND (r.task_id, r.other_task_id) IN (($2::uuid, $3::uuid), ($3, $2))
        """,
        actor.tenant_id,
        task_id,
        other_id,
    )


async def _check_room(db: Db, actor: Actor, task_id: UUID, other_id: UUID) -> None:
    row = only(
        await db.fetchrow(
            """
            SELECT max(mine.number) AS most FROM unnest(ARRAY[$2::uuid, $3]) AS each (id)
            CROSS JOIN LATERAL (
                SELECT (SELECT count(*) FROM task_relations
                        WHERE tenant_id = $1 AND task_id = each.id)
                     + (SELECT count(*) FROM task_relations
                        WHERE tenant_id = $1 AND other_task_id = each.id) AS number
            ) mine
            """,
            actor.tenant_id,
            task_id,
            other_id,
        )
    )
    if row["most"] >= MAX_RELATIONS:
        raise InvalidInput.of("other_id", f"one of the two has {MAX_RELATIONS} relations already")


async def remove_relation(db: Db, actor: Actor, task_id: UUID, other_id: UUID) -> None:
    """Take the relation of two tasks away, from whichever of them it was set.

    Raises:
        TaskNotFound, Forbidden: as for setting it.
        RelationNotFound: there is none.
    """
    task = await _lock_both(db, actor, task_id, other_id)
    before = await kind_of(db, actor, task_id, other_id)
    if before is None:
        raise RelationNotFound
    await _delete(db, actor, task_id, other_id)
    await _log(db, actor, task, other_id, before=before, after=None)


async def _delete(db: Db, actor: Actor, task_id: UUID, other_id: UUID) -> None:
    await db.execute(
        """
        DELETE FROM task_relations WHERE tenant_id = $1
          AND (task_id, other_task_id) IN (($2::uuid, $3::uuid), ($3, $2))
        """,
        actor.tenant_id,
        task_id,
        other_id,
    )


async def list_relations(db: Db, actor: Actor, task_id: UUID) -> Relations:
    """What a task is related to, oldest first, at most 500.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    return await _list(db, actor, task_id, None)


async def _list(db: Db, actor: Actor, task_id: UUID, other_id: UUID | None) -> Relations:
    rows = await db.fetch(
        f"""
        SELECT {SHOWN} AS is_shown, r.kind, r.created_at, {LINKED_COLUMNS}
        FROM (
            SELECT other_task_id AS other_id, kind, created_at FROM task_relations
            WHERE tenant_id = $1 AND task_id = $4
            UNION ALL
            SELECT task_id, replace(kind, 'duplicates', 'duplicated_by'), created_at
            FROM task_relations WHERE tenant_id = $1 AND other_task_id = $4
        ) r
        JOIN tasks t ON t.tenant_id = $1 AND t.id = r.other_id {LINKED_JOINS}
        WHERE {EXISTING} AND ($5::uuid IS NULL OR t.id = $5)
        ORDER BY r.created_at, t.id LIMIT $6
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
        other_id,
        MAX_RELATIONS,
    )
    items = [
        Relation(task_id, kind, LinkedTask(*other), created_at)
        for is_shown, kind, created_at, *other in rows
        if is_shown
    ]
    return Relations(items, hidden=len(rows) - len(items))


async def _log(
    db: Db,
    actor: Actor,
    task: Task,
    other_id: UUID,
    *,
    before: RelationKind | None,
    after: RelationKind | None,
) -> None:
    """One event for the relation that went and one for the relation that came."""
    changes = [
        Change(
            event,
            "task",
            task.id,
            task.version,
            payload={"other_task_id": other_id, when: {"kind": kind}},
            project_id=task.project_id,
        )
        for event, when, kind in (
            ("relation.removed", "before", before),
            ("relation.added", "after", after),
        )
        if kind is not None
    ]
    if len(changes) > 1:
        await begin_batch(db)
    await record_all(db, actor.tenant_id, actor.user_id, changes)
