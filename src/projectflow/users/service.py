"""Reading the people of a workspace."""

from uuid import UUID

from projectflow.auth.types import USER_COLUMNS, Actor, User
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import NotFound


class UserNotFound(NotFound):
    """There is no such person in this workspace."""


async def list_users(db: Db, actor: Actor, *, limit: int, cursor: str | None) -> Page[User]:
    """The workspace's people, active and invited, by name."""
    actor.must_be_allowed("user", "read")
    after = decode_cursor(cursor, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {USER_COLUMNS} FROM users u
        WHERE u.tenant_id = $1 AND (u.first_name, u.last_name, u.id) > ($2, $3, $4)
        ORDER BY u.first_name, u.last_name, u.id LIMIT $5
        """,
        actor.tenant_id,
        *after,
        limit + 1,
    )
    users = [User(*row) for row in rows]
    return page_of(users, limit, lambda u: encode_cursor(u.first_name, u.last_name, u.id))


async def read_user(db: Db, actor: Actor, user_id: UUID) -> User:
    """One person.

    Raises:
        UserNotFound: nobody in this workspace has this id.
    """
    actor.must_be_allowed("user", "read")
    row = await db.fetchrow(
        f"SELECT {USER_COLUMNS} FROM users u WHERE u.tenant_id = $1 AND u.id = $2",
        actor.tenant_id,
        user_id,
    )
    if row is None:
        raise UserNotFound
    return User(*row)
