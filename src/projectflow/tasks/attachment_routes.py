"""HTTP for what is attached to tasks, and for the files themselves."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from uuid_utils.compat import uuid7

from projectflow.auth.browser import AnyRequest
from projectflow.auth.edge import identify, reads, writes
from projectflow.auth.limits import Limits
from projectflow.auth.permissions import Permission
from projectflow.auth.scopes import Scope, scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.openapi import operation_with_files
from projectflow.core.settings import Settings
from projectflow.tasks import attachments, downloads, uploads
from projectflow.tasks.attachment_types import Attachment, AttachmentPatch, Attachments, NewLink
from projectflow.tasks.file_links import FileLinks, Part
from projectflow.tasks.file_types import UNKNOWN

ATTACHING = Scope(Permission("comment", "create"), everywhere=False)
NameOfFile = Annotated[
    str, QueryParameter(name="name", min_length=1, max_length=1000, description="of the file")
]


@get("/tasks/{task_id:uuid}/attachments", tags=["Tasks"], operation_id="listAttachments")
@reads
@scope("task", "read")
async def list_attachments(
    db: Db, actor: Actor, task_id: FromPath[UUID], state: State
) -> Attachments:
    """What is attached to a task, with addresses of its files that work for some minutes."""
    links: FileLinks = state.file_links
    found = await attachments.list_attachments(db, actor, task_id)
    return Attachments([links.shown(actor.tenant_id, each) for each in found])


@post("/tasks/{task_id:uuid}/attachments", tags=["Tasks"], operation_id="attachLink")
@writes
@scope("comment", "create")
async def attach_link(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[NewLink], state: State
) -> Attachment:
    """Attach a link to what lies elsewhere."""
    links: FileLinks = state.file_links
    attached = await attachments.attach_link(db, actor, task_id, data)
    return links.shown(actor.tenant_id, attached)


@post(
    "/tasks/{task_id:uuid}/files",
    tags=["Tasks"],
    operation_id="attachFile",
    operation_class=operation_with_files(taken=[UNKNOWN]),
    request_max_body_size=None,
)
async def attach_file(
    request: AnyRequest,
    task_id: FromPath[UUID],
    name: NameOfFile = "file",
    id: FromQuery[UUID | None] = None,  # noqa: A002 - as bodies of other routes call it
) -> Attachment:
    """Attach a file: the body is its bytes, Content-Type what it is."""
    actor = await identify(request, ATTACHING)
    state = request.app.state
    settings: Settings = state.settings
    limits: Limits = state.limits
    links: FileLinks = state.file_links
    actor.must_be_allowed("comment", "create", "in_project")
    await limits.upload(actor)
    kind = request.headers.get("content-type", "")
    upload = uploads.Upload(name, kind, request.content_length, id or uuid7())
    # The body is taken in before the transaction opens: a slow sender holds no connection.
    attached = await uploads.attach_file(
        state.database, state.files, settings, actor, task_id, upload, request.stream()
    )
    return links.shown(actor.tenant_id, attached)


@patch("/attachments/{attachment_id:uuid}", tags=["Tasks"], operation_id="renameAttachment")
@writes
@scope("comment", "delete")
async def rename_attachment(
    db: Db,
    actor: Actor,
    attachment_id: FromPath[UUID],
    data: JSONBody[AttachmentPatch],
    state: State,
    if_match: IfMatch = None,
) -> Attachment:
    """Give an attachment another name."""
    links: FileLinks = state.file_links
    expected = expected_version(if_match, data.version)
    renamed = await attachments.rename_attachment(db, actor, attachment_id, data, expected)
    return links.shown(actor.tenant_id, renamed)


@delete("/attachments/{attachment_id:uuid}", tags=["Tasks"], operation_id="deleteAttachment")
@writes
@scope("comment", "delete")
async def delete_attachment(
    db: Db, actor: Actor, attachment_id: FromPath[UUID], state: State, if_match: IfMatch = None
) -> None:
    """Take an attachment away; it can be brought back for a month."""
    settings: Settings = state.settings
    expected, ttl = expected_version(if_match), settings.deleted_attachment_ttl
    await attachments.delete_attachment(db, actor, attachment_id, expected, ttl)


@post(
    "/attachments/{attachment_id:uuid}/restore",
    tags=["Tasks"],
    operation_id="restoreAttachment",
    status_code=200,
)
@writes
@scope("comment", "delete")
async def restore_attachment(
    db: Db, actor: Actor, attachment_id: FromPath[UUID], state: State
) -> Attachment:
    """Bring a deleted attachment back."""
    links: FileLinks = state.file_links
    restored = await attachments.restore_attachment(db, actor, attachment_id)
    return links.shown(actor.tenant_id, restored)


@get(
    "/files/{tenant_id:uuid}/{attachment_id:uuid}/{part:str}",
    tags=["Tasks"],
    operation_id="getFile",
    operation_class=operation_with_files(given=[UNKNOWN]),
    responses={
        status: ResponseSpec(None, generate_examples=False, description=said)
        for status, said in (
            (206, "A range of the file"),
            (302, "S3 gives it out"),
            (304, "As the browser has it"),
            (416, "No such range"),
        )
    },
    security=[],
)
async def read_file(
    request: AnyRequest,
    tenant_id: FromPath[UUID],
    attachment_id: FromPath[UUID],
    part: FromPath[Part],
    expires: Annotated[int, QueryParameter(ge=0, le=10**11)],
    signature: Annotated[str, QueryParameter(max_length=100)],
) -> Response[bytes] | Stream:
    """A file, for whoever has its signed address."""
    state = request.app.state
    links: FileLinks = state.file_links
    settings: Settings = state.settings
    until = links.check(tenant_id, attachment_id, part, expires, signature)
    asked = downloads.Asked(
        *(request.headers.get(name) for name in ("range", "if-range", "if-none-match"))
    )
    answer = await downloads.read_file(
        state.database,
        state.files,
        tenant_id,
        attachment_id,
        part,
        asked,
        until=until,
        redirects=settings.storage_redirects,
    )
    status, kind, headers = answer.status, answer.media_type, answer.headers
    if answer.body is None:
        return Response(b"", status_code=status, media_type=kind, headers=headers)
    return Stream(answer.body, status_code=status, media_type=kind, headers=headers)


handlers: list[ControllerRouterHandler] = [
    list_attachments, attach_link, attach_file, rename_attachment, delete_attachment,
    restore_attachment,
]  # fmt: skip
root_handlers: list[ControllerRouterHandler] = [read_file]
