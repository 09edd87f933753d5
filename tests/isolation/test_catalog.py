"""Every table that belongs to tenants has the whole wall, whoever adds it and whenever."""

import re
from pathlib import Path

import asyncpg
import pytest
from tests.isolation.walls import NOT_OF_A_TENANT, breaches

TENANCY_PAGE = Path(__file__).parents[2] / "docs" / "tenancy.md"
KNOWN_DEFINER_FUNCTIONS = {"find_workspace", "delete_ended_sessions"}
SERVICE_ROLES = ("projectflow_app", "projectflow_service")
PARTITIONED = {
    "tasks", "events", "comments", "checklist_items", "notifications", "time_entries",
    "comment_mentions", "comment_reactions",
    "task_field_values", "notification_causes", "due_notices",
    "analytics_tasks", "analytics_spans", "analytics_time", "analytics_flow", "analytics_usage",
}  # fmt: skip
JOB_COLUMNS = {
    "id", "priority", "queue_manager_id", "created", "updated", "heartbeat", "execute_after",
    "status", "entrypoint", "dedupe_key", "payload", "headers", "attempts", "slot", "job_id",
    "traceback", "aggregated", "expression", "next_run", "last_run", "count",
}  # fmt: skip
WALLED = """
    CREATE TABLE gadgets (
        tenant_id uuid NOT NULL REFERENCES tenants (id), id uuid NOT NULL,
        task_id uuid, name text,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id));
    CALL isolate_by_tenant('gadgets');
"""
HOLES = {
    "no wall at all": "CREATE TABLE holes (tenant_id uuid NOT NULL, PRIMARY KEY (tenant_id))",
    "no tenant at all": "CREATE TABLE holes (id uuid PRIMARY KEY)",
    "row-level security off": WALLED + "ALTER TABLE gadgets DISABLE ROW LEVEL SECURITY",
    "not forced": WALLED + "ALTER TABLE gadgets NO FORCE ROW LEVEL SECURITY",
    "no policy": WALLED + "DROP POLICY tenant_isolation ON gadgets",
    "a policy for everybody": WALLED + "CREATE POLICY open ON gadgets USING (true)",
    "a policy that checks no writes": WALLED
    + "ALTER POLICY tenant_isolation ON gadgets WITH CHECK (true)",
    "a tenant that may be null": "CREATE TABLE holes (tenant_id uuid UNIQUE, id uuid PRIMARY KEY);"
    "CALL isolate_by_tenant('holes')",
    "a primary key without the tenant": "CREATE TABLE holes (tenant_id uuid NOT NULL,"
    " id uuid PRIMARY KEY);"
    "CALL isolate_by_tenant('holes')",
    "a unique constraint without the tenant": WALLED + "ALTER TABLE gadgets ADD UNIQUE (name)",
    "a unique index without the tenant": WALLED
    + "CREATE UNIQUE INDEX ON gadgets (lower(name)) WHERE name IS NOT NULL",
    "a foreign key to a tenant of another column": WALLED
    + "ALTER TABLE gadgets ADD FOREIGN KEY (id) REFERENCES tenants (id)",
    "a foreign key that crosses its columns": WALLED
    + "ALTER TABLE gadgets ADD FOREIGN KEY (id, tenant_id) REFERENCES tasks (tenant_id, id)",
    "a partition without the wall": "CREATE TABLE holes (tenant_id uuid NOT NULL, id uuid,"
    " PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (tenant_id);"
    "CALL isolate_by_tenant('holes');"
    "CREATE TABLE holes_p0 PARTITION OF holes FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
    "a right on a partition": "GRANT SELECT ON tasks_p0 TO projectflow_service",
    "a right on one column": "GRANT SELECT (title) ON tasks_p0 TO projectflow_service",
    "a right to truncate": "GRANT TRUNCATE ON users TO projectflow_service",
    "a view of all tenants": "CREATE VIEW everybody AS SELECT * FROM users",
    "a table in a new schema": "CREATE SCHEMA extra; CREATE TABLE extra.holes (tenant_id uuid)",
}


