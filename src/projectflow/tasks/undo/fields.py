"""Custom fields, their options, and what tasks have in them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.custom_field_options import (
    OptionNotFound,
    OptionPatch,
    delete_option,
    restore_option,
    update_option,
)
from projectflow.tasks.custom_fields import (
    FieldNotFound,
    delete_field,
    list_fields,
    lock_field,
    restore_field,
    update_field,
)
from projectflow.tasks.field_storage import told, values_of
from projectflow.tasks.field_types import CustomField, FieldPatch
from projectflow.tasks.field_values import set_field
from projectflow.tasks.service import lock_task
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of

OF_FIELD = ("name", "position", "archived_at")
OF_OPTION = ("name", "color", "position")


@inverse_of("custom_field.created", "custom_field.restored")
async def take_fields_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take fields away; what tasks have in them comes back with them."""
    for event in events:
        await _unchanged(db, actor, event, "name", "archived_at")
        await delete_field(db, actor, event.entity_id, None)


@inverse_of("custom_field.updated")
async def put_fields_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give fields the name and the place that they had; archive them, or not."""
    for event in events:
        await _unchanged(db, actor, event, *OF_FIELD)
        before = dict(event.before)
        if "archived_at" in before:
            before["archived"] = before.pop("archived_at") is not None
        await update_field(db, actor, event.entity_id, msgspec.convert(before, FieldPatch), None)


@inverse_of("custom_field.deleted")
async def return_fields(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Bring fields back with what tasks had in them."""
    for event in events:
        try:
            await restore_field(db, actor, event.entity_id)
        except FieldNotFound:
            raise ChangedSince.of("deleted_at") from None


@inverse_of("field_option.added", "field_option.restored")
async def take_options_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take options away; tasks that have them have them again when they return."""
    for event in events:
        option_id = UUID(event.after["id"])
        await _unchanged_option(db, actor, event, option_id, "name", "color")
        await delete_option(db, actor, event.entity_id, option_id, None)


@inverse_of("field_option.updated")
async def put_options_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give options the name, the colour and the place that they had."""
    for event in events:
        option_id = UUID(event.payload["option_id"])
        await _unchanged_option(db, actor, event, option_id, *OF_OPTION)
        patch = msgspec.convert(event.before, OptionPatch)
        await update_option(db, actor, event.entity_id, option_id, patch, None)


@inverse_of("field_option.deleted")
async def return_options(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Bring options back to where they stood."""
    for event in events:
        option_id = UUID(event.before["id"])
        try:
            await restore_option(db, actor, event.entity_id, option_id)
        except OptionNotFound:
            raise ChangedSince.of("deleted_at") from None
        place = OptionPatch(position=event.before["position"])
        await update_option(db, actor, event.entity_id, option_id, place, None)


@inverse_of("task.field_set")
async def put_values_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put into fields of tasks what was in them."""
    for event in events:
        field_id = UUID(event.payload["field_id"])
        task = await lock_task(db, actor, event.entity_id)
        field = await _field_as_it_is(db, actor, task.project_id, field_id)
        now = await values_of(db, actor.tenant_id, [task.id], {field_id: field})
        if told(field.kind, now.get(task.id, {}).get(field_id)) != event.payload["after"]:
            raise ChangedSince.of("value", f"of {field.name} was changed since")
        await set_field(db, actor, task.id, field_id, event.payload["before"])


async def _field_as_it_is(db: Db, actor: Actor, project_id: UUID, field_id: UUID) -> CustomField:
    fields = (await list_fields(db, actor, project_id)).items
    for field in fields:
        if field.id == field_id:
            return field
    raise ChangedSince.of("field", "is gone")


async def _lock(db: Db, actor: Actor, event: Logged) -> CustomField:
    try:
        return await lock_field(db, actor, event.entity_id, None)
    except FieldNotFound:
        raise ChangedSince.of("field", "is gone") from None


async def _unchanged(db: Db, actor: Actor, event: Logged, *fields: str) -> None:
    field = await _lock(db, actor, event)
    now: dict[str, Any] = msgspec.to_builtins(field)
    left = {f: v for f, v in event.after.items() if f in fields}
    for values in (now, left):
        # Since when it is archived is anew each time.
        if "archived_at" in values:
            values["archived_at"] = values["archived_at"] is not None
    if errors := differing(left, now):
        raise ChangedSince(errors)


async def _unchanged_option(
    db: Db, actor: Actor, event: Logged, option_id: UUID, *fields: str
) -> None:
    field = await _lock(db, actor, event)
    option = next((each for each in field.options if each.id == option_id), None)
    if option is None:
        raise ChangedSince.of("option", "is gone")
    left = {f: v for f, v in event.after.items() if f in fields}
    if errors := differing(left, msgspec.to_builtins(option)):
        raise ChangedSince(errors)
