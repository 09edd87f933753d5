"""The task at the other end of a dependency or relation, as far as it may be seen."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.projects.types import Category
from projectflow.tasks.service import VISIBLE


class LinkedTask(Struct, frozen=True):
    """What is shown of a task that another one is tied to."""

    id: UUID
    project_id: UUID
    key: str
    title: str
    status: str
    category: Category
    start_date: date | None
    due_date: datetime | None
    completed_at: datetime | None


LINKED_COLUMNS: Final = (
    "t.id, t.project_id, p.key || '-' || t.number AS key, t.title, t.status, s.category,"
    " t.start_date, t.due_date, t.completed_at"
)
LINKED_JOINS: Final = (
    "LEFT JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id"
    " JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = t.project_id"
    " AND s.key = t.status"
)
"""To a task `t`. A key that is limited to other projects does not even see the row of this one."""
SHOWN: Final = f"(p.id IS NOT NULL AND {VISIBLE})"
"""Whether the actor may see task `t`, where `EXISTING` holds."""
EXISTING: Final = "t.deleted_at IS NULL AND (p.id IS NULL OR p.deleted_at IS NULL)"
