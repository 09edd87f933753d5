"""What the Task service takes and gives."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.projects.types import Priority, State

Title = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")]
Markdown = Annotated[str, Meta(max_length=100_000)]
StatusKey = Annotated[str, Meta(max_length=20, description="key of one of the project's states")]
Hours = Annotated[Decimal, Meta(description="hours, 0 to 999.99, two decimals")]
TagName = Annotated[str, Meta(min_length=1, max_length=50, pattern=r"\S")]
Moment = Annotated[datetime, Meta(tz=True, description="with its offset from UTC")]
TagNames = Annotated[list[TagName], Meta(max_length=20)]


class Task(Struct, frozen=True):
    """A piece of work in a project."""

    id: UUID
    project_id: UUID
    number: int
    key: str
    title: str
    description: str | None
    status: str
    priority: Priority
    assignee_id: UUID | None
    reporter_id: UUID
    parent_id: UUID | None
    milestone_id: UUID | None
    start_date: date | None
    due_date: datetime | None
    estimated_hours: Decimal | None
    actual_hours: Decimal | None
    tags: list[str]
    position: str
    version: int
    completed_at: datetime | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


TASK_COLUMNS: Final = (
    "t.id, t.project_id, t.number, p.key || '-' || t.number AS key, t.title, t.description,"
    " t.status, t.priority, t.assignee_id, t.reporter_id, t.parent_id, t.milestone_id,"
    " t.start_date, t.due_date, t.estimated_hours, t.actual_hours, t.tags, t.position, t.version,"
    " t.completed_at, t.archived_at, t.created_at, t.updated_at"
)
"""The columns of `Task` in its order, where `t` is a task and `p` its project."""


class NewTask(Struct, frozen=True, forbid_unknown_fields=True):
    """A task to create; `id` may be made by the client (UUIDv7).

    Without a priority or an assignee it gets those that the project's settings say.
    """

    title: Title
    id: UUID | UnsetType = UNSET
    description: Markdown | None = None
    status: StatusKey | None = None
    priority: Priority | UnsetType = UNSET
    assignee_id: UUID | None | UnsetType = UNSET
    parent_id: UUID | None = None
    milestone_id: UUID | None = None
    start_date: date | None = None
    due_date: Moment | None = None
    estimated_hours: Hours | None = None
    tags: TagNames = []


class TaskPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a task; absent fields stay as they are."""

    title: Title | UnsetType = UNSET
    description: Markdown | None | UnsetType = UNSET
    status: StatusKey | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    assignee_id: UUID | None | UnsetType = UNSET
    parent_id: UUID | None | UnsetType = UNSET
    milestone_id: UUID | None | UnsetType = UNSET
    start_date: date | None | UnsetType = UNSET
    due_date: Moment | None | UnsetType = UNSET
    estimated_hours: Hours | None | UnsetType = UNSET
    tags: TagNames | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


class TaskMove(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to put a task: right after one, right before one, or at the end of a column."""

    status: StatusKey | UnsetType = UNSET
    after_id: UUID | None = None
    before_id: UUID | None = None
    version: int | UnsetType = UNSET


class TaskFilters(Struct, frozen=True):
    """Which tasks of a project; None and empty mean all."""

    status: list[str] = []
    assignee_id: list[UUID] = []
    unassigned: bool = False
    priority: list[Priority] = []
    tag: list[str] = []
    milestone_id: list[UUID] = []
    no_milestone: bool = False
    text: str | None = None
    archived: bool = False


SortField = Literal["position", "created_at", "updated_at", "due_date", "title", "number"]
SortOrder = Literal["asc", "desc"]


class Card(Task, frozen=True):
    """A task on a board, with what its card shows of comments and checklists."""

    comment_count: int
    checklist_total: int
    checklist_done: int


class Column(Struct, frozen=True):
    """A state of the workflow with the first tasks in it."""

    state: State
    count: int
    items: list[Card]
    next_cursor: str | None
    """Goes on in the task list with this state, sorted by position."""


class Board(Struct, frozen=True):
    """A project's workflow as columns."""

    columns: list[Column]


class ChecklistItem(Struct, frozen=True):
    """A small step of a task. `checklist` is the name of the list it stands in."""

    id: UUID
    task_id: UUID
    checklist: str
    title: str
    is_done: bool
    position: int
    version: int


CHECKLIST_COLUMNS: Final = "i.id, i.task_id, i.checklist, i.title, i.is_done, i.position, i.version"
ItemTitle = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]


class NewChecklistItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A step to add at the end of a checklist."""

    title: ItemTitle
    id: UUID | UnsetType = UNSET
    checklist: Annotated[str, Meta(max_length=200)] = ""


class ChecklistItemPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a step."""

    title: ItemTitle | UnsetType = UNSET
    is_done: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Checklist(Struct, frozen=True):
    """All steps of a task."""

    items: list[ChecklistItem]


class Tag(Struct, frozen=True):
    """A word to find tasks by; colours are the workspace's."""

    name: str
    color: str | None


class Tags(Struct, frozen=True):
    """The workspace's tags by name."""

    items: list[Tag]


class TagColor(Struct, frozen=True, forbid_unknown_fields=True):
    """A tag's colour; null for none."""

    color: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$(?!\n)")] | None
