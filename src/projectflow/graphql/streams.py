"""What a subscription hears: a source that the feed pushes events into."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from graphql import Executor

from projectflow.graphql.audience import LogEvent

if TYPE_CHECKING:
    import asyncio

    from projectflow.graphql.execution import Prepared
    from projectflow.graphql.hub import Presence
    from projectflow.graphql.sockets import Socket


class Source:
    """What a subscription's resolver gives; until it is bound to an operation nothing comes."""

    __slots__ = (
        "after", "catching_up", "executor", "is_live", "name", "prefix", "prepared", "socket",
    )  # fmt: skip

    socket: "Socket"
    name: str
    executor: Executor
    prepared: "Prepared"
    prefix: bytes
    """How each of its messages begins."""

    def __init__(self, after: int | None = None) -> None:
        """`after` is the last event that the subscriber knows; None for whoever begins now."""
        self.after = after
        self.is_live = False
        self.catching_up: asyncio.Task[None] | None = None

    def __aiter__(self) -> AsyncIterator[Any]:
        """Graphql-core wants a source to have this; nobody pulls, the feed pushes.

        Raises:
            TypeError: always.
        """
        raise TypeError("events are pushed")

    def wants(self, event: LogEvent) -> bool:  # noqa: ARG002 - what is heard of the whole workspace
        """Whether it is about this, for those who may see it."""
        return True

    def hear_presence(self, presence: "Presence") -> None:
        """Take who is in a place now: of no interest to most."""

    async def begin(self) -> None:
        """Say what there is at the beginning: mostly nothing."""

    async def end(self) -> None:
        """Leave what was joined: mostly nothing."""

    def bind(self, socket: "Socket", name: str, executor: Executor, prepared: "Prepared") -> None:
        """Belong to an operation, of this id, of a connection."""
        self.socket, self.name, self.executor, self.prepared = socket, name, executor, prepared
        self.prefix = b'{"id":' + msgspec.json.encode(name) + b',"type":"next","payload":'


class ProjectSource(Source):
    """The events of a project."""

    __slots__ = ("_project_id",)

    def __init__(self, project_id: UUID, after: int | None) -> None:
        """Of this project."""
        super().__init__(after)
        self._project_id = project_id

    def wants(self, event: LogEvent) -> bool:
        """Those of the project."""
        return event.project_id == self._project_id


class TaskSource(Source):
    """What happens to a task and to what hangs on it."""

    __slots__ = ("_task_id",)

    def __init__(self, task_id: UUID) -> None:
        """Of this task."""
        super().__init__()
        self._task_id = task_id

    def wants(self, event: LogEvent) -> bool:
        """Those of the task."""
        return event.task_id == self._task_id and event.entity_type != "notification"


class NotificationSource(Source):
    """What somebody is told."""

    __slots__ = ()

    def wants(self, event: LogEvent) -> bool:
        """Those of notifications; that they are one's own is asked of every event."""
        return event.entity_type == "notification"


class PresenceSource(Source):
    """Who is in a place."""

    __slots__ = ("_is_watching", "_place", "_place_id", "_project_id")

    def __init__(self, place: str, place_id: UUID, project_id: UUID) -> None:
        """Of a task or project, in this project."""
        super().__init__()
        self._place = place
        self._place_id = place_id
        self._project_id = project_id
        self._is_watching = False

    def wants(self, event: LogEvent) -> bool:
        """Nothing of the log, but it says where a task goes."""
        if event.task_id == self._place_id and event.project_id is not None:
            self._project_id = event.project_id
        return False

    async def begin(self) -> None:
        """Say who is there now."""
        self._is_watching = True
        hub, actor = self.socket.hub, self.socket.actor
        await hub.watch_presence(actor.tenant_id)
        self.hear_presence(await hub.read_presence(actor, self._place, self._place_id))

    def hear_presence(self, presence: "Presence") -> None:
        """Pass on what is said of this place, to who still may see it."""
        if (presence.place, presence.id) != (self._place, self._place_id):
            return
        if self.socket.sees_tasks_of(self._project_id):
            self.socket.offer(self, presence)

    async def end(self) -> None:
        """Listen no more."""
        if self._is_watching:
            self._is_watching = False
            await self.socket.hub.leave_presence(self.socket.actor.tenant_id)
