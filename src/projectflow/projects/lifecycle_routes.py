"""HTTP for what happens to a whole project; projects/routes.py takes these in."""

from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.projects import archive, copying, favourites, metrics, ownership, settings, trash
from projectflow.projects.copying import NewTemplate, ProjectCopy
from projectflow.projects.favourites import FavouriteOrder, Favourites
from projectflow.projects.metrics import ProjectMetrics
from projectflow.projects.ownership import NewOwner
from projectflow.projects.settings import ProjectSettings, ProjectSettingsPatch
from projectflow.projects.trash import DeletedProject
from projectflow.projects.types import Project


@post(
    "/projects/{project_id:uuid}/archive",
    tags=["Projects"],
    operation_id="archiveProject",
    status_code=200,
)
@writes
@scope("project", "update")
async def archive_project(
    db: Db, actor: Actor, project_id: FromPath[UUID], if_match: IfMatch = None
) -> Project:
    """Put a project into the archive: it can be read, and nothing in it changes."""
    return await archive.archive_project(db, actor, project_id, expected_version(if_match))


@post(
    "/projects/{project_id:uuid}/unarchive",
    tags=["Projects"],
    operation_id="unarchiveProject",
    status_code=200,
)
@writes
@scope("project", "update")
async def unarchive_project(
    db: Db, actor: Actor, project_id: FromPath[UUID], if_match: IfMatch = None
) -> Project:
    """Take a project out of the archive, with the status that it had before."""
    return await archive.unarchive_project(db, actor, project_id, expected_version(if_match))


@get("/projects/trash", tags=["Projects"], operation_id="listDeletedProjects")
@reads
@scope("project", "delete")
async def list_deleted_projects(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[DeletedProject]:
    """The projects in the trash, the last deleted first."""
    return await trash.list_deleted_projects(db, actor, limit=limit, cursor=cursor)


@delete("/projects/{project_id:uuid}", tags=["Projects"], operation_id="deleteProject")
@writes
@scope("project", "delete")
async def delete_project(
    db: Db, actor: Actor, project_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Put a project in the trash."""
    await trash.delete_project(db, actor, project_id, expected_version(if_match))


@post(
    "/projects/{project_id:uuid}/restore",
    tags=["Projects"],
    operation_id="restoreProject",
    status_code=200,
)
@writes
@scope("project", "delete")
async def restore_project(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Project:
    """Bring a project back from the trash."""
    return await trash.restore_project(db, actor, project_id)


@post("/projects/{project_id:uuid}/template", tags=["Projects"], operation_id="saveAsTemplate")
@writes
@scope("project", "create", everywhere=True)
async def save_as_template(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewTemplate], state: State
) -> Project:
    """Make a template of a project, with its workflow, fields, milestones, tasks and files."""
    quota: int = state.settings.workspace_storage
    return await copying.save_as_template(db, actor, project_id, data, quota)


@post("/projects/{project_id:uuid}/copy", tags=["Projects"], operation_id="copyProject")
@writes
@scope("project", "create", everywhere=True)
async def copy_project(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[ProjectCopy], state: State
) -> Project:
    """Make a project of a template, or of another project; its dates move with its start."""
    quota: int = state.settings.workspace_storage
    return await copying.copy_project(db, actor, project_id, data, quota)


@put("/projects/{project_id:uuid}/owner", tags=["Projects"], operation_id="changeOwner")
@writes
@scope("project", "update")
async def change_owner(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    data: JSONBody[NewOwner],
    if_match: IfMatch = None,
) -> Project:
    """Give a project to another of its members."""
    expected = expected_version(if_match)
    return await ownership.change_owner(db, actor, project_id, data.user_id, expected)


@get("/projects/{project_id:uuid}/settings", tags=["Projects"], operation_id="getProjectSettings")
@reads
@scope("project", "read")
async def get_settings(db: Db, actor: Actor, project_id: FromPath[UUID]) -> ProjectSettings:
    """A project's settings."""
    return await settings.read_settings(db, actor, project_id)


@patch(
    "/projects/{project_id:uuid}/settings", tags=["Projects"], operation_id="updateProjectSettings"
)
@writes
@scope("project", "update")
async def update_settings(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    data: JSONBody[ProjectSettingsPatch],
    if_match: IfMatch = None,
) -> ProjectSettings:
    """Change a project's settings; the version is the project's."""
    expected = expected_version(if_match, data.version)
    return await settings.change_settings(db, actor, project_id, data, expected)


@get("/projects/{project_id:uuid}/metrics", tags=["Projects"], operation_id="getProjectMetrics")
@reads
@scope("task", "read")
async def get_metrics(db: Db, actor: Actor, project_id: FromPath[UUID]) -> ProjectMetrics:
    """A project in numbers: its tasks by category, what is late, hours, and its milestones."""
    return await metrics.read_metrics(db, actor, project_id)


@get("/me/favourites", tags=["Projects"], operation_id="listFavourites")
@reads
@scope("project", "read", everywhere=True)
async def list_favourites(db: Db, actor: Actor) -> Favourites:
    """Your favourite projects, in your order."""
    return await favourites.list_favourites(db, actor)


@put("/me/favourites", tags=["Projects"], operation_id="orderFavourites")
@writes
async def order_favourites(db: Db, actor: Actor, data: JSONBody[FavouriteOrder]) -> Favourites:
    """Put your favourites into an order: name all of them."""
    return await favourites.order_favourites(db, actor, data.project_ids)


@put("/me/favourites/{project_id:uuid}", tags=["Projects"], operation_id="addFavourite")
@writes
async def add_favourite(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Favourites:
    """Make a project a favourite of yours, the last one."""
    await favourites.add_favourite(db, actor, project_id)
    return await favourites.list_favourites(db, actor)


@delete("/me/favourites/{project_id:uuid}", tags=["Projects"], operation_id="removeFavourite")
@writes
async def remove_favourite(db: Db, actor: Actor, project_id: FromPath[UUID]) -> None:
    """Make a project no favourite of yours any longer."""
    await favourites.remove_favourite(db, actor, project_id)


handlers: list[ControllerRouterHandler] = [
            archive_project, unarchive_project, list_deleted_projects, delete_project,
            restore_project, save_as_template, copy_project, change_owner, get_settings,
            update_settings, get_metrics, list_favourites, order_favourites, add_favourite,
            remove_favourite,
]  # fmt: skip
