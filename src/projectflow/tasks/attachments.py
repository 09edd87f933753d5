"""What is attached to a task: listed, linked, renamed, deleted and brought back."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.jobs import enqueue
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound, VersionConflict
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.attachment_types import (
    ATTACHMENT_COLUMNS,
    MAX_ATTACHMENTS,
    AttachmentJob,
    AttachmentPatch,
    NewLink,
    StoredAttachment,
)
from projectflow.tasks.file_names import clean_name
from projectflow.tasks.service import VISIBLE, lock_task, read_task
from projectflow.tasks.types import Task

PURGE_JOB: Final = "purge_attachment"
LATE: Final = timedelta(minutes=1)
"""The clocks of workers and the database may differ by this."""


class AttachmentNotFound(NotFound):
    """There is no such attachment."""


class AttachmentExists(Conflict):
    """An attachment with this id exists."""


CONSTRAINTS["attachments_pkey"] = AttachmentExists


async def list_attachments(db: Db, actor: Actor, task_id: UUID) -> list[StoredAttachment]:
    """What is attached to a task, oldest first, at most 500.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    rows = await db.fetch(
        f"""
        SELECT {ATTACHMENT_COLUMNS} FROM attachments a
        WHERE a.tenant_id = $1 AND a.task_id = $2 AND a.deleted_at IS NULL
        ORDER BY a.created_at, a.id LIMIT $3
        """,
        actor.tenant_id,
        task_id,
        MAX_ATTACHMENTS,
    )
    return [StoredAttachment(*row) for row in rows]


