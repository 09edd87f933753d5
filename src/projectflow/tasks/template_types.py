"""Task templates, as they are taken, kept and given."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.tasks.field_values import FieldValueToSet
from projectflow.tasks.types import (
    Hours,
    ItemTitle,
    Markdown,
    Moment,
    Priority,
    StatusKey,
    TagNames,
    Title,
)

TemplateName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
MAX_STEPS: Final = 200
MAX_SUBTASKS: Final = 50


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a checklist to be."""

    title: ItemTitle
    checklist: Annotated[str, Meta(max_length=200)] = ""


class TaskPart(Struct, frozen=True, forbid_unknown_fields=True):
    """What a task to be, or a sub-task of it, begins with."""

    title: Title
    description: Markdown | None = None
    priority: Priority = "medium"
    estimated_hours: Hours | None = None
    tags: TagNames = []
    checklist: Annotated[list[Step], Meta(max_length=MAX_STEPS)] = []
    fields: Annotated[list[FieldValueToSet], Meta(max_length=100)] = []


class Blueprint(TaskPart, frozen=True, forbid_unknown_fields=True):
    """A task to be, with its sub-tasks in their order."""

    subtasks: Annotated[list[TaskPart], Meta(max_length=MAX_SUBTASKS)] = []


class Template(Struct, frozen=True):
    """A task that is often made. Without a `project_id` it serves all projects."""

    id: UUID
    project_id: UUID | None
    name: str
    task: Blueprint
    created_by: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


TEMPLATE_COLUMNS: Final = (
    "m.id, m.project_id, m.name, m.blueprint, m.created_by, m.version, m.created_at, m.updated_at"
)


class NewTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    """A template to keep; `id` may be made by the client (UUIDv7)."""

    name: TemplateName
    task: Blueprint
    id: UUID | UnsetType = UNSET
    project_id: UUID | None = None


class TemplatePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a template; `task` is replaced whole."""

    name: TemplateName | UnsetType = UNSET
    task: Blueprint | UnsetType = UNSET
    version: int | UnsetType = UNSET


class NewFromTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    """Which template to make a task of, and what is different about this one."""

    template_id: UUID
    id: UUID | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    status: StatusKey | None = None
    assignee_id: UUID | None = None
    parent_id: UUID | None = None
    start_date: date | None = None
    due_date: Moment | None = None
