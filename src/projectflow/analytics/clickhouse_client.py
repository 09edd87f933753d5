"""The connection to ClickHouse: one a process, made when it is first used."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, LiteralString
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog
from clickhouse_connect.driver import create_async_client  # pyright: ignore[reportUnknownVariableType] - its **kwargs have no type
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError

from projectflow.core.problems import Unavailable

CONNECT_TIMEOUT: Final = 2.0
READ_TIMEOUT: Final = 10.0
WRITE_TIMEOUT: Final = 30.0
"""Less than PostgreSQL lets a transaction wait: the feed writes in one."""
log = structlog.get_logger()


class AnalyticsAway(Unavailable):
    """The numbers are away for the moment; try again soon."""


class ClickHouse:
    """Statements with bound parameters, each in so much time."""

    def __init__(self, url: str) -> None:
        """Nothing is connected until the first statement; `url` is that of CLICKHOUSE_URL."""
        self._url = urlsplit(url)
        self._client: AsyncClient | None = None
        self._connecting = asyncio.Lock()

    async def ask(
        self, query: LiteralString, tenant_id: UUID, **parameters: Any
    ) -> Sequence[Sequence[Any]]:
        """The rows of a question, which says `tenant_id = {tenant_id:UUID}` of each table in it.

        Raises:
            AnalyticsAway: there is no answer, or none in time.
        """
        async with self._connected(READ_TIMEOUT) as client:
            answer = await client.query(
                query,
                parameters={"tenant_id": tenant_id, **parameters},
                settings={"max_execution_time": int(READ_TIMEOUT)},
            )
            return answer.result_rows

    async def insert(
        self,
        table: str,
        rows: Sequence[Sequence[Any]],
        names: Sequence[str],
        types: Sequence[str],
        *,
        together: bool = False,
    ) -> None:
        """Write rows, and wait until they are there.

        With `together` the server waits a moment for others' rows and writes them with these:
        many small writes would make it many small files.

        Raises:
            AnalyticsAway: see `ask`.
        """
        settings = {"async_insert": int(together), "wait_for_async_insert": 1}
        async with self._connected(WRITE_TIMEOUT) as client:
            await client.insert(
                table, rows, column_names=names, column_type_names=types, settings=settings
            )

    async def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement that gives nothing.

        Raises:
            AnalyticsAway: see `ask`.
        """
        async with self._connected(WRITE_TIMEOUT) as client:
            await client.command(statement, parameters=parameters or None)

    async def version(self) -> str:
        """The server's version, for `projectflow doctor`.

        Raises:
            AnalyticsAway: see `ask`.
        """
        async with self._connected(READ_TIMEOUT) as client:
            return str(await client.command("SELECT version()"))

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    @asynccontextmanager
    async def _connected(self, seconds: float) -> AsyncGenerator[AsyncClient]:
        try:
            async with asyncio.timeout(seconds):
                yield await self._connect()
        except (ClickHouseError, OSError, TimeoutError) as error:
            # Whatever it is, it is ClickHouse's: what is written was counted before.
            log.warning("clickhouse_away", error=str(error)[:500] or type(error).__name__)
            raise AnalyticsAway(retry_after=5) from error

    async def _connect(self) -> AsyncClient:
        async with self._connecting:
            if self._client is None:
                self._client = await create_async_client(
                    interface=self._url.scheme,
                    host=self._url.hostname,
                    port=self._url.port,
                    username=unquote(self._url.username or "default"),
                    password=unquote(self._url.password or ""),
                    database=self._url.path.strip("/") or None,
                    connect_timeout=CONNECT_TIMEOUT,
                    send_receive_timeout=WRITE_TIMEOUT,
                    query_retries=1,
                    compress=False,
                    client_name="projectflow",
                )
            return self._client
