"""PostgreSQL itself keeps tenants apart, whatever SQL the service's role sends."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from asyncpg import exceptions as refused
from msgspec import Struct
from tests.isolation.walls import NOT_OF_A_TENANT
from tests.people import Person
from uuid_utils.compat import uuid7

TENANT_TABLES = (
    "tenants", "event_counters", "events", "users", "sessions", "password_resets", "api_keys",
    "teams", "team_members", "webhooks", "notifications", "projects", "project_counters",
    "project_members", "workflow_states", "milestones", "resource_assignments", "saved_views",
    "tags", "tasks", "task_dependencies", "checklist_items", "comments", "attachments",
    "time_entries", "imports", "import_links", "invitations", "roles", "challenges",
    "totp_factors", "recovery_codes", "passkeys", "identity_providers", "user_identities",
    "scim_tokens", "api_key_projects", "task_relations", "idempotency_keys", "undone_events",
    "former_task_keys", "task_tallies", "workspace_calendars", "project_calendars", "absences",
    "exports", "calendar_feeds",
    "rates", "task_schedules", "baselines", "baseline_tasks", "storage_usage", "task_watchers",
    "task_mentions", "comment_mentions", "comment_reactions", "custom_fields",
    "custom_field_options", "task_field_values", "task_templates", "task_series",
    "task_occurrences", "consumer_positions", "parked_events", "webhook_deliveries",
    "search_entries", "project_favourites", "notification_causes", "unread_counts",
    "notification_rules", "notification_mails", "due_notices",
    "analytics_positions", "analytics_gaps", "analytics_tasks", "analytics_spans",
    "analytics_links", "analytics_blocked", "analytics_time", "analytics_flow", "analytics_usage",
    "reports", "report_recipients", "agent_runs", "calendar_feeds", "exports", "scenarios",
)  # fmt: skip


class Theirs(Struct, frozen=True):
    """Rows of another tenant."""

    tenant: UUID
    user: UUID
    project: UUID
    task: UUID


@pytest.fixture
async def theirs(stranger: Person) -> Theirs:
    project = await stranger.project("Theirs", key="THEIRS")
    task = await stranger.task(project, "Their task", tags=["their-tag"])
    return Theirs(stranger.tenant_id, stranger.id, UUID(project["id"]), UUID(task["id"]))


@pytest.fixture
async def ours(owner: Person) -> Theirs:
    project = await owner.project("Ours", key="OURS")
    task = await owner.task(project, "Our task")
    return Theirs(owner.tenant_id, owner.id, UUID(project["id"]), UUID(task["id"]))


async def act_as(connection: asyncpg.Connection, tenant: UUID) -> None:
    await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'")


INSERT_USER = (
    "INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name)"
    " VALUES ($1, $2, $3, '!', 'A', 'B')"
)


async def test_the_list_of_tables_here_is_whole(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL ($1)",
        list(NOT_OF_A_TENANT),
    )
    assert {row["relname"] for row in rows} == set(TENANT_TABLES)


@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_without_a_tenant_a_table_is_empty(
    service: asyncpg.Connection, theirs: Theirs, table: str
) -> None:
    assert await service.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_without_a_tenant_nothing_is_written(
    service: asyncpg.Connection, theirs: Theirs
) -> None:
    with pytest.raises(refused.InsufficientPrivilegeError):
        await service.execute(INSERT_USER, theirs.tenant, uuid7(), "a@example.org")
    with pytest.raises(refused.InsufficientPrivilegeError):
        await service.execute("INSERT INTO tenants (subdomain, name) VALUES ('free', 'Free')")
    assert await service.execute("UPDATE tasks SET title = 'x'") == "UPDATE 0"
    assert await service.execute("DELETE FROM tasks") == "DELETE 0"


@pytest.mark.parametrize("setting", ["nonsense", "0", "' OR true --", "%", "NULL"])
async def test_a_tenant_that_is_no_uuid_is_an_error(
    service: asyncpg.Connection, theirs: Theirs, setting: str
) -> None:
    async with service.transaction():
        await service.execute("SELECT set_config('app.tenant_id', $1, true)", setting)
        with pytest.raises(refused.InvalidTextRepresentationError):
            await service.fetch("SELECT * FROM tasks")


async def test_an_empty_tenant_is_no_tenant(service: asyncpg.Connection, theirs: Theirs) -> None:
    async with service.transaction():
        await service.execute("SET LOCAL app.tenant_id = ''")
        assert await service.fetch("SELECT * FROM tasks") == []


@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_no_row_of_another_tenant_can_be_read(
    service: asyncpg.Connection, ours: Theirs, theirs: Theirs, table: str
) -> None:
    wall = "id" if table == "tenants" else "tenant_id"
    await act_as(service, ours.tenant)

    everything = await service.fetch(f"SELECT {wall} AS tenant FROM {table}")
    assert {row["tenant"] for row in everything} <= {ours.tenant}
    named = await service.fetch(f"SELECT 1 FROM {table} WHERE {wall} = $1", theirs.tenant)
    assert named == []


async def test_no_row_of_another_tenant_can_be_changed_or_deleted(
    service: asyncpg.Connection, superuser: asyncpg.Connection, ours: Theirs, theirs: Theirs
) -> None:
    await act_as(service, ours.tenant)

    for statement in (
        "UPDATE tasks SET title = 'ours now' WHERE tenant_id = $1 AND id = $2",
        "DELETE FROM tasks WHERE tenant_id = $1 AND id = $2",
        "UPDATE tasks t SET title = 'ours' FROM projects p WHERE t.tenant_id = $1 AND t.id = $2",
    ):
        assert (await service.execute(statement, theirs.tenant, theirs.task)).endswith(" 0")
    await service.execute("COMMIT")
    title = await superuser.fetchval("SELECT title FROM tasks WHERE id = $1", theirs.task)
    assert title == "Their task"


async def test_a_row_cannot_be_put_into_or_moved_to_another_tenant(
    service: asyncpg.Connection, ours: Theirs, theirs: Theirs
) -> None:
    for statement, arguments in (
        (INSERT_USER, (theirs.tenant, uuid7(), "spy@example.org")),
        ("UPDATE tasks SET tenant_id = $1 WHERE id = $2", (theirs.tenant, ours.task)),
        ("INSERT INTO tags (tenant_id, name) VALUES ($1, $2)", (theirs.tenant, "spy")),
        ("UPDATE tenants SET id = $1", (theirs.tenant,)),
    ):
        await act_as(service, ours.tenant)
        with pytest.raises(
            (refused.InsufficientPrivilegeError, refused.ForeignKeyViolationError)
        ) as caught:
            await service.execute(statement, *arguments)
        assert "row-level security" in str(caught.value), statement
        await service.execute("ROLLBACK")


async def test_on_conflict_does_not_reach_another_tenants_row(
    service: asyncpg.Connection, superuser: asyncpg.Connection, ours: Theirs, theirs: Theirs
) -> None:
    upsert = (
        "INSERT INTO tags (tenant_id, name, color) VALUES ($1, 'their-tag', '#000000')"
        " ON CONFLICT (tenant_id, name) DO UPDATE SET color = '#000000'"
    )
    await act_as(service, ours.tenant)
    with pytest.raises(refused.InsufficientPrivilegeError):
        await service.execute(upsert, theirs.tenant)
    await service.execute("ROLLBACK")
    await act_as(service, ours.tenant)
    assert await service.execute(upsert, ours.tenant) == "INSERT 0 1"
    await service.execute("COMMIT")

    color = await superuser.fetchval("SELECT color FROM tags WHERE tenant_id = $1", theirs.tenant)
    assert color is None


ASSIGN = "UPDATE tasks SET assignee_id = $3 WHERE tenant_id = $1 AND id = $2"
ADD_COMMENT = (
    "INSERT INTO comments (tenant_id, id, task_id, author_id, body)"
    " VALUES ($1, gen_random_uuid(), $3, (SELECT reporter_id FROM tasks WHERE id = $2), 'x')"
)


@pytest.mark.parametrize("statement", [ASSIGN, ADD_COMMENT])
async def test_a_foreign_key_does_not_tell_whether_another_tenants_row_exists(
    service: asyncpg.Connection, ours: Theirs, theirs: Theirs, statement: str
) -> None:
    there = theirs.user if statement is ASSIGN else theirs.task

    existing = await _error_of(service, ours, statement, there)
    invented = await _error_of(service, ours, statement, uuid7())

    assert existing == invented
    assert "foreign key" in existing


@pytest.mark.parametrize("statement", [ASSIGN, ADD_COMMENT])
async def test_a_foreign_key_to_our_own_row_holds(
    service: asyncpg.Connection, ours: Theirs, statement: str
) -> None:
    await act_as(service, ours.tenant)
    own = ours.user if statement is ASSIGN else ours.task

    assert (await service.execute(statement, ours.tenant, ours.task, own)).endswith(" 1")


async def _error_of(service: asyncpg.Connection, ours: Theirs, statement: str, target: UUID) -> str:
    await act_as(service, ours.tenant)
    with pytest.raises(refused.PostgresError) as caught:
        await service.execute(statement, ours.tenant, ours.task, target)
    await service.execute("ROLLBACK")
    return f"{type(caught.value)} {caught.value}".replace(str(target), "TARGET")


async def test_a_unique_key_does_not_tell_whether_another_tenants_row_exists(
    service: asyncpg.Connection, ours: Theirs, theirs: Theirs
) -> None:
    await act_as(service, ours.tenant)

    mail = f"{theirs.user.hex}@example.org"
    assert await service.execute(INSERT_USER, ours.tenant, theirs.user, mail) == "INSERT 0 1"
    renamed = await service.execute("UPDATE projects SET key = 'THEIRS'")
    assert renamed == "UPDATE 1"
    with pytest.raises(refused.InsufficientPrivilegeError) as existing:
        await service.execute(INSERT_USER, theirs.tenant, theirs.user, mail)
    await service.execute("ROLLBACK")
    await act_as(service, ours.tenant)
    with pytest.raises(refused.InsufficientPrivilegeError) as invented:
        await service.execute(INSERT_USER, theirs.tenant, uuid7(), "nobody@example.org")
    assert str(existing.value) == str(invented.value)


async def test_a_prepared_plan_follows_the_tenant_of_each_transaction(
    service: asyncpg.Connection, ours: Theirs, theirs: Theirs
) -> None:
    by_row_level_security = await service.prepare("SELECT title FROM tasks")
    by_predicate = await service.prepare("SELECT title FROM tasks WHERE tenant_id = $1")
    for _ in range(7):  # past the five runs after which a plan may become generic
        for tenant, title in ((ours.tenant, "Our task"), (theirs.tenant, "Their task")):
            await act_as(service, tenant)
            assert await _titles(by_row_level_security) == [title]
            assert await _titles(by_predicate, tenant) == [title]
            other = theirs.tenant if tenant == ours.tenant else ours.tenant
            assert await _titles(by_predicate, other) == []
            await service.execute("COMMIT")


async def _titles(statement: Any, *arguments: UUID) -> list[str]:
    return [row["title"] for row in await statement.fetch(*arguments)]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
async def test_the_tenant_is_gone_when_the_transaction_ends(
    service: asyncpg.Connection, ours: Theirs, end: str
) -> None:
    await act_as(service, ours.tenant)
    assert await service.fetchval("SELECT count(*) FROM tasks") == 1

    await service.execute(end)

    assert await service.fetchval("SELECT current_tenant()") is None
    assert await service.fetchval("SELECT count(*) FROM tasks") == 0


async def test_the_tenant_is_gone_after_a_failed_transaction(
    service: asyncpg.Connection, ours: Theirs
) -> None:
    await act_as(service, ours.tenant)
    with pytest.raises(refused.DivisionByZeroError):
        await service.execute("SELECT 1 / 0")
    await service.execute("COMMIT")

    assert await service.fetchval("SELECT count(*) FROM tasks") == 0


@pytest.mark.parametrize(
    "table", ["tasks", "events", "comments", "checklist_items", "notifications", "time_entries"]
)
async def test_a_partition_cannot_be_reached_directly(
    service: asyncpg.Connection, ours: Theirs, table: str
) -> None:
    for n in range(8):
        await act_as(service, ours.tenant)
        with pytest.raises(refused.InsufficientPrivilegeError):
            await service.fetch(f"SELECT * FROM {table}_p{n}")
        await service.execute("ROLLBACK")


@pytest.mark.parametrize(
    "attempt",
    [
        "SET row_security = off; SELECT * FROM tasks",
        "SET ROLE projectflow_owner",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON tasks",
        "TRUNCATE tasks",
        "CREATE TABLE own (id int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
        "UPDATE events SET type = 'forged'",
        "DELETE FROM events",
        "DELETE FROM tenants",
        "SELECT prepare_service_role('projectflow_app')",
        "CALL isolate_by_tenant('tasks')",
        "COPY tasks TO PROGRAM 'cat'",
    ],
)
async def test_the_service_cannot_take_the_wall_down(
    service: asyncpg.Connection, ours: Theirs, attempt: str
) -> None:
    await act_as(service, ours.tenant)
    with pytest.raises(refused.InsufficientPrivilegeError):
        await service.execute(attempt)


async def test_a_planner_statistic_of_another_tenant_is_not_shown(
    service: asyncpg.Connection, superuser: asyncpg.Connection, theirs: Theirs
) -> None:
    await superuser.execute("ANALYZE users")

    shown = "SELECT count(*) FROM pg_stats WHERE tablename = 'users'"
    assert await superuser.fetchval(shown)
    assert await service.fetchval(shown) == 0


async def test_a_workspace_is_found_by_its_address_and_gives_its_name_only(
    service: asyncpg.Connection, theirs: Theirs
) -> None:
    found = await service.fetch("SELECT * FROM find_workspace($1)", f"w-{theirs.tenant.hex}")

    assert [dict(row) for row in found] == [{"id": theirs.tenant, "name": "Workspace"}]
    for pattern in ("w-%", "", "%", "' OR true --"):
        assert await service.fetch("SELECT * FROM find_workspace($1)", pattern) == []
