"""What the Project service takes and gives."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

ProjectName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
ProjectKey = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z][A-Z0-9]{1,9}$(?!\n)",
        description="2 to 10 capital letters and digits; begins every task's key, as in WEB-42",
    ),
]
Text = Annotated[str, Meta(max_length=100_000)]
Money = Annotated[Decimal, Meta(description="up to 9999999999.99, two decimals")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217")]
ProjectStatus = Literal["active", "on_hold", "completed", "archived"]
OpenStatus = Literal["active", "on_hold", "completed"]
Priority = Literal["low", "medium", "high", "urgent"]
Category = Literal["backlog", "unstarted", "started", "completed", "cancelled"]


class Project(Struct, frozen=True):
    """A body of work with its own tasks, workflow and members."""

    id: UUID
    key: str
    name: str
    description: str | None
    status: ProjectStatus
    start_date: date | None
    end_date: date | None
    budget_amount: Decimal | None
    budget_currency: str
    owner_id: UUID
    is_template: bool
    version: int
    created_at: datetime
    updated_at: datetime


PROJECT_COLUMNS: Final = (
    "p.id, p.key, p.name, p.description, p.status, p.start_date, p.end_date, p.budget_amount,"
    " p.budget_currency, p.owner_id, p.is_template, p.version, p.created_at, p.updated_at"
)


class ProjectSummary(Project, frozen=True):
    """A project in a list, with how much of its work is still open."""

    task_count: int
    open_task_count: int
    is_favourite: bool
    """Of whoever asks."""


class State(Struct, frozen=True):
    """A step of a project's workflow: a column of its board. A task's `status` is its `key`."""

    id: UUID
    key: str
    name: str
    category: Category
    color: str
    position: int
    version: int


STATE_COLUMNS: Final = "s.id, s.key, s.name, s.category, s.color, s.position, s.version"


class ProjectDetails(Project, frozen=True):
    """A project with its workflow and how many tasks stand in each state."""

    states: list[State]
    task_counts: dict[str, int]
    is_favourite: bool
    """Of whoever asks."""


class NewState(Struct, frozen=True, forbid_unknown_fields=True):
    """A state of a workflow to create."""

    key: str
    name: str
    category: Category
    color: str


DEFAULT_WORKFLOW: Final = (
    NewState("pending", "To do", "unstarted", "#94a3b8"),
    NewState("in_progress", "In progress", "started", "#f59e0b"),
    NewState("in_review", "In review", "started", "#8b5cf6"),
    NewState("completed", "Done", "completed", "#22c55e"),
    NewState("cancelled", "Cancelled", "cancelled", "#64748b"),
)


class NewProject(Struct, frozen=True, forbid_unknown_fields=True):
    """A project to create; `id` may be made by the client (UUIDv7), `key` comes from the name."""

    name: ProjectName
    id: UUID | UnsetType = UNSET
    key: ProjectKey | UnsetType = UNSET
    description: Text | None = None
    start_date: date | None = None
    end_date: date | None = None
    budget_amount: Money | None = None
    budget_currency: Currency = "USD"


class ProjectPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a project; absent fields stay as they are."""

    name: ProjectName | UnsetType = UNSET
    key: ProjectKey | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    status: OpenStatus | UnsetType = UNSET
    start_date: date | None | UnsetType = UNSET
    end_date: date | None | UnsetType = UNSET
    budget_amount: Money | None | UnsetType = UNSET
    budget_currency: Currency | UnsetType = UNSET
    version: int | UnsetType = UNSET
