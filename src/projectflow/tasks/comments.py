"""Comments on a task."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import Action, Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound, VersionConflict
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.comment_types import (
    COMMENT_COLUMNS,
    MENTIONS,
    Comment,
    CommentPatch,
    NewComment,
    Reaction,
)
from projectflow.tasks.mentions import mentioned_in, replace_comment_mentions
from projectflow.tasks.service import VISIBLE, TaskNotFound, read_task


class CommentNotFound(NotFound):
    """There is no such comment."""


class CommentExists(Conflict):
    """A comment with this id exists."""


CONSTRAINTS["comments_pkey"] = CommentExists
CONSTRAINTS["comments_task_exists"] = TaskNotFound
CONSTRAINTS["comments_parent_exists"] = lambda: InvalidInput.of(
    "parent_id", "is no comment of this task"
)


async def list_comments(
    db: Db, actor: Actor, task_id: UUID, *, limit: int, cursor: str | None
) -> Page[Comment]:
    """A task's comments, oldest first.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    actor.must_be_allowed("comment", "read", "in_project")
    await read_task(db, actor, task_id)
    after = decode_cursor(cursor, tuple[datetime, UUID])
    rows = await db.fetch(
        f"""
        SELECT {COMMENT_COLUMNS}, {MENTIONS} FROM comments c
        WHERE c.tenant_id = $1 AND c.task_id = $2 AND c.deleted_at IS NULL
          AND ($3::timestamptz IS NULL OR (c.created_at, c.id) > ($3, $4::uuid))
        ORDER BY c.created_at, c.id LIMIT $5
        """,
        actor.tenant_id,
        task_id,
        *(after or (None, None)),
        limit + 1,
    )
    reactions = await reactions_of(db, actor, [row["id"] for row in rows])
    comments = [_comment((*row, reactions.get(row["id"], []))) for row in rows]
    return page_of(comments, limit, lambda c: encode_cursor(c.created_at, c.id))


def _comment(values: tuple[Any, ...]) -> Comment:
    """Of columns, mentions and reactions."""
    return Comment(*values)


async def reactions_of(
    db: Db, actor: Actor, comment_ids: Sequence[UUID]
) -> dict[UUID, list[Reaction]]:
    """The reactions to these comments, by comment; the emoji that came first first."""
    if not comment_ids:
        return {}
    rows = await db.fetch(
        """
        SELECT comment_id, emoji, count(*), bool_or(user_id = $2) FROM comment_reactions
        WHERE tenant_id = $1 AND comment_id = ANY ($3::uuid[])
        GROUP BY comment_id, emoji ORDER BY min(created_at), emoji
        """,
        actor.tenant_id,
        actor.user_id,
        comment_ids,
    )
    found: dict[UUID, list[Reaction]] = {}
    for comment_id, *reaction in rows:
        found.setdefault(comment_id, []).append(Reaction(*reaction))
    return found


async def read_reactions(db: Db, actor: Actor, comment_id: UUID) -> list[Reaction]:
    """The reactions to one comment."""
    return (await reactions_of(db, actor, [comment_id])).get(comment_id, [])


