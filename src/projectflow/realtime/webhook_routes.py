"""HTTP for webhooks and their deliveries."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.realtime import deliveries, webhooks
from projectflow.realtime.deliveries import Delivery
from projectflow.realtime.webhooks import MadeWebhook, NewWebhook, Webhook, WebhookPatch, Webhooks


@get("/webhooks", tags=["Webhooks"], operation_id="listWebhooks")
@reads
async def list_webhooks(db: Db, actor: Actor) -> Webhooks:
    """The workspace's webhooks."""
    return await webhooks.list_webhooks(db, actor)


@post("/webhooks", tags=["Webhooks"], operation_id="createWebhook")
@writes
async def create_webhook(
    db: Db, actor: Actor, data: JSONBody[NewWebhook], state: State
) -> MadeWebhook:
    """Send events to an address. The secret that signs them is in this answer and never again."""
    return await webhooks.create_webhook(db, actor, state.keyring, state.outbound, data)


@get("/webhooks/{webhook_id:uuid}", tags=["Webhooks"], operation_id="readWebhook")
@reads
async def read_webhook(db: Db, actor: Actor, webhook_id: FromPath[UUID]) -> Webhook:
    """One webhook."""
    return await webhooks.read_webhook(db, actor, webhook_id)


@patch("/webhooks/{webhook_id:uuid}", tags=["Webhooks"], operation_id="updateWebhook")
@writes
async def update_webhook(
    db: Db,
    actor: Actor,
    webhook_id: FromPath[UUID],
    data: JSONBody[WebhookPatch],
    state: State,
    if_match: IfMatch = None,
) -> Webhook:
    """Change, pause or resume a webhook."""
    expected = expected_version(if_match, data.version)
    return await webhooks.update_webhook(db, actor, state.outbound, webhook_id, data, expected)


@post(
    "/webhooks/{webhook_id:uuid}/secret",
    tags=["Webhooks"],
    operation_id="rotateWebhookSecret",
    status_code=200,
)
@writes
async def rotate_secret(
    db: Db, actor: Actor, webhook_id: FromPath[UUID], state: State, if_match: IfMatch = None
) -> MadeWebhook:
    """Replace the secret that signs deliveries. The new one is in this answer and never again."""
    expected = expected_version(if_match)
    return await webhooks.rotate_secret(db, actor, state.keyring, webhook_id, expected)


@delete("/webhooks/{webhook_id:uuid}", tags=["Webhooks"], operation_id="deleteWebhook")
@writes
async def delete_webhook(
    db: Db, actor: Actor, webhook_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Remove a webhook and the log of its deliveries."""
    await webhooks.delete_webhook(db, actor, webhook_id, expected_version(if_match))


@get(
    "/webhooks/{webhook_id:uuid}/deliveries",
    tags=["Webhooks"],
    operation_id="listWebhookDeliveries",
)
@reads
async def list_deliveries(
    db: Db,
    actor: Actor,
    webhook_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Delivery]:
    """The latest deliveries of a webhook, the newest first."""
    return await deliveries.list_deliveries(db, actor, webhook_id, limit=limit, cursor=cursor)


@post(
    "/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/redeliver",
    tags=["Webhooks"],
    operation_id="redeliverWebhook",
    status_code=200,
)
@writes
async def redeliver(
    db: Db, actor: Actor, webhook_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> Delivery:
    """Send a delivery again, under the same id."""
    return await deliveries.redeliver(db, actor, webhook_id, delivery_id)


handlers: list[ControllerRouterHandler] = [
    list_webhooks,
    create_webhook,
    read_webhook,
    update_webhook,
    rotate_secret,
    delete_webhook,
    list_deliveries,
    redeliver,
]
