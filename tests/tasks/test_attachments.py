"""Attachments: files and links of tasks, from the upload to the last byte's end."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image
from tests.auth.accounts import running
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.files import FileJob
from projectflow.core.settings import Settings
from projectflow.tasks import attachment_types, attachments, uploads
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachment_work import purge_attachment, sweep_upload
from projectflow.tasks.file_names import LONGEST, clean_name, content_disposition

TaskJson = dict[str, Any]
PDF = b"%PDF-1.7\n" + b"x" * 100
MINUTE = 60


def picture(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(file, kind)
    return file.getvalue()


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task")


async def upload(
    who: Person,
    task: TaskJson,
    content: bytes | AsyncIterator[bytes] = b"Hello",
    kind: str | None = "text/plain",
    name: str = "notes.txt",
    headers: dict[str, str] | None = None,
    **query: Any,
) -> httpx.Response:
    said = {**({"Content-Type": kind} if kind else {}), **(headers or {})}
    return await who.client.post(
        f"/tasks/{task['id']}/files", content=content, headers=said, params={"name": name, **query}
    )


async def attached(who: Person, task: TaskJson, *args: Any, **more: Any) -> dict[str, Any]:
    answer = await upload(who, task, *args, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(who: Person, task: TaskJson) -> list[dict[str, Any]]:
    return (await who.get(f"/tasks/{task['id']}/attachments")).json()["items"]


async def jobs(entrypoint: str, who: Person) -> list[dict[str, Any]]:
    """What the worker owes to a workspace, and in how many seconds."""
    async with who.app.state.database.without_tenant() as db:
        rows = await db.fetch(
            """
            SELECT payload, extract(epoch FROM execute_after - now())::int AS seconds
            FROM jobs.pgqueuer WHERE entrypoint = $1 ORDER BY id
            """,
            entrypoint,
        )
    found = [{**msgspec.json.decode(row["payload"]), "seconds": row["seconds"]} for row in rows]
    return [each for each in found if each["tenant_id"] == str(who.tenant_id)]


async def used(who: Person) -> int:
    async with who.app.state.database.tenant(who.tenant_id) as db:
        return await db.fetchval("SELECT used_bytes FROM storage_usage") or 0


async def stored(who: Person) -> list[str]:
    """The names of all files of a workspace's tasks, in the folder itself."""
    folder = who.app.state.settings.home / "files" / str(who.tenant_id) / "attachments"
    return sorted(path.name for path in folder.glob("*"))


async def test_a_file_is_attached_and_listed_with_an_address(owner: Person, task: TaskJson) -> None:
    made = await attached(owner, task, PDF, "application/pdf", "Offer.pdf")

    assert (made["kind"], made["name"], made["size_bytes"]) == ("file", "Offer.pdf", len(PDF))
    assert (made["content_type"], made["uploader_id"]) == ("application/pdf", str(owner.id))
    assert (made["preview"], made["preview_url"]) == (None, None)
    assert made["url"].startswith(f"/files/{owner.tenant_id}/{made['id']}/file?")
    assert await listed(owner, task) == [made]
    assert await used(owner) == len(PDF)
    assert len(await stored(owner)) == 1
    events = (await owner.get(f"/tasks/{task['id']}/activity", show="changes")).json()["items"]
    assert events[0]["type"] == "attachment.created"
    assert events[0]["payload"]["after"]["name"] == "Offer.pdf"
    assert "signature" not in str(events)


async def test_a_large_file_goes_through_a_file_on_disk(owner: Person, task: TaskJson) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(120):
            yield b"x" * 100_000

    made = await attached(owner, task, body(), None)

    assert (made["size_bytes"], made["content_type"]) == (12_000_000, "application/octet-stream")
    assert len(await stored(owner)) == 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/png", b"<html><script>alert(1)</script></html>"),
        ("image/png", picture("JPEG")),
        ("image/jpeg", picture("PNG")),
        ("image/webp", b"RIFF....AVI LIST"),
        ("application/pdf", b"MZ\x90\x00" + b"\x00" * 100),
        ("application/zip", b"not packed"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"<xml/>"),
        ("video/mp4", b"moov" * 10),
        ("text/plain", b"\x7fELF\x00\x00"),
        ("application/json", b"\x00\x00"),
        ("image/svg+xml", b"GIF89a\x00"),
    ],
)
async def test_what_is_not_what_it_claims_is_refused(
    owner: Person, task: TaskJson, kind: str, content: bytes
) -> None:
    answer = await upload(owner, task, content, kind)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Content-Type"
    assert (await listed(owner, task), await stored(owner), await used(owner)) == ([], [], 0)


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        ("image/png", picture(), "image/png"),
        ("IMAGE/JPG; q=1", picture("JPEG"), "image/jpeg"),
        (None, picture("GIF"), "image/gif"),
        ("application/octet-stream", PDF, "application/pdf"),
        ("application/octet-stream", b"\x00\x01\x02", "application/octet-stream"),
        ("nonsense", b"abc", "application/octet-stream"),
        ("video/mp4", b"\x00\x00\x00\x18ftypiso6" + b"\x00" * 50, "video/mp4"),
        ("image/bmp", picture("BMP"), "image/bmp"),
        ("text/plain", "\ufeffHällo".encode("utf-16"), "text/plain"),
        ("application/x-blender", b"BLENDER", "application/x-blender"),
        ("application/zip", b"PK\x05\x06" + b"\x00" * 18, "application/zip"),
    ],
)
async def test_what_content_does_not_contradict_is_taken(
    owner: Person, task: TaskJson, kind: str | None, content: bytes, found: str
) -> None:
    made = await attached(owner, task, content, kind)

    assert made["content_type"] == found


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\report.docx", "report.docx"),
        ("x\u202egpj.exe", "xgpj.exe"),
        ("a\x00b\n.txt", "ab.txt"),
        (" .. ", "file"),
        ("Änderung 日本.pdf", "Änderung 日本.pdf"),
        ('a"b<c>.txt', "a_b_c_.txt"),
    ],
)
async def test_names_are_cleaned(
    owner: Person, task: TaskJson, given_name: str, kept: str
) -> None:
    made = await attached(owner, task, name=given_name)
    renamed = await owner.patch(f"/attachments/{made['id']}", {"name": f"{given_name}x"})

    assert made["name"] == kept
    assert renamed.status_code == 200
    assert "/" not in renamed.json()["name"]


