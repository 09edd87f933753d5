"""The options of a select field. Tasks keep them by id, so a new name needs no change of tasks."""

from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import difference
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound
from projectflow.tasks.custom_fields import lock_field, log_field, with_options
from projectflow.tasks.field_types import (
    CHOSEN,
    MAX_OPTIONS,
    OPTION_COLUMNS,
    Color,
    CustomField,
    FieldName,
    NewOption,
    Option,
    Place,
)

LOGGED: Final = ("name", "color", "position")


class OptionNotFound(NotFound):
    """There is no such option."""


class OptionExists(Conflict):
    """The field has an option of this name already."""


CONSTRAINTS["custom_field_options_name_unique"] = OptionExists


class OptionPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of an option; absent fields stay as they are."""

    name: FieldName | UnsetType = UNSET
    color: Color | None | UnsetType = UNSET
    position: Place | UnsetType = UNSET


class OptionRemoved(Struct, frozen=True):
    """What became of an option that was deleted: `task_count` tasks had it and no longer do.

    Restored, it is theirs again.
    """

    field: CustomField
    option: Option
    task_count: int


async def add_option(
    db: Db, actor: Actor, field_id: UUID, new: NewOption, expected: int | None
) -> CustomField:
    """Add an option at the end; gives the field as it is then.

    Raises:
        FieldNotFound, Forbidden, VersionConflict: as for a change of the field.
        OptionExists: the name is used.
        InvalidInput: the field has none to choose from, or too many.
    """
    field = await lock_field(db, actor, field_id, expected)
    if field.kind not in CHOSEN:
        raise InvalidInput.of("name", f"a field of kind {field.kind} has no options")
    if len(field.options) >= MAX_OPTIONS:
        raise InvalidInput.of("name", f"the field has {MAX_OPTIONS} options already")
    option = Option(
        uuid7() if new.id is UNSET else new.id,
        new.name.strip(),
        new.color,
        len(field.options),
    )
    await db.execute(
        """
        INSERT INTO custom_field_options (tenant_id, id, field_id, name, color, position)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        actor.tenant_id,
        option.id,
        field_id,
        option.name,
        option.color,
        option.position,
    )
    changed = await _touch(db, actor, field)
    await log_field(db, actor, "field_option.added", changed, {"after": option})
    return changed


async def update_option(
    db: Db,
    actor: Actor,
    field_id: UUID,
    option_id: UUID,
    patch: OptionPatch,
    expected: int | None,
) -> CustomField:
    """Rename an option, colour it or put it elsewhere.

    Raises:
        FieldNotFound, OptionNotFound, Forbidden, VersionConflict: as their names say.
        OptionExists: another option has this name.
    """
    field = await lock_field(db, actor, field_id, expected)
    option = _of(field, option_id)
    wanted = msgspec.structs.replace(
        option,
        name=option.name if patch.name is UNSET else patch.name.strip(),
        color=option.color if patch.color is UNSET else patch.color,
        position=option.position
        if patch.position is UNSET
        else min(patch.position, len(field.options) - 1),
    )
    if wanted == option:
        return field
    await db.execute(
        "UPDATE custom_field_options SET name = $3, color = $4 WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        option_id,
        wanted.name,
        wanted.color,
    )
    others = [other.id for other in field.options if other.id != option_id]
    await _number(db, actor, [*others[: wanted.position], option_id, *others[wanted.position :]])
    changed = await _touch(db, actor, field)
    payload = {"option_id": option_id, **difference(option, _of(changed, option_id), *LOGGED)}
    await log_field(db, actor, "field_option.updated", changed, payload)
    return changed


async def delete_option(
    db: Db, actor: Actor, field_id: UUID, option_id: UUID, expected: int | None
) -> OptionRemoved:
    """Take an option away: tasks that have it are as if they had not, until it is restored.

    Raises:
        FieldNotFound, OptionNotFound, Forbidden, VersionConflict: as for a change.
    """
    field = await lock_field(db, actor, field_id, expected)
    option = _of(field, option_id)
    await db.execute(
        "UPDATE custom_field_options SET deleted_at = now() WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        option_id,
    )
    await _number(db, actor, [other.id for other in field.options if other.id != option_id])
    count: int = await db.fetchval(
        """
        SELECT count(*) FROM task_field_values v
        JOIN tasks t ON t.tenant_id = $1 AND t.id = v.task_id AND t.deleted_at IS NULL
        WHERE v.tenant_id = $1 AND v.field_id = $2 AND v.option_id = $3
        """,
        actor.tenant_id,
        field_id,
        option_id,
    )
    changed = await _touch(db, actor, field)
    payload = {"before": option, "task_count": count}
    await log_field(db, actor, "field_option.deleted", changed, payload)
    return OptionRemoved(changed, option, count)


async def restore_option(db: Db, actor: Actor, field_id: UUID, option_id: UUID) -> CustomField:
    """Bring a deleted option back, at the end; tasks that had it have it again.

    Raises:
        FieldNotFound, Forbidden: as for a change.
        OptionNotFound: it is not deleted.
        OptionExists, InvalidInput: its name was given to another, or there are too many by now.
    """
    field = await lock_field(db, actor, field_id, None)
    if len(field.options) >= MAX_OPTIONS:
        raise InvalidInput.of("option_id", f"the field has {MAX_OPTIONS} options already")
    row = await db.fetchrow(
        f"""
        UPDATE custom_field_options o SET deleted_at = NULL, position = $4
        WHERE o.tenant_id = $1 AND o.field_id = $2 AND o.id = $3 AND o.deleted_at IS NOT NULL
        RETURNING {OPTION_COLUMNS}
        """,
        actor.tenant_id,
        field_id,
        option_id,
        len(field.options),
    )
    if row is None:
        raise OptionNotFound
    changed = await _touch(db, actor, field)
    await log_field(db, actor, "field_option.restored", changed, {"after": Option(*row)})
    return changed


def _of(field: CustomField, option_id: UUID) -> Option:
    for option in field.options:
        if option.id == option_id:
            return option
    raise OptionNotFound


async def _number(db: Db, actor: Actor, option_ids: list[UUID]) -> None:
    await db.execute(
        """
        UPDATE custom_field_options o SET position = n.place - 1
        FROM unnest($2::uuid[]) WITH ORDINALITY AS n (id, place)
        WHERE o.tenant_id = $1 AND o.id = n.id AND o.position <> n.place - 1
        """,
        actor.tenant_id,
        option_ids,
    )


async def _touch(db: Db, actor: Actor, field: CustomField) -> CustomField:
    """Count the change as one of the field."""
    updated_at = await db.fetchval(
        """
        UPDATE custom_fields SET version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING updated_at
        """,
        actor.tenant_id,
        field.id,
    )
    changed = msgspec.structs.replace(field, version=field.version + 1, updated_at=updated_at)
    (whole,) = await with_options(db, actor, [changed])
    return whole
