"""Webhooks of a workspace: made, changed, paused, removed. A secret is shown once."""

import base64
import secrets
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.confirmation import require_confirmed
from projectflow.auth.types import Actor
from projectflow.core.crypto import Keyring, Place
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.outbound import AddressRefused, Outbound
from projectflow.core.problems import Conflict, InvalidInput, NotFound, VersionConflict

MAX_WEBHOOKS: Final = 20
"""In a workspace."""
SECRET_BYTES: Final = 32
SECRET_MARK: Final = "whsec_"  # noqa: S105 - the prefix of the Standard Webhooks spec
SEALED_IN: Final = "webhooks.secret_encrypted"

WebhookName = Annotated[str, Meta(max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2000, examples=["https://example.org/hook"])]
EventTypes = Annotated[
    list[
        Annotated[
            str,
            Meta(max_length=60, pattern=r"^[a-z_]+\.([a-z_]+|\*)$(?!\n)", examples=["task.*"]),
        ]
    ],
    Meta(max_length=100, description="such as `task.created` or `task.*`; empty for all"),
]


class WebhookNotFound(NotFound):
    """There is no such webhook."""


class TooManyWebhooks(Conflict):
    """A workspace has at most 20 webhooks: remove one first."""


class Webhook(Struct, frozen=True):
    """Where events are sent. `disabled_at`: it failed for days and was switched off by itself."""

    id: UUID
    name: str
    url: str
    event_types: list[str]
    is_active: bool
    failing_since: datetime | None
    disabled_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class MadeWebhook(Struct, frozen=True):
    """A webhook with its secret, which is shown this once."""

    secret: str
    webhook: Webhook


class Webhooks(Struct, frozen=True):
    """All of a workspace, the newest first."""

    items: list[Webhook]


class NewWebhook(Struct, frozen=True, forbid_unknown_fields=True):
    """A webhook to make."""

    url: Url
    name: WebhookName = ""
    event_types: EventTypes = []


class WebhookPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; absent fields stay. `is_active: true` also switches on what was disabled."""

    url: Url | UnsetType = UNSET
    name: WebhookName | UnsetType = UNSET
    event_types: EventTypes | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


CHANGEABLE: Final = ("url", "name", "event_types", "is_active")
COLUMNS: Final = (
    "w.id, w.name, w.url, w.event_types, w.is_active, w.failing_since, w.disabled_at, w.version,"
    " w.created_at, w.updated_at"
)


async def list_webhooks(db: Db, actor: Actor) -> Webhooks:
    """The workspace's webhooks, at most 20.

    Raises:
        Forbidden: the role may not.
    """
    actor.must_be_allowed("webhook", "read")
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM webhooks w WHERE w.tenant_id = $1 ORDER BY w.id DESC LIMIT $2",
        actor.tenant_id,
        MAX_WEBHOOKS,
    )
    return Webhooks([Webhook(*row) for row in rows])


async def read_webhook(db: Db, actor: Actor, webhook_id: UUID) -> Webhook:
    """One webhook.

    Raises:
        Forbidden, WebhookNotFound: as their names say.
    """
    actor.must_be_allowed("webhook", "read")
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM webhooks w WHERE w.tenant_id = $1 AND w.id = $2",
        actor.tenant_id,
        webhook_id,
    )
    if row is None:
        raise WebhookNotFound
    return Webhook(*row)


async def create_webhook(
    db: Db, actor: Actor, keyring: Keyring, outbound: Outbound, new: NewWebhook
) -> MadeWebhook:
    """Send events to an address from now on.

    Raises:
        Forbidden, ConfirmationNeeded: the role may not, or it must be confirmed first.
        InvalidInput: the server does not call this address.
        TooManyWebhooks: there are 20.
    """
    actor.must_be_allowed("webhook", "create")
    await require_confirmed(db, actor, lasting=True)
    _check_url(outbound, new.url)
    await db.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", actor.tenant_id)
    count: int = await db.fetchval(
        "SELECT count(*) FROM webhooks WHERE tenant_id = $1", actor.tenant_id
    )
    if count >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    webhook_id, secret = uuid7(), secrets.token_bytes(SECRET_BYTES)
    row = await db.fetchrow(
        f"""
        INSERT INTO webhooks AS w (tenant_id, id, name, url, event_types, secret_encrypted)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        webhook_id,
        new.name.strip(),
        new.url,
        list(dict.fromkeys(new.event_types)),
        keyring.seal(secret, place_of(actor.tenant_id, webhook_id)),
    )
    webhook = Webhook(*only(row))
    payload = {"before": None, "after": {f: getattr(webhook, f) for f in CHANGEABLE}}
    await _log(db, actor, "webhook.created", webhook, payload)
    return MadeWebhook(shown(secret), webhook)


