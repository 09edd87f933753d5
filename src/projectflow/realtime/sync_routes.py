"""HTTP for keeping a client's copy of a workspace."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import FromQuery, HeaderParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.openapi import operation_with_files
from projectflow.realtime import bootstrap, sync
from projectflow.realtime.sync_types import After, Most, SyncPage

NDJSON = "application/x-ndjson"
AcceptEncoding = Annotated[
    str, HeaderParameter(name="Accept-Encoding", description="with gzip it comes compressed")
]


@get("/sync", tags=["Sync"], operation_id="readChanges")
@reads
@scope("task", "read")
async def read_changes(db: Db, actor: Actor, after: After = 0, limit: Most = 500) -> SyncPage:
    """What changed after an event: the rows that it and those after it touched, as they are now."""
    return await sync.changes_after(db, actor, after, limit)


@get(
    "/sync/bootstrap",
    tags=["Sync"],
    operation_id="bootstrap",
    operation_class=operation_with_files(given=[NDJSON]),
)
@reads
@scope("task", "read")
async def read_bootstrap(
    db: Db,
    actor: Actor,
    project_id: FromQuery[UUID | None] = None,
    accept_encoding: AcceptEncoding = "",
) -> Stream:
    """Everything that you see, or all of one project, as JSON lines; true at the event it names."""
    made = await bootstrap.read_bootstrap(db, actor, project_id)
    compressed = "gzip" in accept_encoding.lower()
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Stream(made.sent(compressed=compressed), media_type=NDJSON, headers=headers)


handlers: list[ControllerRouterHandler] = [read_changes, read_bootstrap]
