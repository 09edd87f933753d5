"""What tasks have in custom fields: read at once, set and cleared, copied to other tasks."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import record_all
from projectflow.core.problems import CONSTRAINTS, FieldError, InvalidInput
from projectflow.tasks.custom_fields import FieldNotFound, list_fields
from projectflow.tasks.field_kinds import FieldInput, FieldValue, NotThisKind, read_value
from projectflow.tasks.field_storage import (
    KEPT,
    field_set,
    insert_values,
    kept,
    told,
    values_of,
)
from projectflow.tasks.field_types import MAX_FIELDS, CustomField, FieldKind
from projectflow.tasks.service import VISIBLE, lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import Task

CONSTRAINTS["task_field_values_person_exists"] = lambda: InvalidInput.of(
    "value", "is nobody in this workspace"
)


class TaskField(Struct, frozen=True):
    """A field of a task: a text, a number or a day as text, an id or a list of them, or null."""

    field_id: UUID
    name: str
    kind: FieldKind
    value: str | list[str] | None


class TaskFields(Struct, frozen=True):
    """All fields of a task in their order; archived ones where there is something in them."""

    items: list[TaskField]


class ValueToSet(Struct, frozen=True, forbid_unknown_fields=True):
    """What to put into a field; null clears it."""

    value: FieldInput


class FieldValueToSet(Struct, frozen=True, forbid_unknown_fields=True):
    """What to put into which field; null clears it."""

    field_id: UUID
    value: FieldInput


FieldValues = Annotated[list[FieldValueToSet], Meta(max_length=2 * MAX_FIELDS)]


class ValuesToSet(Struct, frozen=True, forbid_unknown_fields=True):
    """What to put into several fields of a task at once: all of it, or nothing."""

    values: FieldValues


async def read_fields(db: Db, actor: Actor, task_id: UUID) -> TaskFields:
    """What a task has in its fields, in one query.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    actor.must_be_allowed("task", "read", "in_project")
    rows = await db.fetch(
        f"""
        SELECT f.id, f.name, f.kind, f.archived_at IS NOT NULL AS is_archived,
            k.text_value, k.number_value, k.date_value, k.person_id, k.option_ids
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        JOIN custom_fields f ON f.tenant_id = $1 AND f.deleted_at IS NULL
            AND (f.project_id IS NULL OR f.project_id = t.project_id)
        LEFT JOIN (
            {KEPT} WHERE v.tenant_id = $1 AND v.task_id = $4 GROUP BY v.task_id, v.field_id
        ) k ON k.field_id = f.id
        WHERE t.tenant_id = $1 AND t.id = $4 AND t.deleted_at IS NULL AND {VISIBLE}
        ORDER BY f.project_id IS NOT NULL, f.position, f.id
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
    )
    if not rows:
        await read_task(db, actor, task_id)
    shown = [
        TaskField(row["id"], row["name"], row["kind"], told(row["kind"], kept(row["kind"], row)))
        for row in rows
        if not row["is_archived"] or kept(row["kind"], row) is not None
    ]
    return TaskFields(shown)


async def set_field(
    db: Db, actor: Actor, task_id: UUID, field_id: UUID, given: FieldInput
) -> TaskFields:
    """Put something into one field of a task, or clear it.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        FieldNotFound: it is none of the task's fields.
        InvalidInput: says what the field expects.
    """
    task, fields = await _open(db, actor, task_id)
    if field_id not in fields:
        raise FieldNotFound
    wanted = await read_values(db, actor, fields, [FieldValueToSet(field_id, given)], at=None)
    await _write(db, actor, task, fields, wanted)
    return await read_fields(db, actor, task_id)


async def set_fields(
    db: Db, actor: Actor, task_id: UUID, given: Sequence[FieldValueToSet]
) -> TaskFields:
    """Put something into several fields of a task at once.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        InvalidInput: names each field that is wrong; nothing is changed.
    """
    task, fields = await _open(db, actor, task_id)
    wanted = await read_values(db, actor, fields, given)
    await _write(db, actor, task, fields, wanted)
    return await read_fields(db, actor, task_id)


async def _open(db: Db, actor: Actor, task_id: UUID) -> tuple[Task, dict[UUID, CustomField]]:
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    return task, {f.id: f for f in (await list_fields(db, actor, task.project_id)).items}


async def read_values(
    db: Db,
    actor: Actor,
    fields: Mapping[UUID, CustomField],
    given: Sequence[FieldValueToSet],
    *,
    at: str | None = "values",
) -> dict[UUID, FieldValue | None]:
    """Values as their fields keep them, by field.

    Args:
        db: to see that people exist.
        actor: whose workspace it is.
        fields: those that a value may be for.
        given: the values.
        at: where in the input their list stands; None where there is one value alone.

    Raises:
        InvalidInput: names each field that is wrong.
    """
    found: dict[UUID, FieldValue | None] = {}
    people: dict[UUID, str] = {}
    errors: list[FieldError] = []
    for number, each in enumerate(given):
        place = "value" if at is None else f"{at}.{number}.value"
        field = fields.get(each.field_id)
        if field is None or each.field_id in found:
            what = "is there already" if field else "is not a field of these tasks"
            errors.append(FieldError(f"{at}.{number}.field_id", what))
            continue
        if field.archived_at is not None and each.value is not None:
            errors.append(FieldError(place, f"“{field.name}” is archived"))
            continue
        try:
            value = found[field.id] = read_value(field, each.value)
        except NotThisKind as error:
            errors.append(FieldError(place, f"“{field.name}” {error}"))
            continue
        if isinstance(value, UUID):
            people[value] = place
    if people:
        rows = await db.fetch(
            "SELECT id FROM users WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
            actor.tenant_id,
            list(people),
        )
        missing = people.keys() - {row["id"] for row in rows}
        errors += [FieldError(people[who], "is nobody in this workspace") for who in missing]
    if errors:
        raise InvalidInput(f"{errors[0].field}: {errors[0].message}", errors=errors)
    return found


async def _write(
    db: Db,
    actor: Actor,
    task: Task,
    fields: Mapping[UUID, CustomField],
    wanted: Mapping[UUID, FieldValue | None],
) -> None:
    before = await values_of(db, actor.tenant_id, [task.id], fields)
    had = before.get(task.id, {})
    changed = {
        field_id: value
        for field_id, value in wanted.items()
        if _same(value) != _same(had.get(field_id))
    }
    if not changed:
        return
    await db.execute(
        """
        DELETE FROM task_field_values
        WHERE tenant_id = $1 AND task_id = $2 AND field_id = ANY ($3::uuid[])
        """,
        actor.tenant_id,
        task.id,
        list(changed),
    )
    await insert_values(db, actor.tenant_id, {task.id: changed})
    changes = [
        field_set(task, fields[field_id], had.get(field_id), value)
        for field_id, value in changed.items()
    ]
    await record_all(db, actor.tenant_id, actor.user_id, changes)


def _same(value: FieldValue | None) -> object:
    """Options are chosen, not ordered."""
    return frozenset(value) if isinstance(value, list) else value
