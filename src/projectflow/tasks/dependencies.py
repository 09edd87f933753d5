"""Dependencies: which task waits for which, how, and with how much time between them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound, ProblemDetails
from projectflow.tasks.cycles import find_way, lock_dependencies
from projectflow.tasks.linked import EXISTING, LINKED_COLUMNS, LINKED_JOINS, SHOWN, LinkedTask
from projectflow.tasks.service import VISIBLE, lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import Task

MAX_DEPENDENCIES = 500
HIDDEN_TASK: Final = "a task you cannot see"
DependencyType = Literal["finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish"]
Lag = Annotated[
    int,
    Meta(
        ge=-5_256_000,
        le=5_256_000,
        description="minutes, at most ten years of them; less than zero is a lead",
    ),
]


class Dependency(Struct, frozen=True):
    """One task waits for another. What begins or ends when is in the type: that one's, this one's.

    The lag is working time of the calendar, or time of the clock where it is elapsed.
    """

    id: UUID
    task_id: UUID
    depends_on_task_id: UUID
    type: DependencyType
    lag_minutes: int
    lag_is_elapsed: bool
    created_at: datetime


DEPENDENCY_COLUMNS: Final = (
    "d.id, d.task_id, d.depends_on_task_id, d.dependency_type AS type, d.lag_minutes,"
    " d.lag_is_elapsed, d.created_at"
)
LOGGED: Final = ("depends_on_task_id", "type", "lag_minutes", "lag_is_elapsed")


class NewDependency(Struct, frozen=True, forbid_unknown_fields=True):
    """What a task is to wait for; `id` may be made by the client (UUIDv7)."""

    depends_on_task_id: UUID
    type: DependencyType = "finish_to_start"
    lag_minutes: Lag = 0
    lag_is_elapsed: bool = False
    id: UUID | UnsetType = UNSET


class DependencyPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a dependency; absent fields stay as they are."""

    type: DependencyType | UnsetType = UNSET
    lag_minutes: Lag | UnsetType = UNSET
    lag_is_elapsed: bool | UnsetType = UNSET


class TiedDependency(Dependency, frozen=True):
    """A dependency with the task at its other end."""

    task: LinkedTask


class Dependencies(Struct, frozen=True):
    """What a task waits for, and what waits for it."""

    blocked_by: list[TiedDependency]
    blocks: list[TiedDependency]
    hidden: int
    """How many more there are with tasks that the reader may not see."""


class DependencyNotFound(NotFound):
    """There is no such dependency."""


class DependencyExists(Conflict):
    """A dependency with this id exists."""


class AlreadyDependent(Conflict):
    """The task depends on this one already."""


class CycleDetails(ProblemDetails, frozen=True, omit_defaults=True, kw_only=True):
    """A problem that also has the cycle as data (RFC 9457, section 3.2)."""

    cycle: list[str | None]
    """Keys of tasks, the first one again at the end; null for one that the reader cannot see."""


class DependencyCycle(Conflict):
    """The task would wait for itself."""

    def __init__(self, cycle: Sequence[str | None] = (), detail: str | None = None) -> None:
        """`cycle` has the keys of its tasks in order."""
        super().__init__(detail)
        self.cycle = list(cycle)

    def details(self, instance: str) -> ProblemDetails:
        """The problem with the cycle as data."""
        plain = super().details(instance)
        return CycleDetails(
            type=plain.type,
            title=plain.title,
            status=plain.status,
            detail=plain.detail,
            instance=plain.instance,
            cycle=self.cycle,
        )


CONSTRAINTS["task_dependencies_pkey"] = DependencyExists
CONSTRAINTS["task_dependencies_pair_unique"] = AlreadyDependent


