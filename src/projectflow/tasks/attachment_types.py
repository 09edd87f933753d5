"""What attachments of tasks take and give."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

MAX_ATTACHMENTS: Final = 500
"""Of one task."""
Preview = Literal["pending", "ready"]


class StoredAttachment(Struct, frozen=True):
    """A file or a link of a task, as its row has it. A file has no `url`."""

    id: UUID
    task_id: UUID
    uploader_id: UUID | None
    name: str
    url: str | None
    content_type: str | None
    size_bytes: int | None
    preview: Preview | None
    version: int
    created_at: datetime
    updated_at: datetime


ATTACHMENT_COLUMNS: Final = (
    "a.id, a.task_id, a.uploader_id, a.name, a.url, a.content_type, a.size_bytes, a.preview,"
    " a.version, a.created_at, a.updated_at"
)


class Attachment(Struct, frozen=True):
    """Something that belongs to a task: a file that we keep, or a link to what lies elsewhere."""

    id: UUID
    task_id: UUID
    uploader_id: UUID | None
    kind: Literal["file", "link"]
    name: str
    url: str | None
    """Where a browser finds it. Of a file, our own signed address, which works for minutes."""
    download_url: str | None
    """The same for a file that is to be saved, whatever it is."""
    preview: Preview | None
    """Whether there is a small picture of it, or soon will be."""
    preview_url: str | None
    content_type: str | None
    size_bytes: int | None
    version: int
    created_at: datetime
    updated_at: datetime


class Attachments(Struct, frozen=True):
    """All attachments of a task."""

    items: list[Attachment]


FileName = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]
LinkName = Annotated[str, Meta(max_length=255)]
LinkAddress = Annotated[str, Meta(min_length=1, max_length=2000, description="http or https")]


class NewLink(Struct, frozen=True, forbid_unknown_fields=True):
    """A link to attach; without a name it is called by its address."""

    url: LinkAddress
    name: LinkName | None = None
    id: UUID | UnsetType = UNSET


class AttachmentPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """An attachment's new name."""

    name: FileName
    version: int | UnsetType = UNSET


class AttachmentJob(Struct, frozen=True):
    """What a job says: for which attachment of a tenant it is."""

    tenant_id: UUID
    attachment_id: UUID
