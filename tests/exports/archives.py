"""Making exports and bringing them in, as the worker would, and comparing what is there."""

import io
import json
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import asyncpg
import httpx
from tests.people import Person

from projectflow.exports.project_imports import run_import
from projectflow.exports.types import ExportJob
from projectflow.exports.worker import run_export
from projectflow.imports.types import ImportJob


async def exported(person: Person, project: str | None) -> bytes:
    """Ask for an export, do the worker's work here, and fetch the file."""
    path = f"/projects/{project}/export" if project else "/workspace/export"
    answer = await person.post(path)
    assert answer.status_code == 202, answer.text
    export_id = answer.json()["id"]
    await make(person, export_id)
    done = (await person.get(f"/exports/{export_id}")).json()
    assert done["status"] == "succeeded", done
    file = await person.get(f"/exports/{export_id}/file")
    assert file.status_code == 200, file.text
    assert len(file.content) == done["size_bytes"]
    return file.content


async def make(person: Person, export_id: str) -> None:
    state = person.app.state
    job = ExportJob(person.tenant_id, UUID(export_id))
    await run_export(state.database, state.files, job, attempt=0)


async def brought_in(person: Person, content: bytes, quota: int = 10**9) -> dict[str, Any]:
    """Upload an export, do the worker's work here, give the import as it ended."""
    answer = await upload(person, content)
    assert answer.status_code == 202, answer.text
    state = person.app.state
    job = ImportJob(person.tenant_id, UUID(answer.json()["id"]))
    await run_import(state.database, state.files, job, quota, attempt=0)
    return (await person.get(f"/imports/{answer.json()['id']}")).json()


async def upload(person: Person, content: bytes) -> httpx.Response:
    return await person.client.post(
        "/imports/projectflow", content=content, headers={"Content-Type": "application/zip"}
    )


def unpacked(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The rows of an export, by table."""
    with ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removeprefix("data/").removesuffix(".jsonl"): [
                json.loads(line) for line in archive.read(name).splitlines()
            ]
            for name in archive.namelist()
            if name.startswith("data/")
        }


def manifest(content: bytes) -> dict[str, Any]:
    with ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("manifest.json"))


def changed(content: bytes, **members: bytes | None) -> bytes:
    """An export with other members; None takes one away. `data__tasks` is data/tasks.jsonl."""
    written = io.BytesIO()
    others = {
        "manifest.json" if name == "manifest" else f"{name.replace('__', '/')}.jsonl": value
        for name, value in members.items()
    }
    with ZipFile(io.BytesIO(content)) as old, ZipFile(written, "w") as new:
        for name in old.namelist():
            value = others.pop(name, old.read(name))
            if value is not None:
                new.writestr(name, value)
    return written.getvalue()


ANY_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def normalised(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Rows with each id replaced by what it is: a task's number, a person's address, …"""
    names: dict[str, str] = {p["id"]: p["email"] for p in tables["people"]}
    names |= {p["id"]: "the project" for p in tables["projects"]}
    names |= {t["id"]: f"task {t['number']}" for t in tables["tasks"]}
    unnamed = [
        (table, row)
        for table, rows in tables.items()
        for row in rows
        if "id" in row and row["id"] not in names
    ]
    while unnamed:
        # Those that name nothing but what has a name by now.
        named = {
            row["id"]: f"{table} {told}"
            for table, row in unnamed
            if not ANY_ID.search(told := _told({**row, "id": None}, names))
        }
        assert named, unnamed
        names |= named
        unnamed = [(table, row) for table, row in unnamed if row["id"] not in named]
    return {table: sorted(_told(row, names) for row in rows) for table, rows in tables.items()}


def _told(row: dict[str, Any], names: dict[str, str]) -> str:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False)
    return ANY_ID.sub(lambda found: names.get(found[0], found[0]), text)


async def rows_of(
    superuser_url: str, tenant_id: UUID, tables: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """All rows of a tenant by table, without the tenant, past every wall, oldest event first."""
    connection = await asyncpg.connect(superuser_url)
    try:
        found: dict[str, list[dict[str, Any]]] = {}
        for table in tables:
            wall = "id" if table == "tenants" else "tenant_id"
            order = "seq" if table == "events" else wall
            rows = await connection.fetch(
                f"SELECT (to_jsonb(t) - 'tenant_id')::text AS row FROM {table} t WHERE {wall} = $1"
                f" ORDER BY {order}",
                tenant_id,
            )
            found[table] = [json.loads(row["row"]) for row in rows]
        return found
    finally:
        await connection.close()
