"""What a report is, and what comes of it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.projects.types import Currency
from projectflow.tasks.views import GroupName, QueryText
from projectflow.users.types import TimeZone

Measure = Literal[
    "tasks", "open", "in_progress", "completed", "overdue", "throughput", "unestimated",
    "hours_estimated", "hours_tracked", "cost", "on_time_percent",
    "lead_days_p50", "lead_days_p85", "lead_days_p95",
    "cycle_days_p50", "cycle_days_p85", "cycle_days_p95", "age_days_p50", "age_days_p85",
]  # fmt: skip
Chart = Literal["none", "bar", "line", "pie"]
Format = Literal["csv", "xlsx", "pdf"]
Unit = Literal["tasks", "a_week", "hours", "days", "percent", "money"]
MAX_RECIPIENTS: Final = 20
MAX_REPORTS: Final = 200
"""Of one person."""

ReportName = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
]
Measures = Annotated[list[Measure], Meta(min_length=1, max_length=8)]
Dimensions = Annotated[
    list[
        Annotated[
            GroupName,
            Meta(
                description="as in a query's `group:`, or created_, completed_ or due_ with day,"
                " week or month: completed_week"
            ),
        ]
    ],
    Meta(max_length=2),
]


class Configuration(Struct, frozen=True):
    """What is counted of which tasks, by what it is parted, and how it is drawn."""

    measures: Measures
    dimensions: Dimensions = []
    query: QueryText = ""
    chart: Chart = "none"
    currency: Currency | None = None
    """Of `cost`: projects with budgets in others are left out."""
    time_zone: TimeZone | None = None
    """By whose clock days begin: the reader's, unless said."""


class Asked(Configuration, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report that is run without being kept. `project_id` leaves the tasks of one project."""

    project_id: UUID | None = None


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """When a report is mailed, to whom, and as what."""

    every: Literal["day", "week", "month"]
    recipients: Annotated[list[UUID], Meta(min_length=1, max_length=MAX_RECIPIENTS)]
    at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$(?!\n)")] = "08:00"
    time_zone: TimeZone = "UTC"
    weekday: Annotated[int, Meta(ge=0, le=6, description="of a week: 0 is Monday")] = 0
    day: Annotated[int, Meta(ge=1, le=31, description="of a month, or its last")] = 1
    format: Format = "pdf"


class Report(Configuration, frozen=True, kw_only=True):
    """A report that somebody keeps."""

    id: UUID
    name: str
    is_shared: bool
    project_id: UUID | None
    owner_id: UUID
    schedule: Schedule | None
    next_run_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class NewReport(Configuration, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report to keep; `id` may be made by the client (UUIDv7)."""

    name: ReportName
    id: UUID | UnsetType = UNSET
    is_shared: bool = False
    project_id: UUID | None = None
    schedule: Schedule | None = None


class ReportPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a report; absent fields stay as they are."""

    name: ReportName | UnsetType = UNSET
    measures: Measures | UnsetType = UNSET
    dimensions: Dimensions | UnsetType = UNSET
    query: QueryText | UnsetType = UNSET
    chart: Chart | UnsetType = UNSET
    currency: Currency | None | UnsetType = UNSET
    time_zone: TimeZone | None | UnsetType = UNSET
    is_shared: bool | UnsetType = UNSET
    project_id: UUID | None | UnsetType = UNSET
    schedule: Schedule | None | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Key(Struct, frozen=True):
    """A value of a dimension, such as a query's term takes, and what people call it."""

    value: str | None
    label: str


class ReportColumn(Struct, frozen=True):
    """A dimension or a measure."""

    name: str
    label: str
    unit: Unit | None = None


class Row(Struct, frozen=True):
    """What the tasks of one group come to; null where there is nothing to count."""

    keys: list[Key]
    values: list[Decimal | None]


class Result(Struct, frozen=True, kw_only=True):
    """A report as it is now, for whoever reads it."""

    dimensions: list[ReportColumn]
    measures: list[ReportColumn]
    rows: list[Row]
    """By time where the first dimension is one, else the largest first."""
    totals: list[Decimal | None]
    """Of all tasks; each counts once, also where it is in several groups."""
    tasks: int
    tasks_truncated: bool
    """Whether more tasks match than are counted."""
    groups_truncated: bool
    """Whether there are more groups than rows."""
    notes: list[str]
    """In words, whatever is not in the numbers."""
    chart: Chart
    currency: str | None
    time_zone: str
    as_of: datetime
    behind: int
    """Changes that are not in cycle times and ages yet."""
