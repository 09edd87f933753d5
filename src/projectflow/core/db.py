"""PostgreSQL: the pool, and the one way to speak to it inside a tenant."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
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
ATTEMPTS = 3
GONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a statement raises when its connection is no more."""


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


class Leases:
    """Connections of an asyncpg pool, kept at hand between transactions.

    The pool's own acquire and release cost 70 µs of CPU, half of a short transaction
    (docs/decisions/0005). A connection that comes back is therefore kept here, newest on top, and
    goes back to the pool, whose limits and time-outs hold, when somebody waits or it idles.
    """

    def __init__(self, pool: asyncpg.Pool, acquire_timeout: float, idle_timeout: float) -> None:
        """Times are seconds."""
        self.pool = pool
        self._acquire_timeout = acquire_timeout
        self._idle_timeout = idle_timeout
        self._idle: list[tuple[PoolConnectionProxy, float]] = []
        self._waiting = 0
        self._sweeping: asyncio.TimerHandle | None = None
        self._returning: asyncio.Task[None] | None = None

    async def take(self) -> PoolConnectionProxy:
        """A connection of one's own.

        Raises:
            Unavailable: none became free in time.
        """
        while self._idle:
            connection, _ = self._idle.pop()
            if not connection.is_closed():
                return connection
            await self.pool.release(connection)
        self._waiting += 1
        try:
            acquired = await self.pool.acquire(timeout=self._acquire_timeout)  # pyright: ignore[reportUnknownVariableType]
        except TimeoutError:
            raise Unavailable("The database is busy.", retry_after=2) from None
        finally:
            self._waiting -= 1
        return cast("PoolConnectionProxy", acquired)

    async def give_back(self, connection: PoolConnectionProxy) -> None:
        """Return a connection that is in no transaction, or is closed."""
        if self._waiting or connection.is_closed():
            await self.pool.release(connection)
            return
        loop = asyncio.get_running_loop()
        self._idle.append((connection, loop.time()))
        if self._sweeping is None:
            self._sweeping = loop.call_later(self._idle_timeout, self._sweep)

    def _sweep(self) -> None:
        """Let the pool have what nobody took for a while; it closes what idles on."""
        loop = asyncio.get_running_loop()
        old = [c for c, since in self._idle if since <= loop.time() - self._idle_timeout / 2]
        self._idle = self._idle[len(old) :]
        self._sweeping = loop.call_later(self._idle_timeout, self._sweep) if self._idle else None
        if old:
            self._returning = loop.create_task(self._return(old))

    async def _return(self, connections: list[PoolConnectionProxy]) -> None:
        for connection in connections:
            await self.pool.release(connection)

    async def close(self) -> None:
        """Wait for connections to come back, at most 5 s, then close them all."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        idle, self._idle = self._idle, []
        await self._return([connection for connection, _ in idle])
        try:
            await asyncio.wait_for(self.pool.close(), timeout=5)
        except TimeoutError:
            self.pool.terminate()


class Database:
    """The database and the transactions that are opened on it."""

    def __init__(self, leases: Leases) -> None:
        """Use `connect` to make one."""
        self.pool = leases.pool
        self.after_commit: list[Callable[[UUID], Awaitable[None]]] = []
        """What is told the tenant of each transaction that may have changed something."""
        self._leases = leases

    def tenant(
        self,
        tenant_id: UUID,
        *,
        read_only: bool = False,
        projects: Sequence[UUID] | None = None,
        snapshot: bool = False,
    ) -> "TenantTransaction":
        """Open a transaction in which exactly this tenant's rows exist.

        Of its projects only `projects`, where they are given. In a `snapshot` all is read as it
        was at the first statement.
        """
        told = () if read_only else self.after_commit
        return TenantTransaction(
            self._leases,
            tenant_id,
            read_only=read_only,
            projects=projects,
            told=told,
            snapshot=snapshot,
        )

    def quiet(self) -> "Database":
        """The same pool, for those who tell nobody of their commits; not to be closed."""
        return Database(self._leases)

    @asynccontextmanager
    async def without_tenant(self) -> AsyncGenerator[Db]:
        """A connection that sees no tenant's rows: for the functions listed in docs/tenancy.md."""
        connection = await self._leases.take()
        try:
            yield cast("Db", connection)
        finally:
            await self._leases.give_back(connection)

    async def close(self) -> None:
        """Close every connection, after at most 5 s."""
        await self._leases.close()


