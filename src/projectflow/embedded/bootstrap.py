"""The database's roles. Each step can be run again, so that an interrupted start goes on.

The service connects as a role that owns nothing and cannot bypass row-level security; migrations
connect as the owner. `projectflow_service` is what migrations grant rights to.
"""

from projectflow.embedded.connect import connected

SUPERUSER = "postgres"
OWNER = "projectflow_owner"
APP = "projectflow_app"
DATABASE = "projectflow"

# Passwords travel as a bound parameter and a setting of this transaction: in no SQL text,
# and so in no log.
_MAKE_ROLES = """
DO $$
DECLARE
    role_name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'projectflow_service') THEN
        CREATE ROLE projectflow_service NOLOGIN;
    END IF;
    FOREACH role_name IN ARRAY ARRAY['projectflow_owner', 'projectflow_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS '
            'PASSWORD %L',
            role_name, current_setting('bootstrap.' || role_name)
        );
    END LOOP;
END
$$;
GRANT projectflow_service TO projectflow_app;
ALTER ROLE projectflow_app SET plan_cache_mode = force_generic_plan;
"""
# force_generic_plan: under row-level security planning again for each tenant costs more than half
# of a read.

_CLOSE_DATABASE = """
REVOKE ALL ON DATABASE projectflow FROM PUBLIC;
GRANT CONNECT ON DATABASE projectflow TO projectflow_service;
"""


async def make_roles_and_database(
    superuser_url: str, *, owner_password: str, app_password: str
) -> None:
    """Make the roles and the empty database `projectflow`.

    Args:
        superuser_url: Address of the server as a superuser; its database part is not used.
        owner_password: Of `projectflow_owner`, who owns the schema.
        app_password: Of `projectflow_app`, who the service is.
    """
    async with connected(superuser_url, database="postgres") as connection:
        async with connection.transaction():
            await connection.fetchval(
                "SELECT set_config('bootstrap.projectflow_owner', $1, true),"
                " set_config('bootstrap.projectflow_app', $2, true)",
                owner_password,
                app_password,
            )
            await connection.execute(_MAKE_ROLES)
        there = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'projectflow'")
        if not there:
            await connection.execute("CREATE DATABASE projectflow OWNER projectflow_owner")
        await connection.execute(_CLOSE_DATABASE)
