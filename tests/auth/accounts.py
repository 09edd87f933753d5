"""People who sign in with a password, from devices with addresses and cookies of their own."""

import asyncio
import ipaddress
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import asyncpg
import bcrypt
import httpx
import msgspec
from litestar import Litestar
from msgspec import Struct
from msgspec.structs import replace
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.app import create_app
from projectflow.core.jobs import MailJob
from projectflow.core.mail import Mailer
from projectflow.core.settings import Settings
from projectflow.users.mails import UserMails

PASSWORD = "correct horse battery"
NEW_PASSWORD = "staple correct horse"
_hash = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


class Account(Struct, frozen=True):
    """What somebody types to sign in."""

    workspace: str
    email: str
    password: str = PASSWORD


class Device:
    """A browser somewhere: `await device.sign_in(account)`, then ask through `device.client`."""

    def __init__(self, app: Litestar, address: str | None = None, name: str = "Firefox") -> None:
        self.app = app
        self.address = address or str(ipaddress.IPv6Address(uuid7().int))
        transport = httpx.ASGITransport(
            app,  # pyright: ignore[reportArgumentType]
            raise_app_exceptions=False,
            client=(self.address, 50_000),
        )
        self.client = httpx.AsyncClient(
            transport=transport,
            base_url="http://projectflow.test/api/v1",
            headers={"User-Agent": name},
        )

    async def sign_in(self, account: Account, password: str | None = None) -> httpx.Response:
        typed = msgspec.to_builtins(account)
        if password is not None:
            typed["password"] = password
        return self._remember(await self.client.post("/auth/login", json=typed))

    async def refresh(self) -> httpx.Response:
        return self._remember(await self.client.post("/auth/refresh"))

    async def accept(self, link: str, **body: Any) -> httpx.Response:
        path = f"/invitations/{token_of(link)}/accept"
        body = {"password": PASSWORD, **body}
        return self._remember(await self.client.post(path, json=body))

    def _remember(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == 200:
            token = answer.json()["access_token"]
            self.client.headers["Authorization"] = f"Bearer {token}"
        return answer

    async def me(self) -> int:
        """The status of asking who I am: 200 while signed in, 401 once not."""
        return (await self.client.get("/me")).status_code


NewDevice = Callable[..., Device]
SignedIn = Callable[[Account], Awaitable[Device]]


def token_of(link: str) -> str:
    return link.partition("token=")[2]


async def give_password(person: Person) -> Account:
    """Let somebody sign in with PASSWORD."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        email: str = await db.fetchval(
            "UPDATE users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2 RETURNING email",
            person.tenant_id,
            person.id,
            _hash,
        )
    return Account(f"w-{person.tenant_id.hex}", email)


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Litestar]:
    """Another process's app, started and stopped in one task."""
    made = create_app(settings)
    started, stopping = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with made.lifespan():
            started.set()
            await stopping.wait()

    task = asyncio.create_task(run())
    await started.wait()
    try:
        yield made
    finally:
        stopping.set()
        await task


async def jobs_of(person: Person) -> list[tuple[str, MailJob]]:
    """The mails that the worker owes to a workspace, the oldest first."""
    async with person.app.state.database.without_tenant() as db:
        rows = await db.fetch(
            "SELECT entrypoint, payload FROM jobs.pgqueuer"
            " WHERE entrypoint IN ('mail_invitation', 'mail_password_reset') ORDER BY id"
        )
    found = [(str(r["entrypoint"]), msgspec.json.decode(r["payload"], type=MailJob)) for r in rows]
    return [(name, job) for name, job in found if job.tenant_id == person.tenant_id]


async def write_mails(
    person: Person, home: Path, *, attempt: int = 0, **settings: Any
) -> list[EmailMessage]:
    """Do the worker's work for a workspace; gives the mails that are then kept as files."""
    state = person.app.state
    changed = replace(state.settings, home=home, **settings)
    mails = UserMails(state.database, state.links, Mailer(changed), changed)
    for name, job in await jobs_of(person):
        send = mails.send_invitation if name == "mail_invitation" else mails.send_password_reset
        await send(job, attempt=attempt)
    return [
        message_from_bytes(path.read_bytes(), policy=default)
        for path in sorted((home / "mail").glob("*.eml"))
    ]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content()


def link_in(mail: EmailMessage) -> str:
    """The address that a mail asks its reader to open."""
    (link,) = {word for word in text_of(mail).split() if word.startswith("http")}
    return link


@asynccontextmanager
async def held_back(superuser_url: str, person: Person) -> AsyncGenerator[None]:
    """Whatever writes an event in this workspace meanwhile cannot commit until the end."""
    connection = await asyncpg.connect(superuser_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "SELECT FROM event_counters WHERE tenant_id = $1 FOR UPDATE", person.tenant_id
    )
    try:
        yield
    finally:
        await transaction.rollback()
        await connection.close()


async def soon(ask: Callable[[], Awaitable[int]], wanted: int) -> bool:
    """Whether the answer comes within two seconds: what was told through Redis has to arrive."""
    for _ in range(100):
        if await ask() == wanted:
            return True
        await asyncio.sleep(0.02)
    return False
