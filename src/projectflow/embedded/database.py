"""Reaching the database from a command: the configured, the running, or one started for it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from msgspec import Struct

from projectflow.core.settings import Settings
from projectflow.embedded.engines import bring_up, log_of
from projectflow.embedded.place import engine_place, has_database, make_home
from projectflow.embedded.postgres import Postgres
from projectflow.embedded.refusal import Refusal
from projectflow.embedded.running import find_running, holding_home


class Database(Struct, frozen=True):
    """Addresses of the database; `superuser` is known of the embedded one alone."""

    service: str
    owner: str | None
    superuser: str | None

    @property
    def strongest(self) -> str:
        """The address that may do most: superuser, owner, or else the service's."""
        return self.superuser or self.owner or self.service


@asynccontextmanager
async def reach_database(
    settings: Settings, *, alone: bool = False, make: bool = False
) -> AsyncGenerator[Database]:
    """Reach the database for the length of one command.

    Args:
        settings: With DATABASE_URL, that database is meant; else the embedded one, which is
            started for the command when `up` does not run.
        alone: Refuse to share the embedded database with a running `up`.
        make: Make an embedded database where there is none yet.

    Raises:
        Refusal: `up` runs and `alone` was asked for, or there is no database.
        EngineFailed: The embedded database does not start.
    """
    if settings.database_url:
        yield Database(settings.database_url, settings.database_owner_url, None)
        return
    running = find_running(settings.home)
    if running and not alone:
        yield Database(
            running.database_url, running.database_owner_url, running.database_superuser_url
        )
        return
    if running:
        raise Refusal(f"ProjectFlow runs at {running.address} (pid {running.pid}): stop it first")
    if not make and not has_database(settings.home):
        raise Refusal(f"there is no database in {settings.home} yet: is PROJECTFLOW_HOME right?")
    make_home(settings.home)
    with holding_home(settings.home, "for a command on its database") as lifeline:
        postgres = Postgres(settings.home, engine_place(settings.home))
        if postgres.is_new:
            postgres.make()
        child = await bring_up(postgres, log_of(settings.home, postgres), lifeline)
        try:
            await postgres.bootstrap()
            urls = postgres.addresses
            yield Database(urls.service, urls.owner, urls.superuser)
        finally:
            await child.stop()
