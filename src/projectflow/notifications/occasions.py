"""What an event of the log is an occasion to tell people of: a pure reading of the event."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.core.consumers import Event
from projectflow.notifications.types import Kind

TYPES: Final = ("task.*", "comment.*", "reaction.added", "project.member_set")
"""The events that are read at all."""
Audience = Literal["watchers", "freed", "author"]
"""Those who watch the task; of the tasks that waited for it; of the comment."""


class Occasion(Struct, frozen=True):
    """Something to tell named people, or an audience that the database knows."""

    kind: Kind
    event: Event
    project_id: UUID
    task_id: UUID | None = None
    comment_id: UUID | None = None
    people: tuple[UUID, ...] = ()
    audience: Audience | None = None
    old_status: str | None = None
    new_status: str | None = None
    emoji: str | None = None
    due_date: datetime | None = None


def occasions_of(event: Event) -> Iterator[Occasion]:
    """What to tell because of an event; nothing of what an import brought in."""
    payload = event.read()
    if event.project_id is None or payload.get("imported"):
        return
    before, after = _side(payload, "before"), _side(payload, "after")
    match event.entity_type:
        case "task":
            yield from _of_task(event, event.project_id, payload, before, after)
        case "comment":
            yield from _of_comment(event, event.project_id, payload, before, after)
        case "project":
            yield Occasion(
                "project_added", event, event.project_id, people=_ids(payload.get("user_id"))
            )
        case _:
            return


def _of_task(
    event: Event,
    project_id: UUID,
    payload: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
) -> Iterator[Occasion]:
    task_id = event.entity_id
    match event.type:
        case "task.people_mentioned":
            new = _new(before.get("mentions"), after.get("mentions"))
            yield Occasion("mentioned", event, project_id, task_id, people=new)
        case "task.due_soon" | "task.overdue":
            yield Occasion(
                "due_soon" if event.type == "task.due_soon" else "overdue",
                event,
                project_id,
                task_id,
                people=_ids(payload.get("user_id")),
                due_date=msgspec.convert(payload.get("due_date"), datetime | None),
            )
        case _:
            was, is_now = before.get("assignee_id"), after.get("assignee_id")
            if was != is_now:
                yield Occasion("assigned", event, project_id, task_id, people=_ids(is_now))
                yield Occasion("unassigned", event, project_id, task_id, people=_ids(was))
            if "status" in before and before["status"] != after.get("status"):
                yield Occasion(
                    "state_changed",
                    event,
                    project_id,
                    task_id,
                    audience="watchers",
                    old_status=before["status"],
                    new_status=after.get("status"),
                )
            if "completed_at" in before and after.get("completed_at") is not None:
                yield Occasion("unblocked", event, project_id, task_id, audience="freed")


def _of_comment(
    event: Event,
    project_id: UUID,
    payload: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
) -> Iterator[Occasion]:
    (task_id,) = _ids(payload.get("task_id")) or (None,)
    if task_id is None:
        return
    on = (event, project_id, task_id, event.entity_id)
    match event.type:
        case "comment.created":
            yield Occasion("mentioned", *on, people=_new(None, after.get("mentions")))
            yield Occasion("commented", *on, audience="watchers")
        case "comment.edited":
            new = _new(before.get("mentions"), after.get("mentions"))
            yield Occasion("mentioned", *on, people=new)
        case "reaction.added":
            yield Occasion("reacted", *on, audience="author", emoji=after.get("emoji"))
        case _:
            return


def _side(payload: dict[str, Any], name: str) -> dict[str, Any]:
    side = payload.get(name)
    return cast("dict[str, Any]", side) if isinstance(side, dict) else {}


def _ids(value: str | None) -> tuple[UUID, ...]:
    return () if value is None else (UUID(value),)


def _new(before: list[str] | None, after: list[str] | None) -> tuple[UUID, ...]:
    return tuple(UUID(each) for each in after or () if each not in (before or ()))
