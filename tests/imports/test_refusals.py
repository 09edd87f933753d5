"""Files that are no board, and people who may not import: a clear answer, and nothing changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from tests.imports.boards import board
from tests.imports.conftest import Bring
from tests.people import Person

from projectflow.core.problems import Unavailable
from projectflow.imports.types import ImportJob
from projectflow.imports.worker import GAVE_UP, LAST_ATTEMPT, run_import

WHOLE = msgspec.json.encode(board())


def without(key: str) -> bytes:
    return msgspec.json.encode({k: v for k, v in board().items() if k != key})


def with_(**fields: Any) -> bytes:
    return msgspec.json.encode({**board(), **fields})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "truncated"),
        (WHOLE[: len(WHOLE) // 2], "broken or cut off"),
        (b"PK\x03\x04 a zip file", "malformed"),
        (b"\xff\xfe\x00", "broken or cut off"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "missing required field `id`"),
        (without("lists"), "`lists`"),
        (without("cards"), "`cards`"),
        (with_(cards="many"), "$.cards"),
        (with_(cards=[{"id": "x"}]), "`idList`"),
        (with_(cards=[{"id": "x" * 65, "idList": "y"}]), "$.cards[0].id"),
        (with_(lists=[{"id": 1}]), "$.lists[0].id"),
        (with_(name=None), "$.name"),
        (b'{"id":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "board"),
        (b'{"id": "a", "name": "\\ud800", "lists": [], "cards": []}', "broken or cut off"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else "",
)
async def test_a_file_that_is_no_board_is_refused_in_words(
    owner: Person, content: bytes, says: str
) -> None:
    answer = await owner.client.post("/imports/trello", content=content)

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["type"] == "/problems/not-a-trello-board"
    assert says in answer.json()["detail"]
    assert (await owner.get("/imports")).json()["items"] == []
    assert (await owner.get("/projects")).json()["items"] == []


async def test_a_file_over_the_limit_is_refused_before_it_is_read_whole(
    app: Litestar, owner: Person
) -> None:
    sent = 0
    limit: int = app.state.settings.import_max_bytes

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1024 * 1024
            yield b" " * (1024 * 1024)

    answer = await owner.client.post("/imports/trello", content=endless())

    assert answer.status_code == 413
    assert answer.json()["detail"] == "The file is larger than 20 MB."
    assert limit == 20 * 1024 * 1024
    assert (await owner.get("/imports")).json()["items"] == []


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_who_may_not_import_is_told_so(owner: Person, role: Any) -> None:
    colleague = await owner.colleague(role)

    answer = await colleague.client.post("/imports/trello", content=WHOLE)

    assert answer.status_code == 403
    assert (await owner.get("/imports")).json()["items"] == []


async def test_somebody_elses_import_is_not_found(
    owner: Person, stranger: Person, bring_in: Bring
) -> None:
    done = await bring_in(owner, board())
    manager = await owner.colleague("manager")

    assert (await stranger.get(f"/imports/{done['id']}")).status_code == 404
    assert (await manager.get(f"/imports/{done['id']}")).status_code == 404
    assert (await manager.get("/imports")).json()["items"] == []


async def test_the_same_board_in_two_workspaces_is_two_projects(
    owner: Person, stranger: Person, bring_in: Bring
) -> None:
    here, there = await bring_in(owner, board()), await bring_in(stranger, board())

    assert here["project_id"] != there["project_id"]
    assert there["report"]["created"] == 6
    assert (await owner.get(f"/projects/{there['project_id']}")).status_code == 404


async def test_two_runs_at_once_make_one_project(owner: Person) -> None:
    state = owner.app.state
    jobs: list[ImportJob] = []
    for _ in range(2):
        answer = await owner.client.post("/imports/trello", content=WHOLE)
        jobs.append(ImportJob(owner.tenant_id, UUID(answer.json()["id"])))

    await asyncio.gather(*(run_import(state.database, state.files, job, attempt=0) for job in jobs))

    (project,) = (await owner.get("/projects")).json()["items"]
    assert project["task_count"] == 4
    created = [i["report"]["created"] for i in (await owner.get("/imports")).json()["items"]]
    assert sorted(created) == [0, 6]


async def test_a_job_that_is_delivered_twice_runs_once(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())
    state = owner.app.state
    job = ImportJob(owner.tenant_id, UUID(done["id"]))

    await run_import(state.database, state.files, job, attempt=0)

    assert (await owner.get(f"/imports/{done['id']}")).json() == done


async def test_a_failure_half_way_leaves_nothing_and_is_tried_again(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = owner.app.state
    answer = await owner.client.post("/imports/trello", content=WHOLE)
    job = ImportJob(owner.tenant_id, UUID(answer.json()["id"]))

    async def break_down(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("projectflow.imports.rows.save_comments", break_down)
        with pytest.raises(RuntimeError, match="disk"):
            await run_import(state.database, state.files, job, attempt=0)
        assert (await owner.get("/projects")).json()["items"] == []
        await run_import(state.database, state.files, job, attempt=LAST_ATTEMPT)

    failed = (await owner.get(f"/imports/{job.import_id}")).json()
    assert (failed["status"], failed["error"]) == ("failed", GAVE_UP)
    assert (await owner.get("/projects")).json()["items"] == []


async def test_a_database_that_is_busy_for_a_moment_is_no_end_of_an_import(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = owner.app.state
    answer = await owner.client.post("/imports/trello", content=WHOLE)
    job = ImportJob(owner.tenant_id, UUID(answer.json()["id"]))

    async def busy(*_: object) -> None:
        raise Unavailable("The database is busy.")

    with monkeypatch.context() as patch:
        patch.setattr("projectflow.imports.rows.save_comments", busy)
        with pytest.raises(Unavailable):
            await run_import(state.database, state.files, job, attempt=0)
    await run_import(state.database, state.files, job, attempt=1)

    done = (await owner.get(f"/imports/{job.import_id}")).json()
    assert (done["status"], done["report"]["created"]) == ("succeeded", 6)


async def test_an_upload_that_is_gone_fails_in_words(owner: Person) -> None:
    state = owner.app.state
    answer = await owner.client.post("/imports/trello", content=WHOLE)
    job = ImportJob(owner.tenant_id, UUID(answer.json()["id"]))
    await state.files.delete(owner.tenant_id, f"imports/{job.import_id}")

    await run_import(state.database, state.files, job, attempt=0)

    failed = (await owner.get(f"/imports/{job.import_id}")).json()
    assert failed["error"] == "The uploaded file is gone. Upload it again."
