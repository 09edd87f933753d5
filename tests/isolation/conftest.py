"""Connections past the app: as the service's role, and as a superuser who sees everything."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from projectflow.core.settings import Settings


@pytest.fixture
async def superuser(superuser_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Past every wall; whatever it does is rolled back."""
    connection = await asyncpg.connect(superuser_url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """What requests have: the service's role and one connection."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()