async def test_every_tenant_table_and_partition_is_behind_the_wall(
    superuser: asyncpg.Connection,
) -> None:
    assert await breaches(superuser) == []


async def test_the_check_looks_at_every_table_there_is(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT relname FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    names = {row["relname"] for row in rows} - NOT_OF_A_TENANT

    assert {"tenants", "users", "sessions", "projects", "tasks", "imports", "import_links"} <= names
    for table in PARTITIONED:
        assert {f"{table}_p{n}" for n in range(8)} <= names


@pytest.mark.parametrize("hole", HOLES)
async def test_a_hole_made_later_is_found(superuser: asyncpg.Connection, hole: str) -> None:
    await superuser.execute(HOLES[hole])

    assert await breaches(superuser), f"{hole} went unnoticed"


async def test_a_table_with_the_wall_passes(superuser: asyncpg.Connection) -> None:
    await superuser.execute(WALLED)

    assert await breaches(superuser) == []


@pytest.mark.parametrize("role", SERVICE_ROLES)
async def test_the_service_cannot_do_more_than_serve(
    superuser: asyncpg.Connection, role: str
) -> None:
    powers = await superuser.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = $1",
        role,
    )
    assert powers is not None
    assert not any(powers.values())
    reaches = await superuser.fetch(
        "SELECT rolname FROM pg_roles WHERE pg_has_role($1, oid, 'member') AND rolname <> $1", role
    )
    assert {row["rolname"] for row in reaches} <= {"projectflow_service"}


@pytest.mark.parametrize("role", SERVICE_ROLES)
async def test_the_service_owns_nothing_and_can_make_nothing(
    superuser: asyncpg.Connection, role: str
) -> None:
    owned = await superuser.fetchval(
        "SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
        " WHERE d.deptype = 'o' AND r.rolname = $1",
        role,
    )
    assert owned == 0
    schemas = await superuser.fetch(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')", role
    )
    assert schemas == []


async def test_the_service_makes_one_plan_for_all_tenants(service: asyncpg.Connection) -> None:
    assert await service.fetchval("SHOW plan_cache_mode") == "force_generic_plan"
    assert await service.fetchval("SHOW row_security") == "on"


async def test_only_the_functions_of_the_tenancy_page_see_other_tenants(
    superuser: asyncpg.Connection,
) -> None:
    rows = await superuser.fetch(
        """
        SELECT p.proname, p.proconfig, p.proacl::text[] AS rights,
               pg_get_userbyid(p.proowner) AS owner
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """
    )

    assert {row["proname"] for row in rows} == _documented_functions()
    for row in rows:
        assert row["proconfig"] == ["search_path=pg_catalog, public, pg_temp"], row["proname"]
        assert row["owner"] == "projectflow_owner"
        assert row["rights"], f"{row['proname']} may be executed by everybody"
        assert not [right for right in row["rights"] if right.startswith("=")], row["proname"]


def _documented_functions() -> set[str]:
    if not TENANCY_PAGE.exists():
        return KNOWN_DEFINER_FUNCTIONS
    return set(re.findall(r"^\| `(\w+)", TENANCY_PAGE.read_text(), re.MULTILINE))


async def test_the_job_queue_has_no_column_for_a_tenants_data(
    superuser: asyncpg.Connection,
) -> None:
    rows = await superuser.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'jobs'"
    )
    assert {row["column_name"] for row in rows} == JOB_COLUMNS


async def test_the_migration_runners_tables_are_read_only_to_the_service(
    superuser: asyncpg.Connection,
) -> None:
    writable = [
        table
        for table in NOT_OF_A_TENANT
        if await superuser.fetchval(
            "SELECT has_table_privilege('projectflow_app', $1, 'INSERT, UPDATE, DELETE, TRUNCATE')",
            table,
        )
    ]
    assert writable == []
