"""Milestones: what was made goes, what went returns with its tasks, what was changed goes back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.milestone_return import return_milestone
from projectflow.projects.milestones import (
    LOGGED,
    Milestone,
    MilestoneNotFound,
    MilestonePatch,
    complete_milestone,
    delete_milestone,
    read_milestone,
    reopen_milestone,
    update_milestone,
)
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of


@inverse_of("milestone.created", "milestone.restored")
async def take_milestones_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take milestones away that nobody has changed since."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await delete_milestone(db, actor, event.entity_id, None)


@inverse_of("milestone.updated")
async def put_milestones_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give milestones the fields that they had."""
    for event in events:
        await _check_unchanged(db, actor, event)
        patch = msgspec.convert(event.before, MilestonePatch, strict=False)
        await update_milestone(db, actor, event.entity_id, patch, None)


@inverse_of("milestone.completed")
async def reopen(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Say that milestones are not reached."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await reopen_milestone(db, actor, event.entity_id, None)


@inverse_of("milestone.reopened")
async def reach_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Say that milestones were reached when they had been."""
    for event in events:
        await _check_unchanged(db, actor, event)
        at = msgspec.convert(event.before["completed_at"], datetime)
        await complete_milestone(db, actor, event.entity_id, None, at)


@inverse_of("milestone.deleted")
async def return_milestones(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Bring milestones back, and give them to the tasks that have no other by now."""
    for event in events:
        was = msgspec.convert(event.before, Milestone, strict=False)
        task_ids = [UUID(each) for each in event.payload["task_ids"]]
        await return_milestone(db, actor, was, task_ids)


async def _check_unchanged(db: Db, actor: Actor, event: Logged) -> None:
    try:
        now: dict[str, Any] = msgspec.to_builtins(await read_milestone(db, actor, event.entity_id))
    except MilestoneNotFound:
        raise ChangedSince.of("milestone", "is gone") from None
    left = {f: v for f, v in event.after.items() if f in LOGGED}
    if errors := differing(left, now):
        raise ChangedSince(errors)
