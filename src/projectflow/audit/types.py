"""What the audit log gives."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

Category = Literal["security", "all"]
"""`security`: everything but what happens to single tasks."""
Format = Literal["csv", "ndjson"]


class AuditActor(Struct, frozen=True):
    """Who did it, under the name that they have now."""

    id: UUID
    first_name: str
    last_name: str


class AuditEvent(Struct, frozen=True):
    """Something that happened. `entity_name` is the present name of what it happened to."""

    seq: int
    type: str
    actor: AuditActor | None
    entity_type: str
    entity_id: UUID
    entity_name: str | None
    project_id: UUID | None
    payload: Any
    created_at: datetime


class AuditFilters(Struct, frozen=True, omit_defaults=True):
    """Which events; what is not given does not narrow. `since` is within, `until` is not."""

    category: Category = "security"
    type: str | None = None
    actor_id: UUID | None = None
    entity_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
