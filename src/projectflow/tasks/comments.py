"""Comments on a task."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import Action, Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import CONSTRAINTS, Conflict, NotFound, VersionConflict
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.service import VISIBLE, TaskNotFound, read_task
from projectflow.tasks.types import COMMENT_COLUMNS, Comment, CommentPatch, NewComment


class CommentNotFound(NotFound):
    """There is no such comment."""


class CommentExists(Conflict):
    """A comment with this id exists."""


CONSTRAINTS["comments_pkey"] = CommentExists
CONSTRAINTS["comments_task_exists"] = TaskNotFound


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
        SELECT {COMMENT_COLUMNS} FROM comments c
        WHERE c.tenant_id = $1 AND c.task_id = $2 AND c.deleted_at IS NULL
          AND ($3::timestamptz IS NULL OR (c.created_at, c.id) > ($3, $4::uuid))
        ORDER BY c.created_at, c.id LIMIT $5
        """,
        actor.tenant_id,
        task_id,
        *(after or (None, None)),
        limit + 1,
    )
    comments = [Comment(*row) for row in rows]
    return page_of(comments, limit, lambda c: encode_cursor(c.created_at, c.id))


async def add_task_comment(db: Db, actor: Actor, task_id: UUID, new: NewComment) -> Comment:
    """Comment on a task.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: the role may not comment.
    """
    task = await read_task(db, actor, task_id)
    await must_be_allowed_in(db, actor, task.project_id, "comment", "create")
    row = await db.fetchrow(
        f"""
        WITH c AS (
            INSERT INTO comments (tenant_id, id, task_id, author_id, body)
            VALUES ($1, $2, $3, $4, $5) RETURNING *
        )
        SELECT {COMMENT_COLUMNS},
            record_event($1, 'comment.created', $4, 'comment', c.id, $6, c.version,
                         jsonb_build_object('task_id', c.task_id,
                                            'after', to_jsonb(c) - 'tenant_id'))
        FROM c
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        task_id,
        actor.user_id,
        new.body,
        task.project_id,
    )
    return Comment(*tuple(only(row))[:-1])


async def edit_comment(
    db: Db, actor: Actor, comment_id: UUID, patch: CommentPatch, expected: int | None
) -> Comment:
    """Change a comment's text.

    Raises:
        CommentNotFound: it does not exist, or the actor may not see it.
        Forbidden: it is somebody else's.
        VersionConflict: it was changed since; carries it as it is now.
    """
    comment, project_id = await _lock(db, actor, comment_id, expected)
    await _must_be_allowed_to(db, actor, "update", comment, project_id)
    if patch.body == comment.body:
        return comment
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
                                            'before', jsonb_build_object('body', $6::text),
                                            'after', jsonb_build_object('body', c.body)))
        FROM c
        """,
        actor.tenant_id,
        comment_id,
        patch.body,
        actor.user_id,
        project_id,
        comment.body,
    )
    return Comment(*tuple(only(row))[:-1])


async def delete_comment(db: Db, actor: Actor, comment_id: UUID, expected: int | None) -> None:
    """Take a comment away.

    Raises:
        CommentNotFound, VersionConflict: as for an edit.
        Forbidden: it is somebody else's, and the role does not moderate.
    """
    comment, project_id = await _lock(db, actor, comment_id, expected)
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


async def _lock(
    db: Db, actor: Actor, comment_id: UUID, expected: int | None
) -> tuple[Comment, UUID]:
    row = await db.fetchrow(
        f"""
        SELECT {COMMENT_COLUMNS}, t.project_id
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
    comment = Comment(*values)
    if expected is not None and expected != comment.version:
        raise VersionConflict(current=comment)
    return comment, project_id


async def _must_be_allowed_to(
    db: Db, actor: Actor, action: Action, comment: Comment, project_id: UUID
) -> None:
    holding: tuple[Condition, ...] = ("is_author",) if comment.author_id == actor.user_id else ()
    await must_be_allowed_in(db, actor, project_id, "comment", action, *holding)
