"""Custom fields: what else a workspace, or one project, wants to know of its tasks."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.field_types import (
    CHOSEN,
    COLUMNS,
    MAX_FIELDS,
    OPTION_COLUMNS,
    CustomField,
    CustomFields,
    FieldPatch,
    NewField,
    Option,
)
from projectflow.tasks.service import VISIBLE


class FieldNotFound(NotFound):
    """There is no such field."""


class FieldExists(Conflict):
    """A field of this name is there already, in the project or for the whole workspace."""


SEEN: Final = (
    "f.tenant_id = $1 AND (f.project_id IS NULL OR EXISTS (SELECT FROM projects p"
    f" WHERE p.tenant_id = $1 AND p.id = f.project_id AND {VISIBLE}))"
)
"""Whether somebody sees field `f`: $1 to $3 as in `VISIBLE`."""


CONSTRAINTS["custom_fields_pkey"] = lambda: FieldExists("A field with this id exists.")
CONSTRAINTS["custom_field_options_pkey"] = lambda: Conflict("An option with this id exists.")


async def list_fields(db: Db, actor: Actor, project_id: UUID | None) -> CustomFields:
    """The fields that a project's tasks have, at most 100; of the whole workspace without one.

    Raises:
        Forbidden: the role may not read tasks, or not this project's.
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    actor.must_be_allowed("task", "read", "in_project")
    if project_id is not None:
        await require_project(db, actor, project_id)
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM custom_fields f
        WHERE f.tenant_id = $1 AND (f.project_id IS NULL OR f.project_id = $2)
          AND f.deleted_at IS NULL
        ORDER BY f.project_id IS NOT NULL, f.position, f.id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        2 * MAX_FIELDS,
    )
    return CustomFields(await with_options(db, actor, [CustomField(*row) for row in rows]))


async def with_options(db: Db, actor: Actor, fields: Sequence[CustomField]) -> list[CustomField]:
    """The same fields with what may be chosen of them, read in one query."""
    choosing = [field.id for field in fields if field.kind in CHOSEN]
    options: dict[UUID, list[Option]] = {field_id: [] for field_id in choosing}
    if choosing:
        rows = await db.fetch(
            f"""
            SELECT o.field_id, {OPTION_COLUMNS} FROM custom_field_options o
            WHERE o.tenant_id = $1 AND o.field_id = ANY ($2::uuid[]) AND o.deleted_at IS NULL
            ORDER BY o.position, o.id
            """,
            actor.tenant_id,
            choosing,
        )
        for field_id, *option in rows:
            options[field_id].append(Option(*option))
    return [msgspec.structs.replace(f, options=options.get(f.id, [])) for f in fields]


