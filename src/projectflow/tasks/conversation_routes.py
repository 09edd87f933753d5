"""HTTP for what people say about tasks, who listens, and what happened."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.tasks import activity, comments, reactions, watchers
from projectflow.tasks.comment_types import (
    Comment,
    CommentPatch,
    Event,
    NewComment,
    Reactions,
    Show,
)
from projectflow.tasks.watchers import Watchers

Emoji = Annotated[str, PathParameter(min_length=1, max_length=64, description="one emoji")]


@get("/tasks/{task_id:uuid}/activity", tags=["Tasks"], operation_id="listActivity")
@reads
@scope("task", "read")
async def list_activity(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    show: FromQuery[Show] = "all",
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Event]:
    """What happened to a task and to all that hangs on it, newest first."""
    return await activity.list_activity(db, actor, task_id, show=show, limit=limit, cursor=cursor)


@get("/projects/{project_id:uuid}/activity", tags=["Tasks"], operation_id="listProjectActivity")
@reads
@scope("task", "read")
async def list_project_activity(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    show: FromQuery[Show] = "all",
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Event]:
    """What happened in a project and to its tasks, newest first."""
    return await activity.list_project_activity(
        db, actor, project_id, show=show, limit=limit, cursor=cursor
    )


@get("/tasks/{task_id:uuid}/comments", tags=["Tasks"], operation_id="listComments")
@reads
@scope("comment", "read")
async def list_comments(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Comment]:
    """A task's comments with their reactions, oldest first."""
    return await comments.list_comments(db, actor, task_id, limit=limit, cursor=cursor)


@post("/tasks/{task_id:uuid}/comments", tags=["Tasks"], operation_id="addTaskComment")
@writes
@scope("comment", "create")
async def add_comment(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[NewComment]
) -> Comment:
    """Comment on a task, or answer a comment on it."""
    return await comments.add_task_comment(db, actor, task_id, data)


@patch("/comments/{comment_id:uuid}", tags=["Tasks"], operation_id="editComment")
@writes
@scope("comment", "update")
async def edit_comment(
    db: Db,
    actor: Actor,
    comment_id: FromPath[UUID],
    data: JSONBody[CommentPatch],
    if_match: IfMatch = None,
) -> Comment:
    """Change your comment."""
    expected = expected_version(if_match, data.version)
    return await comments.edit_comment(db, actor, comment_id, data, expected)


@delete("/comments/{comment_id:uuid}", tags=["Tasks"], operation_id="deleteComment")
@writes
@scope("comment", "delete")
async def delete_comment(
    db: Db, actor: Actor, comment_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take a comment away."""
    await comments.delete_comment(db, actor, comment_id, expected_version(if_match))


@put(
    "/comments/{comment_id:uuid}/reactions/{emoji:str}", tags=["Tasks"], operation_id="addReaction"
)
@writes
@scope("comment", "create")
async def add_reaction(db: Db, actor: Actor, comment_id: FromPath[UUID], emoji: Emoji) -> Reactions:
    """Answer a comment with an emoji."""
    return await reactions.add_reaction(db, actor, comment_id, emoji)


@delete(
    "/comments/{comment_id:uuid}/reactions/{emoji:str}",
    tags=["Tasks"],
    operation_id="removeReaction",
    status_code=200,
)
@writes
@scope("comment", "create")
async def remove_reaction(
    db: Db, actor: Actor, comment_id: FromPath[UUID], emoji: Emoji
) -> Reactions:
    """Take your emoji back."""
    return await reactions.remove_reaction(db, actor, comment_id, emoji)


@get("/tasks/{task_id:uuid}/watchers", tags=["Tasks"], operation_id="listWatchers")
@reads
@scope("task", "read")
async def list_watchers(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Watchers:
    """Who watches a task, and whether you do."""
    return await watchers.list_watchers(db, actor, task_id)


@put("/tasks/{task_id:uuid}/watchers/{user_id:uuid}", tags=["Tasks"], operation_id="watchTask")
@writes
@scope("task", "update")
async def watch_task(
    db: Db, actor: Actor, task_id: FromPath[UUID], user_id: FromPath[UUID]
) -> Watchers:
    """Have somebody watch a task: yourself, or others if you may change it."""
    return await watchers.watch_task(db, actor, task_id, user_id)


@delete(
    "/tasks/{task_id:uuid}/watchers/{user_id:uuid}",
    tags=["Tasks"],
    operation_id="unwatchTask",
    status_code=200,
)
@writes
@scope("task", "update")
async def unwatch_task(
    db: Db, actor: Actor, task_id: FromPath[UUID], user_id: FromPath[UUID]
) -> Watchers:
    """Have somebody watch a task no longer, even if they are assigned to it."""
    return await watchers.unwatch_task(db, actor, task_id, user_id)


handlers: list[ControllerRouterHandler] = [
    list_activity, list_project_activity, list_comments, add_comment, edit_comment, delete_comment,
    add_reaction, remove_reaction, list_watchers, watch_task, unwatch_task,
]  # fmt: skip
