"""On which days a project's tasks were completed."""

from datetime import date
from typing import Final
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db

NEWEST: Final = 20_000


async def read_done_days(db: Db, actor: Actor, project_id: UUID, zone: str) -> list[date]:
    """The days of a zone, sorted, one for each task that is done; at most the newest 20,000."""
    rows = await db.fetch(
        """
        SELECT (completed_at AT TIME ZONE $3)::date AS day FROM analytics_tasks
        WHERE tenant_id = $1 AND project_id = $2 AND is_live AND category = 'completed'
          AND completed_at IS NOT NULL
        ORDER BY completed_at DESC LIMIT $4
        """,
        actor.tenant_id,
        project_id,
        zone,
        NEWEST,
    )
    return [row["day"] for row in reversed(rows)]
