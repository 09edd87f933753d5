"""Deliveries of webhooks: what is to be sent, sending it, and the log of it.

Signed as the Standard Webhooks spec says (github.com/standard-webhooks/standard-webhooks), by its
library. The id stays the same when a delivery is repeated, so that a receiver knows it again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace
from standardwebhooks import Webhook as Signer
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.consumers import EVENT_COLUMNS, Consumer, Event, event_of, is_wanted
from projectflow.core.crypto import CannotDecrypt, Keyring
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.jobs import enqueue
from projectflow.core.outbound import AddressRefused, CallFailed, Outbound
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Conflict, NotFound
from projectflow.realtime.notices import owe_notices
from projectflow.realtime.webhooks import WebhookNotFound, place_of

DELIVERY_JOB: Final = "deliver_webhook"
KEPT: Final = 500
"""Deliveries of a webhook in its log."""
PAUSES: Final = (
    timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30),
    timedelta(hours=2), timedelta(hours=5), timedelta(hours=8), timedelta(hours=8),
)  # fmt: skip
"""Between the attempts: they end after a day."""
DISABLED_AFTER: Final = timedelta(days=5)
"""When nothing was delivered for so long, the webhook is switched off."""
MAX_ANSWER: Final = 64 * 1024
Status = Literal["waiting", "delivered", "failed"]
log = structlog.get_logger()


class DeliveryNotFound(NotFound):
    """There is no such delivery."""


class WebhookIsPaused(Conflict):
    """The webhook is paused: switch it on first."""


class Delivery(Struct, frozen=True):
    """One event to one webhook. `error` says what went wrong where nobody answered."""

    id: UUID
    seq: int
    event_type: str
    status: Status
    attempts: int
    response_status: int | None
    error: str | None
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    created_at: datetime


class DeliveryJob(Struct, frozen=True):
    """Which delivery to attempt, and how often it was attempted: else the job is outdated."""

    tenant_id: UUID
    row_id: UUID
    attempts: int


COLUMNS: Final = (
    "d.id, d.seq, d.event_type, d.status, d.attempts, d.response_status, d.error, d.attempted_at,"
    " d.next_attempt_at, d.created_at"
)


def webhook_consumer() -> Consumer:
    """Follows the log for all webhooks of all workspaces."""
    return Consumer(name="webhooks", consume=plan_deliveries, start="present")


async def plan_deliveries(db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
    """Write down which event goes to which webhook, each with its job."""
    hooks = await db.fetch(
        "SELECT id, event_types FROM webhooks WHERE tenant_id = $1 AND is_active ORDER BY id",
        tenant_id,
    )
    # What somebody is told, and does with it, is theirs alone.
    events = [event for event in events if event.entity_type != "notification"]
    wanted = [(h["id"], e) for h in hooks for e in events if is_wanted(e.type, h["event_types"])]
    if not wanted:
        return
    rows = await db.fetch(
        """
        INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, seq, event_type)
        SELECT $1, n.id, n.webhook_id, n.seq, n.type
        FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[])
            AS n (id, webhook_id, seq, type)
        ON CONFLICT (tenant_id, webhook_id, seq) DO NOTHING RETURNING id
        """,
        tenant_id,
        [uuid7() for _ in wanted],
        [webhook_id for webhook_id, _ in wanted],
        [event.seq for _, event in wanted],
        [event.type for _, event in wanted],
    )
    for row in rows:
        await enqueue(db, DELIVERY_JOB, DeliveryJob(tenant_id, row["id"], 0))
    for webhook_id in {webhook_id for webhook_id, _ in wanted}:
        await _forget_old(db, tenant_id, webhook_id)


async def _forget_old(db: Db, tenant_id: UUID, webhook_id: UUID) -> None:
    """Keep a webhook's latest deliveries, and those that are still to be sent."""
    await db.execute(
        """
        DELETE FROM webhook_deliveries
        WHERE tenant_id = $1 AND webhook_id = $2 AND status <> 'waiting' AND id < (
            SELECT id FROM webhook_deliveries
            WHERE tenant_id = $1 AND webhook_id = $2 ORDER BY id DESC OFFSET $3 LIMIT 1)
        """,
        tenant_id,
        webhook_id,
        KEPT,
    )


