"""Attachments: what was added goes, what was deleted returns while its file is there."""

from collections.abc import Sequence

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.attachment_types import AttachmentPatch
from projectflow.tasks.attachments import (
    AttachmentNotFound,
    delete_attachment,
    rename_attachment,
    restore_attachment,
)
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of

SOON = 0
"""The job that deletes the file looks again, and waits as long as the settings say."""


@inverse_of("attachment.created", "attachment.restored")
async def detach(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take attachments away that nobody has renamed since; they can come back."""
    for event in events:
        await _check_name(db, actor, event)
        await delete_attachment(db, actor, event.entity_id, None, SOON)


@inverse_of("attachment.deleted")
async def attach_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Bring attachments back, where their files are not gone for good."""
    for event in events:
        try:
            await restore_attachment(db, actor, event.entity_id)
        except AttachmentNotFound:
            raise ChangedSince.of("attachment", "is there, or gone for good") from None


@inverse_of("attachment.renamed")
async def rename_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give attachments the names that they had."""
    for event in events:
        await _check_name(db, actor, event)
        patch = AttachmentPatch(event.before["name"])
        await rename_attachment(db, actor, event.entity_id, patch, None)


async def _check_name(db: Db, actor: Actor, event: Logged) -> None:
    name: str | None = await db.fetchval(
        """
        SELECT name FROM attachments WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
        FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        event.entity_id,
    )
    if name is None:
        raise ChangedSince.of("attachment", "is gone")
    if name != event.after["name"]:
        raise ChangedSince.of("name")
