"""HTTP for the people of a workspace."""

from uuid import UUID

from litestar import Router, get
from litestar.params import FromPath, FromQuery

from projectflow.auth.edge import reads
from projectflow.auth.types import Actor, User
from projectflow.core.db import Db
from projectflow.core.paging import Limit, Page
from projectflow.users import service


@get("/users", operation_id="listUsers")
@reads
async def list_users(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[User]:
    """The workspace's people by name, invited ones too."""
    return await service.list_users(db, actor, limit=limit, cursor=cursor)


@get("/users/{user_id:uuid}", operation_id="readUser")
@reads
async def read_user(db: Db, actor: Actor, user_id: FromPath[UUID]) -> User:
    """One person of the workspace."""
    return await service.read_user(db, actor, user_id)


routers = [Router("/api/v1", route_handlers=[list_users, read_user], tags=["Users"])]
