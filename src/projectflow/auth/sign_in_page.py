"""What anybody may know of a workspace: enough to show its sign-in page."""

from uuid import UUID

from msgspec import Struct

from projectflow.core.db import Database, only
from projectflow.core.problems import NotFound


class WorkspaceNotFound(NotFound):
    """There is no workspace with this address."""


class WaysIn(Struct, frozen=True):
    """How people sign in to a workspace."""

    password: bool
    """Whether everybody may; owners may in any case, lest a broken provider lock all out."""
    sso: str | None
    """The name of the identity provider, if there is one."""


class WorkspaceDoor(Struct, frozen=True):
    """A workspace, seen from outside."""

    slug: str
    name: str
    sign_in: WaysIn


async def find_workspace(database: Database, slug: str) -> WorkspaceDoor:
    """The workspace at an address.

    Raises:
        WorkspaceNotFound: nobody has this address.
    """
    if "\x00" in slug:  # the one character that PostgreSQL does not take
        raise WorkspaceNotFound
    async with database.without_tenant() as db:
        found = await db.fetchrow("SELECT id, name FROM find_workspace($1)", slug)
    if found is None:
        raise WorkspaceNotFound
    tenant_id: UUID = found["id"]
    async with database.tenant(tenant_id, read_only=True) as db:
        row = await db.fetchrow(
            """
            SELECT NOT t.require_sso, p.name FROM tenants t
            LEFT JOIN identity_providers p ON p.tenant_id = $1 WHERE t.id = $1
            """,
            tenant_id,
        )
    return WorkspaceDoor(slug, found["name"], WaysIn(*only(row)))
