"""Events go when their workspace wants to keep them no longer, and no others do."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.people import Person

from projectflow.audit.retention import delete_outlived_events

OLD = 1_234
"""More than the function looks at of one workspace in one call."""


@pytest.fixture
async def superuser(superuser_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(superuser_url)
    yield connection
    await connection.close()


async def fill(superuser: asyncpg.Connection, person: Person) -> None:
    """Events of 40 days ago, then one of just under 30 days ago, then one of today."""
    await superuser.execute(
        """
        INSERT INTO events (tenant_id, seq, type, entity_type, entity_id, entity_version,
                            created_at)
        SELECT $1, n, 'user.signed_in', 'user', $2::uuid, 1, now() - CASE
            WHEN n <= $3 THEN interval '40 days'
            WHEN n = $3 + 1 THEN interval '29 days 23 hours' ELSE interval '0' END
        FROM generate_series(1, $3::int + 2) n
        """,
        person.tenant_id,
        person.id,
        OLD,
    )
    await superuser.execute(
        "UPDATE event_counters SET last_seq = $2 WHERE tenant_id = $1", person.tenant_id, OLD + 2
    )


async def keep_for(superuser: asyncpg.Connection, person: Person, days: int | None) -> None:
    await superuser.execute(
        "UPDATE tenants SET audit_retention_days = $2 WHERE id = $1", person.tenant_id, days
    )


async def seqs(superuser: asyncpg.Connection, person: Person) -> list[int]:
    rows = await superuser.fetch(
        "SELECT seq FROM events WHERE tenant_id = $1 ORDER BY seq", person.tenant_id
    )
    return [row["seq"] for row in rows]


async def test_what_is_older_goes_and_nothing_else(
    owner: Person, stranger: Person, superuser: asyncpg.Connection
) -> None:
    for person in (owner, stranger):
        await fill(superuser, person)
    await keep_for(superuser, owner, 30)

    deleted = await delete_outlived_events(owner.app.state.database)

    assert deleted == OLD
    assert await seqs(superuser, owner) == [OLD + 1, OLD + 2]
    assert await seqs(superuser, stranger) == list(range(1, OLD + 3)), "they keep all"
    assert await delete_outlived_events(owner.app.state.database) == 0


async def test_numbers_go_on_after_the_last_was_deleted(
    owner: Person, superuser: asyncpg.Connection
) -> None:
    await fill(superuser, owner)
    await superuser.execute(
        "UPDATE events SET created_at = now() - interval '2 years' WHERE tenant_id = $1",
        owner.tenant_id,
    )
    await keep_for(superuser, owner, 365)

    await delete_outlived_events(owner.app.state.database)
    assert await seqs(superuser, owner) == []
    await owner.post("/teams", {"name": "Design"})

    assert await seqs(superuser, owner) == [OLD + 3]
