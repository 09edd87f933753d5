"""Files on their way out: who has a signed address, what it gives, and when it ends."""

import asyncio
import io
import random
import time
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from PIL import Image
from tests.people import Person
from tests.tasks.uploading import attached, jobs, listed, picture, stored
from uuid_utils.compat import uuid7

from projectflow.tasks import file_links, previews, uploads
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.previews import NotAPicture, make_preview, shrink

TaskJson = dict[str, Any]
TEXT = bytes(range(32, 127)) * 100


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task")


async def previewed(who: Person, made: dict[str, Any]) -> None:
    """What the worker does for one attachment."""
    job = AttachmentJob(who.tenant_id, UUID(made["id"]))
    await make_preview(who.app.state.database, who.app.state.files, job)


async def test_whoever_has_the_address_reads_the_file(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT, "text/plain", "Notizen ü.txt")

    shown, saved = await visitor.get(made["url"]), await visitor.get(made["download_url"])

    assert (shown.status_code, shown.content, saved.content) == (200, TEXT, TEXT)
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert shown.headers["content-length"] == str(len(TEXT))
    assert shown.headers["content-disposition"].startswith("inline; filename=")
    assert saved.headers["content-disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''Notizen%20%C3%BC.txt" in saved.headers["content-disposition"]
    for answer in (shown, saved):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/html", b"<script>alert(1)</script>"),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("application/pdf", b"%PDF-1.7 x"),
        ("application/xhtml+xml", b"<html/>"),
        ("text/xml", b"<a/>"),
        ("application/javascript", b"alert(1)"),
    ],
)
async def test_what_could_run_is_saved_and_has_no_type(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient, kind: str, content: bytes
) -> None:
    made = await attached(owner, task, content, kind)

    answer = await visitor.get(made["url"])

    assert made["content_type"] == kind
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_a_browser_that_has_it_is_told_so(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT)
    etag = (await visitor.get(made["url"])).headers["etag"]

    for said in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await visitor.get(made["url"], headers={"If-None-Match": said})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    other = await visitor.get(made["url"], headers={"If-None-Match": '"other"'})
    head = await visitor.head(made["url"])
    assert other.status_code == 200
    assert (head.content, head.headers["content-length"]) == (b"", str(len(TEXT)))


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=9000-", 9000, 9500),
        ("bytes=-7", 9493, 9500),
        ("bytes=-99999", 0, 9500),
        ("bytes=0-99999", 0, 9500),
    ],
)
async def test_a_range_of_a_file(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient, said: str, start: int, end: int
) -> None:
    made = await attached(owner, task, TEXT)

    answer = await visitor.get(made["url"], headers={"Range": said})

    assert (answer.status_code, answer.content) == (206, TEXT[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/9500"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["accept-ranges"] == "bytes"


async def test_a_range_that_is_not_there_or_not_understood(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT)

    for said in ("bytes=9500-", "bytes=99999-100000", "bytes=-0", "bytes=5-4"):
        answer = await visitor.get(made["url"], headers={"Range": said})
        assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */9500")
    for said in ("bytes=0-1,5-6", "bytes=-", "lines=1-2", "bytes=x-", f"bytes={10**30}-", ""):
        answer = await visitor.get(made["url"], headers={"Range": said})
        assert (answer.status_code, len(answer.content)) == (200, 9500)
    etag = answer.headers["etag"]
    for tag, status in ((etag, 206), ('"old"', 200)):
        headers = {"Range": "bytes=0-1", "If-Range": tag}
        assert (await visitor.get(made["url"], headers=headers)).status_code == status


async def test_a_large_file_comes_out_in_pieces_as_it_went_in(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    content = random.Random(1).randbytes(3_000_001)
    made = await attached(owner, task, content, "application/octet-stream")

    assert (await visitor.get(made["url"])).content == content


async def test_no_part_of_an_address_can_be_changed(
    owner: Person, task: TaskJson, stranger: Person, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT)
    other = await attached(owner, task, b"Other")
    their_task = await stranger.task(await stranger.project(), "Theirs")
    theirs = await attached(stranger, their_task, b"Theirs")
    url = httpx.URL(made["url"])
    expires, signature = int(url.params["expires"]), url.params["signature"]
    ours, stranger_id = str(owner.tenant_id), str(stranger.tenant_id)

    for wrong in (
        made["url"].replace(made["id"], other["id"]),
        made["url"].replace(made["id"], theirs["id"]),
        made["url"].replace(ours, stranger_id),
        made["url"].replace(ours, stranger_id).replace(made["id"], theirs["id"]),
        theirs["url"].replace(stranger_id, ours),
        theirs["url"].replace(theirs["id"], made["id"]),
        made["url"].replace("/file?", "/download?"),
        made["url"].replace("/file?", "/preview?"),
        made["url"].replace(str(expires), str(expires + 1)),
        made["url"].replace(str(expires), str(10**11)),
        made["url"].replace(signature, signature[:-1]),
        made["url"].replace(signature, "é" + signature[1:]),
        made["url"].replace(signature, ""),
        made["url"].replace(signature, "A" * len(signature)),
        made["url"].replace(made["id"], str(uuid7())),
    ):
        answer = await visitor.get(wrong)
        assert answer.status_code == 404, wrong
        assert answer.json()["type"] == "/problems/file-not-found"
    for missing in ("expires", "signature"):
        answer = await visitor.get(url.copy_remove_param(missing))
        assert answer.status_code == 400
    assert (await visitor.get(made["url"].replace("/file?", "/whole?"))).status_code in {404, 422}
    assert (await visitor.get(made["url"])).status_code == 200


async def test_an_address_ends_after_minutes(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await attached(owner, task, TEXT)
    now = time.time()
    [again] = await listed(owner, task)
    expires = int(httpx.URL(made["url"]).params["expires"])
    assert now + 300 <= expires <= now + 600
    assert again["url"] == made["url"] or now % 300 > 295

    monkeypatch.setattr(file_links.time, "time", lambda: expires + 1.0)
    answer = await visitor.get(made["url"])
    [fresh] = await listed(owner, task)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/address-expired")
    assert (await visitor.get(fresh["url"])).status_code == 200


async def test_an_address_ends_with_what_it_names(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT)

    async def status() -> int:
        return (await visitor.get(made["url"])).status_code

    assert await status() == 200
    await owner.delete(f"/attachments/{made['id']}")
    assert await status() == 404
    await owner.post(f"/attachments/{made['id']}/restore")
    assert await status() == 200
    await owner.delete(f"/tasks/{task['id']}")
    assert await status() == 404
    await owner.post(f"/tasks/{task['id']}/restore")
    assert await status() == 200
    await owner.delete(f"/projects/{task['project_id']}")
    assert await status() == 404


async def test_a_file_that_is_lost_is_not_found(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT)
    [name] = await stored(owner)
    await owner.app.state.files.delete(owner.tenant_id, f"attachments/{name}")

    assert (await visitor.get(made["url"])).status_code == 404


async def test_files_lie_below_their_tenant(owner: Person, task: TaskJson, app: Litestar) -> None:
    await attached(owner, task, TEXT, name="../../../escape.txt")
    folder = app.state.settings.home / "files"

    assert not list(folder.rglob("*escape*"))
    assert len(await stored(owner)) == 1


async def test_a_picture_gets_a_small_one(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    Image.new("RGB", (1600, 1200), (200, 30, 30)).save(file, "JPEG", exif=exif)
    made = await attached(owner, task, file.getvalue(), "image/jpeg", "photo.jpg")
    [job] = await jobs(uploads.PREVIEW_JOB, owner)

    assert job["attachment_id"] == made["id"]
    assert (made["preview"], made["preview_url"]) == ("pending", None)
    await previewed(owner, made)
    await previewed(owner, made)
    [now] = await listed(owner, task)
    answer = await visitor.get(now["preview_url"])

    assert now["preview"] == "ready"
    assert now["version"] == made["version"]
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert 0 < int(answer.headers["cache-control"].removeprefix("private, max-age=")) <= 600
    small = Image.open(io.BytesIO(answer.content))
    assert (small.size, small.getexif()) == ((360, 480), Image.Exif())
    again = await visitor.get(now["preview_url"], headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    whole = await visitor.get(now["url"])
    assert whole.headers["content-disposition"].startswith("inline")
    events = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    assert [e["type"] for e in events] == ["attachment.created", "task.created"]


async def test_what_cannot_be_drawn_has_no_preview(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = await attached(owner, task, picture()[:60], "image/png")
    monkeypatch.setattr(previews, "MAX_PIXELS", 1000)
    large = await attached(owner, task, picture(), "image/png")

    for made in (damaged, large):
        await previewed(owner, made)

    assert [(a["preview"], a["preview_url"]) for a in await listed(owner, task)] == [
        (None, None), (None, None),
    ]  # fmt: skip
    assert len(await stored(owner)) == 2


async def test_a_preview_of_what_was_purged_meanwhile_is_not_kept(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await attached(owner, task, picture(), "image/png")

    async def purged(*_: Any, **__: Any) -> bytes:
        async with owner.app.state.database.tenant(owner.tenant_id) as db:
            await db.execute("DELETE FROM attachments WHERE tenant_id = $1", owner.tenant_id)
        return b"preview"

    monkeypatch.setattr(previews.anyio.to_thread, "run_sync", purged)
    await previewed(owner, made)

    assert len(await stored(owner)) == 1  # the file itself, which its purge deletes


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, b"x" * 99]
)
def test_garbage_is_no_picture(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        shrink(content)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
def test_each_kind_is_drawn(kind: str) -> None:
    small = Image.open(io.BytesIO(shrink(picture(kind))))

    assert (small.format, small.size) == ("WEBP", (40, 30))


async def test_many_readers_at_once_get_the_same(
    owner: Person, task: TaskJson, visitor: httpx.AsyncClient
) -> None:
    made = await attached(owner, task, TEXT)

    answers = await asyncio.gather(*(visitor.get(made["url"]) for _ in range(20)))

    assert {a.content for a in answers} == {TEXT}
