"""Bringing the database's schema up to date before the service starts."""

from asyncpg import InsufficientPrivilegeError, PostgresConnectionError

from projectflow.core.migrations import migrate, pending
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal


class OwnerUnknown(Refusal):
    """Migrations are missing, and only the service's address of the database is known."""


async def bring_schema_up_to_date(settings: Settings) -> list[str]:
    """Apply the migrations that are missing.

    Args:
        settings: With the address of the database; of its owner too, unless nothing is missing.

    Returns:
        Names of the migrations applied now.

    Raises:
        OwnerUnknown: Migrations are missing and the owner's address is not known.
        Refusal: The database cannot be reached.
    """
    if settings.database_url is None:
        raise Refusal("no database: run `projectflow up`, or set DATABASE_URL")
    try:
        if settings.database_owner_url:
            return await migrate(settings.database_owner_url, settings.database_url)
        missing = await pending(settings.database_url)
    except InsufficientPrivilegeError:
        missing = ["?"]  # this role may not even look
    except (OSError, TimeoutError, PostgresConnectionError) as error:
        raise Refusal(f"the database of DATABASE_URL cannot be reached: {error}") from error
    if missing:
        raise OwnerUnknown(
            "migrations are missing and DATABASE_OWNER_URL is not set. The role of DATABASE_URL "
            "owns nothing, so migrations need the address of the role that owns the schema: "
            "set it, or run `projectflow migrate` with it once"
        )
    return []