def _check_url(outbound: Outbound, url: str) -> None:
    """Refuse what is wrong at sight; what its name leads to is checked at each delivery."""
    try:
        outbound.check(url)
    except AddressRefused as error:
        raise InvalidInput.of("url", str(error)) from None


def place_of(tenant_id: UUID, webhook_id: UUID) -> Place:
    """Where a webhook's secret is sealed for."""
    return Place(SEALED_IN, tenant_id, webhook_id)


def shown(secret: bytes) -> str:
    """A secret as the Standard Webhooks spec writes it: `whsec_` and base 64."""
    return SECRET_MARK + base64.b64encode(secret).decode()


async def update_webhook(
    db: Db,
    actor: Actor,
    outbound: Outbound,
    webhook_id: UUID,
    patch: WebhookPatch,
    expected: int | None,
) -> Webhook:
    """Change a webhook; nothing is written when nothing differs.

    Raises:
        Forbidden, WebhookNotFound, VersionConflict: as their names say.
        ConfirmationNeeded: a new address must be confirmed first.
        InvalidInput: the server does not call this address.
    """
    actor.must_be_allowed("webhook", "update")
    before = await _lock(db, actor, webhook_id, expected)
    changes = {f: v for f in CHANGEABLE if (v := getattr(patch, f)) is not UNSET}
    wanted = msgspec.structs.replace(before, **changes)
    if wanted == before:
        return before
    if wanted.url != before.url:
        await require_confirmed(db, actor, lasting=True)
        _check_url(outbound, wanted.url)
    row = await db.fetchrow(
        f"""
        UPDATE webhooks w SET name = $3, url = $4, event_types = $5, is_active = $6,
            failing_since = CASE WHEN $6 AND w.is_active THEN w.failing_since END,
            disabled_at = CASE WHEN $6 THEN NULL ELSE w.disabled_at END,
            version = w.version + 1, updated_at = now()
        WHERE w.tenant_id = $1 AND w.id = $2 RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        webhook_id,
        wanted.name.strip(),
        wanted.url,
        list(dict.fromkeys(wanted.event_types)),
        wanted.is_active,
    )
    after = Webhook(*only(row))
    await _log(db, actor, "webhook.updated", after, difference(before, after, *CHANGEABLE))
    return after


async def rotate_secret(
    db: Db, actor: Actor, keyring: Keyring, webhook_id: UUID, expected: int | None
) -> MadeWebhook:
    """Give a webhook another secret. What is sent from now on is signed with this one alone.

    Raises:
        Forbidden, WebhookNotFound, VersionConflict: as their names say.
        ConfirmationNeeded: it must be confirmed first.
    """
    actor.must_be_allowed("webhook", "update")
    await _lock(db, actor, webhook_id, expected)
    await require_confirmed(db, actor, lasting=True)
    secret = secrets.token_bytes(SECRET_BYTES)
    row = await db.fetchrow(
        f"""
        UPDATE webhooks w SET secret_encrypted = $3, version = w.version + 1, updated_at = now()
        WHERE w.tenant_id = $1 AND w.id = $2 RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        webhook_id,
        keyring.seal(secret, place_of(actor.tenant_id, webhook_id)),
    )
    webhook = Webhook(*only(row))
    payload = {"after": {"name": webhook.name, "url": webhook.url}}
    await _log(db, actor, "webhook.secret_rotated", webhook, payload)
    return MadeWebhook(shown(secret), webhook)


async def delete_webhook(db: Db, actor: Actor, webhook_id: UUID, expected: int | None) -> None:
    """Remove a webhook with its deliveries; its secret is gone for good.

    Raises:
        Forbidden, WebhookNotFound, VersionConflict: as their names say.
    """
    actor.must_be_allowed("webhook", "delete")
    webhook = await _lock(db, actor, webhook_id, expected)
    await db.execute(
        "DELETE FROM webhooks WHERE tenant_id = $1 AND id = $2", actor.tenant_id, webhook_id
    )
    gone = msgspec.structs.replace(webhook, version=webhook.version + 1)
    payload = {"before": {f: getattr(webhook, f) for f in CHANGEABLE}, "after": None}
    await _log(db, actor, "webhook.deleted", gone, payload)


async def _lock(db: Db, actor: Actor, webhook_id: UUID, expected: int | None) -> Webhook:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM webhooks w WHERE w.tenant_id = $1 AND w.id = $2 FOR UPDATE",
        actor.tenant_id,
        webhook_id,
    )
    if row is None:
        raise WebhookNotFound
    webhook = Webhook(*row)
    if expected is not None and webhook.version != expected:
        raise VersionConflict(current=webhook)
    return webhook


async def _log(db: Db, actor: Actor, event: str, webhook: Webhook, payload: dict[str, Any]) -> None:
    change = Change(event, "webhook", webhook.id, version=webhook.version, payload=payload)
    await record(db, actor.tenant_id, actor.user_id, change)
