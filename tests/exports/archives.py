"""Making exports and bringing them in, as the worker would, and comparing what is there."""

import io
import json
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


async def brought_in(person: Person, content: bytes) -> dict[str, Any]:
    """Upload an export, do the worker's work here, give the import as it ended."""
    answer = await upload(person, content)
    assert answer.status_code == 202, answer.text
    state = person.app.state
    job = ImportJob(person.tenant_id, UUID(answer.json()["id"]))
    await run_import(state.database, state.files, job, attempt=0)
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


def normalised(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Rows with each id replaced by what it is: a task's number, a person's address, …"""
    names: dict[str, str] = {p["id"]: p["email"] for p in tables["people"]}
    names |= {p["id"]: "the project" for p in tables["projects"]}
    names |= {t["id"]: f"task {t['number']}" for t in tables["tasks"]}
    for table, rows in tables.items():
        for row in rows:
            if "id" in row and row["id"] not in names:
                what = {name: names.get(str(v), v) for name, v in row.items() if name != "id"}
                names[row["id"]] = f"{table} {json.dumps(what, sort_keys=True)}"
    return {
        table: sorted(
            json.dumps({c: names.get(str(v), v) for c, v in row.items()}, sort_keys=True)
            for row in rows
        )
        for table, rows in tables.items()
    }


async def rows_of(superuser_url: str, tenant_id: UUID, table: str) -> list[dict[str, Any]]:
    """All rows of a tenant in a table, without the tenant, past every wall."""
    connection = await asyncpg.connect(superuser_url)
    try:
        wall = "id" if table == "tenants" else "tenant_id"
        found = await connection.fetch(
            f"SELECT (to_jsonb(t) - 'tenant_id')::text AS row FROM {table} t WHERE {wall} = $1",
            tenant_id,
        )
        return [json.loads(row["row"]) for row in found]
    finally:
        await connection.close()
