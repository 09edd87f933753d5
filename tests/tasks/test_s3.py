"""Files of tasks in a real S3 peer, which checks the signatures that it gets."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import obstore
import pytest
from litestar import Litestar
from msgspec.structs import replace
from obstore.exceptions import PermissionDeniedError
from obstore.store import S3Store
from tests.auth.accounts import running
from tests.people import Person, found_workspace
from tests.tasks.uploading import attached, listed, picture

from projectflow.core.files import FileJob
from projectflow.core.settings import Settings
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachment_work import sweep_upload
from projectflow.tasks.previews import make_preview

KEY, SECRET, BUCKET = "projectflow", "a-secret-of-tests", "files"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server of its own, with a bucket."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("s3")
    (folder / BUCKET).mkdir()
    program = Path(sys.executable).with_name("nanio")
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", folder]
    secrets = {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    server = subprocess.Popen(
        [*command, "--log-level", "warning", "--no-access-log"], env={**os.environ, **secrets}
    )
    try:
        for _ in range(100):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
async def app(settings: Settings, endpoint: str) -> AsyncIterator[Litestar]:
    """The application over that bucket."""
    said = {
        "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        for name, value in said.items():
            patched.setenv(name, value)
        async with running(replace(settings, storage_url=f"s3://{BUCKET}")) as app:
            yield app


@pytest.fixture
async def person(app: Litestar) -> AsyncIterator[Person]:
    async with await found_workspace(app) as owner:
        yield owner


@pytest.fixture
async def task(person: Person) -> dict[str, Any]:
    return await person.task(await person.project(), "Task")


@pytest.fixture
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://projectflow.test") as client:
        yield client


async def test_downloads_are_sent_to_a_signed_address_of_s3(
    person: Person, task: dict[str, Any], browser: httpx.AsyncClient
) -> None:
    content = os.urandom(7_000_000)  # two parts
    made = await attached(person, task, content, "application/octet-stream", "ä.bin")

    sent = await browser.get(made["url"])
    assert (sent.status_code, sent.headers["cache-control"]) == (302, "no-store")
    address = httpx.URL(sent.headers["location"])
    async with httpx.AsyncClient() as outside:
        found = await outside.get(address)
        tampered = await outside.get(str(address).replace("Expires=60", "Expires=6000"))
        elsewhere = await outside.get(str(address).replace(str(person.tenant_id), "0" * 8))
        unsigned = await outside.get(address.copy_with(query=None))

    assert found.status_code == 200
    assert found.content == content
    assert found.headers["content-disposition"].startswith("attachment; filename=")
    assert [a.status_code for a in (tampered, elsewhere, unsigned)] == [403, 403, 403]


async def test_what_s3_would_say_wrongly_goes_through_us(
    person: Person, task: dict[str, Any], browser: httpx.AsyncClient
) -> None:
    made = await attached(person, task, b"Hello")
    assert (await browser.get(made["url"])).status_code == 302

    saved = await browser.get(made["download_url"])
    assert (saved.status_code, saved.content) == (200, b"Hello")
    assert saved.headers["content-disposition"] == 'attachment; filename="notes.txt"'
    await person.patch(f"/attachments/{made['id']}", {"name": "better.txt"})
    renamed = await browser.get(made["url"], headers={"Range": "bytes=1-2"})
    assert (renamed.status_code, renamed.content) == (206, b"el")
    assert renamed.headers["content-disposition"] == 'inline; filename="better.txt"'


async def test_files_of_a_private_bucket_go_through_us(
    app: Litestar,
    person: Person,
    task: dict[str, Any],
    browser: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await attached(person, task, b"Hello")
    closed = replace(app.state.settings, storage_redirects=False)
    monkeypatch.setattr(app.state, "settings", closed)

    answer = await browser.get(made["url"])

    assert (answer.status_code, answer.content) == (200, b"Hello")


async def test_previews_and_sweeping_work_there_too(
    app: Litestar, person: Person, task: dict[str, Any], browser: httpx.AsyncClient
) -> None:
    made = await attached(person, task, picture(), "image/png")
    state = app.state
    await make_preview(
        state.database, state.files, AttachmentJob(person.tenant_id, UUID(made["id"]))
    )
    [now] = await listed(person, task)
    orphan = f"attachments/{made['id']}-orphan"
    await state.files.put(person.tenant_id, orphan, b"x")

    await sweep_upload(state.database, state.files, FileJob(person.tenant_id, orphan))

    assert (await browser.get(now["preview_url"])).headers["content-type"] == "image/webp"
    with pytest.raises(FileNotFoundError):
        await state.files.get(person.tenant_id, orphan)


async def test_the_peer_refuses_a_wrong_secret(endpoint: str) -> None:
    store = S3Store(
        BUCKET, endpoint=endpoint, access_key_id=KEY, secret_access_key="wrong",
        region="us-east-1", client_options={"allow_http": True},
    )  # fmt: skip
    with pytest.raises(PermissionDeniedError):
        await obstore.put_async(store, "x", b"x")
