"""Uploading in tests, and looking at what became of it."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
from PIL import Image
from tests.people import Person

TaskJson = dict[str, Any]


def picture(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(file, kind)
    return file.getvalue()


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
