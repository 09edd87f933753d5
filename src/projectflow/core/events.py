"""The event log: one row a change, in the change's own transaction, numbered without gaps.

Hot paths call `record_event(…)` inside the statement that makes the change. This module is for
the rest. Before an event, take every row lock the transaction needs: the tenant's counter is
locked from here to the commit, and that order is what keeps writers from deadlock.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.core.db import Db


class Change(Struct, frozen=True):
    """Something that happened to an entity. `payload` holds `before` and `after`."""

    type: str
    entity_type: str
    entity_id: UUID
    version: int = 1
    payload: dict[str, Any] = {}
    project_id: UUID | None = None


def to_json(value: Any) -> str:
    """JSON text for a `jsonb` parameter."""
    return msgspec.json.encode(value).decode()


async def record(db: Db, tenant_id: UUID, actor_id: UUID | None, change: Change) -> int:
    """Write one event; returns its number in the tenant's log."""
    return await db.fetchval(
        "SELECT record_event($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant_id,
        change.type,
        actor_id,
        change.entity_type,
        change.entity_id,
        change.project_id,
        change.version,
        to_json(change.payload),
    )


async def record_all(
    db: Db, tenant_id: UUID, actor_id: UUID | None, changes: Iterable[Change]
) -> None:
    """Write many events in their order, in one statement."""
    changes = list(changes)
    await db.execute(
        """
        WITH counted AS (
            UPDATE event_counters
            SET last_seq = last_seq + cardinality($3::text[]), is_unsettled = true
            WHERE tenant_id = $1 RETURNING last_seq - cardinality($3::text[]) AS base
        )
        INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id,
                            entity_version, payload)
        SELECT $1, counted.base + c.place, c.type, $2, c.entity_type, c.entity_id, c.project_id,
               c.version, c.payload
        FROM counted,
            unnest($3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::int[], $8::jsonb[])
            WITH ORDINALITY AS c (type, entity_type, entity_id, project_id, version, payload, place)
        """,
        tenant_id,
        actor_id,
        [c.type for c in changes],
        [c.entity_type for c in changes],
        [c.entity_id for c in changes],
        [c.project_id for c in changes],
        [c.version for c in changes],
        [to_json(c.payload) for c in changes],
    )


def difference(before: Struct, after: Struct, *fields: str) -> dict[str, Any]:
    """The fields that changed, as an event's payload: `{"before": {…}, "after": {…}}`."""
    changed = [f for f in fields if getattr(before, f) != getattr(after, f)]
    return {
        "before": {f: getattr(before, f) for f in changed},
        "after": {f: getattr(after, f) for f in changed},
    }
