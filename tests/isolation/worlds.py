"""A workspace with one of everything, and a fingerprint of all of its rows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from tests.isolation.rows import FURNISHERS
from tests.isolation.walls import NOT_OF_A_TENANT
from tests.people import Person, insert_user
from uuid_utils.compat import uuid7

from projectflow.core.crypto import Place

MARK = "OnlyTheOthersMayReadThis"
"""Stands in every text of a workspace that others must not read."""


async def furnish(owner: Person, mark: str = MARK, key: str = "SECRET") -> dict[str, str]:
    """Fill the owner's workspace; gives the ids by the names that samples use."""
    project = await owner.project(mark, key=key, description=mark)
    task = await owner.task(project, mark, description=mark, tags=[mark])
    trashed = await owner.task(project, f"{mark} in the trash")
    comment = await owner.post(f"/tasks/{task['id']}/comments", {"body": mark})
    item = await owner.post(f"/tasks/{task['id']}/checklist", {"title": mark})
    assert (await owner.delete(f"/tasks/{trashed['id']}")).status_code == 204
    import_id = await _insert_import(owner, UUID(project["id"]), mark)
    await _insert_provider(owner, mark)
    person = await insert_user(owner.app, owner.tenant_id, "member")
    joined = await owner.client.put(f"/projects/{project['id']}/members/{person}", json={})
    assert joined.status_code == 200, joined.text
    blocker, free = await owner.task(project, mark), await owner.task(project, mark)
    dependency = await owner.post(
        f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": blocker["id"]}
    )
    related = await owner.client.put(
        f"/tasks/{task['id']}/relations/{blocker['id']}", json={"kind": "relates"}
    )
    assert related.status_code == 200, related.text
    view = await owner.post(
        "/views",
        {"name": mark, "query": f'"{mark}"', "is_shared": True, "project_id": project["id"]},
    )
    team = (await owner.post("/teams", {"name": f"{mark} {uuid7().hex}"})).json()
    added = await owner.client.put(f"/teams/{team['id']}/members/{person}")
    assert added.status_code == 204, added.text
    nine = datetime(2021, 1, 4, 9, tzinfo=UTC)
    worked = (nine, nine + timedelta(hours=1))
    entry = await _insert_entry(owner, owner.id, task, mark, worked)
    running = await _insert_entry(owner, person, task, mark, (nine, None))
    who = {"email": f"{uuid7().hex}@example.org", "first_name": mark, "last_name": mark}
    invitation = (await owner.post("/users", who)).json()
    ids = {
        "user": str(owner.id),
        "project": project["id"],
        "task": task["id"],
        "key": task["key"],
        "trashed": trashed["id"],
        "comment": comment.json()["id"],
        "item": item.json()["id"],
        "blocker": blocker["id"],
        "free": free["id"],
        "dependency": dependency.json()["id"],
        "entry": str(entry),
        "running": str(running),
        "view": view.json()["id"],
        "import": str(import_id),
        "person": str(person),
        "team": team["id"],
        "invited": invitation["user"]["id"],
        "token": invitation["link"].partition("token=")[2],
        "session": str(await _insert_session(owner)),
        "passkey": str(await _insert_passkey(owner, mark)),
        "role": str(await _insert_role(owner, mark)),
        "api_key": str(await _insert_key(owner, mark)),
        "scim_token": str(await _insert_scim_token(owner, mark)),
        "tag": mark,
        "slug": f"w-{owner.tenant_id.hex}",
    }
    for furnish_more in FURNISHERS:
        ids |= await furnish_more(owner, ids, mark)
    return ids


