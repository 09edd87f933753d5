"""Which rows the events of one answer touched, for one asker."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.realtime.sync_access import Access
from projectflow.realtime.sync_effects import Effect, Source
from projectflow.realtime.sync_models import NOBODYS, pair, reads_people


class Logged(Struct, frozen=True):
    """An event, and of its payload what tells which rows it touched."""

    seq: int
    type: str
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    project_id: UUID | None
    version: int
    at: datetime
    task_id: UUID | None
    user_id: str | None
    former_project_id: str | None
    """The project that its task left."""
    dependency_id: str | None
    other_task_id: str | None
    tag: str | None
    is_shared: bool | None
    """Of a view: whether it is shared, or was."""
    changes_key: bool
    """Of a project: each task's key is another one."""
    tags: str | None
    """JSON: the tags of its task, before and after."""
    task_ids: str | None
    """JSON; null where they are too many."""
    is_large: bool


EVENT_COLUMNS: Final = """
    e.seq, e.type, e.actor_id, e.entity_type, e.entity_id,
    CASE WHEN e.type = 'import.succeeded' THEN (e.payload #>> '{after,project_id}')::uuid
         ELSE e.project_id END AS project_id,
    e.entity_version, e.created_at, e.task_id, e.payload ->> 'user_id' AS user_id,
    CASE WHEN e.type = 'task.transferred' THEN e.payload #>> '{before,project_id}' END,
    e.payload ->> 'dependency_id', e.payload ->> 'other_task_id',
    CASE WHEN e.type = 'tag.colored' THEN e.payload #>> '{after,name}' END,
    CASE WHEN e.entity_type = 'view' THEN
        (e.payload #> '{after,is_shared}') = 'true'
        OR (e.type = 'view.updated' AND (e.payload -> 'changed') ? 'is_shared') END,
    e.type = 'project.updated' AND coalesce((e.payload -> 'after') ? 'key', false),
    CASE WHEN e.entity_type = 'task' AND (e.payload #> '{before,tags}' IS NOT NULL
                                          OR e.payload #> '{after,tags}' IS NOT NULL)
         THEN (coalesce(e.payload #> '{before,tags}', '[]')
               || coalesce(e.payload #> '{after,tags}', '[]'))::text END,
    CASE WHEN e.number BETWEEN 1 AND $5 THEN (e.payload -> 'task_ids')::text END
"""
"""The columns of `Logged` but the last, of an event `e` with the `number` of tasks it names."""


def _of(value: object) -> list[str]:
    return [] if value is None else [str(value)]


def _listed(text: str | None) -> list[str]:
    return [] if text is None else msgspec.json.decode(text, type=list[str])


IDS: Final[dict[Source, Callable[[Logged], list[str]]]] = {
    "entity": lambda event: _of(event.entity_id),
    "task": lambda event: _of(event.task_id),
    "task_ids": lambda event: _listed(event.task_ids),
    "tags": lambda event: _listed(event.tags),
    "name": lambda event: _of(event.tag),
    "dependency": lambda event: _of(event.dependency_id),
    "relation": lambda event: (
        [pair(str(event.entity_id), event.other_task_id)] if event.other_task_id else []
    ),
    "member": lambda event: (
        [f"{event.project_id}/{event.user_id}"] if event.project_id and event.user_id else []
    ),
}
"""The ids that an event names by itself."""

EVERYBODYS: Final[frozenset[Source]] = frozenset({"tags", "timer", "mine"})
"""What is not of the event's project: a word that a task brought is all people's, one's timer
stays when its project goes."""


class Touched:
    """Ids by model, projects whose rows of a model were touched, and what else is to be read."""

    def __init__(self, actor: Actor, access: Access) -> None:
        """Nothing is touched yet."""
        self._actor = actor
        self._access = access
        self.ids: dict[str, dict[str, None]] = {}
        self.within: dict[str, dict[UUID, None]] = {}
        self.whole: dict[str, None] = {}
        self.linked: dict[UUID, None] = {}
        """Tasks whose dependencies and relations may have come to sight."""
        self.parts: dict[UUID, dict[str, None]] = {}
        """What of tasks' panels is to be read again."""

    def add(self, event: Logged, effect: Effect) -> None:
        """Note what an event touched, if the asker may know of that."""
        for model, source in effect.puts:
            if source in EVERYBODYS or self._concerns(event):
                self._put(model, source, event)
        project_id, task_id = event.project_id, event.task_id
        if event.is_large and project_id is not None and self._access.sees_tasks(project_id):
            self._access.opened[project_id] = None
        if not effect.parts or project_id is None or task_id is None:
            return
        if self._access.sees_tasks(project_id):
            self.parts.setdefault(task_id, {}).update(dict.fromkeys(effect.parts))

    def _concerns(self, event: Logged) -> bool:
        """Whether the asker sees the event's project, or the one that its task left."""
        if event.entity_type == "user" and event.type != "user.deleted":
            return reads_people(self._actor) or event.entity_id == self._actor.user_id
        if event.entity_type == "view":
            return event.is_shared is True or event.actor_id == self._actor.user_id
        if event.entity_type == "notification":
            return event.user_id in {None, str(self._actor.user_id)}
        if event.project_id is None or event.entity_type == "import":
            return True
        former = event.former_project_id
        return self._access.sees_project(event.project_id) or (
            former is not None and self._access.sees_tasks(UUID(former))
        )

    def _put(self, model: str, source: Source, event: Logged) -> None:
        if source == "within":
            self.within.setdefault(model, {})[event.project_id or NOBODYS] = None
        elif source == "links":
            self.linked[event.entity_id] = None
        elif source == "all":
            self.whole[model] = None
        elif source == "timer":
            self._put_timer(model, event)
        elif source == "mine":
            self._put_mine(model, event)
        else:
            self._ids(model, IDS[source](event))

    def _put_timer(self, model: str, event: Logged) -> None:
        mine = str(self._actor.user_id)
        if event.entity_type == "time_entry":
            touched = event.user_id == mine
        else:
            touched = event.project_id in self._access.closed or self._concerns(event)
        if touched:
            self._ids(model, [mine])

    def _put_mine(self, model: str, event: Logged) -> None:
        if event.actor_id == self._actor.user_id:
            self.whole[model] = None
            if event.project_id is not None:
                self._ids(model, [str(event.project_id)])

    def _ids(self, model: str, ids: Sequence[str]) -> None:
        self.ids.setdefault(model, {}).update(dict.fromkeys(ids))
