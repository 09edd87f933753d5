"""A workspace that signs in with a provider, and browsers that do it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
from litestar import Litestar
from tests.people import Person
from tests.sso.identity import CLIENT_ID, CLIENT_SECRET, RealProvider
from uuid_utils.compat import uuid7

START = "/api/v1/auth/sso/{}/start"
CALLBACK = "/api/v1/auth/sso/callback"


class Workspace:
    """Somebody's workspace, and what its owner sets for single sign-on."""

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.slug = f"w-{owner.tenant_id.hex}"

    async def save(self, issuer: str, **fields: Any) -> httpx.Response:
        """Set the provider; the owner has just signed in."""
        wanted = {
            "name": "Keycloak",
            "issuer": issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            **fields,
        }
        sent = {name: value for name, value in wanted.items() if value is not None}
        return await self.owner.client.put("/identity-provider", json=sent)

    async def uses(self, issuer: str, **fields: Any) -> None:
        answer = await self.save(issuer, **fields)
        assert answer.status_code == 200, answer.text

    async def people(self) -> list[dict[str, Any]]:
        """Everybody but the owner."""
        items: list[dict[str, Any]] = (await self.owner.get("/users", limit=100)).json()["items"]
        return [each for each in items if each["id"] != str(self.owner.id)]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of the events of a type, the oldest first."""
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            rows = await db.fetch(
                "SELECT payload FROM events WHERE tenant_id = $1 AND type = $2 ORDER BY seq",
                self.owner.tenant_id,
                kind,
            )
        return [msgspec.json.decode(row["payload"]) for row in rows]


class Browser:
    """Somebody's browser: it has cookies of ours and of the provider's."""

    def __init__(self, app: Litestar) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        self.ours = httpx.AsyncClient(transport=transport, base_url="http://projectflow.test")
        self.theirs = httpx.AsyncClient()

    async def close(self) -> None:
        await self.ours.aclose()
        await self.theirs.aclose()

    async def leave(self, workspace: Workspace, return_to: str | None = None) -> str:
        """Begin; gives the provider's address that the browser is sent to."""
        asked = {} if return_to is None else {"return_to": return_to}
        answer = await self.ours.get(START.format(workspace.slug), params=asked)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def at_provider(self, address: str, subject: str | None) -> str:
        """Sign in there, or cancel without a subject; gives the address that leads back."""
        answer = await self._as_far_as_theirs(await self.theirs.get(address))
        if not answer.is_redirect:
            assert "Who are you?" in answer.text, answer.text
            done = "cancel" if subject is None else f"login?subject={subject}"
            answer = await self.theirs.post(f"{answer.url}/{done}")
            answer = await self._as_far_as_theirs(answer)
        return answer.headers["location"]

    async def _as_far_as_theirs(self, answer: httpx.Response) -> httpx.Response:
        """Follow redirects up to a page, or up to the one that leads to us."""
        while answer.is_redirect:
            to = answer.url.join(answer.headers["location"])
            if to.host == "projectflow.test":
                break
            answer = await self.theirs.get(to)
        return answer

    async def come_back(self, address: str) -> httpx.Response:
        answer = await self.ours.get(address)
        assert answer.status_code == 302, answer.text
        return answer

    async def sign_in(
        self, workspace: Workspace, subject: str | None, return_to: str | None = None
    ) -> str:
        """The whole way; gives the path that it ends at."""
        address = await self.leave(workspace, return_to)
        back = await self.at_provider(address, subject)
        return (await self.come_back(back)).headers["location"]

    async def forged(self, workspace: Workspace, provider: Any) -> str:
        """The whole way with a forged provider, which needs no pages."""
        asked = query_of(await self.leave(workspace))
        provider.expect(asked["nonce"])
        back = await self.come_back(f"{CALLBACK}?code=c&state={asked['state']}")
        return back.headers["location"]

    async def user(self) -> dict[str, Any]:
        """Who is signed in here."""
        answer = await self.ours.post("/api/v1/auth/refresh")
        assert answer.status_code == 200, answer.text
        self.ours.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer.json()["user"]

    async def is_signed_in(self) -> bool:
        return (await self.ours.post("/api/v1/auth/refresh")).status_code == 200


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def refused(workspace: Workspace, code: str) -> str:
    """Where somebody ends who is not let in."""
    return f"/sign-in?workspace={workspace.slug}&sso_error={code}"


def somebody() -> str:
    """A subject that nobody has yet."""
    return uuid7().hex


async def just_signed_in(person: Person) -> None:
    """Give the person's token a session, which began just now."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO sessions (tenant_id, id, user_id, refresh_hash, expires_at)
            VALUES ($1, $2, $3, $4, now() + interval '1 day') ON CONFLICT DO NOTHING
            """,
            person.tenant_id,
            person.actor.session_id,
            person.id,
            person.actor.session_id.bytes,
        )


async def give(provider: RealProvider, subject: str, **claims: Any) -> None:
    """Make or change somebody at the provider, by default with a verified address."""
    ada = {
        "email": email_of(subject),
        "email_verified": True,
        "given_name": "Ada",
        "family_name": "Lovelace",
        "groups": ["staff"],
    }
    await provider.person(subject, **{**ada, **claims})


def email_of(subject: str) -> str:
    return f"{subject}@example.org"
