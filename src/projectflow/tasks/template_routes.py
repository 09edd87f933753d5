"""HTTP for task templates, and for tasks that are made of them."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.tasks import from_template, templates
from projectflow.tasks.template_types import (
    NewFromTemplate,
    NewTemplate,
    Template,
    TemplatePatch,
)
from projectflow.tasks.types import Task


@get("/task-templates", tags=["Task templates"], operation_id="listTaskTemplates")
@reads
@scope("task", "read")
async def list_templates(
    db: Db,
    actor: Actor,
    project_id: FromQuery[UUID | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Template]:
    """Templates by name; of those that serve one project, where it is given."""
    return await templates.list_templates(
        db, actor, project_id=project_id, limit=limit, cursor=cursor
    )


@post("/task-templates", tags=["Task templates"], operation_id="createTaskTemplate")
@writes
@scope("task", "create")
async def create_template(db: Db, actor: Actor, data: JSONBody[NewTemplate]) -> Template:
    """Keep a template, of a project or for all."""
    return await templates.create_template(db, actor, data)


@get("/task-templates/{template_id:uuid}", tags=["Task templates"], operation_id="getTaskTemplate")
@reads
@scope("task", "read")
async def get_template(db: Db, actor: Actor, template_id: FromPath[UUID]) -> Template:
    """One template."""
    return await templates.read_template(db, actor, template_id)


@patch(
    "/task-templates/{template_id:uuid}",
    tags=["Task templates"],
    operation_id="updateTaskTemplate",
)
@writes
@scope("task", "create")
async def update_template(
    db: Db,
    actor: Actor,
    template_id: FromPath[UUID],
    data: JSONBody[TemplatePatch],
    if_match: IfMatch = None,
) -> Template:
    """Change a template; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await templates.update_template(db, actor, template_id, data, expected)


@delete(
    "/task-templates/{template_id:uuid}",
    tags=["Task templates"],
    operation_id="deleteTaskTemplate",
)
@writes
@scope("task", "create")
async def delete_template(
    db: Db, actor: Actor, template_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take a template away; tasks that were made of it stay."""
    await templates.delete_template(db, actor, template_id, expected_version(if_match))


@post(
    "/projects/{project_id:uuid}/tasks/from-template",
    tags=["Task templates"],
    operation_id="createTaskFromTemplate",
)
@writes
@scope("task", "create")
async def create_from_template(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewFromTemplate]
) -> Task:
    """Make a task of a template, with its sub-tasks, checklists and fields."""
    return await from_template.create_from_template(db, actor, project_id, data)


handlers: list[ControllerRouterHandler] = [
    list_templates, create_template, get_template, update_template, delete_template,
    create_from_template,
]  # fmt: skip