class TenantTransaction:
    """`async with` gives a `Db`; leaving commits, an exception rolls back.

    The tenant is set with the BEGIN in one simple-protocol batch: the only SQL that is not
    literal, from a parsed UUID. It is local to the transaction, so it survives pooling.
    """

    __slots__ = ("_begin", "_connection", "_leases", "_tenant_id", "_told")

    _connection: PoolConnectionProxy

    def __init__(
        self,
        leases: Leases,
        tenant_id: UUID,
        *,
        read_only: bool,
        projects: Sequence[UUID] | None,
        told: Sequence[Callable[[UUID], Awaitable[None]]] = (),
        snapshot: bool = False,
    ) -> None:
        """Nothing happens until it is entered."""
        self._leases = leases
        self._tenant_id = tenant_id
        self._told = told
        begin = "BEGIN READ ONLY" if read_only else "BEGIN"
        if snapshot:
            begin = begin.replace("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", 1)
        self._begin = f"{begin}; SET LOCAL app.tenant_id = '{tenant_id}'"
        if projects is not None:
            # One that is nobody's, where there is none: empty would mean no limit.
            ids = ",".join(str(UUID(int=p.int)) for p in projects) or str(UUID(int=0))
            self._begin += f"; SET LOCAL app.project_ids = '{ids}'"

    async def __aenter__(self) -> Db:
        for attempt in range(ATTEMPTS):
            connection = self._connection = await self._leases.take()
            try:
                await connection.execute(self._begin)
            except GONE:
                # It broke while it lay idle; nothing has happened yet, so another one will do.
                await self._give_back_broken()
                if attempt == ATTEMPTS - 1:
                    raise
            except BaseException:
                await self._give_back_broken()
                raise
            else:
                return cast("Db", connection)
        raise AssertionError("unreachable")

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
        await self._leases.give_back(self._connection)
        if kind is None:
            for tell in self._told:
                await tell(self._tenant_id)

    async def _give_back_broken(self) -> None:
        self._connection.terminate()
        await self._leases.give_back(self._connection)


async def connect_once(url: str, **options: Any) -> asyncpg.Connection:
    """One connection outside any pool, for work on the schema itself.

    `options` are asyncpg's, such as `database` and `command_timeout` (seconds).

    Raises:
        OSError, TimeoutError, asyncpg.PostgresError: the database cannot be reached.
    """
    arguments: dict[str, Any] = {"timeout": ONCE_TIMEOUT, **options}
    connected: Any = await asyncpg.connect(url, **arguments)  # pyright: ignore[reportUnknownVariableType]
    return connected  # pyright: ignore[reportUnknownVariableType]


async def connect(settings: Settings, observe: Callable[[Any], None] | None = None) -> Database:
    """Open the pool with the seed's limits; `observe` is told of each query (asyncpg's record).

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
        init=None if observe is None else _observed_by(observe),
        server_settings={
            "application_name": "projectflow",
            "statement_timeout": f"{settings.database_statement_timeout * 1000:.0f}",
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
            "timezone": "UTC",
        },
    )
    return Database(Leases(pool, settings.database_acquire_timeout, settings.database_idle_timeout))


def _observed_by(observe: Callable[[Any], None]) -> Callable[[Any], Awaitable[None]]:
    async def init(connection: Any) -> None:
        connection.add_query_logger(observe)

    return init


async def _nothing_to_reset(connection: Any) -> None:
    """Every statement runs in a transaction that ends, so a connection comes back as it went."""
