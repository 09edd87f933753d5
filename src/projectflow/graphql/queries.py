"""What can be asked: the root fields."""

from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from projectflow.auth.service import read_me
from projectflow.auth.types import Me as MeRow
from projectflow.auth.types import User as UserRow
from projectflow.auth.types import Workspace as WorkspaceRow
from projectflow.auth.workspace import read_workspace
from projectflow.core.db import Db
from projectflow.core.paging import encode_cursor
from projectflow.core.problems import InvalidInput
from projectflow.graphql.connections import (
    DEFAULT_FIRST,
    After,
    Connection,
    First,
    Slice,
    checked_first,
    connection_of,
)
from projectflow.graphql.context import Info, NodeNotFound, parse_id
from projectflow.graphql.people_types import Me, Node, Team, User, Workspace, loaders_of
from projectflow.graphql.work_types import Project, Task
from projectflow.projects.service import ProjectNotFound, list_projects
from projectflow.projects.types import Project as ProjectRow
from projectflow.tasks.service import TaskNotFound, read_task_by_key
from projectflow.tasks.types import Task as TaskRow
from projectflow.users.service import UserNotFound, list_users
from projectflow.users.teams import Team as TeamRow
from projectflow.users.teams import TeamNotFound, list_teams


@strawberry.enum
class ProjectStatus(Enum):
    """How a project stands."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    ARCHIVED = "archived"


@strawberry.type
class Query:
    """What the signed-in person, or an API key in their name, may read."""

    @strawberry.field(graphql_type=Me)
    async def me(self, info: Info) -> MeRow:
        """Who asks."""
        return await read_me(info.context.db, info.context.opened_by("user"))

    @strawberry.field(graphql_type=Workspace | None)
    async def workspace(self, info: Info) -> WorkspaceRow:
        """The workspace of whoever asks."""
        actor = info.context.opened_by("workspace", everywhere=True)
        found = await read_workspace(info.context.db, actor)
        return WorkspaceRow(found.id, found.slug, found.name, found.plan_type, found.created_at)

    @strawberry.field(graphql_type=Node | None)
    async def node(self, info: Info, id: strawberry.ID) -> Any:  # noqa: A002 - Relay's name
        """A project, task, comment, person or team by its id."""
        wanted, loaders = parse_id(id), loaders_of(info)
        kind = await _kind_of(info.context.db, info.context.actor.tenant_id, wanted)
        found: Any = None
        if kind == "project":
            info.context.opened_by("project")
            found = await loaders.projects.load(wanted)
        elif kind == "task":
            info.context.opened_by("task")
            found = await loaders.tasks.load(wanted)
        elif kind == "comment":
            info.context.opened_by("comment")
            found = await loaders.comments.load(wanted)
        elif kind == "user":
            info.context.opened_by("user", everywhere=True)
            found = await loaders.users.load(wanted)
        elif kind == "team":
            info.context.opened_by("team", everywhere=True)
            found = await loaders.teams.load(wanted)
        if found is None:
            raise NodeNotFound
        return found

    @strawberry.field(graphql_type=User | None)
    async def user(self, info: Info, id: strawberry.ID) -> UserRow:  # noqa: A002 - as above
        """Somebody of the workspace."""
        actor = info.context.opened_by("user", everywhere=True)
        actor.must_be_allowed("user", "read")
        found = await loaders_of(info).users.load(parse_id(id))
        if found is None:
            raise UserNotFound
        return found

    @strawberry.field(
        graphql_type=Connection[User] | None, description="The workspace's people by name."
    )
    async def users(
        self,
        info: Info,
        active: bool | None = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Slice:
        """Active, invited and deactivated ones."""
        actor = info.context.opened_by("user", everywhere=True)
        limit = checked_first(first)
        page = await list_users(info.context.db, actor, active=active, limit=limit, cursor=after)
        return connection_of(page, lambda u: encode_cursor(u.first_name, u.last_name, u.id), after)

    @strawberry.field(graphql_type=Team | None)
    async def team(self, info: Info, id: strawberry.ID) -> TeamRow:  # noqa: A002 - as above
        """A team."""
        info.context.opened_by("team", everywhere=True)
        found = await loaders_of(info).teams.load(parse_id(id))
        if found is None:
            raise TeamNotFound
        return found

    @strawberry.field(
        graphql_type=Connection[Team] | None, description="The workspace's teams by name."
    )
    async def teams(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Slice:
        """All of them."""
        actor = info.context.opened_by("team", everywhere=True)
        limit = checked_first(first)
        page = await list_teams(info.context.db, actor, limit=limit, cursor=after)
        return connection_of(page, lambda t: encode_cursor(t.name), after)

    @strawberry.field(graphql_type=Project | None)
    async def project(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002 - as above
    ) -> ProjectRow:
        """A project that you may see."""
        info.context.opened_by("project")
        found = await loaders_of(info).projects.load(parse_id(id))
        if found is None:
            raise ProjectNotFound
        return found

    @strawberry.field(
        graphql_type=Connection[Project] | None,
        description="The projects that you may see, newest first; archived ones by status alone.",
    )
    async def projects(
        self,
        info: Info,
        status: ProjectStatus | None = None,
        templates: bool = False,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Slice:
        """Those that are not deleted."""
        actor = info.context.opened_by("project")
        page = await list_projects(
            info.context.db,
            actor,
            status=None if status is None else status.value,
            templates=templates,
            limit=checked_first(first),
            cursor=after,
        )
        return connection_of(page, lambda p: encode_cursor(p.id), after)

    @strawberry.field(
        graphql_type=Task | None, description="By its id, or by its key such as WEB-42."
    )
    async def task(
        self,
        info: Info,
        id: strawberry.ID | None = None,  # noqa: A002 - as above
        key: str | None = None,
    ) -> TaskRow:
        """A task that you may see."""
        actor = info.context.opened_by("task")
        if (id is None) == (key is None):
            raise InvalidInput.of("id", "or key: exactly one of them is needed")
        if key is not None:
            return await read_task_by_key(info.context.db, actor, key)
        found = await loaders_of(info).tasks.load(parse_id(id or ""))
        if found is None:
            raise TaskNotFound
        return found


async def _kind_of(db: Db, tenant_id: UUID, wanted: UUID) -> str | None:
    """Which table an id is of; whether it may be seen is asked after."""
    return await db.fetchval(
        """
        SELECT 'project' FROM projects WHERE tenant_id = $1 AND id = $2
        UNION ALL SELECT 'task' FROM tasks WHERE tenant_id = $1 AND id = $2
        UNION ALL SELECT 'comment' FROM comments WHERE tenant_id = $1 AND id = $2
        UNION ALL SELECT 'user' FROM users WHERE tenant_id = $1 AND id = $2
        UNION ALL SELECT 'team' FROM teams WHERE tenant_id = $1 AND id = $2
        LIMIT 1
        """,
        tenant_id,
        wanted,
    )
