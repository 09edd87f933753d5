"""Events that a workspace wants to keep no longer."""

from projectflow.core.db import Database


async def delete_outlived_events(database: Database) -> int:
    """Delete what is older than its workspace keeps events; returns how many.

    In steps of at most 10,000, each a transaction of its own, so that nobody waits long.
    """
    deleted = 0
    while True:
        async with database.without_tenant() as db:
            step: int = await db.fetchval("SELECT delete_outlived_events()")
        if not step:
            return deleted
        deleted += step
