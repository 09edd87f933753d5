"""What imports take and give."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct, field

Source = Literal["trello", "jira", "github", "linear", "msproject", "table", "projectflow"]
ImportStatus = Literal["queued", "running", "succeeded", "failed"]


class Skipped(Struct, frozen=True):
    """Something of the source that could not be taken as it was, and why."""

    kind: str
    name: str
    reason: str


class ImportReport(Struct):
    """What an import did. `counts` is what the source held; the rest is what became of it."""

    project_id: UUID | None = None
    project_key: str = ""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    skipped_count: int = 0


MAX_SKIPPED_SHOWN: Final = 200


class Progress(Struct, frozen=True):
    """How far a running import is."""

    done: int
    total: int
    phase: str


class Import(Struct, frozen=True):
    """One request to bring something in."""

    id: UUID
    source: Source
    status: ImportStatus
    file_name: str
    project_id: UUID | None
    progress: Progress
    report: ImportReport | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None


IMPORT_COLUMNS: Final = (
    "i.id, i.source, i.status, i.file_name, i.project_id, i.progress_done, i.progress_total,"
    " i.progress_phase, i.report, i.error, i.created_at, i.finished_at"
)


class ImportJob(Struct, frozen=True):
    """What the worker is told: which import to run."""

    tenant_id: UUID
    import_id: UUID
