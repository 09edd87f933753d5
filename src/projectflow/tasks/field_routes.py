"""HTTP for custom fields, their options, and what tasks have in them."""

from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.tasks import custom_field_options, custom_fields, field_values
from projectflow.tasks.custom_field_options import OptionPatch, OptionRemoved
from projectflow.tasks.field_types import (
    CustomField,
    CustomFields,
    FieldPatch,
    NewField,
    NewOption,
)
from projectflow.tasks.field_values import TaskFields, ValuesToSet, ValueToSet


@get("/fields", tags=["Custom fields"], operation_id="listWorkspaceFields")
@reads
@scope("task", "read")
async def list_workspace_fields(db: Db, actor: Actor) -> CustomFields:
    """The fields that tasks of all projects have."""
    return await custom_fields.list_fields(db, actor, None)


@post("/fields", tags=["Custom fields"], operation_id="createWorkspaceField")
@writes
@scope("project", "update", everywhere=True)
async def create_workspace_field(db: Db, actor: Actor, data: JSONBody[NewField]) -> CustomField:
    """Give the tasks of all projects a field."""
    return await custom_fields.create_field(db, actor, None, data)


@get("/projects/{project_id:uuid}/fields", tags=["Custom fields"], operation_id="listFields")
@reads
@scope("task", "read")
async def list_fields(db: Db, actor: Actor, project_id: FromPath[UUID]) -> CustomFields:
    """The fields that a project's tasks have: the workspace's and its own."""
    return await custom_fields.list_fields(db, actor, project_id)


@post("/projects/{project_id:uuid}/fields", tags=["Custom fields"], operation_id="createField")
@writes
@scope("project", "update")
async def create_field(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewField]
) -> CustomField:
    """Give a project's tasks a field."""
    return await custom_fields.create_field(db, actor, project_id, data)


@get("/fields/{field_id:uuid}", tags=["Custom fields"], operation_id="getField")
@reads
@scope("task", "read")
async def get_field(db: Db, actor: Actor, field_id: FromPath[UUID]) -> CustomField:
    """One field with its options."""
    return await custom_fields.read_field(db, actor, field_id)


@patch("/fields/{field_id:uuid}", tags=["Custom fields"], operation_id="updateField")
@writes
@scope("project", "update")
async def update_field(
    db: Db,
    actor: Actor,
    field_id: FromPath[UUID],
    data: JSONBody[FieldPatch],
    if_match: IfMatch = None,
) -> CustomField:
    """Rename, reorder or archive a field."""
    expected = expected_version(if_match, data.version)
    return await custom_fields.update_field(db, actor, field_id, data, expected)


@delete("/fields/{field_id:uuid}", tags=["Custom fields"], operation_id="deleteField")
@writes
@scope("project", "update")
async def delete_field(
    db: Db, actor: Actor, field_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take a field away, with what tasks have in it; it can be restored."""
    await custom_fields.delete_field(db, actor, field_id, expected_version(if_match))


@post(
    "/fields/{field_id:uuid}/restore",
    tags=["Custom fields"],
    operation_id="restoreField",
    status_code=200,
)
@writes
@scope("project", "update")
async def restore_field(db: Db, actor: Actor, field_id: FromPath[UUID]) -> CustomField:
    """Bring a deleted field back, with what tasks had in it."""
    return await custom_fields.restore_field(db, actor, field_id)


@post("/fields/{field_id:uuid}/options", tags=["Custom fields"], operation_id="addOption")
@writes
@scope("project", "update")
async def add_option(
    db: Db,
    actor: Actor,
    field_id: FromPath[UUID],
    data: JSONBody[NewOption],
    if_match: IfMatch = None,
) -> CustomField:
    """Add an option to a select field."""
    expected = expected_version(if_match)
    return await custom_field_options.add_option(db, actor, field_id, data, expected)


@patch(
    "/fields/{field_id:uuid}/options/{option_id:uuid}",
    tags=["Custom fields"],
    operation_id="updateOption",
)
@writes
@scope("project", "update")
async def update_option(
    db: Db,
    actor: Actor,
    field_id: FromPath[UUID],
    option_id: FromPath[UUID],
    data: JSONBody[OptionPatch],
    if_match: IfMatch = None,
) -> CustomField:
    """Rename, colour or reorder an option; tasks keep it."""
    expected = expected_version(if_match)
    return await custom_field_options.update_option(db, actor, field_id, option_id, data, expected)


@delete(
    "/fields/{field_id:uuid}/options/{option_id:uuid}",
    tags=["Custom fields"],
    operation_id="deleteOption",
    status_code=200,
)
@writes
@scope("project", "update")
async def delete_option(
    db: Db,
    actor: Actor,
    field_id: FromPath[UUID],
    option_id: FromPath[UUID],
    if_match: IfMatch = None,
) -> OptionRemoved:
    """Take an option away, from the tasks too; says from how many. It can be restored."""
    expected = expected_version(if_match)
    return await custom_field_options.delete_option(db, actor, field_id, option_id, expected)


@post(
    "/fields/{field_id:uuid}/options/{option_id:uuid}/restore",
    tags=["Custom fields"],
    operation_id="restoreOption",
    status_code=200,
)
@writes
@scope("project", "update")
async def restore_option(
    db: Db, actor: Actor, field_id: FromPath[UUID], option_id: FromPath[UUID]
) -> CustomField:
    """Bring a deleted option back; tasks that had it have it again."""
    return await custom_field_options.restore_option(db, actor, field_id, option_id)


@get("/tasks/{task_id:uuid}/fields", tags=["Custom fields"], operation_id="getTaskFields")
@reads
@scope("task", "read")
async def get_task_fields(db: Db, actor: Actor, task_id: FromPath[UUID]) -> TaskFields:
    """What a task has in its custom fields."""
    return await field_values.read_fields(db, actor, task_id)


@patch("/tasks/{task_id:uuid}/fields", tags=["Custom fields"], operation_id="setTaskFields")
@writes
@scope("task", "update")
async def set_task_fields(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[ValuesToSet]
) -> TaskFields:
    """Set or clear several custom fields of a task at once."""
    return await field_values.set_fields(db, actor, task_id, data.values)


@put(
    "/tasks/{task_id:uuid}/fields/{field_id:uuid}",
    tags=["Custom fields"],
    operation_id="setTaskField",
)
@writes
@scope("task", "update")
async def set_task_field(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    field_id: FromPath[UUID],
    data: JSONBody[ValueToSet],
) -> TaskFields:
    """Set one custom field of a task; null clears it."""
    return await field_values.set_field(db, actor, task_id, field_id, data.value)


handlers: list[ControllerRouterHandler] = [
    list_workspace_fields, create_workspace_field, list_fields, create_field, get_field,
    update_field, delete_field, restore_field, add_option, update_option, delete_option,
    restore_option, get_task_fields, set_task_fields, set_task_field,
]  # fmt: skip
