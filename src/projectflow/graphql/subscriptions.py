"""What can be heard: the root fields of subscriptions."""

from collections.abc import AsyncIterable
from datetime import datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from projectflow.graphql.audience import LogEvent
from projectflow.graphql.context import Info, parse_id
from projectflow.graphql.people_types import loaders_of
from projectflow.graphql.streams import (
    NotificationSource,
    PresenceSource,
    ProjectSource,
    Source,
    TaskSource,
)
from projectflow.graphql.work_types import Task
from projectflow.projects.access import require_project
from projectflow.tasks.service import read_task
from projectflow.tasks.types import Task as TaskRow

After = Annotated[
    int | None,
    strawberry.argument(
        description="The number of the last event that you know: all that follow come first."
    ),
]


@strawberry.type(description="Something that happened: a row of the workspace's log.")
class Event:
    """A signal to fetch what changed; `seq` counts up in the workspace, without gaps of its own."""

    seq: int
    type: str
    entity_type: str
    entity_id: strawberry.ID
    project_id: strawberry.ID | None
    task_id: strawberry.ID | None
    actor_id: strawberry.ID | None
    version: int
    at: datetime


def _event_of_task_change(parent: strawberry.Parent[LogEvent]) -> LogEvent:
    """What happened."""
    return parent


async def _task_of_task_change(
    parent: strawberry.Parent[LogEvent],
    info: Info,
) -> TaskRow | None:
    """How the task is now."""
    return None if parent.task_id is None else await loaders_of(info).tasks.load(parent.task_id)


@strawberry.type(description="Something that happened to a task, with the task as it is now.")
class TaskChange:
    """An event and its task."""

    event: Event = strawberry.field(resolver=_event_of_task_change)
    task: Task | None = strawberry.field(resolver=_task_of_task_change, description="Null once it is deleted.")


def _id_of_notification_change(parent: strawberry.Parent[LogEvent]) -> strawberry.ID:
    """The notification's."""
    return strawberry.ID(str(parent.entity_id))


@strawberry.type(description="A notification of yours came, was read, snoozed or archived.")
class NotificationChange:
    """A signal to fetch the inbox."""

    seq: int
    type: str
    kind: str | None
    at: datetime
    id: strawberry.ID = strawberry.field(resolver=_id_of_notification_change)


@strawberry.enum
class PresencePlace(Enum):
    """Where somebody can be."""

    TASK = "task"
    PROJECT = "project"


@strawberry.type(description="Somebody, and whether they look or type.")
class PresentPerson:
    """Who is there."""

    user_id: strawberry.ID
    doing: str


@strawberry.type(description="Who is in a place now.")
class Presence:
    """All who are there."""

    place: str
    id: strawberry.ID
    people: list[PresentPerson]


@strawberry.type
class Subscription:
    """What the signed-in person, or an API key in their name, may hear."""


    @strawberry.subscription(graphql_type=Event)
    async def workspace_events(self, info: Info, after: After = None) -> AsyncIterable[Any]:
        """Every event of the workspace that you may see."""
        info.context.opened_by("task")
        return Source(after)

    @strawberry.subscription(graphql_type=Event)
    async def project_events(
        self, info: Info, project_id: strawberry.ID, after: After = None
    ) -> AsyncIterable[Any]:
        """The events of one project."""
        wanted = parse_id(project_id, "projectId")
        await _must_see_tasks_of(info, wanted)
        return ProjectSource(wanted, after)

    @strawberry.subscription(graphql_type=TaskChange)
    async def task_changed(self, info: Info, id: strawberry.ID) -> AsyncIterable[Any]:  # noqa: A002 - Relay's name
        """What happens to a task, its comments, checklist and all that hangs on it."""
        return TaskSource((await _task(info, parse_id(id))).id)

    @strawberry.subscription(graphql_type=NotificationChange)
    async def notifications(self, info: Info) -> AsyncIterable[Any]:
        """What you are told."""
        info.context.actor.must_be_in_person()
        return NotificationSource()

    @strawberry.subscription(graphql_type=Presence)
    async def presence(
        self,
        info: Info,
        place: PresencePlace,
        id: strawberry.ID,  # noqa: A002 - Relay's name
    ) -> AsyncIterable[Any]:
        """Who looks at a task or project, and who is typing there; first who is there already."""
        wanted = parse_id(id)
        if place is PresencePlace.TASK:
            return PresenceSource("task", wanted, (await _task(info, wanted)).project_id)
        await _must_see_tasks_of(info, wanted)
        return PresenceSource("project", wanted, wanted)


async def _task(info: Info, task_id: UUID) -> TaskRow:
    actor = info.context.opened_by("task")
    async with info.context.reading() as db:
        return await read_task(db, actor, task_id)


async def _must_see_tasks_of(info: Info, project_id: UUID) -> None:
    actor = info.context.opened_by("task")
    actor.must_be_allowed("task", "read", "in_project")
    async with info.context.reading() as db:
        await require_project(db, actor, project_id)