@given(st.text(max_size=400))
def test_no_name_leaves_a_folder_or_a_header(name: str) -> None:
    clean = clean_name(name)
    header = content_disposition(clean, inline=False)

    assert clean
    assert len(clean.encode()) <= LONGEST
    assert not set(clean) & set('/\\\x00\n\r":')
    assert clean not in {".", ".."}
    assert clean_name(clean) == clean
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


async def test_too_much_is_refused_early(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            yield b"x" * 100_000

    monkeypatch.setattr(
        owner.app.state, "settings", replace(settings, attachment_max_bytes=1_000_000)
    )
    said = await upload(owner, task, endless(), headers={"Content-Length": "1000001"})
    assert (said.status_code, sent) == (413, 0)
    unsaid = await upload(owner, task, endless())
    assert (unsaid.status_code, sent) == (413, 1_100_000)
    exactly = await upload(owner, task, b"x" * 1_000_000)
    assert exactly.status_code == 201
    assert len(await stored(owner)) == 1


async def test_other_routes_still_take_two_megabytes_at_most(owner: Person, task: TaskJson) -> None:
    body = {"url": "https://example.org", "name": "x" * 3_000_000}

    assert (await owner.post(f"/tasks/{task['id']}/attachments", body)).status_code == 413


@pytest.mark.parametrize("length", ["4", "6", "1000"])
async def test_a_body_of_another_length_than_it_says_changes_nothing(
    owner: Person, task: TaskJson, length: str
) -> None:
    answer = await upload(owner, task, b"Hello", headers={"Content-Length": length})

    assert answer.status_code == 400
    assert (await listed(owner, task), await stored(owner), await used(owner)) == ([], [], 0)


async def test_an_empty_file_is_none(owner: Person, task: TaskJson) -> None:
    answer = await upload(owner, task, b"")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")


async def test_a_body_that_comes_too_slowly_is_given_up(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(60)

    monkeypatch.setattr(uploads, "SLOWEST", 0.05)

    assert (await upload(owner, task, slow())).status_code == 408
    assert await listed(owner, task) == []


async def test_the_workspaces_quota_is_never_passed(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(owner.app.state, "settings", replace(settings, workspace_storage=250))

    answers = await asyncio.gather(*(upload(owner, task, b"x" * 100) for _ in range(5)))

    assert sorted(a.status_code for a in answers) == [201, 201, 409, 409, 409]
    assert await used(owner) == 200
    assert len(await listed(owner, task)) == 2
    refused = await upload(owner, task, b"x" * 51)
    assert refused.json()["type"] == "/problems/storage-full"
    assert (await upload(owner, task, b"x" * 50)).status_code == 201


async def test_a_task_has_room_for_so_many(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_ATTACHMENTS", 2)
    assert attachment_types.MAX_ATTACHMENTS == 500

    answers = await asyncio.gather(*(upload(owner, task) for _ in range(4)))
    linked = await owner.post(f"/tasks/{task['id']}/attachments", {"url": "https://example.org"})

    assert sorted(a.status_code for a in answers) == [201, 201, 422, 422]
    assert linked.status_code == 422


async def test_uploads_are_counted(
    owner: Person, task: TaskJson, settings: Settings
) -> None:
    async with running(replace(settings, upload_limit=2)) as app:
        person = Person(app, owner.actor)
        async with person:
            statuses = [(await upload(person, task)).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


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


async def test_a_deleted_file_comes_back_until_it_is_purged(
    owner: Person, task: TaskJson
) -> None:
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
    assert (await owner.patch(f"/attachments/{made['id']}", {"name": "a/b"})).json()["name"] == "a/b"
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


async def test_the_jobs_wait_as_long_as_they_should() -> None:
    assert uploads.SWEEP_AFTER == timedelta(hours=1)
