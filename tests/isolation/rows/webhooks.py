"""Webhooks and their deliveries."""

from typing import Final

from tests.isolation.sample import Sample
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.realtime.webhooks import place_of

SAMPLES: Final = {
    "GET /webhooks": Sample("/webhooks"),
    "POST /webhooks": Sample("/webhooks", {"url": "https://example.org/{random}"}),
    "GET /webhooks/{webhook_id}": Sample("/webhooks/{webhook}"),
    "PATCH /webhooks/{webhook_id}": Sample("/webhooks/{webhook}", {"name": "{random}"}),
    "POST /webhooks/{webhook_id}/secret": Sample("/webhooks/{webhook}/secret"),
    "DELETE /webhooks/{webhook_id}": Sample("/webhooks/{webhook}"),
    "GET /webhooks/{webhook_id}/deliveries": Sample("/webhooks/{webhook}/deliveries"),
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": Sample(
        "/webhooks/{webhook}/deliveries/{delivery}/redeliver"
    ),
}
EXPECTED: Final = {
    # route                                   own adm man far-m asg mem far viw far-v
    "GET /webhooks":                         "200 200 403 403 403 403 403 403 403",
    "POST /webhooks":                        "201 201 403 403 403 403 403 403 403",
    "GET /webhooks/{webhook_id}":            "200 200 403 403 403 403 403 403 403",
    "PATCH /webhooks/{webhook_id}":          "200 200 403 403 403 403 403 403 403",
    "POST /webhooks/{webhook_id}/secret":    "200 200 403 403 403 403 403 403 403",
    "DELETE /webhooks/{webhook_id}":         "204 204 403 403 403 403 403 403 403",
    "GET /webhooks/{webhook_id}/deliveries": "200 200 403 403 403 403 403 403 403",
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver":
        "200 200 403 403 403 403 403 403 403",
}  # fmt: skip
UNSEEN_BY_MANAGER: Final = {route for route in SAMPLES if "{" in route}
UNSEEN_BY_MEMBER = UNSEEN_BY_VIEWER = UNSEEN_BY_MANAGER


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """A webhook with a delivery. A workspace may have few, so an earlier one goes."""
    del ids
    webhook_id, delivery_id, state = uuid7(), uuid7(), owner.app.state
    async with state.database.tenant(owner.tenant_id) as db:
        await db.execute("DELETE FROM webhooks WHERE tenant_id = $1", owner.tenant_id)
        await db.execute(
            """
            INSERT INTO webhooks (tenant_id, id, name, url, secret_encrypted)
            VALUES ($1, $2, $3, $5, $4)
            """,
            owner.tenant_id,
            webhook_id,
            mark,
            state.keyring.seal(b"s" * 32, place_of(owner.tenant_id, webhook_id)),
            f"https://example.org/{mark}",
        )
        await db.execute(
            """
            INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, seq, event_type)
            VALUES ($1, $2, $3, 1, 'project.created')
            """,
            owner.tenant_id,
            delivery_id,
            webhook_id,
        )
    return {"webhook": str(webhook_id), "delivery": str(delivery_id)}
