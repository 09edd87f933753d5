"""Watchers: who wants to hear of a task.

Who reports a task, is assigned to it, comments on it or is mentioned in it watches it without
anything being written, as long as that is so. What is written is what somebody chose: to watch, or
not to, which wins over all of that.
"""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput
from projectflow.tasks.audience import (
    EMPLOYED,
    STANDING_COLUMNS,
    STANDING_JOINS,
    may_see_tasks,
    who_may_see,
)
from projectflow.tasks.service import TaskNotFound, lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import Task

MAX_WATCHERS: Final = 500
"""That a task can be given, and that are listed."""
Reason = Literal["chosen", "assignee", "reporter", "commenter", "mentioned"]
CONSTRAINTS["task_watchers_task_exists"] = TaskNotFound


class Watcher(Struct, frozen=True):
    """Somebody who watches a task, and why: the first reason of those that hold."""

    user_id: UUID
    reason: Reason
    chosen_by: UUID | None
    """Who chose it, where somebody did."""
    chosen_at: datetime | None


class Watchers(Struct, frozen=True):
    """Who watches a task, at most 500; whoever asks stands first."""

    items: list[Watcher]
    is_watching: bool
    """Whether the reader is one of them."""


class NotToBeAsked(Conflict):
    """This person has chosen not to watch the task."""


async def list_watchers(db: Db, actor: Actor, task_id: UUID) -> Watchers:
    """Who watches a task, of those who may see it.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    task = await read_task(db, actor, task_id)
    rows = await db.fetch(
        f"""
        WITH chosen AS (
            SELECT user_id, is_watching, chosen_by, chosen_at FROM task_watchers
            WHERE tenant_id = $1 AND task_id = $3
        ), why (user_id, reason, rank, chosen_by, chosen_at) AS (
            SELECT user_id, 'chosen', 1, chosen_by, chosen_at FROM chosen WHERE is_watching
            UNION ALL SELECT $4::uuid, 'assignee', 2, NULL, NULL
            UNION ALL SELECT $5::uuid, 'reporter', 3, NULL, NULL
            UNION ALL SELECT DISTINCT author_id, 'commenter', 4, NULL::uuid, NULL::timestamptz
            FROM comments WHERE tenant_id = $1 AND task_id = $3 AND deleted_at IS NULL
            UNION ALL SELECT user_id, 'mentioned', 5, NULL, NULL FROM task_mentions
            WHERE tenant_id = $1 AND task_id = $3
            UNION ALL SELECT m.user_id, 'mentioned', 5, NULL, NULL
            FROM comments c JOIN comment_mentions m ON m.tenant_id = $1 AND m.comment_id = c.id
            WHERE c.tenant_id = $1 AND c.task_id = $3 AND c.deleted_at IS NULL
        ), watching AS (
            SELECT DISTINCT ON (why.user_id) why.* FROM why
            WHERE NOT EXISTS (SELECT FROM chosen n
                              WHERE n.user_id = why.user_id AND NOT n.is_watching)
            ORDER BY why.user_id, why.rank
        )
        SELECT w.user_id, w.reason, w.chosen_by, w.chosen_at, {STANDING_COLUMNS}
        FROM watching w JOIN users u ON u.tenant_id = $1 AND u.id = w.user_id AND {EMPLOYED}
        {STANDING_JOINS}
        ORDER BY u.id <> $6, w.rank, u.id LIMIT $7
        """,
        actor.tenant_id,
        task.project_id,
        task_id,
        task.assignee_id,
        task.reporter_id,
        actor.user_id,
        MAX_WATCHERS,
    )
    watchers = [Watcher(*row[:4]) for row in map(tuple, rows) if may_see_tasks(*row[4:])]
    return Watchers(watchers, any(each.user_id == actor.user_id for each in watchers))


async def watch_task(db: Db, actor: Actor, task_id: UUID, user_id: UUID) -> Watchers:
    """Have somebody watch a task: oneself, or others by whoever may change the task.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: it is somebody else, and the actor may not change the task.
        InvalidInput: that person may not see it, or the task has 500 watchers already.
        NotToBeAsked: that person has chosen not to watch it.
    """
    task = await _lock(db, actor, task_id, user_id)
    if not await who_may_see(db, actor.tenant_id, task.project_id, [user_id]):
        raise InvalidInput.of("user_id", "is nobody who may see this task")
    chosen = await _choice(db, actor, task_id, user_id)
    if chosen is not None and chosen["is_watching"]:
        return await list_watchers(db, actor, task_id)
    if chosen is not None and chosen["chosen_by"] == user_id != actor.user_id:
        raise NotToBeAsked
    await _check_room(db, actor, task_id)
    await _choose(db, actor, task, user_id, watching=True)
    return await list_watchers(db, actor, task_id)


async def unwatch_task(db: Db, actor: Actor, task_id: UUID, user_id: UUID) -> Watchers:
    """Have somebody watch a task no longer, whatever they are to it.

    Raises:
        TaskNotFound, Forbidden: as for watching.
        InvalidInput: nobody in the workspace has this id, or 500 have chosen not to watch it.
    """
    task = await _lock(db, actor, task_id, user_id)
    known: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM users WHERE tenant_id = $1 AND id = $2)",
        actor.tenant_id,
        user_id,
    )
    if not known:
        raise InvalidInput.of("user_id", "is nobody in this workspace")
    chosen = await _choice(db, actor, task_id, user_id)
    if chosen is None:
        await _check_room(db, actor, task_id)
    # Somebody's own wish is written over another's, so that it counts as theirs.
    wanted = actor.user_id == user_id
    if chosen is None or chosen["is_watching"] or (wanted and chosen["chosen_by"] != user_id):
        await _choose(db, actor, task, user_id, watching=False)
    return await list_watchers(db, actor, task_id)


async def _lock(db: Db, actor: Actor, task_id: UUID, user_id: UUID) -> Task:
    """Lock the task, under which all choices about it are made."""
    actor.must_be_allowed("task", "read", "in_project")
    task = await lock_task(db, actor, task_id)
    if user_id != actor.user_id:
        await must_be_allowed_to(db, actor, "update", task)
    return task


async def _choice(db: Db, actor: Actor, task_id: UUID, user_id: UUID) -> Any:
    return await db.fetchrow(
        """
        SELECT is_watching, chosen_by FROM task_watchers
        WHERE tenant_id = $1 AND task_id = $2 AND user_id = $3
        """,
        actor.tenant_id,
        task_id,
        user_id,
    )


async def _check_room(db: Db, actor: Actor, task_id: UUID) -> None:
    count: int = await db.fetchval(
        "SELECT count(*) FROM task_watchers WHERE tenant_id = $1 AND task_id = $2",
        actor.tenant_id,
        task_id,
    )
    if count >= MAX_WATCHERS:
        raise InvalidInput.of("user_id", f"{MAX_WATCHERS} people have chosen for this task already")


async def _choose(db: Db, actor: Actor, task: Task, user_id: UUID, *, watching: bool) -> None:
    await db.execute(
        """
        INSERT INTO task_watchers (tenant_id, task_id, user_id, is_watching, chosen_by)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, task_id, user_id)
        DO UPDATE SET is_watching = $4, chosen_by = $5, chosen_at = now()
        """,
        actor.tenant_id,
        task.id,
        user_id,
        watching,
        actor.user_id,
    )
    change = Change(
        "task.watched" if watching else "task.unwatched",
        "task",
        task.id,
        task.version,
        payload={"user_id": user_id, "after": {"is_watching": watching}},
        project_id=task.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
