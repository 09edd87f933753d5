"""A POST with an Idempotency-Key changes things once, however often it is sent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.crypto import Keyring
from projectflow.core.db import Database


@pytest.fixture
async def superuser(superuser_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(superuser_url)
    yield connection
    await connection.close()


HELD_BY_SOMEBODY = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
"""
PROJECT = {"name": "Once"}


async def send(
    who: Person, key: str, path: str = "/projects", body: Any = PROJECT
) -> httpx.Response:
    return await who.post(path, body, **{"Idempotency-Key": key})


async def names(who: Person) -> list[str]:
    return [p["name"] for p in (await who.get("/projects")).json()["items"]]


@pytest.mark.parametrize("key", ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', "plain-key", "x" * 255])
async def test_a_repeat_gets_the_first_answer_and_changes_nothing(owner: Person, key: str) -> None:
    first, second = await send(owner, key), await send(owner, key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await names(owner) == ["Once"]


async def test_the_answer_is_that_of_then_not_of_now(owner: Person) -> None:
    project = (await send(owner, "then")).json()
    await owner.patch(f"/projects/{project['id']}", {"name": "Later"})

    assert (await send(owner, "then")).json()["name"] == "Once"


async def test_another_request_with_the_same_key_is_refused(owner: Person) -> None:
    await send(owner, "used")

    other = await send(owner, "used", body={"name": "Twice"})

    assert other.status_code == 422
    assert other.json()["type"] == "/problems/key-used-otherwise"
    assert await names(owner) == ["Once"]


async def test_a_key_counts_for_one_person_and_one_address(owner: Person, stranger: Person) -> None:
    manager = await owner.colleague("manager")
    robot = await (await owner.signed_in_by("passkey")).key()
    project = (await send(owner, "same")).json()

    for who in (manager, stranger):
        answer = await send(who, "same")
        assert answer.status_code == 201
        assert answer.json()["id"] != project["id"]
    task = await send(owner, "same", f"/projects/{project['id']}/tasks", {"title": "T"})
    assert task.json()["title"] == "T"
    async with httpx.AsyncClient(
        transport=owner.client._transport,
        base_url=owner.client.base_url,
        headers={"Authorization": f"Bearer {robot.secret}", "Idempotency-Key": "same"},
    ) as client:
        by_key = await client.post("/projects", json=PROJECT)
        again = await client.post("/projects", json=PROJECT)
    assert by_key.json()["id"] not in {project["id"], None}
    assert again.json() == by_key.json()


async def test_of_many_at_once_one_is_done(owner: Person) -> None:
    answers = await asyncio.gather(*(send(owner, "at-once") for _ in range(8)))

    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert await names(owner) == ["Once"]


async def test_while_the_first_is_at_work_the_second_is_told_so_at_once(
    owner: Person, superuser_url: str
) -> None:
    project = await owner.project()
    blocker = await asyncpg.connect(superuser_url)
    try:
        # The first waits for the project's counter.
        await blocker.execute("BEGIN")
        await blocker.execute(
            "SELECT FROM project_counters WHERE project_id = $1 FOR UPDATE", project["id"]
        )
        path, body = f"/projects/{project['id']}/tasks", {"title": "T"}
        first = asyncio.create_task(send(owner, "slow", path, body))
        async with asyncio.timeout(5):
            while not await blocker.fetchval(HELD_BY_SOMEBODY):  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.01)
        second = await asyncio.wait_for(send(owner, "slow", path, body), timeout=5)
        await blocker.execute("ROLLBACK")
        assert second.status_code == 409
        assert second.json()["type"] == "/problems/still-running"
        assert second.headers["retry-after"] == "1"
        assert (await first).status_code == 201
    finally:
        await blocker.close()
    assert (await send(owner, "slow", path, body)).json() == (await first).json()


async def test_a_refusal_is_not_kept(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}/tasks"
    missing = {"title": "T", "parent_id": str(uuid7())}

    assert (await send(owner, "refused", path, missing)).status_code == 422
    assert (await send(owner, "refused", path, {"title": "T"})).status_code == 201


@pytest.mark.parametrize("key", ["", '"', '""', "x" * 256, 'a"b', "ä".encode().decode("latin-1")])
async def test_what_is_no_key_is_refused(owner: Person, key: str) -> None:
    answer = await owner.client.post(
        "/projects", json=PROJECT, headers=[(b"Idempotency-Key", key.encode("latin-1"))]
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await names(owner) == []


async def test_a_secret_that_is_shown_once_is_kept_sealed_and_opens_in_its_row_alone(
    app: Litestar, owner: Person, superuser: asyncpg.Connection
) -> None:
    await owner.signed_in_by("passkey")
    body = {"name": "Robot", "scopes": ["task:read"]}
    first = await send(owner, "secret", "/me/api-keys", body)
    again = await send(owner, "secret", "/me/api-keys", body)

    assert first.json()["secret"] == again.json()["secret"]
    rows = await superuser.fetch("SELECT * FROM idempotency_keys")
    secret = first.json()["secret"].encode()
    assert rows
    assert not any(secret in bytes(row["answer_encrypted"]) for row in rows)
    keyring: Keyring = app.state.keyring
    assert {row["answer_encrypted"][1:5] for row in rows} == {keyring.current}


async def test_what_answers_without_a_body_is_repeated_too(owner: Person) -> None:
    task = await owner.task(await owner.project(), "T")
    path = f"/tasks/{task['id']}/move"

    for _ in range(2):
        answer = await send(owner, "moved", path, {"status": "in_progress"})
        assert answer.status_code == 200
    assert (await owner.get(f"/tasks/{task['id']}")).json()["version"] == 2


async def test_an_answer_counts_for_a_day_and_is_then_swept(
    owner: Person, database: Database, superuser: asyncpg.Connection
) -> None:
    await send(owner, "old")
    async with database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE idempotency_keys SET created_at = now() - interval '25 hours'"
            " WHERE tenant_id = $1",
            owner.tenant_id,
        )

    assert (await send(owner, "old")).status_code == 201
    assert await names(owner) == ["Once", "Once"]
    async with database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE idempotency_keys SET created_at = now() - interval '25 hours'"
            " WHERE tenant_id = $1",
            owner.tenant_id,
        )
    async with database.without_tenant() as db:
        assert await db.fetchval("SELECT delete_old_answers()") >= 1
    left = await superuser.fetchval(
        "SELECT count(*) FROM idempotency_keys WHERE tenant_id = $1", owner.tenant_id
    )
    assert left == 0


def test_the_document_says_which_operations_take_a_key(app: Litestar) -> None:
    document = app.openapi_schema.to_schema()
    without = {
        operation["operationId"]
        for path, item in document["paths"].items()
        if path.startswith("/api/") and (operation := item.get("post"))
        and not any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ()))
    }  # fmt: skip

    assert without == {
        "acceptInvitation", "askForPasskey", "askForSecondPasskey", "attachFile",
        "changePassword", "confirm", "confirmEnrolment", "confirmPasswordReset", "createWorkspace",
        "enroll", "importProjectFlow", "login", "logout",
        "previewTable", "proveSecondFactor", "refresh", "resetPassword", "signInWithPasskey",
    }  # fmt: skip