async def _insert_import(owner: Person, project_id: UUID, mark: str) -> UUID:
    import_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO imports (tenant_id, id, source, file_name, requested_by, project_id)
            VALUES ($1, $2, 'trello', $3, $4, $5)
            """,
            owner.tenant_id,
            import_id,
            f"{mark}.json",
            owner.id,
            project_id,
        )
    return import_id


async def _insert_entry(
    owner: Person,
    user_id: UUID,
    task: dict[str, Any],
    mark: str,
    worked: tuple[datetime, datetime | None],
) -> UUID:
    entry_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number,
                                      user_id, started_at, stopped_at, note, allows_overlap)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)
            """,
            owner.tenant_id,
            entry_id,
            UUID(task["id"]),
            UUID(task["project_id"]),
            task["number"],
            user_id,
            *worked,
            mark,
        )
    return entry_id


async def _insert_role(owner: Person, mark: str) -> UUID:
    role_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        # A workspace may have few at a time.
        await db.execute("DELETE FROM roles")
        await db.execute(
            """
            INSERT INTO roles (tenant_id, id, name, description, permissions)
            VALUES ($1, $2, $3, $4, '{task:read}')
            """,
            owner.tenant_id,
            role_id,
            role_id.hex,
            mark,
        )
    return role_id


async def _insert_key(owner: Person, mark: str) -> UUID:
    key_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO api_keys (tenant_id, id, user_id, name, prefix, key_hash, scopes)
            VALUES ($1, $2, $3, $4, 'prefix', $5, '{*:*}')
            """,
            owner.tenant_id,
            key_id,
            owner.id,
            mark,
            key_id.bytes,
        )
    return key_id


async def _insert_scim_token(owner: Person, mark: str) -> UUID:
    token_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute("UPDATE scim_tokens SET revoked_at = now() WHERE token_hash = ''")
        await db.execute(
            """
            INSERT INTO scim_tokens (tenant_id, id, name, token_hash, created_by)
            VALUES ($1, $2, $3, '', $4)
            """,
            owner.tenant_id,
            token_id,
            mark,
            owner.id,
        )
    return token_id


async def _insert_provider(owner: Person, mark: str) -> None:
    place = Place("identity_providers.client_secret_encrypted", owner.tenant_id, uuid7())
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO identity_providers (tenant_id, id, name, issuer, client_id,
                                            client_secret_encrypted)
            VALUES ($1, $2, $3, 'https://login.invalid', $3, $4) ON CONFLICT DO NOTHING
            """,
            owner.tenant_id,
            place.row_id,
            mark,
            owner.app.state.keyring.seal(b"secret", place),
        )


async def _insert_session(owner: Person) -> UUID:
    session_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO sessions (tenant_id, id, user_id, refresh_hash, expires_at)
            VALUES ($1, $2, $3, $4, now() + interval '1 day')
            """,
            owner.tenant_id,
            session_id,
            owner.id,
            session_id.bytes,
        )
    return session_id


async def _insert_passkey(owner: Person, mark: str) -> UUID:
    passkey_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO passkeys (tenant_id, id, user_id, name, credential_id, public_key,
                                  sign_count)
            VALUES ($1, $2, $3, $4, $5, '', 0)
            """,
            owner.tenant_id,
            passkey_id,
            owner.id,
            mark,
            passkey_id.bytes,
        )
    return passkey_id


def nowhere(ids: dict[str, str]) -> dict[str, str]:
    """The same names for things that exist in no workspace."""
    invented = {name: str(uuid7()) for name in ids}
    return {**invented, "key": "NOWHERE-1", "tag": "nowhere", "slug": "nowhere"}


async def fingerprint(connection: asyncpg.Connection, tenant_id: UUID) -> dict[str, Any]:
    """A digest of every row that a tenant has, table by table."""
    rows = await connection.fetch(
        """
        SELECT c.relname::text AS name,
               CASE WHEN c.relname = 'tenants' THEN 'id' ELSE 'tenant_id' END AS wall
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1)
        """,
        list(NOT_OF_A_TENANT),
    )
    union = " UNION ALL ".join(
        f"SELECT '{row['name']}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text),"
        f" '')) AS digest FROM {row['name']} t WHERE {row['wall']} = $1"
        for row in rows
    )
    return {row["name"]: row["digest"] for row in await connection.fetch(union, tenant_id)}
