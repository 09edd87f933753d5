"""Asking for exports, fetching them, and who may; and files that are none."""

import asyncio
import io
from uuid import UUID
from zipfile import ZipFile

import pytest
from tests.auth.test_custom_roles import give, make_role, renewed
from tests.exports.archives import (
    brought_in,
    changed,
    exported,
    make,
    manifest,
    unpacked,
    upload,
)
from tests.exports.furnishing import WORLD, furnished
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.events import to_json
from projectflow.exports.service import MAX_KEPT, stored_name
from projectflow.exports.types import ExportJob
from projectflow.exports.worker import expire_export, run_export

MONEY = "baseline_tasks"


async def export_of(person: Person, project: dict[str, str]) -> str:
    answer = await person.post(f"/projects/{project['id']}/export")
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def events_of(person: Person, entity: str) -> list[str]:
    async with person.app.state.database.tenant(person.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type FROM events WHERE tenant_id = $1 AND entity_id = $2 ORDER BY seq",
            person.tenant_id,
            UUID(entity),
        )
    return [row["type"] for row in rows]


async def test_an_export_is_asked_for_made_fetched_and_deleted(owner: Person) -> None:
    project = await owner.project()
    await owner.task(project, "Bake")
    export = await export_of(owner, project)
    waiting = (await owner.get(f"/exports/{export}")).json()
    assert (waiting["status"], waiting["progress"]["phase"]) == ("queued", "waiting")
    assert (await owner.get(f"/exports/{export}/file")).status_code == 409

    await make(owner, export)

    done = (await owner.get(f"/exports/{export}")).json()
    assert done["status"] == "succeeded"
    assert done["progress"]["done"] == done["progress"]["total"] > 0
    assert done["counts"]["tasks"] == 1
    assert done["expires_at"] > done["finished_at"]
    file = await owner.get(f"/exports/{export}/file")
    assert file.headers["content-type"] == "application/zip"
    assert file.headers["cache-control"] == "no-store"
    assert ZipFile(io.BytesIO(file.content)).testzip() is None
    assert manifest(file.content)["project"]["key"] == project["key"]
    assert [e["id"] for e in (await owner.get("/exports")).json()["items"]] == [export]
    assert (await owner.delete(f"/exports/{export}")).status_code == 204
    assert (await owner.get(f"/exports/{export}")).status_code == 404
    assert await events_of(owner, export) == [
        "export.requested", "export.finished", "export.downloaded", "export.deleted"
    ]  # fmt: skip


async def test_making_it_twice_changes_nothing(owner: Person) -> None:
    export = await export_of(owner, await owner.project())
    await make(owner, export)
    first = (await owner.get(f"/exports/{export}")).json()

    await make(owner, export)

    assert (await owner.get(f"/exports/{export}")).json() == first


async def test_an_export_that_is_deleted_meanwhile_leaves_no_file(owner: Person) -> None:
    export = await export_of(owner, await owner.project())
    assert (await owner.delete(f"/exports/{export}")).status_code == 204

    await make(owner, export)

    with pytest.raises(FileNotFoundError):
        await owner.app.state.files.get(owner.tenant_id, stored_name(UUID(export)))


async def test_after_a_week_the_file_is_gone(owner: Person) -> None:
    export = await export_of(owner, await owner.project())
    await make(owner, export)
    state = owner.app.state

    await expire_export(state.database, state.files, ExportJob(owner.tenant_id, UUID(export)))

    assert (await owner.get(f"/exports/{export}")).json()["status"] == "expired"
    assert (await owner.get(f"/exports/{export}/file")).status_code == 409


async def test_a_project_that_is_gone_fails_its_export(owner: Person) -> None:
    project = await owner.project()
    export = await export_of(owner, project)
    assert (await owner.delete(f"/projects/{project['id']}")).status_code == 204

    await make(owner, export)

    done = (await owner.get(f"/exports/{export}")).json()
    assert done["status"] == "failed"
    assert done["error"] == "There is no such project."


