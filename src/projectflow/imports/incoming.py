"""What comes in, whichever tool it was exported from: each format is read into this."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from msgspec import Struct, field

from projectflow.imports.types import MAX_SKIPPED_SHOWN, Skipped, Source
from projectflow.imports.values import fingerprint, text
from projectflow.projects.types import Category
from projectflow.tasks.dependencies import DependencyType
from projectflow.tasks.types import Priority

MAX_TASKS: Final = 50_000


class Person(Struct, frozen=True):
    """Somebody the source names; `key` is theirs there."""

    key: str
    name: str
    email: str | None = None


class IncomingState(Struct, frozen=True):
    """A list, column or status; without a category it is guessed from the name."""

    key: str
    name: str
    category: Category | None = None
    color: str | None = None


class IncomingTag(Struct, frozen=True):
    """A label."""

    name: str
    color: str | None = None


class IncomingComment(Struct, frozen=True):
    """What somebody said; None for an author that the source does not name."""

    key: str
    author: str | None
    body: str
    created_at: datetime | None


class IncomingStep(Struct, frozen=True):
    """An item of a checklist."""

    key: str
    checklist: str
    title: str
    is_done: bool


class IncomingLink(Struct, frozen=True):
    """Something that is attached and lies elsewhere."""

    key: str
    name: str
    url: str
    created_at: datetime | None = None


class IncomingTask(Struct, frozen=True, kw_only=True):
    """A card, issue or row. `age` orders numbers; the order of the list is that of the board."""

    key: str
    title: str
    state: str
    age: tuple[Any, ...]
    description: str = ""
    priority: Priority | None = None
    """None where the tool knows none: what it is here stays."""
    assignees: list[str] = []
    reporter: str | None = None
    parent: str | None = None
    start_date: date | None = None
    due_date: datetime | None = None
    estimated_hours: Decimal | None = None
    tags: list[str] = []
    created_at: datetime | None = None
    updated_at: datetime | None = None
    completed_at: datetime | None = None
    archived_at: datetime | None = None
    comments: list[IncomingComment] = []
    steps: list[IncomingStep] = []
    links: list[IncomingLink] = []

    def fingerprint(self) -> bytes:
        """What the task itself says, without what hangs on it and when it was touched."""
        return fingerprint(
            self.title, self.state, self.description, self.priority, self.assignees, self.parent,
            self.start_date, self.due_date, self.estimated_hours, sorted(self.tags),
            self.completed_at is None, self.archived_at is None,
        )  # fmt: skip


class IncomingDependency(Struct, frozen=True):
    """A task that waits for another, both by their keys."""

    task: str
    waits_for: str
    type: DependencyType = "finish_to_start"
    lag_minutes: int = 0
    lag_is_elapsed: bool = False


class IncomingRelation(Struct, frozen=True):
    """Two tasks that have to do with each other."""

    task: str
    other: str
    kind: Literal["relates", "duplicates"] = "relates"


class Incoming(Struct, kw_only=True):
    """A whole project of another tool."""

    source: Source
    key: str
    name: str
    tasks: list[IncomingTask]
    description: str = ""
    states: list[IncomingState] = field(default_factory=list[IncomingState])
    people: list[Person] = field(default_factory=list[Person])
    tags: list[IncomingTag] = field(default_factory=list[IncomingTag])
    dependencies: list[IncomingDependency] = field(default_factory=list[IncomingDependency])
    relations: list[IncomingRelation] = field(default_factory=list[IncomingRelation])
    counts: dict[str, int] = field(default_factory=dict[str, int])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    skipped_count: int = 0

    def skip(self, kind: str, name: str, reason: str) -> None:
        """Say in the report that something cannot be taken as it is."""
        self.skipped_count += 1
        if len(self.skipped) < MAX_SKIPPED_SHOWN:
            self.skipped.append(Skipped(kind, text(name, 100), reason))
