"""How long notifications are kept."""

from projectflow.core.db import Database


async def delete_old(database: Database, days: int) -> int:
    """Delete what was read more than so many days ago, 10,000 a transaction; gives how many."""
    total = 0
    while True:
        async with database.without_tenant() as db:
            deleted: int = await db.fetchval("SELECT delete_old_notifications($1)", days)
        total += deleted
        if not deleted:
            return total
