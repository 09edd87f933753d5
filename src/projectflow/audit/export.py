"""Taking the audit log away: as CSV for a spreadsheet, as JSON lines for another system."""

import csv
import io
from collections.abc import AsyncGenerator, Iterable
from typing import Any, Final

import msgspec

from projectflow.audit.service import check, read_events
from projectflow.audit.types import AuditEvent, AuditFilters, Format
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record

MAX_EVENTS: Final = 100_000
BATCH: Final = 1_000
COLUMNS: Final = (
    "seq", "created_at", "type", "actor_id", "actor", "entity_type", "entity_id", "entity_name",
    "project_id", "payload",
)  # fmt: skip
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The wide ones count in East Asian spreadsheets."""
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}


async def record_export(db: Db, actor: Actor, filters: AuditFilters, chosen: Format) -> int:
    """Write down that the log is taken away; gives the event's number, where the export ends.

    Raises:
        Forbidden: the role may not.
        InvalidInput: a time is none.
    """
    actor.must_be_allowed("audit", "read")
    check(filters)
    payload = {"format": chosen, "filters": filters}
    change = Change("audit.exported", "workspace", actor.tenant_id, payload=payload)
    return await record(db, actor.tenant_id, actor.user_id, change)


async def exported(
    database: Database, actor: Actor, filters: AuditFilters, chosen: Format, before: int
) -> AsyncGenerator[bytes]:
    """The events below number `before`, newest first, at most 100,000, a batch at a time.

    No transaction is open while somebody slow takes a batch in.
    """
    if chosen == "csv":
        yield _csv([COLUMNS])
    left, next_before = MAX_EVENTS, before
    while left > 0:
        limit = min(BATCH, left)
        async with database.tenant(actor.tenant_id, read_only=True) as db:
            events = await read_events(db, actor, filters, before=next_before, limit=limit)
        if events:
            yield _csv(map(_cells, events)) if chosen == "csv" else _lines(events)
        if len(events) < limit:
            return
        left, next_before = left - limit, events[-1].seq


def _lines(events: list[AuditEvent]) -> bytes:
    return msgspec.json.Encoder().encode_lines(events)


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(event: AuditEvent) -> list[Any]:
    actor = event.actor
    return [
        event.seq,
        event.created_at.isoformat(),
        event.type,
        actor.id if actor else "",
        harmless(f"{actor.first_name} {actor.last_name}") if actor else "",
        event.entity_type,
        event.entity_id,
        harmless(event.entity_name or ""),
        event.project_id or "",
        harmless(bytes(event.payload).decode()),
    ]


def harmless(text: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; after an apostrophe it shows it."""
    return f"'{text}" if text.startswith(FORMULA) else text
