"""Counting the rows of every table: in the snapshot that is dumped, and in what was restored."""

import json

from projectflow.embedded.connect import Connection

# The names of tables are put in by the server's own quoting; this text is fixed.
_COUNT = """
DO $$
DECLARE
    one_table record;
    row_count bigint;
    counts jsonb := '{}';
BEGIN
    FOR one_table IN
        SELECT n.nspname, c.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        ORDER BY 1, 2
    LOOP
        EXECUTE format('SELECT count(*) FROM ONLY %I.%I', one_table.nspname, one_table.relname)
            INTO row_count;
        counts := counts || jsonb_build_object(
            one_table.nspname || '.' || one_table.relname, row_count
        );
    END LOOP;
    PERFORM set_config('operations.row_counts', counts::text, true);
END
$$
"""


async def count_rows(connection: Connection) -> dict[str, int]:
    """Rows per table, by `schema.table`; to be called inside a transaction.

    Row-level security must not apply to the role, or it counts nothing.
    """
    await connection.execute("SET LOCAL row_security = off")  # an error rather than a wrong count
    await connection.execute(_COUNT)
    counts = await connection.fetchval("SELECT current_setting('operations.row_counts')")
    return {str(name): int(rows) for name, rows in json.loads(counts).items()}
