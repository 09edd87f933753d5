"""HTTP for the audit log."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from projectflow.audit import export, service
from projectflow.audit.types import AuditEvent, AuditFilters, Category, Format
from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import WITHOUT_NUL, Actor
from projectflow.core.db import Db
from projectflow.core.openapi import operation_with_files
from projectflow.core.paging import Limit, Page

EventType = Annotated[str | None, QueryParameter(max_length=60, pattern=WITHOUT_NUL)]


@get("/audit", tags=["Audit"], operation_id="listAuditEvents")
@reads
@scope("audit", "read", everywhere=True)
async def list_events(
    db: Db,
    actor: Actor,
    category: FromQuery[Category] = "security",
    type: EventType = None,  # noqa: A002 - the parameter's name
    actor_id: FromQuery[UUID | None] = None,
    entity_id: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[AuditEvent]:
    """What happened in the workspace, newest first."""
    filters = AuditFilters(category, type, actor_id, entity_id, since, until)
    return await service.list_events(db, actor, filters, limit=limit, cursor=cursor)


@get(
    "/audit/export",
    tags=["Audit"],
    operation_id="exportAuditEvents",
    operation_class=operation_with_files(given=list(export.MEDIA_TYPES.values())),
)
@writes
@scope("audit", "read", everywhere=True)
async def export_events(
    db: Db,
    actor: Actor,
    state: State,
    format: FromQuery[Format] = "csv",  # noqa: A002 - the parameter's name
    category: FromQuery[Category] = "security",
    type: EventType = None,  # noqa: A002 - the parameter's name
    actor_id: FromQuery[UUID | None] = None,
    entity_id: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> Stream:
    """The same as a download, at most 100,000 events. That it was made is an event too."""
    filters = AuditFilters(category, type, actor_id, entity_id, since, until)
    before = await export.record_export(db, actor, filters, format)
    # It is sent once this transaction has committed.
    name = f"audit-{datetime.now(UTC):%Y-%m-%d}.{format}"
    return Stream(
        export.exported(state.database, actor, filters, format, before),
        media_type=export.MEDIA_TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [list_events, export_events,
]  # fmt: skip
