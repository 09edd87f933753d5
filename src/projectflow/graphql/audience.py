"""Who may see which event of the log: asked for each event and subscriber, without a database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, cast
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from projectflow.auth.permissions import ProjectRole, Resource, grants_of
from projectflow.auth.types import Actor

LOG_COLUMNS: Final = (
    "e.seq, e.type, e.actor_id, e.entity_type, e.entity_id, e.project_id, e.entity_version,"
    " e.created_at, e.payload->>'task_id', e.payload->>'user_id',"
    " e.payload->'after'->>'is_shared' = 'true', e.payload->'after'->>'kind'"
)


class LogEvent(Struct):
    """An event as subscribers get it, with what is needed to know whose it is."""

    seq: int
    type: str
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    project_id: UUID | None
    version: int
    created_at: datetime
    task_id: UUID | None
    person_id: UUID | None
    """Whom it is about, where that is said."""
    is_shared: bool
    kind: str | None
    """Of a notification."""
    texts: dict[Any, bytes] = {}
    """What was made of it for those who ask the same."""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.created_at


class _Published(Struct):
    """The message of realtime/channels.py."""

    seq: int
    type: str
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    project_id: UUID | None
    version: int
    payload: Any
    created_at: datetime


_decoder = msgspec.json.Decoder(_Published)


def published(message: bytes) -> LogEvent:
    """The event of a live channel's message.

    Raises:
        msgspec.MsgspecError: it is none.
    """
    found = _decoder.decode(message)
    payload = _table(found.payload)
    after = _table(payload.get("after"))
    kind = after.get("kind")
    return LogEvent(
        found.seq,
        found.type,
        found.actor_id,
        found.entity_type,
        found.entity_id,
        found.project_id,
        found.version,
        found.created_at,
        _task_of(found.entity_type, found.entity_id, payload.get("task_id")),
        _uuid(payload.get("user_id")),
        after.get("is_shared") is True,
        kind if isinstance(kind, str) else None,
    )


def logged(row: asyncpg.Record) -> LogEvent:
    """The event of a row of `LOG_COLUMNS`."""
    values: list[Any]
    *values, task_id, person_id, is_shared, kind = row
    task = _task_of(values[3], values[4], task_id)
    about: tuple[Any, ...] = (task, _uuid(person_id), bool(is_shared), kind)
    return _event(*values, *about)


def _event(*values: Any) -> LogEvent:
    """Of its fields in their order."""
    return LogEvent(*values)


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _task_of(entity_type: str, entity_id: UUID, task_id: Any) -> UUID | None:
    return entity_id if entity_type == "task" else _uuid(task_id)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


Rule = Resource | Literal["anybody", "own", "audit", "shared", "user"]
RULES: Final[Mapping[str, Rule]] = {
    "absence": "absence", "api_key": "api_key", "calendar": "calendar", "comment": "comment",
    "custom_field": "anybody", "favourite": "own", "field_option": "anybody", "import": "import",
    "notification": "own", "rate": "rate", "reaction": "comment", "role": "role", "tag": "anybody",
    "task_template": "anybody", "team": "team", "time_entry": "time_entry", "user": "user",
    "view": "shared", "webhook": "webhook", "working_calendar": "calendar",
}  # fmt: skip
"""By what is an event's entity whether somebody may see it. What has a project and is not here is
seen by whoever sees the project's tasks; what has none, by who reads the audit."""
OF_WORKSPACE: Final = frozenset({"workspace.created", "workspace.settings_changed"})
OF_PEOPLE: Final = frozenset(
    {
        "user.invited", "user.joined", "user.updated", "user.role_changed", "user.activated",
        "user.deactivated", "user.deleted",
    }
)  # fmt: skip
"""What colleagues may know of each other; the rest is of one's own security."""
PROJECTS_OWN: Final = frozenset({"project", "project_calendar"})


def may_see(actor: Actor, roles: Mapping[UUID, ProjectRole], event: LogEvent) -> bool:
    """Whether somebody who is this in these projects may know of an event."""
    rule = RULES.get(event.entity_type)
    mine = actor.user_id in {event.person_id, event.entity_id}
    if rule == "own":
        return mine if event.entity_type == "notification" else event.actor_id == actor.user_id
    project_id = event.project_id
    if actor.project_ids is not None and project_id not in actor.project_ids:
        return False
    if project_id is None:
        return _may_see_in_workspace(actor, rule, event, mine=mine)
    role = roles.get(project_id)
    if event.entity_type in PROJECTS_OWN:
        # Who was taken out of a project hears that, and nothing more of it.
        return mine or _allowed(actor, "project", role, "is_member")
    if rule == "shared":
        # A view's words are not in its event; that it is there may be known with the project.
        return event.actor_id == actor.user_id or (
            event.is_shared and _allowed(actor, "task", role, "in_project")
        )
    if rule in {None, "anybody"}:
        return _allowed(actor, "task", role, "in_project")
    resource: Any = rule
    return _allowed(actor, resource, role, "in_project") or (
        mine and _allowed(actor, resource, role or "viewer", "is_author")
    )


def may_see_tasks(actor: Actor, project_id: UUID, role: ProjectRole | None) -> bool:
    """Whether somebody who is this in a project may see its tasks."""
    limited = actor.project_ids is not None and project_id not in actor.project_ids
    return not limited and _allowed(actor, "task", role, "in_project")


def _may_see_in_workspace(actor: Actor, rule: Rule | None, event: LogEvent, *, mine: bool) -> bool:
    match rule:
        case "anybody":
            return actor.project_ids is None
        case "shared":
            return event.is_shared or event.actor_id == actor.user_id
        case "user":
            if event.type in OF_PEOPLE and actor.may_always("user", "read"):
                return True
            return mine or actor.may_always("audit", "read")
        case None | "audit" | "own":
            return event.type in OF_WORKSPACE or actor.may_always("audit", "read")
        case _:
            return mine or actor.may_always(rule, "read")


def _allowed(actor: Actor, resource: Resource, role: ProjectRole | None, condition: str) -> bool:
    grants = grants_of(actor.role, actor.permissions, actor.scopes, role or "viewer")
    conditions = grants.conditions(resource, "read")
    return None in conditions or (role is not None and condition in conditions)
