"""Task templates: blueprints of tasks, of one project or for all."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record, to_json
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.custom_fields import list_fields
from projectflow.tasks.field_values import read_values
from projectflow.tasks.service import MAX_HOURS, VISIBLE
from projectflow.tasks.template_types import (
    TEMPLATE_COLUMNS,
    Blueprint,
    NewTemplate,
    TaskPart,
    Template,
    TemplatePatch,
)

_SEEN: Final = (
    "m.tenant_id = $1 AND (m.project_id IS NULL OR EXISTS (SELECT FROM projects p"
    f" WHERE p.tenant_id = $1 AND p.id = m.project_id AND {VISIBLE}))"
)


class TemplateNotFound(NotFound):
    """There is no such template."""


class TemplateExists(Conflict):
    """A template with this id exists."""


CONSTRAINTS["task_templates_pkey"] = TemplateExists


async def list_templates(
    db: Db, actor: Actor, *, project_id: UUID | None, limit: int, cursor: str | None
) -> Page[Template]:
    """The templates that somebody sees, by name; those that serve one project where it is given.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("task", "read", "in_project")
    after = decode_cursor(cursor, tuple[str, UUID]) or ("", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {TEMPLATE_COLUMNS} FROM task_templates m
        WHERE {_SEEN} AND ($4::uuid IS NULL OR m.project_id IS NULL OR m.project_id = $4)
          AND (m.name, m.id) > ($5, $6)
        ORDER BY m.name, m.id LIMIT $7
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_id,
        *after,
        limit + 1,
    )
    found = [_template(row) for row in rows]
    return page_of(found, limit, lambda m: encode_cursor(m.name, m.id))


def _template(row: asyncpg.Record) -> Template:
    values: dict[str, Any] = dict(row)
    task = msgspec.json.decode(values.pop("blueprint"), type=Blueprint)
    return Template(task=task, **values)


async def read_template(db: Db, actor: Actor, template_id: UUID, *, lock: bool = False) -> Template:
    """One template; `lock` keeps others from changing it.

    Raises:
        Forbidden: the role may not read tasks.
        TemplateNotFound: it does not exist, or the actor may not see its project.
    """
    actor.must_be_allowed("task", "read", "in_project")
    locking = "FOR NO KEY UPDATE OF m" if lock else ""
    row = await db.fetchrow(
        f"SELECT {TEMPLATE_COLUMNS} FROM task_templates m WHERE {_SEEN} AND m.id = $4 {locking}",
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        template_id,
    )
    if row is None:
        raise TemplateNotFound
    return _template(row)


async def create_template(db: Db, actor: Actor, new: NewTemplate) -> Template:
    """Keep a template, for a project by who creates tasks there; for all, by who does anywhere.

    Raises:
        Forbidden: the role may not.
        InvalidInput: names the field that is wrong.
        TemplateExists: the client's id was used before.
    """
    actor.must_be_allowed("task", "read", "in_project")
    if new.project_id is not None:
        await require_project(db, actor, new.project_id)
    await _must_keep(db, actor, new.project_id)
    await _check(db, actor, new.project_id, new.task)
    row = await db.fetchrow(
        f"""
        INSERT INTO task_templates AS m (tenant_id, id, project_id, name, blueprint, created_by)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING {TEMPLATE_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        new.project_id,
        new.name.strip(),
        to_json(new.task),
        actor.user_id,
    )
    template = _template(only(row))
    await _log(db, actor, "task_template.created", template, {"after": template})
    return template


async def update_template(
    db: Db, actor: Actor, template_id: UUID, patch: TemplatePatch, expected: int | None
) -> Template:
    """Change a template; tasks that were made of it stay as they are.

    Raises:
        TemplateNotFound, Forbidden, VersionConflict: as their names say.
        InvalidInput: names the field that is wrong.
    """
    template = await _lock(db, actor, template_id, expected)
    name = template.name if patch.name is UNSET else patch.name.strip()
    task = template.task if patch.task is UNSET else patch.task
    if (name, task) == (template.name, template.task):
        return template
    await _check(db, actor, template.project_id, task)
    row = await db.fetchrow(
        f"""
        UPDATE task_templates m SET name = $3, blueprint = $4, version = m.version + 1,
            updated_at = now()
        WHERE m.tenant_id = $1 AND m.id = $2 RETURNING {TEMPLATE_COLUMNS}
        """,
        actor.tenant_id,
        template_id,
        name,
        to_json(task),
    )
    updated = _template(only(row))
    payload = difference(template, updated, "name", "task")
    await _log(db, actor, "task_template.updated", updated, payload)
    return updated


async def delete_template(db: Db, actor: Actor, template_id: UUID, expected: int | None) -> None:
    """Take a template away; its event holds all that was in it.

    Raises:
        TemplateNotFound, Forbidden, VersionConflict: as for a change.
    """
    template = await _lock(db, actor, template_id, expected)
    await db.execute(
        "DELETE FROM task_templates WHERE tenant_id = $1 AND id = $2", actor.tenant_id, template_id
    )
    gone = msgspec.structs.replace(template, version=template.version + 1)
    await _log(db, actor, "task_template.deleted", gone, {"before": template})


async def _lock(db: Db, actor: Actor, template_id: UUID, expected: int | None) -> Template:
    template = await read_template(db, actor, template_id, lock=True)
    await _must_keep(db, actor, template.project_id)
    if expected is not None and expected != template.version:
        raise VersionConflict(current=template)
    return template


async def _must_keep(db: Db, actor: Actor, project_id: UUID | None) -> None:
    if project_id is not None:
        await must_be_allowed_in(db, actor, project_id, "task", "create")
        return
    actor.must_be_allowed("task", "create")
    if actor.project_ids is not None:
        raise Forbidden("This API key is limited to some projects.")


async def _check(db: Db, actor: Actor, project_id: UUID | None, task: Blueprint) -> None:
    """Refuse what no task could be made of."""
    parts: Sequence[tuple[str, TaskPart]] = [
        ("task.", task),
        *((f"task.subtasks.{n}.", part) for n, part in enumerate(task.subtasks)),
    ]
    fields = {f.id: f for f in (await list_fields(db, actor, project_id)).items}
    errors: list[FieldError] = []
    for place, part in parts:
        hours = part.estimated_hours
        if hours is not None and not _possible(hours):
            message = f"must be between 0 and {MAX_HOURS}, with two decimals"
            errors.append(FieldError(f"{place}estimated_hours", message))
        try:
            if part.fields:
                await read_values(db, actor, fields, part.fields, at=f"{place}fields")
        except InvalidInput as error:
            errors += error.errors
    if errors:
        raise InvalidInput(f"{errors[0].field}: {errors[0].message}", errors=errors)


def _possible(hours: Decimal) -> bool:
    sound = hours.is_finite() and 0 <= hours <= MAX_HOURS
    return sound and hours == hours.quantize(Decimal("0.01"))


async def _log(
    db: Db, actor: Actor, event: str, template: Template, payload: dict[str, Any]
) -> None:
    change = Change(
        event, "task_template", template.id, template.version, payload, template.project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
