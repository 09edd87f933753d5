"""Fields, states and places of tasks go back to what they were."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import FieldError
from projectflow.tasks.cycles import lock_dependencies, parents_close_cycle
from projectflow.tasks.many import Held, hold, log_differences, write_many
from projectflow.tasks.mentions import note_mentions
from projectflow.tasks.project_moves import lock_counters
from projectflow.tasks.ranks import free_ranks
from projectflow.tasks.service import check_parent
from projectflow.tasks.tags import declare_tags
from projectflow.tasks.types import Task
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of


class Fields(Struct, frozen=True):
    """What events keep of a task, in whichever way its JSON was made."""

    title: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    status: str | UnsetType = UNSET
    priority: str | UnsetType = UNSET
    assignee_id: UUID | None | UnsetType = UNSET
    parent_id: UUID | None | UnsetType = UNSET
    milestone_id: UUID | None | UnsetType = UNSET
    start_date: date | None | UnsetType = UNSET
    due_date: datetime | None | UnsetType = UNSET
    estimated_hours: Decimal | None | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    position: str | UnsetType = UNSET
    completed_at: datetime | None | UnsetType = UNSET
    archived_at: datetime | None | UnsetType = UNSET
    project_id: UUID | UnsetType = UNSET
    number: int | UnsetType = UNSET


def fields_of(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a task among these, as a `Task` has them."""
    read = msgspec.convert(values, Fields, strict=False)
    return {f: v for f in read.__struct_fields__ if (v := getattr(read, f)) is not UNSET}


def changed_since(task: Task, event: Logged, *ignoring: str) -> list[FieldError]:
    """The fields that are not as the event left them."""
    return [
        FieldError(field, f"of {task.key} was changed since")
        for field, value in fields_of(event.after).items()
        if field not in ignoring and getattr(task, field) != value
    ]


@inverse_of("task.updated", "task.moved")
async def put_fields_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Set what these changes changed to what it was."""
    for round_ in rounds(events):
        await _put_back(db, actor, round_)


def rounds(events: Sequence[Logged]) -> list[dict[UUID, Logged]]:
    """The events in their order, parted so that none has two of a task."""
    parted: list[dict[UUID, Logged]] = []
    for event in events:
        after_last = max((i + 1 for i, r in enumerate(parted) if event.entity_id in r), default=0)
        if after_last == len(parted):
            parted.append({})
        parted[after_last][event.entity_id] = event
    return parted


async def _put_back(db: Db, actor: Actor, events: dict[UUID, Logged]) -> None:
    before = {task_id: fields_of(event.before) for task_id, event in events.items()}
    if any({"parent_id", "position"} & fields.keys() for fields in before.values()):
        await lock_counters(db, actor, list(events), next(iter(events)))
    held = await hold_unchanged(db, actor, events)
    adopted = {
        task_id: fields["parent_id"]
        for task_id, fields in before.items()
        if fields.get("parent_id")
    }
    for task_id, parent_id in adopted.items():
        await check_parent(db, actor, held[task_id].task.project_id, task_id, parent_id)
    await _find_places(db, actor, held, before)
    await declare_tags(
        db, actor, [tag for fields in before.values() for tag in fields.get("tags", ())]
    )
    if adopted:
        await lock_dependencies(db, actor)
    written = await write_many(db, actor, before)
    minutes = await _put_minutes_back(db, actor, events)
    await _refuse_cycles(db, actor, adopted)
    tasks = [each.task for each in held.values()]
    await log_differences(db, actor, next(iter(events.values())).type, tasks, written, minutes)
    for task in tasks:
        await note_mentions(db, actor, written[task.id], task.description)


async def _put_minutes_back(
    db: Db, actor: Actor, events: dict[UUID, Logged]
) -> dict[UUID, dict[str, Any]]:
    """When on their days tasks began, as planning/plan_dates.py logs it; and what to log of it."""
    told = {i: e.payload["minutes"] for i, e in events.items() if "minutes" in e.payload}
    if told:
        await db.execute(
            """
            UPDATE task_schedules c SET start_at = w.start_at
            FROM unnest($2::uuid[], $3::text[]::timestamptz[]) AS w (id, start_at)
            WHERE c.tenant_id = $1 AND c.task_id = w.id
            """,
            actor.tenant_id,
            list(told),
            [each["before"] for each in told.values()],
        )
    return {
        i: {"minutes": {"before": each["after"], "after": each["before"]}}
        for i, each in told.items()
    }


async def hold_unchanged(
    db: Db, actor: Actor, events: dict[UUID, Logged], *ignoring: str
) -> dict[UUID, Held]:
    """Lock the tasks of events.

    Raises:
        ChangedSince: one is gone or in the trash, or not as its event left it.
        Forbidden: the actor may not change one of them.
    """
    held = await hold(db, actor, events)
    gone = [i for i in events if i not in held or held[i].deleted_at is not None]
    if gone:
        raise ChangedSince([FieldError("task", f"{i} is gone") for i in gone])
    for each in held.values():
        each.must_be_allowed(actor, "update")
    wrong = [
        error
        for task_id, event in events.items()
        for error in changed_since(held[task_id].task, event, "completed_at", *ignoring)
    ]
    if wrong:
        raise ChangedSince(wrong)
    return held


async def _find_places(
    db: Db, actor: Actor, held: dict[UUID, Held], before: dict[UUID, dict[str, Any]]
) -> None:
    """Somebody may stand where a task stood."""
    placed = [task_id for task_id, fields in before.items() if "position" in fields]
    for project_id in {held[task_id].task.project_id for task_id in placed}:
        there = [i for i in placed if held[i].task.project_id == project_id]
        wanted = {i: before[i]["position"] for i in there}
        for task_id, rank in (await free_ranks(db, actor, project_id, wanted)).items():
            before[task_id]["position"] = rank


async def _refuse_cycles(db: Db, actor: Actor, adopted: dict[UUID, UUID]) -> None:
    for parent_id in set(adopted.values()):
        children = [child for child, parent in adopted.items() if parent == parent_id]
        if await parents_close_cycle(db, actor, children):
            raise ChangedSince.of("parent_id", "would make a task wait for itself now")