class _Outcome(Struct, frozen=True):
    status: int | None
    error: str | None = None

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Deliverer:
    """Sends what is planned, in the worker."""

    def __init__(self, database: Database, keyring: Keyring, outbound: Outbound) -> None:
        """One a worker."""
        self._database = database
        self._keyring = keyring
        self._outbound = outbound

    async def deliver(self, job: DeliveryJob) -> None:
        """Attempt one delivery, and plan the next attempt where it fails.

        The call is made outside of any transaction. A worker that dies meanwhile has not written
        the outcome: the job comes again, and the receiver knows the delivery by its id.
        """
        async with self._database.tenant(job.tenant_id, read_only=True) as db:
            row = await db.fetchrow(
                f"""
                SELECT w.id AS webhook_id, w.url, w.secret_encrypted, w.is_active, {EVENT_COLUMNS}
                FROM webhook_deliveries d
                JOIN webhooks w ON w.tenant_id = $1 AND w.id = d.webhook_id
                JOIN events e ON e.tenant_id = $1 AND e.seq = d.seq
                WHERE d.tenant_id = $1 AND d.id = $2 AND d.status = 'waiting' AND d.attempts = $3
                """,
                job.tenant_id,
                job.row_id,
                job.attempts,
            )
        if row is None:
            return
        if row["is_active"]:
            outcome = await self._send(job, row)
        else:
            outcome = _Outcome(None, "the webhook is paused")
        async with self._database.tenant(job.tenant_id) as db:
            await self._write_down(db, job, row["webhook_id"], outcome)

    async def _send(self, job: DeliveryJob, row: asyncpg.Record) -> _Outcome:
        place = place_of(job.tenant_id, row["webhook_id"])
        body = body_of(event_of(tuple(row)[4:]))
        try:
            secret = self._keyring.open(row["secret_encrypted"], place)
            headers = signed(secret, str(job.row_id), datetime.now(UTC), body)
            answer = await self._outbound.call(
                "POST", row["url"], headers=headers, body=body, max_answer=MAX_ANSWER
            )
        except CannotDecrypt:
            return _Outcome(None, "its secret cannot be read")
        except (AddressRefused, CallFailed) as error:
            return _Outcome(None, str(error)[:100])
        return _Outcome(answer.status)

    async def _write_down(
        self, db: Db, job: DeliveryJob, webhook_id: UUID, outcome: _Outcome
    ) -> None:
        hook = await db.fetchrow(
            "SELECT is_active FROM webhooks WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
            job.tenant_id,
            webhook_id,
        )
        attempts: int | None = await db.fetchval(
            """
            UPDATE webhook_deliveries SET attempts = attempts + 1, response_status = $3, error = $4,
                attempted_at = now(), next_attempt_at = NULL,
                status = CASE WHEN $5 THEN 'delivered' ELSE 'waiting' END
            WHERE tenant_id = $1 AND id = $2 RETURNING attempts
            """,
            job.tenant_id,
            job.row_id,
            outcome.status,
            outcome.error,
            outcome.is_delivered,
        )
        if hook is None or attempts is None:
            return
        if outcome.is_delivered:
            await _is_well(db, job.tenant_id, webhook_id)
            return
        if not hook["is_active"]:
            await _plan_next(db, job, None)
            return
        pause = PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
        # 410 Gone says that it wants no more, by the spec.
        gone = outcome.status == 410
        if gone or await _is_failing_too_long(db, job.tenant_id, webhook_id):
            await _disable(db, job.tenant_id, webhook_id, "gone" if gone else "failing")
            pause = None
        await _plan_next(db, job, pause)


def body_of(event: Event) -> bytes:
    """What is sent: the spec's `type`, `timestamp` and `data`, which is the event."""
    return msgspec.json.encode(
        {"type": event.type, "timestamp": event.created_at, "data": event}, order="deterministic"
    )


def signed(secret: bytes, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent at this moment, which is in UTC."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Signer(secret).sign(message_id, moment, body.decode()),
    }


async def _is_well(db: Db, tenant_id: UUID, webhook_id: UUID) -> None:
    await db.execute(
        """
        UPDATE webhooks SET failing_since = NULL
        WHERE tenant_id = $1 AND id = $2 AND failing_since IS NOT NULL
        """,
        tenant_id,
        webhook_id,
    )


