"""When the next mail to somebody is due: one row of each sort, and a job that wakes at its time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from projectflow.core.db import Db
from projectflow.core.jobs import enqueue
from projectflow.notifications.hours import DigestTime, next_digest
from projectflow.notifications.types import Sort

SEND_JOB: Final = "send_notifications"


class SendJob(Struct, frozen=True):
    """Whose next mail to write, and of which sort. No address, no words."""

    tenant_id: UUID
    user_id: UUID
    sort: Sort


async def plan_mails(db: Db, tenant_id: UUID, owed: Iterable[tuple[UUID, Sort, datetime]]) -> None:
    """Have each of these people get a mail of a sort at a time, or when one is due already.

    Locks the plans until the end of the transaction: whoever sends the mail waits, and then sees
    what it is about.
    """
    wanted = sorted(owed)
    rows = await db.fetch(
        """
        INSERT INTO notification_mails AS m (tenant_id, user_id, sort, due_at)
        SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::timestamptz[])
        ON CONFLICT (tenant_id, user_id, sort) DO UPDATE SET due_at = m.due_at
        RETURNING user_id, sort, due_at, xmax = 0 AS is_new
        """,
        tenant_id,
        [user_id for user_id, _, _ in wanted],
        [sort for _, sort, _ in wanted],
        [due_at for _, _, due_at in wanted],
    )
    for user_id, sort, due_at, is_new in rows:
        if is_new:
            await wake_at(db, SendJob(tenant_id, user_id, sort), due_at)


async def replan_digest(db: Db, tenant_id: UUID, user_id: UUID, digest: DigestTime) -> None:
    """Move a digest that is due to the time that its person chose now."""
    zone: str | None = await db.fetchval(
        """
        SELECT u.time_zone FROM notification_mails m
        JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.sort = 'digest' AND m.mail_id IS NULL
        FOR UPDATE OF m
        """,
        tenant_id,
        user_id,
    )
    if zone is not None:
        due_at = next_digest(digest, ZoneInfo(zone), datetime.now(UTC))
        await move_plan(db, SendJob(tenant_id, user_id, "digest"), due_at)


async def move_plan(db: Db, job: SendJob, due_at: datetime) -> None:
    """Have a mail that is planned go at another time; a job of the old one finds it not due."""
    await db.execute(
        """
        UPDATE notification_mails SET due_at = $4
        WHERE tenant_id = $1 AND user_id = $2 AND sort = $3
        """,
        job.tenant_id,
        job.user_id,
        job.sort,
        due_at,
    )
    await wake_at(db, job, due_at)


async def wake_at(db: Db, job: SendJob, due_at: datetime) -> None:
    """Have the worker look at a plan when it is due."""
    after = max(due_at - datetime.now(UTC), timedelta(0))
    await enqueue(db, SEND_JOB, job, after=after)
