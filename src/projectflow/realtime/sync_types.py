"""What a catch-up gives: events, changes, and the rows of those models that no route answers so."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar.params import QueryParameter
from msgspec import Meta, Struct

from projectflow.auth.permissions import ProjectRole, Role
from projectflow.projects.types import State
from projectflow.tasks.dependencies import Dependency
from projectflow.tasks.types import Task

MAX_EVENTS: Final = 1000
Operation = Literal["put", "remove", "load", "touch"]
Reason = Literal["outlived", "ahead", "behind", "role", "unknown"]
After = Annotated[int, QueryParameter(ge=0, le=2**63 - 1)]
Most = Annotated[int, QueryParameter(ge=1, le=MAX_EVENTS)]


class SyncEvent(Struct, frozen=True):
    """Something that happened, without what it says: that is in the rows."""

    seq: int
    type: str
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    version: int
    at: datetime


class SyncChange(Struct, frozen=True, omit_defaults=True):
    """What to do with one row of the client's.

    `put` it as `row` says, `remove` it, `load` all of a project with `?project_id=`, or note that
    `parts` of a task's panel are to be read again (`touch`).
    """

    model: str
    id: str
    op: Operation
    row: Any = None
    parts: list[str] = []


class SyncPage(Struct, frozen=True):
    """What changed for somebody; having applied it, they are at `seq`."""

    seq: int
    latest: int
    """The newest number of the workspace."""
    more: bool
    changes: Annotated[list[SyncChange], Meta(description="in the order to apply them in")]
    events: list[SyncEvent]


class Person(Struct, frozen=True):
    """Somebody of the workspace; when they last signed in is left out, for it is no change."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    role_id: UUID | None
    is_active: bool
    time_zone: str
    locale: str
    working_hours: tuple[Decimal, ...]
    avatar_url: str | None
    invited_at: datetime | None
    deactivated_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


PERSON_COLUMNS: Final = (
    "u.id, u.email, u.first_name, u.last_name, u.role, u.role_id, u.is_active, u.time_zone,"
    " u.locale, u.working_hours, '/avatars/' || u.tenant_id || '/' || u.avatar AS avatar_url,"
    " u.invited_at, u.deactivated_at, u.created_at, u.updated_at, u.version"
)


class ProjectMember(Struct, frozen=True):
    """What somebody is in a project."""

    project_id: UUID
    user_id: UUID
    role: ProjectRole
    created_at: datetime


class ProjectState(State, frozen=True):
    """A state with the project whose workflow it is in."""

    project_id: UUID


FieldContent = str | list[str] | None


class TaskWithFields(Task, frozen=True):
    """A task with what stands in its custom fields, by the field's id.

    What was put into a field or option that is deleted by now is there still, so that nothing of
    the task changes when that comes or goes: who knows no such field shows nothing.
    """

    fields: dict[str, FieldContent]
    comment_count: int
    checklist_total: int
    checklist_done: int


class ProjectDependency(Dependency, frozen=True):
    """A dependency with the project of the task that waits."""

    project_id: UUID


class RelationOfTasks(Struct, frozen=True):
    """What the first task is to the other."""

    task_id: UUID
    other_task_id: UUID
    kind: Literal["relates", "duplicates"]
    created_at: datetime
    project_id: UUID
    """Of the first."""


class Favourite(Struct, frozen=True):
    """A project that the asker wants at hand."""

    project_id: UUID
    position: int


class Timer(Struct, frozen=True):
    """The asker's running timer; there is one at most, so its id in a change is theirs."""

    id: UUID
    task_id: UUID
    project_id: UUID
    user_id: UUID
    started_at: datetime
    note: str | None
    is_billable: bool
    version: int
    created_at: datetime
    updated_at: datetime
