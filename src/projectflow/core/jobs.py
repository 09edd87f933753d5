"""Background jobs: rows of the library pgqueuer, written in the transaction that wants them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.core.db import Db

if TYPE_CHECKING:
    from pgqueuer.ports.driver import Driver
    from pgqueuer.queries import Queries

SCHEMA = "jobs"


class MailJob(Struct, frozen=True):
    """What a mail's job says: for which row of a tenant to write it. No address, no secret."""

    tenant_id: UUID
    row_id: UUID


async def enqueue(
    db: Db, entrypoint: str, payload: Struct, *, after: timedelta | None = None
) -> None:
    """Have the worker run `entrypoint` once this transaction has committed, or a while later."""
    # Loading pgqueuer takes 20 MB, which a process that never enqueues anything can do without.
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver  # noqa: PLC0415

    await queries_over(AsyncpgDriver(cast("Any", db))).enqueue(
        entrypoint, msgspec.json.encode(payload), execute_after=after
    )


def queries_over(driver: "Driver") -> "Queries":
    """Pgqueuer's queries through a driver, in our schema."""
    from pgqueuer.adapters.persistence import qb  # noqa: PLC0415
    from pgqueuer.adapters.persistence.queries import Queries  # noqa: PLC0415
    from pgqueuer.domain.settings import DBSettings  # noqa: PLC0415

    settings = DBSettings(db_schema=SCHEMA)
    return Queries(
        driver,
        qb.QueryBuilderEnvironment(settings),
        qb.QueryQueueBuilder(settings),
        qb.QuerySchedulerBuilder(settings),
    )
