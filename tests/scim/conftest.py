"""A workspace whose owner has let an identity provider in."""

from collections.abc import AsyncIterator

import pytest
from tests.people import Person
from tests.scim.provider import Provider, provider_of


@pytest.fixture
async def provider(owner: Person) -> AsyncIterator[Provider]:
    async with await provider_of(owner) as made:
        yield made