async def _is_failing_too_long(db: Db, tenant_id: UUID, webhook_id: UUID) -> bool:
    return await db.fetchval(
        """
        UPDATE webhooks SET failing_since = coalesce(failing_since, now())
        WHERE tenant_id = $1 AND id = $2 RETURNING failing_since < now() - $3::interval
        """,
        tenant_id,
        webhook_id,
        DISABLED_AFTER,
    )


async def _plan_next(db: Db, job: DeliveryJob, pause: timedelta | None) -> None:
    await db.execute(
        """
        UPDATE webhook_deliveries SET next_attempt_at = now() + $3::interval,
            status = CASE WHEN $3::interval IS NULL THEN 'failed' ELSE 'waiting' END
        WHERE tenant_id = $1 AND id = $2
        """,
        job.tenant_id,
        job.row_id,
        pause,
    )
    if pause is not None:
        await enqueue(db, DELIVERY_JOB, replace(job, attempts=job.attempts + 1), after=pause)


async def _disable(db: Db, tenant_id: UUID, webhook_id: UUID, reason: str) -> None:
    """Switch a webhook off; what waits for it fails. Who manages webhooks is told by mail."""
    version: int | None = await db.fetchval(
        """
        UPDATE webhooks SET is_active = false, disabled_at = now(), version = version + 1,
            updated_at = now()
        WHERE tenant_id = $1 AND id = $2 AND is_active RETURNING version
        """,
        tenant_id,
        webhook_id,
    )
    if version is None:
        return
    await db.execute(
        """
        UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL
        WHERE tenant_id = $1 AND webhook_id = $2 AND status = 'waiting'
        """,
        tenant_id,
        webhook_id,
    )
    payload: dict[str, Any] = {
        "before": {"is_active": True},
        "after": {"is_active": False},
        "reason": reason,
    }
    change = Change("webhook.disabled", "webhook", webhook_id, version=version, payload=payload)
    await record(db, tenant_id, None, change)
    await owe_notices(db, tenant_id, webhook_id)
    log.warning("webhook_disabled", tenant=str(tenant_id), webhook=str(webhook_id), reason=reason)


async def list_deliveries(
    db: Db, actor: Actor, webhook_id: UUID, *, limit: int, cursor: str | None
) -> Page[Delivery]:
    """A webhook's latest deliveries, the newest first.

    Raises:
        Forbidden, WebhookNotFound: as their names say.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("webhook", "read")
    (before,) = decode_cursor(cursor, tuple[UUID]) or (None,)
    known = await db.fetchval(
        "SELECT true FROM webhooks WHERE tenant_id = $1 AND id = $2", actor.tenant_id, webhook_id
    )
    if not known:
        raise WebhookNotFound
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM webhook_deliveries d
        WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND ($3::uuid IS NULL OR d.id < $3)
        ORDER BY d.id DESC LIMIT $4
        """,
        actor.tenant_id,
        webhook_id,
        before,
        limit + 1,
    )
    return page_of([Delivery(*row) for row in rows], limit, lambda d: encode_cursor(d.id))


async def redeliver(db: Db, actor: Actor, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    """Send a delivery again, under its id; also one that arrived.

    Raises:
        Forbidden, DeliveryNotFound: as their names say; also when the log keeps its event no more.
        WebhookIsPaused: nothing is sent to it.
    """
    actor.must_be_allowed("webhook", "update")
    row = await db.fetchrow(
        """
        SELECT w.is_active FROM webhook_deliveries d
        JOIN webhooks w ON w.tenant_id = $1 AND w.id = d.webhook_id
        JOIN events e ON e.tenant_id = $1 AND e.seq = d.seq
        WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.id = $3 FOR UPDATE OF w, d
        """,
        actor.tenant_id,
        webhook_id,
        delivery_id,
    )
    if row is None:
        raise DeliveryNotFound
    if not row["is_active"]:
        raise WebhookIsPaused
    again = await db.fetchrow(
        f"""
        UPDATE webhook_deliveries d SET status = 'waiting', attempts = 0, next_attempt_at = now()
        WHERE d.tenant_id = $1 AND d.id = $2 RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        delivery_id,
    )
    assert again is not None
    await enqueue(db, DELIVERY_JOB, DeliveryJob(actor.tenant_id, delivery_id, 0))
    return Delivery(*again)