async def attach_link(db: Db, actor: Actor, task_id: UUID, new: NewLink) -> StoredAttachment:
    """Attach a link to what lies elsewhere.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: the actor may not comment on it, which is what attaching takes.
        InvalidInput: the address is none of the web's, or the task has 500 attachments already.
    """
    url = _web_address(new.url)
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to_attach(db, actor, task)
    await check_room(db, actor, task_id)
    row = await db.fetchrow(
        f"""
        INSERT INTO attachments AS a (tenant_id, id, task_id, uploader_id, name, url)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING {ATTACHMENT_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        task_id,
        actor.user_id,
        _link_name(new.name, url),
        url,
    )
    attached = StoredAttachment(*only(row))
    await log(db, actor, task, attached, "attachment.created", {"after": attached})
    return attached


def _web_address(text: str) -> str:
    """The address as it stands; of http and https alone, so that no link runs a script."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    spoiled = any(c.isspace() or not c.isprintable() for c in url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or spoiled:
        raise InvalidInput.of("url", "must be an http or https address")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput.of("url", "must not hold a user name or password")
    return url


def _link_name(name: str | None, url: str) -> str:
    plain = "".join(c for c in name or "" if c.isprintable()).strip()
    return plain or url[:255]


async def must_be_allowed_to_attach(db: Db, actor: Actor, task: Task) -> None:
    """Refuse unless the actor may comment on a task that they can see.

    Raises:
        Forbidden: they may not.
    """
    await must_be_allowed_in(db, actor, task.project_id, "comment", "create")


async def check_room(db: Db, actor: Actor, task_id: UUID) -> None:
    """Refuse one more attachment than a task may have; exact where the task is locked.

    Raises:
        InvalidInput: the task has 500 already.
    """
    count: int = await db.fetchval(
        """
        SELECT count(*) FROM attachments
        WHERE tenant_id = $1 AND task_id = $2 AND deleted_at IS NULL
        """,
        actor.tenant_id,
        task_id,
    )
    if count >= MAX_ATTACHMENTS:
        raise InvalidInput.of("task_id", f"the task has {MAX_ATTACHMENTS} attachments already")


async def rename_attachment(
    db: Db, actor: Actor, attachment_id: UUID, patch: AttachmentPatch, expected: int | None
) -> StoredAttachment:
    """Give an attachment another name, cleaned of what no file system takes.

    Raises:
        AttachmentNotFound: it does not exist, or the actor may not see it.
        Forbidden: it is somebody else's, and the actor may not remove others' comments.
        VersionConflict: it was changed since; carries it as it is now.
    """
    task, before = await _lock(db, actor, attachment_id, expected)
    name = clean_name(patch.name) if before.url is None else _link_name(patch.name, before.url)
    if name == before.name:
        return before
    row = await db.fetchrow(
        f"""
        UPDATE attachments a SET name = $3, version = a.version + 1, updated_at = now()
        WHERE a.tenant_id = $1 AND a.id = $2 RETURNING {ATTACHMENT_COLUMNS}
        """,
        actor.tenant_id,
        attachment_id,
        name,
    )
    renamed = StoredAttachment(*only(row))
    payload = difference(before, renamed, "name")
    await log(db, actor, task, renamed, "attachment.renamed", payload)
    return renamed


async def delete_attachment(
    db: Db, actor: Actor, attachment_id: UUID, expected: int | None, ttl: int
) -> None:
    """Take an attachment away; for `ttl` seconds it can be brought back, then its file goes too.

    Raises:
        AttachmentNotFound, Forbidden, VersionConflict: as for renaming.
    """
    task, before = await _lock(db, actor, attachment_id, expected)
    row = await db.fetchrow(
        f"""
        UPDATE attachments a SET deleted_at = now(), version = a.version + 1, updated_at = now()
        WHERE a.tenant_id = $1 AND a.id = $2 RETURNING {ATTACHMENT_COLUMNS}
        """,
        actor.tenant_id,
        attachment_id,
    )
    deleted = StoredAttachment(*only(row))
    job = AttachmentJob(actor.tenant_id, attachment_id)
    await enqueue(db, PURGE_JOB, job, after=timedelta(seconds=ttl) + LATE)
    await log(db, actor, task, deleted, "attachment.deleted", {"before": before})


async def restore_attachment(db: Db, actor: Actor, attachment_id: UUID) -> StoredAttachment:
    """Bring a deleted attachment back.

    Raises:
        AttachmentNotFound: it was not deleted, is gone for good, or the actor may not see it.
        Forbidden: the actor may not delete it, so they may not undo that either.
        InvalidInput: the task has 500 attachments meanwhile.
    """
    task, _ = await _lock(db, actor, attachment_id, None, deleted=True)
    await check_room(db, actor, task.id)
    row = await db.fetchrow(
        f"""
        UPDATE attachments a SET deleted_at = NULL, version = a.version + 1, updated_at = now()
        WHERE a.tenant_id = $1 AND a.id = $2 RETURNING {ATTACHMENT_COLUMNS}
        """,
        actor.tenant_id,
        attachment_id,
    )
    restored = StoredAttachment(*only(row))
    await log(db, actor, task, restored, "attachment.restored", {"after": restored})
    return restored


async def _lock(
    db: Db, actor: Actor, attachment_id: UUID, expected: int | None, *, deleted: bool = False
) -> tuple[Task, StoredAttachment]:
    """Lock the attachment's task, under which all of its attachments change."""
    actor.must_be_allowed("task", "read", "in_project")
    task_id: UUID | None = await db.fetchval(
        f"""
        SELECT a.task_id FROM attachments a
        JOIN tasks t ON t.tenant_id = $1 AND t.id = a.task_id AND t.deleted_at IS NULL
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE a.tenant_id = $1 AND a.id = $4 AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        attachment_id,
    )
    if task_id is None:
        raise AttachmentNotFound
    task = await lock_task(db, actor, task_id)
    row = await db.fetchrow(
        f"""
        SELECT {ATTACHMENT_COLUMNS} FROM attachments a
        WHERE a.tenant_id = $1 AND a.id = $2 AND (a.deleted_at IS NOT NULL) = $3 FOR UPDATE
        """,
        actor.tenant_id,
        attachment_id,
        deleted,
    )
    if row is None:
        raise AttachmentNotFound
    found = StoredAttachment(*row)
    mine: tuple[Condition, ...] = ("is_author",) if found.uploader_id == actor.user_id else ()
    await must_be_allowed_in(db, actor, task.project_id, "comment", "delete", *mine)
    if expected is not None and expected != found.version:
        raise VersionConflict(current=found)
    return task, found


async def log(
    db: Db,
    actor: Actor,
    task: Task,
    attachment: StoredAttachment,
    event: str,
    payload: dict[str, Any],
) -> None:
    """Write the event of a change to a task's attachments."""
    change = Change(
        event,
        "attachment",
        attachment.id,
        attachment.version,
        payload={"task_id": task.id, **payload},
        project_id=task.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
