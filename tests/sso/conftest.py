"""Providers, an app that may call them on this machine, and browsers."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from litestar import Litestar
from msgspec.structs import replace
from tests.auth.accounts import running
from tests.people import found_workspace
from tests.sso.identity import ForgedProvider, RealProvider
from tests.sso.visitors import Browser, Workspace, give, just_signed_in, somebody

from projectflow.core.settings import Settings

NewBrowser = Callable[[], Browser]


@pytest.fixture(scope="session")
def provider() -> Iterator[RealProvider]:
    """Who people are, says a program that others wrote."""
    started = RealProvider()
    yield started
    started.stop()


@pytest.fixture
def forged() -> Iterator[ForgedProvider]:
    """A provider that lies."""
    started = ForgedProvider()
    yield started
    started.stop()


@pytest.fixture(scope="session")
async def home_app(settings: Settings) -> AsyncIterator[Litestar]:
    """An app of a company that runs its provider in its own network."""
    changed = replace(settings, private_networks=True, public_url="http://projectflow.test")
    async with running(changed) as app:
        yield app


@pytest.fixture
async def workspace(home_app: Litestar) -> AsyncIterator[Workspace]:
    """A fresh workspace without a provider; its owner has just signed in."""
    async with await found_workspace(home_app) as owner:
        await just_signed_in(owner)
        yield Workspace(owner)


@pytest.fixture
async def other_workspace(home_app: Litestar) -> AsyncIterator[Workspace]:
    """Another one."""
    async with await found_workspace(home_app) as owner:
        await just_signed_in(owner)
        yield Workspace(owner)


@pytest.fixture
async def browser(home_app: Litestar) -> AsyncIterator[NewBrowser]:
    """Browsers that nobody is signed in at, here or at the provider."""
    opened: list[Browser] = []

    def new() -> Browser:
        opened.append(Browser(home_app))
        return opened[-1]

    yield new
    for each in opened:
        await each.close()


@pytest.fixture
async def ada(provider: RealProvider) -> str:
    """Somebody at the provider, with an address that it has verified."""
    subject = somebody()
    await give(provider, subject)
    return subject
