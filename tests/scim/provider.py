"""An identity provider: somebody who holds a provisioning token and speaks SCIM."""

from typing import Any, Self

import httpx
from litestar import Litestar
from tests.people import Person
from uuid_utils.compat import uuid7

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
SCIM_JSON = "application/scim+json"


class Provider:
    """Sends what an identity provider sends: `await provider.send("GET", "/Users")`."""

    def __init__(self, app: Litestar, token: str) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),  # pyright: ignore[reportArgumentType]
            base_url="http://projectflow.test/scim/v2",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return await self.client.request(method, path, headers=named)
        named = {"Content-Type": SCIM_JSON, **named}
        if isinstance(body, bytes):
            return await self.client.request(method, path, content=body, headers=named)
        return await self.client.request(method, path, json=body, headers=named)

    async def find(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params)

    async def patch(self, path: str, *operations: Any, **headers: str) -> httpx.Response:
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return await self.send("PATCH", path, body, **headers)

    async def user(self, **fields: Any) -> dict[str, Any]:
        """A new person."""
        body = {"schemas": [USER], "userName": new_address(), **fields}
        answer = await self.send("POST", "/Users", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def group(self, name: str, *members: dict[str, Any]) -> dict[str, Any]:
        """A new team of these people."""
        body = {
            "schemas": [GROUP],
            "displayName": name,
            "members": [{"value": member["id"]} for member in members],
        }
        answer = await self.send("POST", "/Groups", body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def new_address() -> str:
    return f"{uuid7().hex}@example.org"


async def confirm(owner: Person) -> None:
    """Give the person's token a session that was confirmed just now."""
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO sessions (tenant_id, id, user_id, refresh_hash, expires_at)
            VALUES ($1, $2, $3, $4, now() + interval '1 day') ON CONFLICT DO NOTHING
            """,
            owner.tenant_id,
            owner.actor.session_id,
            owner.id,
            owner.actor.session_id.bytes,
        )


async def provider_of(owner: Person) -> Provider:
    """An identity provider that the owner has given a token."""
    await confirm(owner)
    answer = await owner.post("/scim-tokens", {"name": "Okta"})
    assert answer.status_code == 201, answer.text
    return Provider(owner.app, answer.json()["secret"])


async def events_of(owner: Person, entity_id: str) -> list[tuple[str, Any, Any]]:
    """What the log says of a thing: type, actor and payload."""
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            """
            SELECT type, actor_id, payload::text FROM events
            WHERE tenant_id = $1 AND entity_id = $2 ORDER BY seq
            """,
            owner.tenant_id,
            entity_id,
        )
    return [tuple(row) for row in rows]