async def add_dependency(db: Db, actor: Actor, task_id: UUID, new: NewDependency) -> Dependency:
    """Make a task wait for another one of the workspace that the actor may see.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task that is to wait.
        InvalidInput: there is no such other task, it is the task itself, or one of the two has
            500 dependencies already.
        DependencyCycle: the other task waits for this one, or is its parent or sub-task.
        AlreadyDependent, DependencyExists, DependenciesTooMany: as their names say.
    """
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    if new.depends_on_task_id == task_id:
        raise InvalidInput.of("depends_on_task_id", "is the task itself")
    if not await _sees(db, actor, new.depends_on_task_id):
        raise InvalidInput.of("depends_on_task_id", "is not a task of this workspace")
    await lock_dependencies(db, actor)
    row = await db.fetchrow(
        f"""
        INSERT INTO task_dependencies AS d (tenant_id, id, task_id, depends_on_task_id,
                                            dependency_type, lag_minutes, lag_is_elapsed,
                                            created_by)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8
        WHERE (SELECT count(*) FROM task_dependencies
               WHERE tenant_id = $1 AND task_id = $3) < $9
          AND (SELECT count(*) FROM task_dependencies
               WHERE tenant_id = $1 AND depends_on_task_id = $4) < $9
        RETURNING {DEPENDENCY_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        task_id,
        new.depends_on_task_id,
        new.type,
        new.lag_minutes,
        new.lag_is_elapsed,
        actor.user_id,
        MAX_DEPENDENCIES,
    )
    if row is None:
        raise InvalidInput.of(
            "depends_on_task_id", f"one of the two has {MAX_DEPENDENCIES} dependencies already"
        )
    way = await find_way(db, actor, [task_id], [new.depends_on_task_id])
    if way is not None:
        raise await _cycle(db, actor, [task_id, *reversed(way)])
    added = Dependency(*row)
    await _log(db, actor, task, added, "dependency.added", {"after": _content(added)})
    return added


async def _sees(db: Db, actor: Actor, task_id: UUID) -> bool:
    return await db.fetchval(
        f"""
        SELECT EXISTS (
            SELECT FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
            WHERE t.tenant_id = $1 AND t.id = $4 AND t.deleted_at IS NULL AND {VISIBLE})
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
    )


async def _cycle(db: Db, actor: Actor, task_ids: list[UUID]) -> DependencyCycle:
    """The problem, naming what the actor may see; what is in the trash is named as that."""
    rows = await db.fetch(
        f"""
        SELECT t.id, p.key || '-' || t.number AS key, t.deleted_at IS NOT NULL AS is_deleted
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($4::uuid[]) AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_ids,
    )
    keys: dict[UUID, str] = {row["id"]: row["key"] for row in rows}
    words = {
        row["id"]: f"{row['key']} (in the trash)" if row["is_deleted"] else row["key"]
        for row in rows
    }
    way = " → ".join(words.get(task_id, HIDDEN_TASK) for task_id in task_ids)
    return DependencyCycle(
        [keys.get(task_id) for task_id in task_ids], f"The task would wait for itself: {way}."
    )


async def change_dependency(
    db: Db, actor: Actor, dependency_id: UUID, patch: DependencyPatch
) -> Dependency:
    """Change how one task waits for another; nothing is written when nothing differs.

    Raises:
        DependencyNotFound: it does not exist, or the actor may not see both of its tasks.
        Forbidden: the actor may not change the task that waits.
    """
    task, dependency = await _lock(db, actor, dependency_id)
    given = {f: v for f in patch.__struct_fields__ if (v := getattr(patch, f)) is not UNSET}
    wanted = msgspec.structs.replace(dependency, **given)
    if wanted == dependency:
        return dependency
    await db.execute(
        """
        UPDATE task_dependencies SET dependency_type = $3, lag_minutes = $4, lag_is_elapsed = $5
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        dependency_id,
        wanted.type,
        wanted.lag_minutes,
        wanted.lag_is_elapsed,
    )
    changes = difference(dependency, wanted, *LOGGED)
    await _log(db, actor, task, wanted, "dependency.changed", changes)
    return wanted


async def remove_dependency(db: Db, actor: Actor, dependency_id: UUID) -> None:
    """Let a task no longer wait for another.

    Raises:
        DependencyNotFound, Forbidden: as for a change.
    """
    task, dependency = await _lock(db, actor, dependency_id)
    await _delete(db, actor, task, dependency)


