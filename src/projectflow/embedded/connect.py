"""One plain connection to PostgreSQL, for what is done outside requests."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, LiteralString, Protocol

import asyncpg

from projectflow.embedded.refusal import Refusal

UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


class Connection(Protocol):
    """What we use of asyncpg's connection. SQL is literal; the type check refuses any other."""

    async def fetch(self, query: LiteralString, /, *args: Any) -> list[asyncpg.Record]: ...
    async def fetchrow(self, query: LiteralString, /, *args: Any) -> asyncpg.Record | None: ...
    async def fetchval(self, query: LiteralString, /, *args: Any) -> Any: ...
    async def execute(self, query: LiteralString, /, *args: Any) -> str: ...
    def transaction(
        self, *, isolation: str | None = None, readonly: bool = False
    ) -> AbstractAsyncContextManager[Any]: ...
    async def close(self, *, timeout: float | None = None) -> None: ...  # noqa: ASYNC109


@asynccontextmanager
async def connected(
    url: str,
    *,
    database: str | None = None,
    connect_timeout: float = 10,
    command_timeout: float = 60,
) -> AsyncGenerator[Connection]:
    """Connect for the length of a block.

    Args:
        url: The server's address.
        database: Instead of the address's own.
        connect_timeout: Seconds to connect.
        command_timeout: Seconds for each statement.

    Raises:
        Refusal: The server cannot be reached or refuses the password.
    """
    try:
        connection: Connection = await asyncpg.connect(  # pyright: ignore[reportUnknownVariableType]
            url,
            database=database,
            timeout=connect_timeout,  # pyright: ignore[reportArgumentType] - any number of seconds
            command_timeout=command_timeout,
        )
    except (*UNREACHABLE, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise Refusal(f"the database cannot be reached: {error}") from error
    try:
        yield connection
    finally:
        await connection.close(timeout=5)
