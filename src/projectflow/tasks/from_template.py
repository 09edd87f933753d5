"""Making a task of a template: the task, its sub-tasks, checklists and fields, or none of it."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record_all
from projectflow.core.problems import InvalidInput
from projectflow.tasks.copies import item_created
from projectflow.tasks.custom_fields import list_fields
from projectflow.tasks.field_kinds import FieldValue, NotThisKind, read_value
from projectflow.tasks.field_storage import field_set, insert_values
from projectflow.tasks.field_types import CustomField
from projectflow.tasks.service import create_task
from projectflow.tasks.tags import declare_tags
from projectflow.tasks.template_types import NewFromTemplate, TaskPart
from projectflow.tasks.templates import TemplateNotFound, read_template
from projectflow.tasks.types import CHECKLIST_COLUMNS, ChecklistItem, NewTask, Task


async def create_from_template(
    db: Db, actor: Actor, project_id: UUID, new: NewFromTemplate
) -> Task:
    """Make a task, with all that its template says.

    What stands in the template for a field or option that is gone by now is left out.

    Raises:
        ProjectNotFound, Forbidden: as for any new task.
        InvalidInput: names the field that is wrong.
        TaskExists: the client's id was used before.
    """
    fields = {f.id: f for f in (await list_fields(db, actor, project_id)).items}
    try:
        template = await read_template(db, actor, new.template_id)
    except TemplateNotFound:
        raise InvalidInput.of("template_id", "is not a template of this project") from None
    if template.project_id not in {None, project_id}:
        raise InvalidInput.of("template_id", "is not a template of this project")
    parts = [template.task, *template.task.subtasks]
    # All of them now: once the first task is there, others wait for us.
    await declare_tags(db, actor, [tag for part in parts for tag in part.tags])
    values = _values(fields, parts)
    task = await create_task(
        db,
        actor,
        project_id,
        NewTask(
            title=template.task.title if new.title is UNSET else new.title,
            id=new.id,
            description=template.task.description,
            status=new.status,
            priority=template.task.priority,
            assignee_id=new.assignee_id,
            parent_id=new.parent_id,
            start_date=new.start_date,
            due_date=new.due_date,
            estimated_hours=template.task.estimated_hours,
            tags=template.task.tags,
        ),
    )
    made = [task]
    for part in template.task.subtasks:
        below = NewTask(
            title=part.title,
            description=part.description,
            priority=part.priority,
            parent_id=task.id,
            estimated_hours=part.estimated_hours,
            tags=part.tags,
        )
        made.append(await create_task(db, actor, project_id, below))
    changes = await _add_steps(db, actor, list(zip(made, parts, strict=True)))
    by_task = {each.id: had for each, had in zip(made, values, strict=True)}
    await insert_values(db, actor.tenant_id, by_task)
    changes += [
        field_set(each, fields[field_id], None, value)
        for each in made
        for field_id, value in by_task[each.id].items()
    ]
    if changes:
        await record_all(db, actor.tenant_id, actor.user_id, changes)
    return task


def _values(
    fields: dict[UUID, CustomField], parts: Sequence[TaskPart]
) -> list[dict[UUID, FieldValue]]:
    """What of the parts' values can still be kept, part by part."""
    found: list[dict[UUID, FieldValue]] = []
    for part in parts:
        kept: dict[UUID, FieldValue] = {}
        for each in part.fields:
            field = fields.get(each.field_id)
            if field is None or field.archived_at is not None:
                continue
            try:
                value = read_value(field, each.value)
            except NotThisKind:
                continue
            if value is not None:
                kept[field.id] = value
        found.append(kept)
    return found


async def _add_steps(db: Db, actor: Actor, tasks: Sequence[tuple[Task, TaskPart]]) -> list[Change]:
    """The checklists of all tasks in one statement; gives its events."""
    steps = [
        (uuid7(), task, place, step)
        for task, part in tasks
        for place, step in enumerate(part.checklist, start=1)
    ]
    if not steps:
        return []
    rows = await db.fetch(
        f"""
        INSERT INTO checklist_items AS i (tenant_id, id, task_id, checklist, title, position)
        SELECT $1, s.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[]) AS s
        RETURNING {CHECKLIST_COLUMNS}
        """,
        actor.tenant_id,
        [step_id for step_id, _, _, _ in steps],
        [task.id for _, task, _, _ in steps],
        [step.checklist for _, _, _, step in steps],
        [step.title.strip() for _, _, _, step in steps],
        [place for _, _, place, _ in steps],
    )
    return [item_created(ChecklistItem(*row), tasks[0][0].project_id) for row in rows]
