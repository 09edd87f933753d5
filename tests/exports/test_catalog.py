"""Every table of a workspace is in its export, or has a reason not to be."""

from datetime import date

import asyncpg
from tests.isolation.walls import NOT_OF_A_TENANT

from projectflow.core.db import Database
from projectflow.exports.catalog import EXPORTED, LEFT_OUT, TABLES
from projectflow.exports.tables import page_sql


async def test_every_table_is_exported_or_left_out_for_a_reason(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch(
        """
        SELECT c.relname::text AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition
        """
    )
    await connection.close()
    there = {row["name"] for row in rows} - NOT_OF_A_TENANT

    assert there == EXPORTED.keys() | LEFT_OUT.keys()
    assert not EXPORTED.keys() & LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


async def test_tables_come_after_what_they_point_to(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    keys = await connection.fetch(
        """
        SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS target,
               ARRAY(SELECT attname::text FROM pg_attribute
                     WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns
        FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
        """
    )
    await connection.close()
    place = {table.name: n for n, table in enumerate(TABLES)}
    for name, target, columns in keys:
        if name not in EXPORTED:
            continue
        assert target in EXPORTED, f"{name} points to {target}, which is not exported"
        if name == target:
            assert set(EXPORTED[name].at_the_end) & set(columns), f"{name}: {columns}"
        else:
            assert place[target] < place[name], f"{name} comes before {target}"


async def test_every_id_of_a_projects_rows_is_renamed(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch(
        """
        SELECT c.relname::text AS name, array_agg(a.attname::text) AS ids
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition AND a.atttypid = 'uuid'::regtype AND a.attnum > 0
          AND NOT a.attisdropped AND a.attname <> 'tenant_id' AND a.attgenerated = ''
        GROUP BY c.relname
        """
    )
    await connection.close()
    for row in rows:
        table = EXPORTED.get(row["name"])
        if table is not None and table.of_project is not None:
            assert table.ids.keys() == set(row["ids"]), table.name


async def test_every_page_is_in_the_order_of_a_key(database: Database, owner) -> None:
    """Two rows of one place would be cut apart between pages, and one lost."""
    for table in TABLES:
        for rows, extra in ((table.of_workspace, []), (table.of_project, [owner.id])):
            if rows is None:
                continue
            sql = page_sql(rows, in_project=bool(extra))
            last = [
                {"uuid": owner.id, "text": "a", "date": date(2030, 1, 1)}.get(kind, 1)
                for _, kind in rows.order
            ]
            async with database.tenant(owner.tenant_id, read_only=True, snapshot=True) as db:
                await db.fetch(sql.first, owner.tenant_id, 5, *extra)
                await db.fetch(sql.following, owner.tenant_id, 5, *extra, *last)