async def create_field(db: Db, actor: Actor, project_id: UUID | None, new: NewField) -> CustomField:
    """Add a field to a project, or to all. It takes who may change the project, or any project.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see or change the project.
        FieldExists: the name, or the client's id, is used.
        InvalidInput: there are too many fields, or options where there can be none.
    """
    if project_id is not None:
        await require_project(db, actor, project_id)
    await must_shape(db, actor, project_id)
    if new.options and new.kind not in CHOSEN:
        raise InvalidInput.of("options", f"a field of kind {new.kind} has none")
    names = [option.name.strip().lower() for option in new.options]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InvalidInput.of(f"options.{place}.name", "is there already")
    await lock_names(db, actor)
    await _check_name(db, actor, project_id, new.name)
    await _check_room(db, actor, project_id)
    row = await db.fetchrow(
        f"""
        INSERT INTO custom_fields AS f (tenant_id, id, project_id, name, kind, position)
        SELECT $1, $2, $3, $4, $5, coalesce(max(position) + 1, 0) FROM custom_fields
        WHERE tenant_id = $1 AND project_id IS NOT DISTINCT FROM $3 AND deleted_at IS NULL
        RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        project_id,
        new.name.strip(),
        new.kind,
    )
    if row is None:
        raise FieldNotFound
    field = CustomField(*row)
    await db.execute(
        """
        INSERT INTO custom_field_options (tenant_id, id, field_id, name, color, position)
        SELECT $1, o.id, $2, o.name, o.color, o.place - 1
        FROM unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY
            AS o (id, name, color, place)
        """,
        actor.tenant_id,
        field.id,
        [uuid7() if option.id is UNSET else option.id for option in new.options],
        [option.name.strip() for option in new.options],
        [option.color for option in new.options],
    )
    (made,) = await with_options(db, actor, [field])
    await log_field(db, actor, "custom_field.created", made, {"after": made})
    return made


async def read_field(db: Db, actor: Actor, field_id: UUID) -> CustomField:
    """One field.

    Raises:
        FieldNotFound: it does not exist, is deleted, or the actor may not see its project.
    """
    actor.must_be_allowed("task", "read", "in_project")
    (field,) = await with_options(db, actor, [await _find(db, actor, field_id)])
    return field


async def update_field(
    db: Db, actor: Actor, field_id: UUID, patch: FieldPatch, expected: int | None
) -> CustomField:
    """Rename a field, put it elsewhere, archive it or take it out again.

    Raises:
        FieldNotFound, VersionConflict, Forbidden: as their names say.
        FieldExists: another field has this name.
    """
    field = await lock_field(db, actor, field_id, expected)
    name = field.name if patch.name is UNSET else patch.name.strip()
    archived = patch.archived if patch.archived is not UNSET else field.archived_at is not None
    if name.lower() != field.name.lower():
        await _check_name(db, actor, field.project_id, name, field.id)
    moved = patch.position is not UNSET and patch.position != field.position
    if (name, archived) == (field.name, field.archived_at is not None) and not moved:
        return field
    if patch.position is not UNSET and moved:
        await _reorder(db, actor, field, patch.position)
    row = await db.fetchrow(
        f"""
        UPDATE custom_fields f SET name = $3, version = f.version + 1, updated_at = now(),
            archived_at = CASE WHEN $4 THEN coalesce(f.archived_at, now()) END
        WHERE f.tenant_id = $1 AND f.id = $2 RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        field_id,
        name,
        archived,
    )
    if row is None:
        raise FieldNotFound
    updated = msgspec.structs.replace(CustomField(*row), options=field.options)
    payload = difference(field, updated, "name", "position", "archived_at")
    await log_field(db, actor, "custom_field.updated", updated, payload)
    return updated


async def delete_field(db: Db, actor: Actor, field_id: UUID, expected: int | None) -> None:
    """Take a field away with all that tasks have in it, until `restore_field` brings it back.

    Raises:
        FieldNotFound, VersionConflict, Forbidden: as for a change.
    """
    field = await lock_field(db, actor, field_id, expected)
    await db.execute(
        """
        UPDATE custom_fields SET deleted_at = now(), version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        field_id,
    )
    gone = msgspec.structs.replace(field, version=field.version + 1)
    await log_field(db, actor, "custom_field.deleted", gone, {"before": field})


async def restore_field(db: Db, actor: Actor, field_id: UUID) -> CustomField:
    """Bring a deleted field back, with what tasks had in it.

    Raises:
        FieldNotFound: it is not deleted, or the actor may not see its project.
        Forbidden: the actor may not change it.
        FieldExists, InvalidInput: its name was given to another, or there are too many by now.
    """
    field = await _find(db, actor, field_id, deleted=True)
    await must_shape(db, actor, field.project_id)
    await lock_names(db, actor)
    field = await _find(db, actor, field_id, deleted=True)
    await _check_name(db, actor, field.project_id, field.name)
    await _check_room(db, actor, field.project_id)
    await db.execute(
        """
        UPDATE custom_fields SET deleted_at = NULL, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        field_id,
    )
    (restored,) = await with_options(db, actor, [await _find(db, actor, field_id)])
    await log_field(db, actor, "custom_field.restored", restored, {"after": restored})
    return restored


