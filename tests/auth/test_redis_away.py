"""While Redis is away what cannot be done safely is refused, and all else goes on."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar
from msgspec.structs import replace
from redis.asyncio import Redis
from tests.auth.accounts import NEW_PASSWORD, PASSWORD, Account, Device, NewDevice, running, soon
from tests.people import Person

from projectflow.core.settings import Settings
from projectflow.embedded.binaries import find_valkey

pytestmark = pytest.mark.usefixtures("quick_passwords")


class OwnValkey:
    """A Valkey without a file, that a test stops and starts: it comes back empty."""

    def __init__(self, folder: Path) -> None:
        self._program = str(find_valkey())
        self._socket = folder / "valkey.sock"
        self.url = f"unix://{self._socket}?db=0"

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self._program, "--port", "0", "--unixsocket", str(self._socket), "--save", "",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await soon(self._answers, 1)

    async def _answers(self) -> int:
        return int(self._socket.exists())

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._socket.unlink(missing_ok=True)


@pytest.fixture
async def valkey() -> AsyncIterator[OwnValkey]:
    with tempfile.TemporaryDirectory(prefix="pf-valkey-", dir="/tmp") as folder:
        made = OwnValkey(Path(folder))
        await made.start()
        yield made
        await made.stop()


@pytest.fixture
async def office(settings: Settings, valkey: OwnValkey) -> AsyncIterator[Litestar]:
    """An app on the Valkey that goes away."""
    async with running(replace(settings, redis_url=valkey.url)) as made:
        yield made


async def deaf(app: Litestar) -> int:
    """1 once the app has noticed that it no longer hears."""
    return 0 if app.state.revocations._listening.is_set() else 1


async def test_what_is_sensitive_fails_closed_and_the_rest_goes_on(
    office: Litestar, valkey: OwnValkey, owner: Person, account: Account, device: NewDevice
) -> None:
    here, other = device(of=office), device(of=office)
    for each in (here, other):
        assert (await each.sign_in(account)).status_code == 200
    member = await owner.colleague("member")
    before = (await owner.get(f"/users/{member.id}")).json()
    sessions = (await here.client.get("/me/sessions")).json()["items"]
    (ended,) = [s["id"] for s in sessions if not s["is_current"]]

    await valkey.stop()
    assert await soon(lambda: deaf(office), 1)

    refused = [
        await here.client.patch(f"/users/{member.id}", json={"role": "admin"}),
        await here.client.post(f"/users/{member.id}/deactivate"),
        await here.client.delete(f"/users/{member.id}"),
        await here.client.delete(f"/me/sessions/{ended}"),
        await here.client.delete("/me/sessions"),
        await here.client.post(
            "/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        ),
    ]
    assert [a.status_code for a in refused] == [503] * len(refused)
    assert {a.json()["type"] for a in refused} == {"/problems/unavailable"}
    assert {a.headers["retry-after"] for a in refused} == {"5"}
    assert (await owner.get(f"/users/{member.id}")).json() == before
    assert await other.me() == 200
    await plain_work_goes_on(here, other, account)


async def plain_work_goes_on(here: Device, other: Device, account: Account) -> None:
    made = await here.client.post("/projects", json={"name": "While Redis is away"})
    assert made.status_code == 201
    listed = (await here.client.get("/projects")).json()["items"]
    assert made.json()["id"] in {p["id"] for p in listed}
    assert (await here.client.patch("/me", json={"first_name": "Still"})).status_code == 200
    assert (await other.refresh()).status_code == 200
    assert (await here.sign_in(account)).status_code == 200


async def test_what_was_ended_stays_ended_while_redis_is_away_and_after_it_came_back_empty(
    office: Litestar, valkey: OwnValkey, account: Account, device: NewDevice
) -> None:
    here, lost = device(of=office), device(of=office)
    for each in (here, lost):
        await each.sign_in(account)
    assert (await here.client.delete("/me/sessions")).status_code == 204

    await valkey.stop()
    assert await soon(lambda: deaf(office), 1)
    assert await lost.me() == 401
    await valkey.start()
    assert await soon(lambda: deaf(office), 0)

    assert (await lost.me(), await here.me()) == (401, 200)


async def test_once_redis_is_back_processes_hear_each_other_again(
    settings: Settings, office: Litestar, valkey: OwnValkey, account: Account, device: NewDevice
) -> None:
    async with running(replace(settings, redis_url=valkey.url)) as second:
        here, lost = device(of=office), device(of=second)
        for each in (here, lost):
            await each.sign_in(account)
        await valkey.stop()
        for each in (office, second):
            assert await soon(lambda app=each: deaf(app), 1)
        assert (await here.client.delete("/me/sessions")).status_code == 503

        await valkey.start()
        for each in (office, second):
            assert await soon(lambda app=each: deaf(app), 0)

        assert (await here.client.delete("/me/sessions")).status_code == 204
        assert await soon(lost.me, 401)
        assert await here.me() == 200
        redis: Redis = office.state.redis
        assert await redis.zcard("auth:revoked") == 1
