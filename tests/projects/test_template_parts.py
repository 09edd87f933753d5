"""A template has what its project has: compared whole, without what names or dates a row."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from msgspec.structs import replace
from tests.people import Person
from tests.projects.test_milestones import milestone
from tests.tasks.uploading import attached, jobs, listed, picture, used

from projectflow.core.files import DELETE_JOB
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachment_work import purge_attachment
from projectflow.tasks.previews import make_preview

Fields = dict[str, Any]
ROW = {"id", "task_id", "version", "created_at", "updated_at", "project_id", "download_url",
       "preview_url", "start_at", "uploader_id"}  # fmt: skip
HAPPENED = {"assignee_id", "completed_at", "actual_hours", "reporter_id", "position", "key",
            "archived_at", "number"}  # fmt: skip


def plain(row: Fields, *without: str) -> Fields:
    return {k: v for k, v in row.items() if k not in ROW and k not in without}


async def items(who: Person, path: str) -> list[Fields]:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def field(who: Person, project: Fields | None, **new: Any) -> Fields:
    path = "/fields" if project is None else f"/projects/{project['id']}/fields"
    answer = await who.post(path, new)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def whole(who: Person, project: Fields) -> Fields:
    """All that a project is made of, by names instead of ids."""
    fields = await items(who, f"/projects/{project['id']}/fields")
    options = {o["id"]: o["name"] for f in fields for o in f["options"]}
    names = {f["id"]: f["name"] for f in fields}
    stones = {m["id"]: m for m in await items(who, f"/projects/{project['id']}/milestones")}
    tasks = await items(who, f"/projects/{project['id']}/tasks")
    titles = {t["id"]: t["title"] for t in tasks}
    found: Fields = {
        "fields": [
            {**plain(f), "options": [plain(o) for o in f["options"]]}
            for f in fields
        ],
        "milestones": [plain(m, "progress", "tasks", "open") for m in stones.values()],
    }  # fmt: skip
    for task in tasks:
        path = f"/tasks/{task['id']}"
        values = {
            names[v["field_id"]]: _named(v["value"], options)
            for v in (await who.get(f"{path}/fields")).json()["items"]
        }
        waits = (await who.get(f"{path}/dependencies")).json()["blocked_by"]
        found[task["title"]] = {
            "own": plain(task, *HAPPENED, "parent_id", "milestone_id"),
            "parent": titles.get(task["parent_id"]),
            "milestone": stones.get(task["milestone_id"], {}).get("name"),
            "fields": values,
            "schedule": plain((await who.get(f"{path}/schedule")).json(), "progress"),
            "steps": [plain(s) for s in await items(who, f"{path}/checklist")],
            "files": [(f["kind"], f["name"], f["content_type"], f["size_bytes"], f["preview"],
                       f["url"] if f["kind"] == "link" else None)
                      for f in await listed(who, task)],
            "waits": sorted((titles[d["depends_on_task_id"]], d["type"], d["lag_minutes"])
                            for d in waits),
        }  # fmt: skip
    return found


def _named(value: Any, options: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [options.get(str(each), each) for each in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return options.get(value, value) if isinstance(value, str) else value


async def furnished(owner: Person) -> Fields:
    """A project with a bit of everything."""
    project = await owner.project("Furnished", start_date="2026-03-02")
    beta = await milestone(owner, project, due_date="2026-03-30")
    kinds = await field(
        owner, project, name="Kind", kind="multi_select",
        options=[{"name": "red", "color": "#ff0000"}, {"name": "blue"}],
    )  # fmt: skip
    size = await field(owner, project, name="Size", kind="select", options=[{"name": "XL"}])
    gone = await field(owner, project, name="Gone", kind="text")
    when = await field(owner, project, name="When", kind="date")
    cost = await field(owner, None, name="Cost", kind="number")
    plan = await owner.task(
        project, "Plan", tags=["a", "b"], estimated_hours="4.5", start_date="2026-03-02",
        due_date="2026-03-03T17:00:00Z", milestone_id=beta["id"], priority="urgent",
    )  # fmt: skip
    build = await owner.task(project, "Build", parent_id=plan["id"])
    after = await owner.task(project, "After")
    await owner.post(
        f"/tasks/{after['id']}/dependencies",
        {"depends_on_task_id": build["id"], "type": "start_to_start", "lag_minutes": 60},
    )
    values = [
        (build, kinds, [kinds["options"][1]["id"], kinds["options"][0]["id"]]),
        (plan, size, size["options"][0]["id"]), (plan, cost, 12.5), (plan, when, "2026-03-09"),
        (after, gone, "never mind"),
    ]  # fmt: skip
    for task, of, value in values:
        answer = await owner.client.put(
            f"/tasks/{task['id']}/fields/{of['id']}", json={"value": value}
        )
        assert answer.status_code == 200, answer.text
    assert (await owner.delete(f"/fields/{gone['id']}")).status_code == 204
    schedule = {
        "constraint_type": "start_no_earlier_than", "constraint_date": "2026-03-10T09:00:00Z",
        "deadline": "2026-03-20T17:00:00Z", "duration_minutes": 960, "progress": 30,
    }  # fmt: skip
    await owner.patch(f"/tasks/{after['id']}/schedule", schedule)
    await owner.post(f"/tasks/{build['id']}/checklist", {"title": "step", "checklist": "One"})
    await attached(owner, build, b"Hello", name="notes.txt")
    await attached(owner, plan, picture(), kind="image/png", name="red.png")
    link = {"url": "https://example.org/", "name": "There"}
    await owner.post(f"/tasks/{plan['id']}/attachments", link)
    return project


async def test_a_template_is_its_project_without_what_happened(owner: Person) -> None:
    project = await furnished(owner)
    before = await used(owner)

    answer = await owner.post(f"/projects/{project['id']}/template", {"name": "T"})
    assert answer.status_code == 201, answer.text
    template = answer.json()

    ours = await whole(owner, project)
    assert ours["Build"]["fields"]["Kind"] == ["red", "blue"], "something is compared"
    assert len(ours["Plan"]["files"]) == 2
    assert ours["After"]["schedule"]["constraint_type"] == "start_no_earlier_than"
    assert await whole(owner, template) == ours
    made = (await owner.post(f"/projects/{template['id']}/copy", {"name": "Again"})).json()
    assert await whole(owner, made) == ours
    assert await used(owner) == 3 * before, "each copy counts"
    ids = {f["id"] for p in (project, template, made)
           for f in await items(owner, f"/projects/{p['id']}/fields")}  # fmt: skip
    assert len(ids) == 3 * 3 + 1, "fields are the copy's own, but for the workspace's"


async def test_dates_of_schedules_and_fields_move_with_the_start(owner: Person) -> None:
    project = await furnished(owner)
    body = {"name": "Later", "start_date": "2026-03-09"}
    made = (await owner.post(f"/projects/{project['id']}/copy", body)).json()

    ours, theirs = await whole(owner, project), await whole(owner, made)

    assert theirs["Plan"]["fields"]["When"] == "2026-03-16"
    for name in ("constraint_date", "deadline"):
        was, now = (
            datetime.fromisoformat(each["After"]["schedule"][name]) for each in (ours, theirs)
        )
        assert now - was == timedelta(days=7)
    refused = await owner.post(
        f"/projects/{project['id']}/copy", {"name": "Far", "start_date": "2250-01-01"}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "start_date"


async def test_a_shared_file_goes_with_the_last_that_has_it(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    project = await furnished(owner)
    made = (await owner.post(f"/projects/{project['id']}/copy", {"name": "Copy"})).json()
    database = owner.app.state.database
    found = [
        each
        for p in (project, made)
        for task in await items(owner, f"/projects/{p['id']}/tasks")
        for each in await listed(owner, task)
        if each["name"] == "red.png"
    ]
    job = AttachmentJob(owner.tenant_id, UUID(found[0]["id"]))
    await make_preview(database, owner.app.state.files, job)
    before, deleted = await used(owner), len(await jobs(DELETE_JOB, owner))

    for nth, each in enumerate(found):
        current = (await owner.get(f"/tasks/{each['task_id']}/attachments")).json()["items"]
        mine = next(f for f in current if f["id"] == each["id"])
        assert mine["preview"] == "ready", "made once, for all"
        assert (await visitor.get(mine["url"])).status_code == 200
        assert (await owner.delete(f"/attachments/{each['id']}")).status_code == 204
        purge = replace(job, attachment_id=UUID(each["id"]))
        await purge_attachment(database, purge, -1)
        gone = len(await jobs(DELETE_JOB, owner)) - deleted
        assert gone == (0, 2)[nth], "the object and its preview, when nobody has them any more"
    assert before - await used(owner) == 2 * found[0]["size_bytes"]


async def test_a_copy_takes_room_that_there_is(owner: Person) -> None:
    project = await furnished(owner)
    state = owner.app.state
    kept, state.settings = state.settings, replace(state.settings, workspace_storage=1)
    try:
        answer = await owner.post(f"/projects/{project['id']}/copy", {"name": "Copy"})
    finally:
        state.settings = kept

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/storage-full")
    assert [p["name"] for p in (await owner.get("/projects")).json()["items"]] == ["Furnished"]


async def test_each_part_has_its_event_which_is_no_change_of_its_own(owner: Person) -> None:
    project = await furnished(owner)
    made = (await owner.post(f"/projects/{project['id']}/copy", {"name": "Copy"})).json()
    async with owner.app.state.database.tenant(owner.tenant_id, read_only=True) as db:
        rows = await db.fetch(
            "SELECT type, (payload ->> 'part_of')::bigint AS part_of, seq FROM events"
            " WHERE tenant_id = $1 AND project_id = $2 ORDER BY seq",
            owner.tenant_id,
            UUID(made["id"]),
        )
    first, *rest = rows
    assert first["type"] == "project.created"
    assert {row["part_of"] for row in rest} == {first["seq"]}
    kinds = [row["type"] for row in rest]
    counted = {kind: kinds.count(kind) for kind in kinds}
    assert counted == {
        "milestone.created": 1, "task.created": 3, "checklist_item.created": 1,
        "dependency.added": 1, "custom_field.created": 3, "task.field_set": 4,
        "task.scheduled": 1, "attachment.created": 3,
    }  # fmt: skip
