"""What is missing from the wall around tenants, as the system catalogs tell it."""

from typing import Final, LiteralString

import asyncpg

NOT_OF_A_TENANT: Final = frozenset({"_pogo_migration", "_pogo_version", "known_consumers"})
"""Tables of the migration runner, and names of consumers. All else in `public` is tenants'."""

OWNERS_POLICIES: Final = frozenset(
    {
        ("tenants", "owner_finds_by_slug"), ("sessions", "owner_sweeps"),
        ("challenges", "owner_sweeps"), ("events", "owner_sweeps"),
        ("idempotency_keys", "owner_sweeps"),
        ("task_series", "owner_finds_due"),
        ("search_entries", "owner_searches"),
        ("event_counters", "owner_relays"), ("consumer_positions", "owner_relays"),
        ("parked_events", "owner_finds"),
        ("tasks", "owner_finds_due"), ("notifications", "owner_sweeps"),
        ("reports", "owner_finds_due"),
    }
)  # fmt: skip
"""What the SECURITY DEFINER functions of docs/tenancy.md see; they are for the owner's role."""

TABLES: Final = """
    tenant_tables AS (
        SELECT c.oid, c.relname::text AS name, c.relkind, c.relispartition,
               c.relrowsecurity, c.relforcerowsecurity,
               CASE WHEN c.relname = 'tenants' THEN 'id' ELSE 'tenant_id' END AS wall
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'jobs')
          AND c.relname <> ALL ($1)
    )
"""

CHECKS: Final[dict[str, LiteralString]] = {
    "row-level security is not enabled and forced": f"""
        WITH {TABLES}
        SELECT name FROM tenant_tables WHERE NOT (relrowsecurity AND relforcerowsecurity)
    """,
    "no policy lets exactly the current tenant through": f"""
        WITH {TABLES}
        SELECT name FROM tenant_tables t WHERE NOT EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polcmd = '*' AND p.polpermissive
              AND p.polroles = '{{0}}'
              AND pg_get_expr(p.polqual, t.oid) = format('(%s = current_tenant())', t.wall)
              AND pg_get_expr(p.polwithcheck, t.oid) = format('(%s = current_tenant())', t.wall))
    """,
    "a second policy lets others through": f"""
        WITH {TABLES}
        SELECT t.name || '.' || p.polname
        FROM tenant_tables t JOIN pg_policy p ON p.polrelid = t.oid
        WHERE p.polname <> 'tenant_isolation' AND p.polpermissive AND (
            p.polroles <> ARRAY[(SELECT relowner FROM pg_class WHERE oid = t.oid)]
            OR t.name || '.' || p.polname <> ALL ($2))
    """,
    "the tenant may be missing from a row": f"""
        WITH {TABLES}
        SELECT name FROM tenant_tables t WHERE NOT EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = t.wall
              AND a.attnotnull AND a.atttypid = 'uuid'::regtype)
    """,
    "there is no primary key with the tenant first": f"""
        WITH {TABLES}
        SELECT name FROM tenant_tables t WHERE NOT EXISTS (
            SELECT FROM pg_index i JOIN pg_attribute a
                ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = t.oid AND i.indisprimary AND a.attname = t.wall)
    """,
    "a unique index leaves the tenant out": f"""
        WITH {TABLES}
        SELECT t.name || '.' || i.indexrelid::regclass
        FROM tenant_tables t JOIN pg_index i ON i.indrelid = t.oid
        WHERE (i.indisunique OR i.indisexclusion) AND NOT EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = t.wall
              AND a.attnum = ANY (i.indkey::int2[]))
          AND i.indexrelid <> ALL (ARRAY(SELECT 'tenants_subdomain_key'::regclass::oid))
    """,
    "a foreign key can leave the tenant": f"""
        WITH {TABLES}
        SELECT t.name || '.' || k.conname
        FROM tenant_tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
        WHERE NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = pair.here
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there
            WHERE a.attname = t.wall AND b.attname =
                CASE WHEN k.confrelid = 'tenants'::regclass THEN 'id' ELSE 'tenant_id' END)
    """,
    "the service has a right on a partition": f"""
        WITH {TABLES}
        SELECT name FROM tenant_tables t WHERE relispartition AND (
            has_table_privilege('projectflow_app', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
            OR has_any_column_privilege('projectflow_app', oid, 'SELECT, INSERT, UPDATE'))
    """,
    "the service has a right that row-level security does not see": f"""
        WITH {TABLES}
        SELECT name FROM tenant_tables
        WHERE has_table_privilege('projectflow_app', oid, 'TRUNCATE, REFERENCES, TRIGGER, MAINTAIN')
    """,
    "a view reads with its owner's rights": """
        SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND (c.relkind = 'm'
            OR c.relkind = 'v' AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')))
          AND $1::text[] IS NOT NULL
    """,
}


async def breaches(connection: asyncpg.Connection) -> list[str]:
    """Where the wall has a hole, as sentences; empty where it stands."""
    found: list[str] = []
    policies = [f"{table}.{policy}" for table, policy in OWNERS_POLICIES]
    for sentence, query in CHECKS.items():
        arguments = [list(NOT_OF_A_TENANT), policies][: 2 if "$2" in query else 1]
        rows = await connection.fetch(query, *arguments)
        found += [f"{row[0]}: {sentence}" for row in rows]
    return found