async def remove_dependency_on(
    db: Db, actor: Actor, task_id: UUID, depends_on_task_id: UUID
) -> None:
    """Let a task no longer wait for another: the seed's removeDependency.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task that waits.
        DependencyNotFound: it does not wait for the other, or the actor may not see that one.
    """
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    row = None
    if await _sees(db, actor, depends_on_task_id):
        row = await db.fetchrow(
            f"""
            SELECT {DEPENDENCY_COLUMNS} FROM task_dependencies d
            WHERE d.tenant_id = $1 AND d.task_id = $2 AND d.depends_on_task_id = $3
            """,
            actor.tenant_id,
            task_id,
            depends_on_task_id,
        )
    if row is None:
        raise DependencyNotFound
    await _delete(db, actor, task, Dependency(*row))


async def _lock(db: Db, actor: Actor, dependency_id: UUID) -> tuple[Task, Dependency]:
    """Lock the task that waits, under which all of its dependencies change."""
    found = await _read(db, actor, dependency_id)
    if not (
        await _sees(db, actor, found.task_id) and await _sees(db, actor, found.depends_on_task_id)
    ):
        raise DependencyNotFound
    task = await lock_task(db, actor, found.task_id)
    await must_be_allowed_to(db, actor, "update", task)
    return task, await _read(db, actor, dependency_id)


async def _read(db: Db, actor: Actor, dependency_id: UUID) -> Dependency:
    row = await db.fetchrow(
        f"""
        SELECT {DEPENDENCY_COLUMNS} FROM task_dependencies d
        WHERE d.tenant_id = $1 AND d.id = $2
        """,
        actor.tenant_id,
        dependency_id,
    )
    if row is None:
        raise DependencyNotFound
    return Dependency(*row)


async def _delete(db: Db, actor: Actor, task: Task, dependency: Dependency) -> None:
    await db.execute(
        "DELETE FROM task_dependencies WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        dependency.id,
    )
    await _log(db, actor, task, dependency, "dependency.removed", {"before": _content(dependency)})


async def list_dependencies(db: Db, actor: Actor, task_id: UUID) -> Dependencies:
    """What a task waits for and what waits for it, oldest first; at most 500 of each.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    rows = await db.fetch(
        f"""
        SELECT {SHOWN} AS is_shown, {DEPENDENCY_COLUMNS}, {LINKED_COLUMNS}
        FROM (
            SELECT d.*, d.depends_on_task_id AS other_id FROM task_dependencies d
            WHERE d.tenant_id = $1 AND d.task_id = $4
            UNION ALL
            SELECT d.*, d.task_id FROM task_dependencies d
            WHERE d.tenant_id = $1 AND d.depends_on_task_id = $4
        ) d
        JOIN tasks t ON t.tenant_id = $1 AND t.id = d.other_id {LINKED_JOINS}
        WHERE {EXISTING} ORDER BY d.created_at, d.id LIMIT $5
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
        2 * MAX_DEPENDENCIES,
    )
    shown = [_tied(row) for row in rows if row["is_shown"]]
    return Dependencies(
        blocked_by=[d for d in shown if d.task_id == task_id],
        blocks=[d for d in shown if d.depends_on_task_id == task_id],
        hidden=len(rows) - len(shown),
    )


def _tied(row: asyncpg.Record) -> TiedDependency:
    values: list[Any] = list(row)[1:]
    ends = len(Dependency.__struct_fields__)
    values[ends:] = [LinkedTask(*values[ends:])]
    return TiedDependency(*values)


def _content(dependency: Dependency) -> dict[str, Any]:
    return {field: getattr(dependency, field) for field in LOGGED}


async def _log(
    db: Db, actor: Actor, task: Task, dependency: Dependency, event: str, changes: dict[str, Any]
) -> None:
    change = Change(
        event,
        "task",
        task.id,
        task.version,
        payload={
            "dependency_id": dependency.id,
            "depends_on_task_id": dependency.depends_on_task_id,
            **changes,
        },
        project_id=task.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
