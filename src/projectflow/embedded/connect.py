"""One plain connection to PostgreSQL, for what is done outside requests."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import asyncpg

from projectflow.core.db import Db, connect_once
from projectflow.embedded.refusal import Refusal

UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


class Connection(Db, Protocol):
    """What we use of asyncpg's connection, past what requests use."""

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
        connected_to: Any = await connect_once(
            url, database=database, timeout=connect_timeout, command_timeout=command_timeout
        )
    except (*UNREACHABLE, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise Refusal(f"the database cannot be reached: {error}") from error
    try:
        yield connected_to
    finally:
        await connected_to.close(timeout=5)