async def test_what_fails_several_times_has_failed(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = await export_of(owner, await owner.project())
    state, job = owner.app.state, ExportJob(owner.tenant_id, UUID(export))

    async def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(state.files, "put_file", full)
    with pytest.raises(OSError, match="full"):
        await run_export(state.database, state.files, job, attempt=0)
    await run_export(state.database, state.files, job, attempt=3)

    assert (await owner.get(f"/exports/{export}")).json()["status"] == "failed"


async def test_a_projects_manager_exports_it_a_member_and_a_viewer_do_not(owner: Person) -> None:
    project = await owner.project()
    manager, member, leading = [
        await owner.colleague(role) for role in ("manager", "member", "member")
    ]
    await owner.join(project, manager)
    await owner.join(project, member)
    await owner.join(project, leading, "manager")
    path = f"/projects/{project['id']}/export"

    assert (await member.post(path)).status_code == 403
    assert (await leading.post(path)).status_code == 202
    export = await export_of(manager, project)
    await make(manager, export)
    assert (await manager.get(f"/exports/{export}/file")).status_code == 200
    assert (await leading.get(f"/exports/{export}")).status_code == 404
    assert (await owner.get(f"/exports/{export}")).status_code == 200
    for person in (manager, await owner.colleague("admin")):
        assert (await person.post("/workspace/export")).status_code == 403


async def test_who_leaves_a_project_cannot_fetch_its_export_any_more(owner: Person) -> None:
    project, leading = await owner.project(), await owner.colleague("member")
    await owner.join(project, leading, "manager")
    export = await export_of(leading, project)
    await make(leading, export)

    left = await owner.delete(f"/projects/{project['id']}/members/{leading.id}")

    assert left.status_code == 204
    assert (await leading.get(f"/exports/{export}/file")).status_code == 404


async def test_a_key_limited_to_a_project_sees_its_exports_alone(owner: Person) -> None:
    ours, other = await owner.project(), await owner.project("Other")
    await owner.signed_in_by("passkey")
    export, hidden = await export_of(owner, ours), await export_of(owner, other)
    key = await owner.key("export:create", "project:read", project_ids=[ours["id"]])

    assert (await key.get(f"/exports/{export}")).status_code == 200
    assert (await key.get(f"/exports/{hidden}")).status_code == 404
    assert (await key.ask("POST", f"/projects/{other['id']}/export")).status_code == 404
    assert (await key.ask("POST", "/workspace/export")).status_code == 403


async def test_a_workspace_keeps_so_many(owner: Person) -> None:
    project = await owner.project()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO exports (tenant_id, id, requested_by)
            SELECT $1, gen_random_uuid(), $2 FROM generate_series(2, $3::int)
            """,
            owner.tenant_id,
            owner.id,
            MAX_KEPT,
        )

    answers = await asyncio.gather(
        *(owner.post(f"/projects/{project['id']}/export") for _ in range(3))
    )

    assert sorted(a.status_code for a in answers) == [202, 409, 409]


async def test_what_somebody_may_not_read_is_not_in_their_export(owner: Person) -> None:
    project = {"id": await furnished(owner, WORLD)}
    person = await owner.colleague("member")
    await owner.join(project, person)
    may = [
        "project:read:is_member", "task:read:in_project", "comment:read:in_project", "user:read",
        "export:create:in_project",
    ]  # fmt: skip
    role = await make_role(owner, "Packer", may)
    assert (await give(owner, person, role)).status_code == 200

    packer = await renewed(person)
    refused = await packer.post(f"/projects/{project['id']}/export")
    assert refused.status_code == 403, "time of others is not theirs to read"

    more = {"permissions": [*may, "time_entry:read:in_project"]}
    assert (await owner.patch(f"/roles/{role['id']}", more)).status_code == 200
    packer = await renewed(person)
    costs = [row["cost"] for row in unpacked(await exported(packer, project["id"]))[MONEY]]
    assert costs == [None] * 3
    seen = unpacked(await exported(owner, project["id"]))[MONEY]
    assert [row["cost"] for row in seen] == [99.9] * 3
    # What counts is what they may when it is made.
    export = await export_of(packer, project)
    assert (await owner.patch(f"/roles/{role['id']}", {"permissions": may[:-1]})).status_code == 200
    await make(owner, export)
    assert (await owner.get(f"/exports/{export}")).json()["status"] == "failed"


async def test_what_is_private_stays_out_of_a_projects_export(owner: Person) -> None:
    project = await owner.project()
    colleague = await owner.colleague("member")
    await owner.join(project, colleague)
    await colleague.post("/views", {"name": "Mine", "query": "", "project_id": project["id"]})
    other = await owner.project("Other")
    task, elsewhere = await owner.task(project, "Here"), await owner.task(other, "There")
    linked = await owner.post(
        f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": elsewhere["id"]}
    )
    assert linked.status_code == 201

    tables = unpacked(await exported(owner, project["id"]))

    assert tables["saved_views"] == []
    assert tables["task_dependencies"] == []
    assert {p["email"] for p in tables["people"]} == {
        f"{person.id.hex}@example.org" for person in (owner, colleague)
    }
    assert {p["id"] for p in tables["projects"]} == {project["id"]}


async def test_people_are_found_by_address_or_made_without_access(
    owner: Person, stranger: Person
) -> None:
    project = await owner.project()
    await owner.task(project, "Bake", assignee_id=str(owner.id))

    done = await brought_in(stranger, await exported(owner, project["id"]))

    users = (await stranger.get("/users")).json()["items"]
    made = next(u for u in users if u["email"] == f"{owner.id.hex}@example.org")
    assert (made["role"], made["is_active"]) == ("member", False)
    tasks = (await stranger.get(f"/projects/{done['project_id']}/tasks")).json()["items"]
    assert tasks[0]["assignee_id"] == made["id"]


async def test_a_file_that_is_no_export_is_refused_at_once(owner: Person) -> None:
    content = await exported(owner, (await owner.project())["id"])
    whole = await exported(owner, None)
    told = manifest(content)
    for file in (
        b"",
        b"PK\x03\x04 and so on",
        content[: len(content) // 2],
        whole,
        changed(content, manifest=None),
        changed(content, manifest=b"[]"),
        changed(content, manifest=to_json({**told, "format": "other"}).encode()),
        changed(content, manifest=to_json({**told, "version": 99}).encode()),
        changed(content, manifest=to_json({**told, "tables": {"secrets": 1}}).encode()),
    ):
        answer = await upload(owner, file)
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"] == "/problems/not-an-export"


async def test_a_damaged_export_fails_and_leaves_nothing(owner: Person, stranger: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Bake")
    await owner.task(project, "Eat", parent_id=task["id"])
    content = await exported(owner, project["id"])
    tables = unpacked(content)

    def with_rows(table: str, *rows: object) -> bytes:
        lines = b"".join(to_json(row).encode() + b"\n" for row in rows)
        told = manifest(content)
        told["tables"][table] = len(rows)
        member = {f"data__{table}": lines}
        return changed(content, manifest=to_json(told).encode(), **member)

    first, second = sorted(tables["tasks"], key=lambda t: t["number"])
    project_row = tables["projects"][0]
    for damaged in (
        changed(content, data__tasks=b"{"),
        changed(content, data__tasks=None),
        with_rows("tasks", first, {**second, "project_id": str(uuid7())}),
        with_rows("tasks", first, {**second, "position": "not a rank"}),
        with_rows("tasks", first, {**second, "number": first["number"]}),
        with_rows("tasks", first, {**second, "priority": "DROP TABLE"}),
        with_rows("tasks", first, {**second, "id": "x"}),
        with_rows("tasks", first, {**second, "title": "\x00"}),
        with_rows("tasks", first, {**second, "reporter_id": str(uuid7())}),
        with_rows("tasks", first, {**second, "due_date": "soon"}),
        with_rows("tasks", {**first, "parent_id": second["id"]}, second),
        with_rows("tasks", *({**t, "tenant_id": str(owner.tenant_id)} for t in tables["tasks"])),
        with_rows("tasks", *({**t, "unknown; column": 1} for t in tables["tasks"])),
        with_rows("projects", project_row, project_row),
        with_rows("projects", {**project_row, "id": str(uuid7())}),
        with_rows("projects", {**project_row, "key": "no key"}),
        with_rows("people", {**tables["people"][0], "email": "nobody"}),
    ):
        done = await brought_in(stranger, damaged)
        assert done["status"] == "failed", done
        assert "export" in done["error"]
    assert (await stranger.get("/projects")).json()["items"] == []
    assert (await stranger.get("/exports")).json()["items"] == []


async def test_a_view_or_address_made_by_hand_is_left_out(owner: Person, stranger: Person) -> None:
    project = await owner.project()
    await owner.task(project, "Bake")
    content = await exported(owner, project["id"])
    told, tables = manifest(content), unpacked(content)
    told["tables"] |= {"saved_views": 1, "attachments": 1}
    view = {
        "id": str(uuid7()), "project_id": project["id"], "owner_id": str(owner.id), "name": "Odd",
        "is_shared": True, "configuration": {"query": 1},
    }  # fmt: skip
    link = {
        "id": str(uuid7()), "task_id": tables["tasks"][0]["id"], "uploader_id": None, "name": "Odd",
        "url": "javascript:alert(1)", "object_key": None,
    }  # fmt: skip

    done = await brought_in(
        stranger,
        changed(
            content,
            manifest=to_json(told).encode(),
            data__saved_views=to_json(view).encode() + b"\n",
            data__attachments=to_json(link).encode() + b"\n",
        ),
    )

    assert done["status"] == "succeeded", done
    assert [s["kind"] for s in done["report"]["skipped"]] == ["view", "attachment"]
