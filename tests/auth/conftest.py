"""Passwords that cost a test nothing, and devices to sign in from."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import bcrypt
import pytest
from litestar import Litestar
from tests.auth.accounts import Account, Device, NewDevice, SignedIn, give_password
from tests.auth.second_factors import Clock
from tests.people import Person

from projectflow.auth import passwords, totp


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Hash at bcrypt's lowest cost: the real one takes a quarter of a second of CPU each time."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "COST", 4)
    patch.setattr(passwords, "_DUMMY", bcrypt.hashpw(b"nobody", bcrypt.gensalt(4)))
    yield
    patch.undo()


@pytest.fixture
async def device(app: Litestar) -> AsyncIterator[NewDevice]:
    """Devices that nobody is signed in at, each at an address of its own."""
    async with AsyncExitStack() as stack:

        def new(of: Litestar = app, address: str | None = None, name: str = "Firefox") -> Device:
            made = Device(of, address, name)
            stack.push_async_callback(made.client.aclose)
            return made

        yield new


@pytest.fixture
async def account(owner: Person) -> Account:
    """The owner of the fresh workspace, with a password."""
    return await give_password(owner)


@pytest.fixture
def signed_in(device: NewDevice) -> SignedIn:
    """A new device that somebody is signed in at."""

    async def sign_in(account: Account) -> Device:
        made = device()
        answer = await made.sign_in(account)
        assert answer.status_code == 200, answer.text
        return made

    return sign_in


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The server's clock, as far as the codes of authenticator apps go by it."""
    made = Clock()
    monkeypatch.setattr(totp, "current_step", lambda: made.step)
    return made
