"""How much of its room for files a workspace has taken."""

from uuid import UUID

from projectflow.core.db import Db
from projectflow.core.problems import Conflict


class StorageFull(Conflict):
    """The attachments of this workspace take all the room that it has. Delete some first."""


async def take_room(db: Db, tenant_id: UUID, size: int, quota: int) -> None:
    """Count bytes; the row is locked to the end, so two who take some do not pass the quota.

    Raises:
        StorageFull: there is not as much room.
    """
    used: int = await db.fetchval(
        """
        INSERT INTO storage_usage AS s (tenant_id, used_bytes) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET used_bytes = s.used_bytes + $2
        RETURNING used_bytes
        """,
        tenant_id,
        size,
    )
    if used > quota:
        raise StorageFull
