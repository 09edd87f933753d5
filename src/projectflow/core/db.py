"""PostgreSQL: the pool, and the one way to speak to it inside a tenant."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, LiteralString, Protocol, cast
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from projectflow.core.problems import Unavailable
from projectflow.core.settings import Settings

ROLLBACK_TIMEOUT = 5.0
ONCE_TIMEOUT = 10


class Db(Protocol):
    """What a service function may ask of the database: literal SQL with bound parameters."""

    async def fetch(self, query: LiteralString, /, *args: Any) -> list[asyncpg.Record]: ...
    async def fetchrow(self, query: LiteralString, /, *args: Any) -> asyncpg.Record | None: ...
    async def fetchval(self, query: LiteralString, /, *args: Any) -> Any: ...
    async def execute(self, query: LiteralString, /, *args: Any) -> str: ...


def only(row: asyncpg.Record | None) -> asyncpg.Record:
    """The row of a statement that always gives one.

    Raises:
        LookupError: it gave none, which is a mistake of ours.
    """
    if row is None:
        raise LookupError("the statement gave no row")
    return row


class Database:
    """A pool of connections and the transactions that are opened on them."""

    def __init__(self, pool: asyncpg.Pool, acquire_timeout: float) -> None:
        """Use `connect` to make one."""
        self.pool = pool
        self._acquire_timeout = acquire_timeout

    def tenant(self, tenant_id: UUID) -> "TenantTransaction":
        """Open a transaction in which exactly this tenant's rows exist."""
        return TenantTransaction(self.pool, tenant_id, self._acquire_timeout)

    @asynccontextmanager
    async def without_tenant(self) -> AsyncGenerator[Db]:
        """A connection that sees no tenant's rows: for the functions listed in docs/tenancy.md."""
        try:
            async with self.pool.acquire(timeout=self._acquire_timeout) as connection:  # pyright: ignore[reportUnknownVariableType]
                yield cast("Db", connection)
        except TimeoutError:
            raise Unavailable("The database is busy.", retry_after=2) from None

    async def close(self) -> None:
        """Wait for connections to come back, at most 5 s, then close them all."""
        try:
            await asyncio.wait_for(self.pool.close(), timeout=5)
        except TimeoutError:
            self.pool.terminate()


class TenantTransaction:
    """`async with` gives a `Db`; leaving commits, an exception rolls back.

    The tenant is set with the BEGIN in one simple-protocol batch: the only SQL that is not
    literal, from a parsed UUID. It is local to the transaction, so it survives pooling.
    """

    __slots__ = ("_connection", "_pool", "_tenant_id", "_timeout")

    _connection: PoolConnectionProxy

    def __init__(self, pool: asyncpg.Pool, tenant_id: UUID, timeout: float) -> None:
        """Nothing happens until it is entered."""
        self._pool = pool
        self._tenant_id = tenant_id
        self._timeout = timeout

    async def __aenter__(self) -> Db:
        try:
            acquired = await self._pool.acquire(timeout=self._timeout)  # pyright: ignore[reportUnknownVariableType]
        except TimeoutError:
            raise Unavailable("The database is busy.", retry_after=2) from None
        connection = self._connection = cast("PoolConnectionProxy", acquired)
        try:
            await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{self._tenant_id}'")
        except BaseException:
            await self._give_back_broken()
            raise
        return cast("Db", connection)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                await self._connection.execute("COMMIT")
            else:
                await self._connection.execute("ROLLBACK", timeout=ROLLBACK_TIMEOUT)
        except BaseException:
            await self._give_back_broken()
            if kind is None:
                raise
            return
        await self._pool.release(self._connection)

    async def _give_back_broken(self) -> None:
        self._connection.terminate()
        await self._pool.release(self._connection)


async def connect_once(url: str) -> asyncpg.Connection:
    """One connection outside any pool, for work on the schema itself.

    Raises:
        OSError, TimeoutError, asyncpg.PostgresError: the database cannot be reached.
    """
    connected: Any = await asyncpg.connect(url, timeout=ONCE_TIMEOUT)  # pyright: ignore[reportUnknownVariableType]
    return connected  # pyright: ignore[reportUnknownVariableType]


async def connect(settings: Settings) -> Database:
    """Open the pool with the seed's limits.

    Raises:
        OSError, TimeoutError, asyncpg.PostgresError: the database cannot be reached.
    """
    if settings.database_url is None:
        raise Unavailable("DATABASE_URL is not set.")
    pool = await asyncpg.create_pool(
        settings.database_url,
        min_size=settings.database_pool_min,
        max_size=settings.database_pool_max,
        max_inactive_connection_lifetime=settings.database_idle_timeout,
        timeout=settings.database_connect_timeout,
        command_timeout=settings.database_statement_timeout + 5,
        reset=_nothing_to_reset,
        server_settings={
            "application_name": "projectflow",
            "statement_timeout": f"{settings.database_statement_timeout * 1000:.0f}",
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
            "timezone": "UTC",
        },
    )
    return Database(pool, settings.database_acquire_timeout)


async def _nothing_to_reset(connection: Any) -> None:
    """Every statement runs in a transaction that ends, so a connection comes back as it went."""
