"""What exports take and give."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from msgspec import Struct, field

from projectflow.imports.types import Progress

ExportStatus = Literal["queued", "running", "succeeded", "failed", "expired"]
Kind = Literal["project", "workspace"]
FORMAT: Final = "projectflow-export"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
PEOPLE: Final = "data/people.jsonl"


class Export(Struct, frozen=True):
    """One request to take something out. The whole workspace where `project_id` is null."""

    id: UUID
    project_id: UUID | None
    status: ExportStatus
    requested_by: UUID
    progress: Progress
    counts: dict[str, int]
    """Rows by table, once it has succeeded."""
    size_bytes: int | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    """When the file is deleted."""


EXPORT_COLUMNS: Final = (
    "e.id, e.project_id, e.status, e.requested_by, e.progress_done, e.progress_total,"
    " e.progress_phase, e.counts, e.size_bytes, e.error, e.created_at, e.finished_at, e.expires_at"
)


class ExportJob(Struct, frozen=True):
    """What the worker is told: which export to make, or to delete."""

    tenant_id: UUID
    export_id: UUID


class Named(Struct, frozen=True):
    """The workspace or project that an export was made of."""

    id: UUID
    key: str
    """A project's key, a workspace's address."""
    name: str


class Manifest(Struct, frozen=True):
    """What an export says of itself (docs/exports.md)."""

    format: str
    version: int
    kind: Kind
    made_at: datetime
    made_by: str
    workspace: Named
    project: Named | None
    tables: dict[str, int]
    files: int = 0
    missing_files: int = 0


class Person(Struct, frozen=True):
    """Somebody whom a project's rows name: found by their address where it is brought in."""

    id: UUID
    email: str
    first_name: str
    last_name: str


class Extent(Struct, frozen=True):
    """What is taken out: a workspace, or one project of it."""

    tenant_id: UUID
    project_id: UUID | None = None
    with_costs: bool = True
    """Whether it is for somebody who may see what people's time costs."""

    @property
    def kind(self) -> Kind:
        """Which of the two."""
        return "workspace" if self.project_id is None else "project"


class Written(Struct):
    """What has been written so far."""

    tables: dict[str, int] = field(default_factory=dict[str, int])
    files: int = 0
    missing_files: int = 0


Row = dict[str, Any]
