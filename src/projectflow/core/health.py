"""Health: what the seed's HealthService reports, and whether to send traffic here."""

import asyncio
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, Literal

import asyncpg
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.core.db import Database
from projectflow.core.files import Files
from projectflow.core.problems import Problem

CHECK_TIMEOUT = 2.0
Health = Literal["healthy", "unhealthy"]


class CheckResult(Struct, frozen=True):
    """One dependency's answer and how long it took, in milliseconds."""

    status: Health
    response_time_ms: float
    error: str | None = None


class HealthStatus(Struct, frozen=True):
    """The seed's HealthStatus; `external` is the file store, without which we stay healthy."""

    status: Health
    timestamp: datetime
    services: dict[str, CheckResult]


class Ready(Struct, frozen=True):
    """This process can take requests."""

    ready: Literal[True] = True


@get(
    "/health",
    tags=["Health"],
    operation_id="health",
    responses={503: ResponseSpec(HealthStatus, generate_examples=False, description="Unhealthy")},
)
async def health(request: Request[Any, Any, State]) -> Response[HealthStatus]:
    """What this service depends on, each tried now; 503 when it cannot do its work."""
    state = request.app.state
    names: tuple[str, ...] = ("database", "redis", "external")
    results = await asyncio.gather(
        _timed(_ask_database(state.database)),
        _timed(_ask_redis(state.redis)),
        _timed(_ask_files(state.files)),
    )
    services: dict[str, CheckResult] = dict(zip(names, results, strict=True))
    well = all(services[name].status == "healthy" for name in ("database", "redis"))
    status = HealthStatus("healthy" if well else "unhealthy", datetime.now(UTC), services)
    return Response(status, status_code=200 if well else 503)


@get("/ready", tags=["Health"], operation_id="ready")
async def ready(request: Request[Any, Any, State]) -> Response[Ready]:
    """Whether to send requests here: the database answers. 503 otherwise."""
    result = await _timed(_ask_database(request.app.state.database))
    if result.status == "unhealthy":
        raise NotReady
    return Response(Ready())


class NotReady(Problem):
    """The database does not answer."""

    status = 503


async def _timed(question: Awaitable[object]) -> CheckResult:
    started = time.perf_counter()
    error = None
    try:
        await asyncio.wait_for(question, CHECK_TIMEOUT)
    except (
        OSError,
        TimeoutError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        RedisError,
        Problem,
    ) as e:
        error = type(e).__name__
    elapsed = round((time.perf_counter() - started) * 1000, 2)
    return CheckResult("unhealthy" if error else "healthy", elapsed, error)


async def _ask_database(database: Database) -> None:
    async with database.without_tenant() as db:
        await db.fetchval("SELECT 1")


async def _ask_redis(redis: Redis) -> None:
    await redis.ping()  # pyright: ignore[reportGeneralTypeIssues]


async def _ask_files(files: Files) -> None:
    await files.probe()
