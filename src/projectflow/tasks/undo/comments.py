"""Comments: a text goes back, what was taken away returns, what was said is taken away."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from projectflow.auth.permissions import Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.comments import CommentNotFound, delete_comment, edit_comment
from projectflow.tasks.service import read_task
from projectflow.tasks.types import CommentPatch
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of


@inverse_of("comment.edited")
async def put_text_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give comments the text that they had."""
    for event in events:
        await _lock(db, actor, event, body=event.after["body"], deleted=False)
        await edit_comment(db, actor, event.entity_id, CommentPatch(event.before["body"]), None)


@inverse_of("comment.created", "comment.restored")
async def take_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take comments away that nobody has changed since."""
    for event in events:
        await _lock(db, actor, event, body=event.after.get("body"), deleted=False)
        await delete_comment(db, actor, event.entity_id, None)


@inverse_of("comment.deleted")
async def return_comments(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let comments be seen again."""
    for event in events:
        row = await _lock(db, actor, event, body=None, deleted=True)
        task = await read_task(db, actor, row["task_id"])
        mine = row["author_id"] == actor.user_id
        holding: tuple[Condition, ...] = ("is_author",) if mine else ()
        await must_be_allowed_in(db, actor, task.project_id, "comment", "delete", *holding)
        await db.execute(
            """
            WITH c AS (
                UPDATE comments SET deleted_at = NULL, version = version + 1, updated_at = now()
                WHERE tenant_id = $1 AND id = $2 RETURNING *
            )
            SELECT record_event($1, 'comment.restored', $3, 'comment', c.id, $4, c.version,
                                jsonb_build_object('task_id', c.task_id,
                                                   'after', jsonb_build_object('body', c.body)))
            FROM c
            """,
            actor.tenant_id,
            event.entity_id,
            actor.user_id,
            task.project_id,
        )


async def _lock(db: Db, actor: Actor, event: Logged, *, body: Any, deleted: bool) -> asyncpg.Record:
    """Keep others from the comment, where it is as the event left it."""
    row = await db.fetchrow(
        """
        SELECT task_id, author_id, body, deleted_at IS NOT NULL AS is_deleted FROM comments
        WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        event.entity_id,
    )
    if row is None:
        raise CommentNotFound
    if row["is_deleted"] != deleted:
        raise ChangedSince.of("deleted_at")
    if body is not None and row["body"] != body:
        raise ChangedSince.of("body")
    return row
