"""Uploads: what is taken, what is refused, and that a refusal changes nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.auth.accounts import running
from tests.people import Person
from tests.tasks.uploading import TaskJson, attached, listed, picture, stored, upload, used

from projectflow.core.settings import Settings
from projectflow.tasks import attachment_types, attachments, uploads
from projectflow.tasks.file_names import LONGEST, clean_name, content_disposition

PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task")


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
async def test_names_are_cleaned(owner: Person, task: TaskJson, given_name: str, kept: str) -> None:
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


@pytest.fixture
async def door(owner: Person) -> AsyncIterator[int]:
    """The port of a real server over the app."""
    config = uvicorn.Config(owner.app, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server._serve([listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await serving


async def test_on_a_real_connection_too(owner: Person, task: TaskJson, door: int) -> None:
    async def send(length: int, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", door)
        head = [
            f"POST /api/v1/tasks/{task['id']}/files?name=a.txt HTTP/1.1", "Host: x",
            f"Authorization: {owner.client.headers['Authorization']}",
            "Content-Type: text/plain", f"Content-Length: {length}", "", "",
        ]  # fmt: skip
        writer.write("\r\n".join(head).encode() + body)
        await writer.drain()
        return reader, writer

    # One that says it is endless is answered before any of it has come.
    reader, writer = await send(10**12, b"")
    assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 413")
    writer.close()
    # Of one that hangs up in the middle, nothing is left.
    _, writer = await send(1000, b"Hello")
    writer.close()
    await asyncio.sleep(0.2)
    assert (await listed(owner, task), await stored(owner), await used(owner)) == ([], [], 0)
    reader, writer = await send(5, b"Hello")
    assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 201")
    writer.close()


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


async def test_uploads_are_counted(owner: Person, task: TaskJson, settings: Settings) -> None:
    async with running(replace(settings, upload_limit=2)) as app:
        person = Person(app, owner.actor)
        async with person:
            statuses = [(await upload(person, task)).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]
