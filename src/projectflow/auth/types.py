"""What the Auth service takes and gives."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from projectflow.auth.permissions import (
    Action,
    Condition,
    ProjectRole,
    Resource,
    Role,
    grants_of,
)
from projectflow.core.problems import Forbidden

WITHOUT_NUL: Final = r"^[^\x00]*$"
# In Python `$` stands before a last line break too; `(?!\n)` after it does not.
Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{1,48}[a-z0-9])$(?!\n)",
        description="3 to 50 lower-case letters, digits and hyphens",
    ),
]
_ATOM: Final = r"[^@\s\x00-\x1f\x7f,;:<>()\[\]\\\"]"
Email = Annotated[
    str,
    Meta(
        max_length=255,
        # Nothing that means something in a mail's header: `a,b@example.org` are two addresses.
        pattern=rf"^{_ATOM}+@{_ATOM}+\.{_ATOM}+$(?!\n)",
        examples=["ada@example.org"],
    ),
]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Password = Annotated[str, Meta(max_length=1000)]


class Actor(Struct, frozen=True):
    """Whoever is asking: a verified token's content."""

    user_id: UUID
    tenant_id: UUID
    role: Role
    session_id: UUID
    issued_at: float = 0.0
    """When the token was signed, in seconds since 1970."""
    permissions: tuple[str, ...] | None = None
    """Of a custom role, whose holders have the rank of a member; None: those of `role`."""
    plan: str = "free"
    project_role: ProjectRole = "member"
    """What the actor is in the project that is spoken of; see `within`."""
    is_key: bool = False
    """An API key asks in this person's name; `session_id` is then the key's id."""
    scopes: tuple[str, ...] | None = None
    """What the key may do of what its person may."""
    project_ids: tuple[UUID, ...] | None = None
    """The projects that the key is limited to."""

    def must_be_in_person(self) -> None:
        """Refuse API keys: what keeps an account safe is not theirs to change.

        Raises:
            Forbidden: a key asks.
        """
        if self.is_key:
            raise Forbidden("An API key may not do this: sign in.")

    def within(self, project_role: ProjectRole) -> "Actor":
        """The same person, with what their role in a project adds and takes away."""
        return replace(self, project_role=project_role)

    @property
    def sees_all_projects(self) -> bool:
        """Whether the tasks of all projects are visible, without being a member of them."""
        return self.may_always("task", "read")

    def may_always(self, resource: Resource, action: Action) -> bool:
        """Whether this is allowed without any condition."""
        return None in self._conditions(resource, action)

    def must_be_allowed(self, resource: Resource, action: Action, *holding: Condition) -> None:
        """Refuse unless this is allowed always, or under a condition that holds here.

        Raises:
            Forbidden: it is not.
        """
        allowed = self._conditions(resource, action)
        if None not in allowed and allowed.isdisjoint(holding):
            raise Forbidden(self._explain(resource, action, allowed))

    def _conditions(self, resource: Resource, action: Action) -> frozenset[Condition | None]:
        grants = grants_of(self.role, self.permissions, self.scopes, self.project_role)
        return grants.conditions(resource, action)

    def _explain(
        self, resource: Resource, action: Action, allowed: frozenset[Condition | None]
    ) -> str:
        who = f"The role {self.role}" if self.permissions is None else "Your role"
        if self.scopes is not None:
            who = "This API key"
        what = resource.replace("_", " ")
        if not allowed:
            return f"{who} may not {action} {_article(what)} {what}."
        conditions = " or ".join(sorted(str(c).replace("_", " ") for c in allowed))
        return f"{who} may {action} {_article(what)} {what} only where this holds: {conditions}."


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" and not noun.startswith("user") else "a"


class User(Struct, frozen=True):
    """A person in one workspace."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    role_id: UUID | None
    """The custom role, if there is one; `role` is then `member`, its rank."""
    is_active: bool
    time_zone: str
    locale: str
    working_hours: tuple[Decimal, ...]
    """Hours a day, Monday first."""
    avatar_url: str | None
    invited_at: datetime | None
    deactivated_at: datetime | None
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


USER_COLUMNS: Final = (
    "u.id, u.email, u.first_name, u.last_name, u.role, u.role_id, u.is_active, u.time_zone,"
    " u.locale, u.working_hours, '/avatars/' || u.tenant_id || '/' || u.avatar AS avatar_url,"
    " u.invited_at, u.deactivated_at, u.last_login_at,"
    " u.created_at, u.updated_at, u.version"
)


class Workspace(Struct, frozen=True):
    """A tenant: one organisation's people, projects and settings."""

    id: UUID
    slug: str
    name: str
    plan_type: str
    created_at: datetime


class NewOwner(Struct, frozen=True, forbid_unknown_fields=True):
    """The first person of a workspace."""

    email: Email
    password: Password
    first_name: Name
    last_name: Name


class NewWorkspace(Struct, frozen=True, forbid_unknown_fields=True):
    """A workspace to create, with its owner."""

    slug: Slug
    name: Name
    owner: NewOwner


class WorkspaceName(Struct, frozen=True):
    """What anybody may know of a workspace: its address and name."""

    slug: str
    name: str


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person types to sign in."""

    workspace: Annotated[str, Meta(max_length=50, pattern=WITHOUT_NUL)]
    email: Annotated[str, Meta(max_length=255, pattern=WITHOUT_NUL)]
    password: Password


class AuthResult(Struct, frozen=True):
    """Signed in. The refresh token is not here: it travels in an HttpOnly cookie."""

    user: User
    workspace: Workspace
    access_token: str
    expires_in: int
    """Seconds until the access token expires."""


class Me(Struct, frozen=True):
    """The signed-in person, their workspace and what their role allows."""

    user: User
    workspace: Workspace
    permissions: list[str]
