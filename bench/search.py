"""How long a search takes as a workspace grows, among other workspaces with the same words.

    .venv/bin/python -m bench.search                     # 1,000, 10,000 and 100,000 tasks
    .venv/bin/python -m bench.search --sizes 1000 10000 --others 20

A cluster of its own; each size is a workspace, filled by rows and triggers. Half of the questions
are words of two to three syllables by their frequency, the others one prefix, two words, a typo,
a key, and nothing that exists. The route's function is timed with its transaction, without HTTP.
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from uuid import UUID

import asyncpg
from tests.cluster import Cluster
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Database, connect
from projectflow.core.settings import Settings
from projectflow.search.postgres import PostgresIndex
from projectflow.search.service import Search, search
from projectflow.search.types import KINDS

SYLLABLES = (
    "lo", "gin", "cra", "sh", "ta", "ble", "re", "port", "in", "voi", "ce", "au", "ti", "ca",
    "tion", "sea", "rch", "da", "ba", "se", "per", "for", "man", "que", "ry", "cus", "to", "mer",
    "pro", "ject", "plan", "ner", "not", "fi", "ed", "ge", "wal",
)  # fmt: skip
TEXTS = 5_000
"""Tasks with different words; then they come again."""


def vocabulary(dice: random.Random) -> list[str]:
    return ["".join(dice.choices(SYLLABLES, k=dice.choice((2, 3, 3, 4)))) for _ in range(20_000)]


def words(dice: random.Random, known: list[str], count: int) -> str:
    """Words as frequent as in any language: the n-th about 1/n as often as the first."""
    return " ".join(known[int(len(known) ** dice.random()) - 1] for _ in range(count))


async def fill(connection: asyncpg.Connection, size: int, texts: list[tuple[str, str]]) -> Actor:
    tenant, user, project = uuid7(), uuid7(), uuid7()
    await connection.execute(
        "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'W')", tenant, f"w-{tenant.hex}"
    )
    await connection.execute(
        "INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)"
        " VALUES ($1, $2, 'a@example.org', '!', 'A', 'B', 'owner')",
        tenant,
        user,
    )
    await connection.execute(
        "INSERT INTO projects (tenant_id, id, key, name, owner_id) VALUES ($1, $2, 'WEB', 'W', $3)",
        tenant,
        project,
        user,
    )
    await connection.execute(
        "INSERT INTO workflow_states (tenant_id, id, project_id, key, name, category, color,"
        " position) VALUES ($1, $2, $2, 'pending', 'P', 'unstarted', '#000000', 1)",
        tenant,
        project,
    )
    await connection.execute(
        """
        INSERT INTO tasks (tenant_id, id, project_id, number, title, description, reporter_id,
                           position, created_at)
        SELECT $1, gen_random_uuid(), $2, n, ($5::text[])[n % $7 + 1], ($6::text[])[n % $7 + 1], $3,
               rank_of(n), now() - ($4 - n) * interval '1 minute'
        FROM generate_series(1, $4::int) n
        """,
        tenant,
        project,
        user,
        size,
        [title for title, _ in texts],
        [body for _, body in texts],
        len(texts),
        timeout=1_800,
    )
    return Actor(user, tenant, "owner", uuid7())


def questions(dice: random.Random, known: list[str], count: int) -> dict[str, list[str]]:
    def typo() -> str:
        word = next(w for w in iter(lambda: words(dice, known, 1), "") if len(w) > 5)
        place = dice.randrange(2, len(word) - 1)
        return word[:place] + word[place + 1 :]

    return {
        "a word": [words(dice, known, 1) for _ in range(count)],
        "two words": [words(dice, known, 2) for _ in range(count)],
        "three letters": [words(dice, known, 1)[:3] for _ in range(count)],
        "the most frequent": [known[n] for n in range(count)],
        "a typo": [typo() for _ in range(count)],
        "a key": [f"WEB-{dice.randrange(1, 900)}" for _ in range(count)],
        "nothing": ["".join(dice.choices("jxzkvw", k=7)) for _ in range(count)],
    }


async def p50(database: Database, actor: Actor, texts: list[str]) -> float:
    """Milliseconds."""
    by = Search(PostgresIndex())
    took: list[float] = []
    for text in [texts[0], *texts]:
        begun = time.perf_counter()
        async with database.tenant(actor.tenant_id, read_only=True) as db:
            await search(
                db, actor, by, text, kinds=KINDS, project_id=None, archived=False, limit=20,
                cursor=None,
            )  # fmt: skip
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took[1:])


async def run(sizes: list[int], others: int, asked: int) -> None:
    dice = random.Random(7)
    known = vocabulary(dice)
    texts = [(words(dice, known, 6), words(dice, known, 40)) for _ in range(TEXTS)]
    cluster = Cluster()
    addresses = await cluster.start_here()
    database = await connect(Settings(database_url=addresses.service))
    connection = await asyncpg.connect(addresses.superuser)
    try:
        for _ in range(others):
            await fill(connection, 200, texts)
        actors: list[Actor] = []
        for size in sizes:
            begun = time.perf_counter()
            actors.append(await fill(connection, size, texts))
            print(f"{size:,} tasks written in {time.perf_counter() - begun:.1f} s")
        await connection.execute("VACUUM ANALYZE", timeout=1_800)
        print(f"load of the machine: {os.getloadavg()[0]:.1f}; {others} other workspaces of 200")
        print(f"{'p50, ms':20}" + "".join(f"{size:>12,}" for size in sizes) + "   to the first")
        for name, each in questions(dice, known, asked).items():
            times = [await p50(database, actor, each) for actor in actors]
            row = "".join(f"{t:12.1f}" for t in times)
            print(f"{name:20}{row}   " + " ".join(f"{t / times[0]:.1f}x" for t in times[1:]))
        await _writes(connection, actors[0].tenant_id)
    finally:
        await connection.close()
        await database.close()
        await cluster.stop_here()


async def _writes(connection: asyncpg.Connection, tenant: UUID) -> None:
    """What the triggers cost: the same thousand rows with and without them."""
    took: dict[str, float] = {}
    for name, switch in (("with", "ENABLE"), ("without", "DISABLE")):
        await connection.execute(f"ALTER TABLE tasks {switch} TRIGGER USER")
        best = 1e9
        for _ in range(5):
            begin = connection.transaction()
            await begin.start()
            begun = time.perf_counter()
            await connection.execute(
                """
                INSERT INTO tasks (tenant_id, id, project_id, number, title, description,
                                   reporter_id, position)
                SELECT tenant_id, gen_random_uuid(), project_id, number + 500000, title,
                       description, reporter_id, 'z' || position
                FROM tasks WHERE tenant_id = $1 AND number <= 1000
                """,
                tenant,
            )
            best = min(best, time.perf_counter() - begun)
            await begin.rollback()
        took[name] = best
    await connection.execute("ALTER TABLE tasks ENABLE TRIGGER USER")
    print(
        f"a row of tasks written in bulk: {took['with'] * 1000:.0f} µs,"
        f" without the triggers {took['without'] * 1000:.0f} µs"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Time searches.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--others", type=int, default=200, help="workspaces of 200 tasks")
    parser.add_argument("--asked", type=int, default=30, help="questions of each sort")
    given = parser.parse_args()
    asyncio.run(run(given.sizes, given.others, given.asked))


if __name__ == "__main__":
    main()
