"""People, teams and the workspace, as GraphQL tells them."""

from datetime import datetime
from typing import Any, TypeVar, cast

import strawberry

from projectflow.auth import types as auth
from projectflow.graphql.batches import Paging
from projectflow.graphql.connections import (
    DEFAULT_FIRST,
    After,
    Connection,
    First,
    PageInfo,
    Slice,
    checked_first,
)
from projectflow.graphql.context import Context, Info
from projectflow.graphql.loaders import Loaders
from projectflow.users import teams

T = TypeVar("T")


def loaders_of(info: Info) -> Loaders:
    """The loaders of this execution."""
    context: Context = info.context
    return cast("Loaders", context.loaders)


@strawberry.interface(description="Whatever has an id: the same UUID as in REST.")
class Node:
    """Relay's Node."""

    id: strawberry.ID


@strawberry.type(description="Somebody of the workspace.")
class User(Node):
    """A person."""

    email: str
    first_name: str
    last_name: str
    role: str
    is_active: bool
    time_zone: str
    locale: str
    avatar_url: str | None
    created_at: datetime
    version: int


    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a person."""
        return isinstance(obj, auth.User)


async def _members_of_team(
    parent: strawberry.Parent[teams.Team],
    info: Info,
    first: First = DEFAULT_FIRST,
    after: After = None,
) -> Slice:
    """A page of them."""
    info.context.opened_by("team", everywhere=True)
    info.context.opened_by("user", everywhere=True)
    return await loaders_of(info).team_members_of(
        parent.id, Paging(checked_first(first), after)
    )


@strawberry.type(description="People who work together, whatever projects they are in.")
class Team(Node):
    """A team."""

    name: str
    people: int
    version: int
    created_at: datetime
    updated_at: datetime
    members: Connection[User] | None = strawberry.field(resolver=_members_of_team, description="Its people by name.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a team."""
        return isinstance(obj, teams.Team)


@strawberry.type(description="One organisation's people, projects and settings.")
class Workspace(Node):
    """The workspace."""

    slug: str
    name: str
    plan_type: str
    created_at: datetime


    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a workspace."""
        return isinstance(obj, auth.Workspace)


@strawberry.type(description="Whoever asks.")
class Me:
    """The signed-in person."""

    user: User
    workspace: Workspace
    permissions: list[str]


def _role_of_project_member_edge(parent: strawberry.Parent[Any]) -> str:
    """What they are."""
    return parent.more[0]


def _joined_at_of_project_member_edge(parent: strawberry.Parent[Any]) -> datetime:
    """Since when."""
    return parent.more[1]


@strawberry.type(description="Somebody in a project.")
class ProjectMemberEdge:
    """A person with what they are in the project."""

    node: User
    cursor: str
    role: str = strawberry.field(resolver=_role_of_project_member_edge, description="`manager`, `member` or `viewer`, in this project.")
    joined_at: datetime = strawberry.field(resolver=_joined_at_of_project_member_edge)


@strawberry.type
class ProjectMemberConnection:
    """A page of a project's people."""

    edges: list[ProjectMemberEdge]
    nodes: list[User]
    page_info: PageInfo
