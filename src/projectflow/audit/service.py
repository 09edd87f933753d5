"""Reading the audit log, newest first."""

from datetime import UTC, datetime
from typing import Annotated, Any, LiteralString

import asyncpg
import msgspec
from msgspec import Meta

from projectflow.audit.types import AuditActor, AuditEvent, AuditFilters
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import InvalidInput

Seq = Annotated[int, Meta(ge=0, le=2**63 - 1)]


async def list_events(
    db: Db, actor: Actor, filters: AuditFilters, *, limit: int, cursor: str | None
) -> Page[AuditEvent]:
    """A page of the workspace's events, newest first.

    Raises:
        Forbidden: the role may not.
        InvalidInput: a time or the cursor is none.
    """
    actor.must_be_allowed("audit", "read")
    check(filters)
    (before,) = decode_cursor(cursor, tuple[Seq]) or (None,)
    events = await read_events(db, actor, filters, before=before, limit=limit + 1)
    return page_of(events, limit, lambda e: encode_cursor(e.seq))


def check(filters: AuditFilters) -> None:
    """Refuse times that are not clear.

    Raises:
        InvalidInput: one says no time zone, or PostgreSQL knows no such year.
    """
    for field in ("since", "until"):
        value: datetime | None = getattr(filters, field)
        if value is not None and value.tzinfo is None:
            raise InvalidInput.of(field, "says no time zone: write it as in 2026-01-31T09:30:00Z")
        try:
            _ = value and value.astimezone(UTC)
        except OverflowError:
            raise InvalidInput.of(field, "is out of range") from None


async def read_events(
    db: Db, actor: Actor, filters: AuditFilters, *, before: int | None, limit: int
) -> list[AuditEvent]:
    """Events with a lower number than `before`, newest first, with the names of today."""
    rows = await db.fetch(
        f"""
        SELECT e.seq, e.type, e.actor_id, a.first_name, a.last_name, e.entity_type, e.entity_id,
               coalesce(u.first_name || ' ' || u.last_name, p.name, t.name, r.name) AS entity_name,
               e.project_id, e.payload, e.created_at
        FROM (
            SELECT * FROM events e
            WHERE {where(filters, before)} ORDER BY e.seq DESC LIMIT $8
        ) e
        LEFT JOIN users a ON a.tenant_id = $1 AND a.id = e.actor_id
        LEFT JOIN users u ON u.tenant_id = $1 AND u.id = e.entity_id AND e.entity_type = 'user'
        LEFT JOIN projects p
            ON p.tenant_id = $1 AND p.id = e.entity_id AND e.entity_type = 'project'
        LEFT JOIN teams t ON t.tenant_id = $1 AND t.id = e.entity_id AND e.entity_type = 'team'
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = e.entity_id AND e.entity_type = 'role'
        ORDER BY e.seq DESC
        """,
        *_bind(actor, filters, before),
        limit,
    )
    return [_event(row) for row in rows]


def where(filters: AuditFilters, before: int | None) -> LiteralString:
    """The filters as SQL over event `e`, for the parameters of `_bind`.

    A filter that is off still names its parameter: each combination is a fixed text with a plan
    of its own. The category's text is that of the index idx_events_audit.
    """
    narrowed: LiteralString = "true"
    if filters.category == "security":
        narrowed = "(e.project_id IS NULL OR e.entity_type = 'project')"
    kind = "$2::text IS NULL" if filters.type is None else "e.type = $2"
    who = "$3::uuid IS NULL" if filters.actor_id is None else "e.actor_id = $3"
    what = "$4::uuid IS NULL" if filters.entity_id is None else "e.entity_id = $4"
    since = "$5::timestamptz IS NULL" if filters.since is None else "e.created_at >= $5"
    until = "$6::timestamptz IS NULL" if filters.until is None else "e.created_at < $6"
    after = "$7::bigint IS NULL" if before is None else "e.seq < $7"
    return (
        # What somebody is told, and does with it, is theirs alone.
        f"e.tenant_id = $1 AND e.entity_type <> 'notification' AND {narrowed} AND {kind} AND {who}"
        f" AND {what} AND {since} AND {until}"
        f" AND {after}"
    )


def _bind(actor: Actor, filters: AuditFilters, before: int | None) -> tuple[Any, ...]:
    return (
        actor.tenant_id,
        filters.type,
        filters.actor_id,
        filters.entity_id,
        filters.since,
        filters.until,
        before,
    )


def _event(row: asyncpg.Record) -> AuditEvent:
    actor = None
    if row["actor_id"] is not None:
        first_name, last_name = row["first_name"] or "Deleted", row["last_name"] or "user"
        actor = AuditActor(row["actor_id"], first_name, last_name)
    return AuditEvent(
        row["seq"],
        row["type"],
        actor,
        row["entity_type"],
        row["entity_id"],
        row["entity_name"],
        row["project_id"],
        msgspec.Raw(row["payload"].encode()),  # JSON already: it goes out as it is
        row["created_at"],
    )
