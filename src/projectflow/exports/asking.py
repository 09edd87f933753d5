"""Whoever asked for something that is done later, with the rights that they have by then."""

from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db


async def read_asker(db: Db, tenant_id: UUID, user_id: UUID, asked: UUID) -> Actor | None:
    """Somebody who asked for `asked`, as an actor; None once they are not active any more."""
    row = await db.fetchrow(
        """
        SELECT u.role, r.permissions FROM users u
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.is_active
        """,
        tenant_id,
        user_id,
    )
    if row is None:
        return None
    role, permissions = row
    held = None if permissions is None else tuple(permissions)
    return Actor(user_id, tenant_id, role, asked, permissions=held)
