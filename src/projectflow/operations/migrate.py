"""`projectflow migrate`."""

import msgspec

from projectflow.core.settings import Settings
from projectflow.embedded.database import reach_database
from projectflow.embedded.schema import bring_schema_up_to_date


async def migrate_now(settings: Settings) -> list[str]:
    """Apply missing migrations to the configured, running or stopped database.

    Returns:
        Names of the migrations applied.

    Raises:
        Refusal: The database or its owner's address is missing.
    """
    async with reach_database(settings, make=True) as database:
        return await bring_schema_up_to_date(
            msgspec.structs.replace(
                settings, database_url=database.service, database_owner_url=database.owner
            )
        )
