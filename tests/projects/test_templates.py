"""Templates and copies: what goes along, what stays behind, and how far dates move."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.people import Person
from tests.projects.test_milestones import events_of, milestone
from tests.projects.test_workflow import by_key

from projectflow.projects import copying

Fields = dict[str, Any]


async def relaunch(owner: Person) -> Fields:
    """A project in the middle of its work, from Monday 5 January 2026."""
    project = await owner.project(
        "Relaunch", description="About", start_date="2026-01-05", end_date="2026-02-27",
        budget_amount="100.50", budget_currency="EUR",
    )  # fmt: skip
    await owner.post(
        f"/projects/{project['id']}/states",
        {"name": "Ideas", "category": "backlog", "color": "#010203"},
    )
    person = await owner.colleague("member")
    await owner.join(project, person)
    await owner.patch(
        f"/projects/{project['id']}/settings",
        {"default_priority": "high", "default_assignee_id": str(person.id)},
    )
    beta = await milestone(owner, project, description="b", due_date="2026-01-30")
    await owner.post(f"/milestones/{beta['id']}/complete")
    plan = await owner.task(
        project, "Plan", description="How", status="completed", priority="urgent", tags=["a"],
        estimated_hours="4.5", start_date="2026-01-05", due_date="2026-01-09T17:00:00Z",
        assignee_id=str(person.id), milestone_id=beta["id"],
    )  # fmt: skip
    build = await owner.task(project, "Build", status="ideas", due_date="2026-01-20T09:00:00Z")
    part = await owner.task(project, "Part", parent_id=build["id"], status="in_progress")
    gone, away = await owner.task(project, "Gone"), await owner.task(project, "Away")
    orphan = await owner.task(project, "Orphan", parent_id=away["id"])
    await owner.delete(f"/tasks/{gone['id']}")
    await owner.patch(f"/tasks/{away['id']}", {"archived": True})
    for list_name, title in (("One", "a"), ("One", "b"), ("Two", "c")):
        step = {"title": title, "checklist": list_name}
        item = (await owner.post(f"/tasks/{plan['id']}/checklist", step)).json()
    await owner.patch(f"/checklist-items/{item['id']}", {"is_done": True})
    lag = {"type": "start_to_start", "lag_minutes": -60, "lag_is_elapsed": True}
    for task, before, fields in ((build, plan, lag), (part, plan, {}), (gone, plan, {}),
                                 (orphan, gone, {})):  # fmt: skip
        await owner.post(
            f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": before["id"], **fields}
        )
    await owner.post(f"/tasks/{plan['id']}/move", {"before_id": None, "status": "completed"})
    return project


async def tasks_of(owner: Person, project: Fields) -> dict[str, Fields]:
    items = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    return {task["title"]: task for task in items}


async def copied(owner: Person, project: Fields, **fields: Any) -> Fields:
    answer = await owner.post(f"/projects/{project['id']}/copy", {"name": "Copy", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_template_has_the_work_and_none_of_what_happened(owner: Person) -> None:
    project = await relaunch(owner)

    answer = await owner.post(f"/projects/{project['id']}/template", {"name": "Relaunches"})

    assert answer.status_code == 201, answer.text
    template = answer.json()
    assert template["is_template"]
    for field in ("description", "start_date", "end_date", "budget_amount", "budget_currency"):
        assert template[field] == project[field]
    ours, theirs = await by_key(owner, project), await by_key(owner, template)
    shown = ("key", "name", "category", "color", "position")
    assert [[s[f] for f in shown] for s in theirs.values()] == [
        [s[f] for f in shown] for s in ours.values()
    ]
    tasks = await tasks_of(owner, template)
    assert [(t["title"], t["number"]) for t in tasks.values()] == [
        ("Build", 1), ("Part", 2), ("Orphan", 3), ("Plan", 4),
    ]  # fmt: skip
    assert {title: t["status"] for title, t in tasks.items()} == {
        "Build": "ideas", "Part": "pending", "Orphan": "pending", "Plan": "pending",
    }  # fmt: skip
    assert {t["assignee_id"] for t in tasks.values()} == {None}
    assert {t["completed_at"] for t in tasks.values()} == {None}
    plan, before = tasks["Plan"], (await tasks_of(owner, project))["Plan"]
    for field in ("description", "priority", "tags", "estimated_hours", "start_date", "due_date"):
        assert plan[field] == before[field], field
    assert tasks["Part"]["parent_id"] == tasks["Build"]["id"]
    assert tasks["Orphan"]["parent_id"] is None
    (beta,) = (await owner.get(f"/projects/{template['id']}/milestones")).json()["items"]
    assert plan["milestone_id"] == beta["id"]
    assert (beta["name"], beta["description"], beta["completed_at"]) == ("Beta", "b", None)
    steps = (await owner.get(f"/tasks/{plan['id']}/checklist")).json()["items"]
    assert [(s["checklist"], s["title"], s["is_done"]) for s in steps] == [
        ("One", "a", False), ("One", "b", False), ("Two", "c", False),
    ]  # fmt: skip
    waits = (await owner.get(f"/tasks/{plan['id']}/dependencies")).json()["blocks"]
    assert {(d["task_id"], d["type"], d["lag_minutes"], d["lag_is_elapsed"]) for d in waits} == {
        (tasks["Build"]["id"], "start_to_start", -60, True),
        (tasks["Part"]["id"], "finish_to_start", 0, False),
    }
    assert (await owner.get(f"/tasks/{tasks['Orphan']['id']}/dependencies")).json()[
        "blocked_by"
    ] == []
    kept = (await owner.get(f"/projects/{template['id']}/settings")).json()
    assert (kept["default_priority"], kept["default_assignee_id"]) == ("high", None)
    assert (await owner.task(template, "Next"))["number"] == 5


async def test_templates_are_listed_apart_and_their_tasks_are_nobodys_work(owner: Person) -> None:
    project = await relaunch(owner)
    template = (await owner.post(f"/projects/{project['id']}/template", {"name": "T"})).json()

    listed = (await owner.get("/projects")).json()["items"]
    templates = (await owner.get("/projects", templates=True)).json()["items"]
    found = (await owner.get("/tasks", query="Plan")).json()["items"]

    assert [p["id"] for p in listed] == [project["id"]]
    assert [p["id"] for p in templates] == [template["id"]]
    assert {t["project_id"] for t in found} == {project["id"]}


async def test_a_project_from_a_template_moves_every_date(owner: Person) -> None:
    await owner.patch("/me", {"time_zone": "Europe/Berlin"})
    project = await relaunch(owner)
    template = (await owner.post(f"/projects/{project['id']}/template", {"name": "T"})).json()

    made = await copied(owner, template, start_date="2026-06-01", key="NEW")

    assert (made["key"], made["is_template"], made["status"]) == ("NEW", False, "active")
    assert (made["start_date"], made["end_date"]) == ("2026-06-01", "2026-07-24")
    tasks = await tasks_of(owner, made)
    assert tasks["Plan"]["start_date"] == "2026-06-01"
    # Five in the afternoon in London was six in Berlin, which it still is in summer.
    assert tasks["Plan"]["due_date"] == "2026-06-05T16:00:00Z"
    assert tasks["Build"]["due_date"] == "2026-06-16T08:00:00Z"
    assert tasks["Part"]["due_date"] is None
    (beta,) = (await owner.get(f"/projects/{made['id']}/milestones")).json()["items"]
    assert beta["due_date"] == "2026-06-26"


async def test_without_a_start_the_dates_stay(owner: Person) -> None:
    project = await owner.project()
    await owner.task(project, "Late", due_date="2026-03-05T12:00:00Z")
    await owner.task(project, "Early", start_date="2026-03-02")

    stayed = await copied(owner, project)
    moved = await copied(owner, project, start_date="2026-03-03")

    assert stayed["start_date"] == "2026-03-02"
    assert (await tasks_of(owner, stayed))["Late"]["due_date"] == "2026-03-05T12:00:00Z"
    assert (await tasks_of(owner, moved))["Late"]["due_date"] == "2026-03-06T12:00:00Z"
    assert (await tasks_of(owner, moved))["Early"]["start_date"] == "2026-03-03"


async def test_an_empty_project_starts_when_it_is_said(owner: Person) -> None:
    project = await owner.project()

    assert (await copied(owner, project))["start_date"] is None
    assert (await copied(owner, project, start_date="0001-01-01"))["start_date"] == "0001-01-01"


@pytest.mark.parametrize("start", ["0001-01-01", "9999-12-31", "9999-12-01"])
async def test_a_date_out_of_the_calendar_is_refused(owner: Person, start: str) -> None:
    project = await owner.project(start_date="2026-03-01")
    await owner.task(project, "Before", due_date="2026-02-01T12:00:00Z")
    await owner.task(project, "After", due_date="2026-05-01T12:00:00Z")

    answer = await owner.post(f"/projects/{project['id']}/copy", {"name": "x", "start_date": start})

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "start_date"
    assert len((await owner.get("/projects")).json()["items"]) == 1


@given(dates=st.lists(st.dates(), min_size=1, max_size=4), start=st.dates())
@settings(max_examples=200, deadline=None)
def test_what_moves_keeps_its_distance_or_is_refused(dates: list[Any], start: Any) -> None:
    dates = sorted(dates)
    try:
        days = copying._shift(dates, dates[0], start)  # pyright: ignore[reportPrivateUsage]
    except copying.InvalidInput:
        assert min(dates[0], start) < copying.FIRST_DAY or (
            copying.LAST_DAY - max(dates[-1], start) < dates[-1] - dates[0]
        )
    else:
        assert dates[0].toordinal() + days == start.toordinal()
        assert 1 <= dates[-1].toordinal() + days <= 3_652_059


async def test_every_copied_row_has_its_event_in_order(owner: Person) -> None:
    project = await relaunch(owner)
    made = await copied(owner, project)

    async with owner.app.state.database.tenant(owner.tenant_id, read_only=True) as db:
        rows = await db.fetch(
            "SELECT seq, type, entity_id FROM events WHERE tenant_id = $1 AND project_id = $2"
            " ORDER BY seq",
            owner.tenant_id,
            UUID(made["id"]),
        )
        last = await db.fetchval(
            "SELECT last_seq FROM event_counters WHERE tenant_id = $1", owner.tenant_id
        )
    types = [row["type"] for row in rows]
    assert types == [
        "project.created", "milestone.created", *["task.created"] * 4,
        *["checklist_item.created"] * 3, *["dependency.added"] * 2,
    ]  # fmt: skip
    assert [row["seq"] for row in rows] == list(range(rows[0]["seq"], last + 1))
    assert project["id"] in (await events_of(owner, made["id"]))[0][2]


async def test_large_projects_are_refused(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    project = await relaunch(owner)
    path, body = f"/projects/{project['id']}/template", {"name": "T"}
    for limit, value in (("MAX_TASKS", 3), ("MAX_PARTS", 2)):
        monkeypatch.setattr(copying, limit, value)
        answer = await owner.post(path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/project-too-large")
        monkeypatch.undo()
    assert (await owner.post(path, body)).status_code == 201


async def test_a_workflow_without_a_beginning_is_copied_too(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task", status="completed")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        # As an import of a board with one list, `Done`.
        await db.execute(
            "DELETE FROM workflow_states WHERE tenant_id = $1 AND project_id = $2"
            " AND key <> 'completed'",
            owner.tenant_id,
            UUID(project["id"]),
        )

    made = (await tasks_of(owner, await copied(owner, project)))["Task"]

    assert (made["status"], task["status"]) == ("completed", "completed")
    assert made["completed_at"] is not None


async def test_who_copies_reads_the_tasks_and_creates_projects(owner: Person) -> None:
    project = await owner.project()
    manager, member = await owner.colleague("manager"), await owner.colleague("member")
    path = f"/projects/{project['id']}/copy"
    assert (await manager.post(path, {"name": "x"})).status_code == 403
    assert (await member.post(path, {"name": "x"})).status_code == 404
    for person in (manager, member):
        await owner.join(project, person, "manager")

    made = await manager.post(path, {"name": "x"})

    assert made.json()["owner_id"] == str(manager.id)
    assert (await member.post(path, {"name": "x"})).status_code == 403
    taken = await owner.post(path, {"name": "x", "key": project["key"]})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "key")
