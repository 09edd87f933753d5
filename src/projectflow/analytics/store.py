"""What metrics ask of the place where facts are: few questions, so that another place can answer.

PostgreSQL answers in `postgres.py`. Each answer is exact: sums are integers and decimals, and no
percentile is left to the store, whose dialects define them differently.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from projectflow.core.db import Db


class Scope(Struct, frozen=True):
    """What is counted: tasks of these projects and, where people are named, theirs alone."""

    tenant_id: UUID
    project_ids: tuple[UUID, ...]
    user_ids: tuple[UUID, ...] | None = None


class Flow(Struct, frozen=True):
    """How many tasks, and estimated hours, came and went in a piece of time."""

    backlog: int
    unstarted: int
    started: int
    completed: int
    cancelled: int
    backlog_hours: Decimal
    unstarted_hours: Decimal
    started_hours: Decimal
    completed_hours: Decimal
    cancelled_hours: Decimal
    entries: int
    exits: int
    completions: int
    reopenings: int


class Completion(Struct, frozen=True):
    """A task was completed."""

    task_id: UUID
    project_id: UUID
    assignee_id: UUID | None
    estimate: Decimal | None
    due_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime
    active_us: int
    """Microseconds in started states before."""
    blocked_us: int
    """Of these, how many it waited for other tasks."""


class Present(Struct, frozen=True):
    """Open tasks of one person in one category, as they are."""

    assignee_id: UUID | None
    category: str
    tasks: int
    hours: Decimal
    unestimated: int
    overdue: int
    blocked: int


class InProgress(Struct, frozen=True):
    """A task in a started state."""

    task_id: UUID
    project_id: UUID
    status: str
    assignee_id: UUID | None
    started_at: datetime
    entered_at: datetime
    blocked_since: datetime | None


class Planned(Struct, frozen=True):
    """A task with an estimate."""

    assignee_id: UUID | None
    estimate: Decimal
    start_date: date | None
    due_at: datetime | None
    completed_at: datetime | None


class Worked(Struct, frozen=True):
    """Time that somebody tracked, by when its entries began: after the n-th of the moments."""

    user_id: UUID
    place: int
    seconds: Decimal


class Wait(Struct, frozen=True):
    """Time in which an open task waited for another."""

    starts_at: datetime
    ends_at: datetime | None


class Use(Struct, frozen=True):
    """What somebody did, after the n-th of the moments, with one kind of thing."""

    user_id: UUID
    place: int
    kind: str
    events: int


class Standing(Struct, frozen=True):
    """How far the facts are."""

    counted: int
    """The number of the last event that is in them."""
    behind: int
    """How many events the log has after it."""


class AnalyticsStore(Protocol):
    """Where facts are asked. `db` is the transaction of whoever asks, in their workspace."""

    async def standing(self, db: Db, tenant_id: UUID) -> Standing:
        """How far the facts are."""
        ...

    async def flow(self, db: Db, scope: Scope, edges: Sequence[datetime]) -> list[Flow]:
        """All before the first edge, and each piece from one edge to the next; of everybody.

        Edges are whole quarters of an hour.
        """
        ...

    async def completions(
        self, db: Db, scope: Scope, since: datetime, until: datetime, limit: int
    ) -> list[Completion]:
        """The latest completions in a range, newest first."""
        ...

    async def present(self, db: Db, scope: Scope, at: datetime) -> list[Present]:
        """Open tasks by person and category; overdue is what was due before `at`."""
        ...

    async def in_progress(self, db: Db, scope: Scope, limit: int) -> list[InProgress]:
        """Started tasks, those that were started first first."""
        ...

    async def planned(self, db: Db, scope: Scope, limit: int) -> list[Planned]:
        """Tasks with estimates that are not cancelled, in no order."""
        ...

    async def worked(
        self, db: Db, scope: Scope, cuts: Sequence[datetime], *, within: bool = False
    ) -> list[Worked]:
        """Tracked time by person, cut at moments in their order; place 0 is before the first.

        With `within` only what is between the first and the last.
        """
        ...

    async def waits(
        self, db: Db, scope: Scope, since: datetime, until: datetime, limit: int
    ) -> list[Wait]:
        """When tasks waited, where that touches the range."""
        ...

    async def active(self, db: Db, tenant_id: UUID, since: datetime, until: datetime) -> int:
        """How many people did anything between two moments, which are whole quarters of an hour."""
        ...

    async def usage(self, db: Db, tenant_id: UUID, edges: Sequence[datetime]) -> list[Use]:
        """Who did how much in the pieces between edges, which are whole quarters of an hour."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
