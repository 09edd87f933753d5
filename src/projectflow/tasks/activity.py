"""What happened to a task, and what is attached to it."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.tasks.service import read_task
from projectflow.tasks.types import Attachment, Attachments, Event

MAX_ATTACHMENTS = 500


async def list_activity(
    db: Db, actor: Actor, task_id: UUID, *, limit: int, cursor: str | None
) -> Page[Event]:
    """The events of a task, newest first.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    before = decode_cursor(cursor, tuple[int])
    rows = await db.fetch(
        """
        SELECT seq, type, actor_id, entity_type, entity_id, entity_version, payload, created_at
        FROM events
        WHERE tenant_id = $1 AND entity_id = $2 AND ($3::bigint IS NULL OR seq < $3)
        ORDER BY seq DESC LIMIT $4
        """,
        actor.tenant_id,
        task_id,
        before[0] if before else None,
        limit + 1,
    )
    events = [Event(*_with_raw_payload(row)) for row in rows]
    return page_of(events, limit, lambda e: encode_cursor(e.seq))


def _with_raw_payload(row: asyncpg.Record) -> list[Any]:
    """The row's values; the payload is JSON already and goes out as it is."""
    return [msgspec.Raw(v.encode()) if k == "payload" else v for k, v in row.items()]


async def list_attachments(db: Db, actor: Actor, task_id: UUID) -> Attachments:
    """What is attached to a task, oldest first, at most 500.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    rows = await db.fetch(
        """
        SELECT id, task_id, name, url, created_at FROM attachments
        WHERE tenant_id = $1 AND task_id = $2 ORDER BY created_at, id LIMIT $3
        """,
        actor.tenant_id,
        task_id,
        MAX_ATTACHMENTS,
    )
    return Attachments([Attachment(*row) for row in rows])
