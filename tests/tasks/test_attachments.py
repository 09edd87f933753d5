"""Attachments: files and links of tasks, until the last byte is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from obstore.store import LocalStore
from tests.people import Person
from tests.tasks.uploading import TaskJson, attached, jobs, listed, picture, stored, upload, used
from uuid_utils.compat import uuid7

from projectflow.core.endings import end
from projectflow.core.files import FileJob, Files
from projectflow.core.jobs import enqueue
from projectflow.tasks import attachments, uploads
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachment_work import purge_attachment, sweep_upload
from projectflow.worker import work

MINUTE = 60


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task")


async def test_a_client_made_id_is_used_once(owner: Person, task: TaskJson) -> None:
    made = str(uuid7())

    answers = [await upload(owner, task, id=made) for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 409]
    assert answers[0].json()["id"] == made
    assert await used(owner) == 5


async def test_what_was_stored_and_not_listed_is_swept_up(owner: Person, task: TaskJson) -> None:
    made = str(uuid7())
    for _ in range(2):
        await upload(owner, task, id=made)
    owed = await jobs(uploads.SWEEP_JOB, owner)
    database, files = owner.app.state.database, owner.app.state.files
    before = await stored(owner)

    for job in owed:
        assert 3500 < job["seconds"] <= 3600
        await sweep_upload(database, files, FileJob(owner.tenant_id, job["name"]))

    assert (len(before), len(await stored(owner))) == (2, 1)
    [left] = await listed(owner, task)
    assert (await owner.client.get(f"http://projectflow.test{left['url']}")).content == b"Hello"


async def test_a_store_that_takes_nothing_is_away(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = owner.app.state.settings.home / "files"
    monkeypatch.setattr(owner.app.state, "files", Files(LocalStore(folder)))
    (folder / str(owner.tenant_id)).write_text("in the way")

    answer = await upload(owner, task)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await listed(owner, task), await used(owner)) == ([], 0)


async def test_a_deleted_file_comes_back_until_it_is_purged(owner: Person, task: TaskJson) -> None:
    made = await attached(owner, task, picture(), "image/png", "a.png")
    path = f"/attachments/{made['id']}"
    database = owner.app.state.database
    job = AttachmentJob(owner.tenant_id, UUID(made["id"]))

    deleted = await owner.delete(path)
    assert (deleted.status_code, await listed(owner, task)) == (204, [])
    assert (await owner.delete(path)).status_code == 404
    restored = await owner.post(f"{path}/restore")
    assert restored.status_code == 200
    assert (await owner.post(f"{path}/restore")).status_code == 404
    assert [each["id"] for each in await listed(owner, task)] == [made["id"]]

    await purge_attachment(database, job, 0)
    assert len(await listed(owner, task)) == 1

    await owner.delete(path)
    owed = await jobs(attachments.PURGE_JOB, owner)
    month = 30 * 24 * 3600
    assert [month < each["seconds"] <= month + MINUTE for each in owed] == [True, True]
    await purge_attachment(database, job, month)
    assert len(await jobs(attachments.PURGE_JOB, owner)) == 3  # it is too early: asked for again
    assert await used(owner) == made["size_bytes"]

    await purge_attachment(database, job, 0)
    assert await used(owner) == 0
    assert (await owner.post(f"{path}/restore")).status_code == 404
    gone = [each["name"] for each in await jobs("delete_file", owner)]
    assert [name.removeprefix("attachments/") for name in gone] == [
        *await stored(owner), f"{(await stored(owner))[0]}.preview.webp",
    ]  # fmt: skip
    await purge_attachment(database, job, 0)
    types = [e["type"] for e in (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]]
    assert types == [
        "attachment.deleted", "attachment.restored", "attachment.deleted", "attachment.created",
        "task.created",
    ]  # fmt: skip


async def test_the_worker_draws_sweeps_and_purges(owner: Person, task: TaskJson) -> None:
    state = owner.app.state
    async with state.database.without_tenant() as db:
        # What earlier tests left to do would come first.
        await db.execute("DELETE FROM jobs.pgqueuer")
    made = await attached(owner, task, picture(), "image/png")
    orphan = f"attachments/{uuid7()}"
    await state.files.put(owner.tenant_id, orphan, b"x")
    job = AttachmentJob(owner.tenant_id, UUID(made["id"]))

    async def until(done: Callable[[], Awaitable[bool]]) -> None:
        for _ in range(600):
            if await done():
                return
            await asyncio.wait([working], timeout=0.05)
        pytest.fail("the worker did not do it")

    async def is_drawn() -> bool:
        return (await listed(owner, task))[0]["preview"] == "ready"

    async def is_empty() -> bool:
        return await stored(owner) == []

    working = asyncio.create_task(work(replace(state.settings, deleted_attachment_ttl=1)))
    await until(is_drawn)
    assert len(await stored(owner)) == 3
    await owner.delete(f"/attachments/{made['id']}")
    await asyncio.sleep(1)
    async with state.database.tenant(owner.tenant_id) as db:
        await enqueue(db, attachments.PURGE_JOB, job)
        await enqueue(db, uploads.SWEEP_JOB, FileJob(owner.tenant_id, orphan))
    await until(is_empty)
    await end(working)

    assert await used(owner) == 0


async def test_a_late_rename_is_told(owner: Person, task: TaskJson) -> None:
    made = await attached(owner, task)
    path = f"/attachments/{made['id']}"

    renamed = (await owner.patch(path, {"name": "better.txt", "version": 1})).json()
    same = (await owner.patch(path, {"name": "better.txt"})).json()
    late = await owner.patch(path, {"name": "late.txt"}, **{"If-Match": '"1"'})

    assert (renamed["name"], renamed["version"], same["version"]) == ("better.txt", 2, 2)
    assert (late.status_code, late.json()["current"]["name"]) == (409, "better.txt")
    assert (await owner.delete(path, **{"If-Match": '"1"'})).status_code == 409


async def test_a_link_is_attached_renamed_and_deleted(owner: Person, task: TaskJson) -> None:
    path = f"/tasks/{task['id']}/attachments"

    made = (await owner.post(path, {"url": " https://example.org/a?b#c ", "name": "Design"})).json()
    unnamed = (await owner.post(path, {"url": "HTTP://example.org"})).json()

    assert (made["kind"], made["url"], made["name"]) == (
        "link", "https://example.org/a?b#c", "Design",
    )  # fmt: skip
    assert (made["download_url"], made["size_bytes"]) == (None, None)
    assert unnamed["name"] == "HTTP://example.org"
    assert (await owner.patch(f"/attachments/{made['id']}", {"name": "a/b"})).json()[
        "name"
    ] == "a/b"
    assert (await owner.delete(f"/attachments/{made['id']}")).status_code == 204
    await purge_attachment(
        owner.app.state.database, AttachmentJob(owner.tenant_id, UUID(made["id"])), 0
    )
    assert await listed(owner, task) == [unnamed]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.org", "//example.org", "/a", "x",
     "https://", "https://a b.org", "https://user:secret@example.org", "https://[::1", "", None,
     "https://example.org/\x00", "java\nscript:x", "https://example.org:99999999", "file:///etc"],
)  # fmt: skip
async def test_a_bad_address_is_refused_by_name(owner: Person, task: TaskJson, url: Any) -> None:
    answer = await owner.post(f"/tasks/{task['id']}/attachments", {"url": url})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "url"
    assert await listed(owner, task) == []


async def test_who_may_comment_attaches_and_removes_their_own(
    owner: Person, task: TaskJson
) -> None:
    project = {"id": task["project_id"]}
    member, peer = await owner.colleague("member"), await owner.colleague("member")
    viewer, manager = await owner.colleague("viewer"), await owner.colleague("manager")
    outside = await owner.colleague("member")
    for person in (member, peer, viewer, manager):
        await owner.join(project, person)
    made = await attached(member, task)
    path = f"/attachments/{made['id']}"

    for person, status in ((viewer, 403), (peer, 403), (outside, 404)):
        assert (await person.patch(path, {"name": "x"})).status_code == status
        assert (await person.delete(path)).status_code == status
    assert (await upload(viewer, task)).status_code == 403
    assert (await upload(outside, task)).status_code == 404
    assert (await viewer.get(f"/tasks/{task['id']}/attachments")).status_code == 200
    assert (await member.patch(path, {"name": "x"})).status_code == 200
    assert (await manager.delete(path)).status_code == 204
    assert (await peer.post(f"{path}/restore")).status_code == 403
    assert (await member.post(f"{path}/restore")).status_code == 200


async def test_a_key_for_another_project_does_not_see_the_task(
    owner: Person, task: TaskJson
) -> None:
    other = await owner.project("Other")
    await owner.signed_in_by("password")
    key = await owner.key("comment:create", "task:read", project_ids=[other["id"]])

    answer = await key.ask("POST", f"/tasks/{task['id']}/files", {"a": 1})
    assert answer.status_code == 404
