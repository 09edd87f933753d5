"""People for tests: made in the database at once, because a real password takes a second of CPU."""

from contextlib import AsyncExitStack
from typing import Any, Self
from uuid import UUID

import httpx
from litestar import Litestar
from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.permissions import ProjectRole, Role
from projectflow.auth.types import Actor

BASE = "http://projectflow.test/api/v1"


class Person:
    """Somebody signed in to a workspace. Speaks HTTP to the app: `await person.get(path)`."""

    def __init__(self, app: Litestar, actor: Actor) -> None:
        self.app = app
        self.actor = actor
        self.id = actor.user_id
        self.tenant_id = actor.tenant_id
        self._stack = AsyncExitStack()
        token = app.state.tokens.issue(actor.user_id, actor.tenant_id, actor.role, actor.session_id)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),  # pyright: ignore[reportArgumentType]
            base_url=BASE,
            headers={"Authorization": f"Bearer {token}"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        await self.client.aclose()

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.patch(path, json=body, headers=headers)

    async def delete(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.delete(path, headers=headers)

    async def colleague(self, role: Role) -> "Person":
        """Another person of the same workspace."""
        user_id = await insert_user(self.app, self.tenant_id, role)
        person = Person(self.app, Actor(user_id, self.tenant_id, role, uuid7()))
        return await self._stack.enter_async_context(person)

    async def project(self, name: str = "Web site", **fields: Any) -> dict[str, Any]:
        """A new project of this person's."""
        answer = await self.post("/projects", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def task(self, project: dict[str, Any], title: str, **fields: Any) -> dict[str, Any]:
        """A new task in a project."""
        answer = await self.post(f"/projects/{project['id']}/tasks", {"title": title, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def join(
        self, project: dict[str, Any], person: "Person", role: ProjectRole = "member"
    ) -> None:
        """Make somebody a member of a project."""
        async with self.app.state.database.tenant(self.tenant_id) as db:
            await db.execute(
                """
                INSERT INTO project_members (tenant_id, project_id, user_id, role)
                VALUES ($1, $2, $3, $4)
                """,
                self.tenant_id,
                UUID(project["id"]),
                person.id,
                role,
            )

    async def signed_in_by(self, *methods: str) -> Self:
        """Have this person's token stand for a session that signed in a moment ago."""
        async with self.app.state.database.tenant(self.tenant_id) as db:
            await db.execute(
                """
                INSERT INTO sessions (tenant_id, id, user_id, refresh_hash, expires_at, methods)
                VALUES ($1, $2, $3, '', now() + interval '1 hour', $4)
                """,
                self.tenant_id,
                self.actor.session_id,
                self.id,
                list(methods or ("password",)),
            )
        return self

    async def key(self, *scopes: str, **more: Any) -> "KeyHolder":
        """Something that holds an API key of this person's."""
        answer = await self.post(
            "/me/api-keys", {"name": "Robot", "scopes": scopes or ["*:*"], **more}
        )
        assert answer.status_code == 201, answer.text
        return KeyHolder(self.app, answer.json())


class KeyHolder:
    """A program that speaks to the API with a key."""

    def __init__(self, app: Litestar, made: dict[str, Any]) -> None:
        self.id: str = made["api_key"]["id"]
        self.secret: str = made["secret"]
        self._app = app

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request, on a connection of its own."""
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            headers = {b"Authorization": f"Bearer {self.secret}".encode()}
            return await client.request(method, BASE + path, json=body, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        return await self.ask("GET", path)


async def found_workspace(app: Litestar) -> Person:
    """A fresh workspace; gives its owner."""
    tenant_id = uuid7()
    async with app.state.database.tenant(tenant_id) as db:
        slug = f"w-{tenant_id.hex}"
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Workspace')",
            tenant_id,
            slug,
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant_id)
    user_id = await insert_user(app, tenant_id, "owner")
    return Person(app, Actor(user_id, tenant_id, "owner", uuid7()))


async def insert_user(app: Litestar, tenant_id: UUID, role: Role) -> UUID:
    """Somebody who cannot sign in with a password, but for whom a token can be made."""
    user_id = uuid7()
    async with app.state.database.tenant(tenant_id) as db:
        await db.execute(
            """
            INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)
            VALUES ($1, $2, $3, $4, 'Ada', $5, $6)
            """,
            tenant_id,
            user_id,
            f"{user_id.hex}@example.org",
            UNUSABLE,
            role.title(),
            role,
        )
    return user_id