async def must_shape(db: Db, actor: Actor, project_id: UUID | None) -> None:
    """Refuse unless the actor may say what tasks of this project, or of all, are made of.

    Raises:
        Forbidden: they may not.
    """
    if project_id is not None:
        await must_be_allowed_in(db, actor, project_id, "project", "update")
        return
    actor.must_be_allowed("project", "update")
    if actor.project_ids is not None:
        raise Forbidden("This API key is limited to some projects.")


async def lock_field(db: Db, actor: Actor, field_id: UUID, expected: int | None) -> CustomField:
    """Read a field to change it; no other field of the workspace changes meanwhile.

    Raises:
        FieldNotFound, Forbidden: the actor may not see or change it.
        VersionConflict: it was changed since; carries the field as it is.
    """
    actor.must_be_allowed("task", "read", "in_project")
    field = await _find(db, actor, field_id)
    await must_shape(db, actor, field.project_id)
    await lock_names(db, actor)
    (field,) = await with_options(db, actor, [await _find(db, actor, field_id)])
    if expected is not None and expected != field.version:
        raise VersionConflict(current=field)
    return field


async def _find(db: Db, actor: Actor, field_id: UUID, *, deleted: bool = False) -> CustomField:
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS} FROM custom_fields f
        WHERE {SEEN} AND f.id = $4 AND (f.deleted_at IS NOT NULL) = $5
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        field_id,
        deleted,
    )
    if row is None:
        raise FieldNotFound
    return CustomField(*row)


async def lock_names(db: Db, actor: Actor) -> None:
    """A name is of the workspace or of some projects, which no unique index can say."""
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)) WHERE $2::uuid IS NOT NULL",
        f"{actor.tenant_id} custom fields",
        actor.tenant_id,
    )


async def _check_name(
    db: Db, actor: Actor, project_id: UUID | None, name: str, itself: UUID | None = None
) -> None:
    """On one task, no two fields are called the same."""
    used = await db.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM custom_fields WHERE tenant_id = $1 AND lower(name) = lower($2)
              AND deleted_at IS NULL AND id IS DISTINCT FROM $4
              AND ($3::uuid IS NULL OR project_id IS NULL OR project_id = $3))
        """,
        actor.tenant_id,
        name.strip(),
        project_id,
        itself,
    )
    if used:
        raise FieldExists


async def _check_room(db: Db, actor: Actor, project_id: UUID | None) -> None:
    count: int = await db.fetchval(
        """
        SELECT count(*) FROM custom_fields
        WHERE tenant_id = $1 AND project_id IS NOT DISTINCT FROM $2 AND deleted_at IS NULL
        """,
        actor.tenant_id,
        project_id,
    )
    if count >= MAX_FIELDS:
        whose = "the workspace" if project_id is None else "the project"
        raise InvalidInput.of("name", f"{whose} has {MAX_FIELDS} fields already")


async def _reorder(db: Db, actor: Actor, field: CustomField, place: int) -> None:
    """Number the fields anew, with this one at its place."""
    await db.execute(
        """
        WITH others AS (
            SELECT id, row_number() OVER (ORDER BY position, id) - 1 AS place
            FROM custom_fields
            WHERE tenant_id = $1 AND project_id IS NOT DISTINCT FROM $2
              AND deleted_at IS NULL AND id <> $3
        ), placed AS (
            SELECT id, CASE WHEN place < $4 THEN place ELSE place + 1 END AS place FROM others
            UNION ALL SELECT $3, least($4, (SELECT count(*) FROM others))
        )
        UPDATE custom_fields f SET position = placed.place FROM placed
        WHERE f.tenant_id = $1 AND f.id = placed.id AND f.position <> placed.place
        """,
        actor.tenant_id,
        field.project_id,
        field.id,
        place,
    )


async def log_field(
    db: Db, actor: Actor, event: str, field: CustomField, payload: dict[str, Any]
) -> None:
    """Write the event of a change to a field or its options."""
    change = Change(event, "custom_field", field.id, field.version, payload, field.project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