async def add_task_comment(db: Db, actor: Actor, task_id: UUID, new: NewComment) -> Comment:
    """Comment on a task, or answer a comment on it.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: the role may not comment.
        InvalidInput: it answers what cannot be answered, or mentions too many people.
    """
    task = await read_task(db, actor, task_id)
    await must_be_allowed_in(db, actor, task.project_id, "comment", "create")
    if new.parent_id is not None:
        await _check_parent(db, actor, task_id, new.parent_id)
    mentions = await mentioned_in(db, actor, task.project_id, new.body, "body")
    row = await db.fetchrow(
        f"""
        WITH c AS (
            INSERT INTO comments (tenant_id, id, task_id, author_id, body, parent_id)
            VALUES ($1, $2, $3, $4, $5, $7) RETURNING *
        ), mentioned AS (
            INSERT INTO comment_mentions (tenant_id, comment_id, user_id)
            SELECT $1, c.id, unnest($8::uuid[]) FROM c
        )
        SELECT {COMMENT_COLUMNS},
            record_event($1, 'comment.created', $4, 'comment', c.id, $6, c.version,
                         jsonb_build_object('task_id', c.task_id,
                             'after', to_jsonb(c) - 'tenant_id'
                                      || jsonb_build_object('mentions', $8::uuid[])))
        FROM c
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        task_id,
        actor.user_id,
        new.body,
        task.project_id,
        new.parent_id,
        mentions,
    )
    return _comment((*tuple(only(row))[:-1], mentions, []))


async def _check_parent(db: Db, actor: Actor, task_id: UUID, parent_id: UUID) -> None:
    """Refuse to answer what is no comment of this task, or an answer itself."""
    row = await db.fetchrow(
        """
        SELECT parent_id FROM comments
        WHERE tenant_id = $1 AND task_id = $2 AND id = $3 AND deleted_at IS NULL FOR KEY SHARE
        """,
        actor.tenant_id,
        task_id,
        parent_id,
    )
    if row is None:
        raise InvalidInput.of("parent_id", "is no comment of this task")
    if row["parent_id"] is not None:
        raise InvalidInput.of("parent_id", "is an answer itself: answer the first comment")


async def edit_comment(
    db: Db, actor: Actor, comment_id: UUID, patch: CommentPatch, expected: int | None
) -> Comment:
    """Change a comment's text.

    Raises:
        CommentNotFound: it does not exist, or the actor may not see it.
        Forbidden: it is somebody else's.
        InvalidInput: it mentions too many people.
        VersionConflict: it was changed since; carries it as it is now.
    """
    comment, project_id = await lock_comment(db, actor, comment_id, expected)
    await _must_be_allowed_to(db, actor, "update", comment, project_id)
    if patch.body == comment.body:
        return comment
    mentions = await mentioned_in(db, actor, project_id, patch.body, "body")
    if mentions != comment.mentions:
        await replace_comment_mentions(db, actor, comment_id, mentions)
    row = await db.fetchrow(
        f"""
        WITH c AS (
            UPDATE comments SET body = $3, version = version + 1, edited_at = now(),
                updated_at = now()
            WHERE tenant_id = $1 AND id = $2 RETURNING *
        )
        SELECT {COMMENT_COLUMNS},
            record_event($1, 'comment.edited', $4, 'comment', c.id, $5, c.version,
                         jsonb_build_object('task_id', c.task_id,
                             'before', jsonb_build_object('body', $6::text, 'mentions', $7::uuid[]),
                             'after', jsonb_build_object('body', c.body, 'mentions', $8::uuid[])))
        FROM c
        """,
        actor.tenant_id,
        comment_id,
        patch.body,
        actor.user_id,
        project_id,
        comment.body,
        comment.mentions,
        mentions,
    )
    return _comment((*tuple(only(row))[:-1], mentions, comment.reactions))


async def delete_comment(db: Db, actor: Actor, comment_id: UUID, expected: int | None) -> None:
    """Take a comment away; answers to it stay.

    Raises:
        CommentNotFound, VersionConflict: as for an edit.
        Forbidden: it is somebody else's, and the role does not moderate.
    """
    comment, project_id = await lock_comment(db, actor, comment_id, expected)
    await _must_be_allowed_to(db, actor, "delete", comment, project_id)
    await db.execute(
        """
        WITH c AS (
            UPDATE comments SET deleted_at = now(), version = version + 1, updated_at = now()
            WHERE tenant_id = $1 AND id = $2 RETURNING *
        )
        SELECT record_event($1, 'comment.deleted', $3, 'comment', c.id, $4, c.version,
                            jsonb_build_object('task_id', c.task_id))
        FROM c
        """,
        actor.tenant_id,
        comment_id,
        actor.user_id,
        project_id,
    )


async def lock_comment(
    db: Db, actor: Actor, comment_id: UUID, expected: int | None
) -> tuple[Comment, UUID]:
    """Read a comment and its project's id, and keep others from changing it.

    Raises:
        CommentNotFound: it does not exist, or the actor may not see it.
        VersionConflict: it was changed since; carries it as it is now.
    """
    row = await db.fetchrow(
        f"""
        SELECT {COMMENT_COLUMNS}, {MENTIONS}, t.project_id
        FROM comments c
        JOIN tasks t ON t.tenant_id = $1 AND t.id = c.task_id AND t.deleted_at IS NULL
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE c.tenant_id = $1 AND c.id = $4 AND c.deleted_at IS NULL AND {VISIBLE}
        FOR NO KEY UPDATE OF c
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        comment_id,
    )
    if row is None:
        raise CommentNotFound
    *values, project_id = row
    comment = _comment((*values, await read_reactions(db, actor, comment_id)))
    if expected is not None and expected != comment.version:
        raise VersionConflict(current=comment)
    return comment, project_id


async def _must_be_allowed_to(
    db: Db, actor: Actor, action: Action, comment: Comment, project_id: UUID
) -> None:
    holding: tuple[Condition, ...] = ("is_author",) if comment.author_id == actor.user_id else ()
    await must_be_allowed_in(db, actor, project_id, "comment", action, *holding)
