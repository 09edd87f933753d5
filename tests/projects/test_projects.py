"""Projects: made, read, changed and deleted by whom the matrix lets, with exact values."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

NUL = "a\x00b"


async def test_a_project_starts_with_a_workflow_and_its_maker_in_it(owner: Person) -> None:
    made = await owner.project("  Web site  ", description="About", budget_amount="1000.50")

    project = (await owner.get(f"/projects/{made['id']}")).json()

    assert project["name"] == "Web site"
    assert project["owner_id"] == str(owner.id)
    assert project["budget_amount"] == "1000.50"
    assert project["version"] == 1
    assert [(s["key"], s["category"]) for s in project["states"]] == [
        ("pending", "unstarted"),
        ("in_progress", "started"),
        ("in_review", "started"),
        ("completed", "completed"),
        ("cancelled", "cancelled"),
    ]
    assert project["task_counts"] == {s["key"]: 0 for s in project["states"]}
    assert {k: v for k, v in project.items() if k in made} == made


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Web site relaunch", "WSR"), ("Website", "WEBSIT"), ("2026 Budget plan now", "BPN"),
        ("Über Öl", "BERL"), ("日本", "PP"), ("!!!", "PP"), ("42", "PP"), ("X", "XP"),
        ("a b c d e f g h", "ABCDEF"),
    ],
)  # fmt: skip
async def test_a_key_is_suggested_from_the_name(owner: Person, name: str, key: str) -> None:
    assert (await owner.project(name))["key"] == key


async def test_a_suggested_key_that_is_taken_gets_a_number(owner: Person) -> None:
    keys = [(await owner.project("Web site relaunch"))["key"] for _ in range(3)]

    assert keys == ["WSR", "WSR2", "WSR3"]


async def test_keys_are_unique_in_a_workspace_and_free_in_another(
    owner: Person, stranger: Person
) -> None:
    await owner.project(key="WEB")
    other = await owner.project(key="APP")
    await stranger.project(key="WEB")

    for answer in (
        await owner.post("/projects", {"name": "Again", "key": "WEB"}),
        await owner.patch(f"/projects/{other['id']}", {"key": "WEB"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/project-key-taken"
        assert answer.json()["errors"][0]["field"] == "key"
    assert (await owner.get(f"/projects/{other['id']}")).json()["key"] == "APP"


async def test_projects_of_the_same_name_made_at_once_get_keys_of_their_own(
    owner: Person,
) -> None:
    answers = await asyncio.gather(
        *(owner.post("/projects", {"name": "Same name here"}) for _ in range(8))
    )

    assert {a.status_code for a in answers} == {201}
    keys = sorted(a.json()["key"] for a in answers)
    assert keys == ["SNH", *(f"SNH{n}" for n in range(2, 9))]


async def test_changing_the_key_changes_every_tasks_key(owner: Person) -> None:
    project = await owner.project(key="OLD")
    task = await owner.task(project, "Task")

    await owner.patch(f"/projects/{project['id']}", {"key": "NEW"})

    assert (await owner.get(f"/tasks/{task['id']}")).json()["key"] == "NEW-1"
    assert (await owner.get("/tasks/by-key/NEW-1")).status_code == 200
    assert (await owner.get("/tasks/by-key/OLD-1")).status_code == 404


async def test_a_client_may_make_the_id(owner: Person) -> None:
    made = str(uuid7())

    assert (await owner.project(id=made))["id"] == made
    again = await owner.post("/projects", {"name": "Again", "id": made})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/project-exists")


BAD: dict[str, list[Any]] = {
    "name": ["", " ", "x" * 201, 5, None, [], NUL],
    "key": ["", "A", "web", "1A", "A-B", "A" * 11, "WEB\n", 5, None, NUL],
    "description": ["x" * 100_001, 5, NUL],
    "status": ["", "done", 5, None],
    "start_date": ["", "2026-13-01", "soon", 5, []],
    "end_date": ["2026-02-30", "x"],
    "budget_amount": [
        "NaN", "sNaN", "Infinity", "-0.01", "10000000000", "0.001", "1E+999999999",
        "1E-999999999", "", "much", [],
    ],
    "budget_currency": ["", "usd", "USDX", "USD\n", 5, None],
    "owner_id": [str(uuid7().int)],
    "version": ["x", 1.5, []],
}  # fmt: skip


@pytest.mark.parametrize("field", BAD)
async def test_a_bad_value_is_refused_by_name_and_changes_nothing(
    owner: Person, field: str
) -> None:
    project = await owner.project()
    before = (await owner.get("/projects")).json()
    for value in BAD[field]:
        answers = [await owner.patch(f"/projects/{project['id']}", {field: value})]
        if field not in {"status", "version"}:
            answers.append(await owner.post("/projects", {"name": "New", field: value}))
        for answer in answers:
            assert answer.status_code == 422, f"{field}={value!r}: {answer.text}"
            assert answer.json()["errors"][0]["field"] == field, repr(value)
    assert (await owner.get("/projects")).json() == before


async def test_an_end_before_the_start_is_refused(owner: Person) -> None:
    dates = {"start_date": "2026-02-01", "end_date": "2026-01-31"}
    project = await owner.project(start_date="2026-02-01")

    for answer in (
        await owner.post("/projects", {"name": "New", **dates}),
        await owner.patch(f"/projects/{project['id']}", {"end_date": "2026-01-31"}),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "end_date"


async def test_absent_fields_stay_and_null_empties(owner: Person) -> None:
    project = await owner.project(
        description="About", start_date="2026-01-01", end_date="2026-02-01", budget_amount="5"
    )
    path = f"/projects/{project['id']}"

    renamed = (await owner.patch(path, {"name": "New"})).json()
    assert {k for k in project if renamed[k] != project[k]} == {"name", "version", "updated_at"}
    for field in ("description", "start_date", "end_date", "budget_amount"):
        assert (await owner.patch(path, {field: None})).json()[field] is None


async def test_a_late_change_is_told_what_there_is_now(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}"
    fresh = await owner.patch(path, {"name": "Second"}, **{"If-Match": '"1"'})

    late = [
        await owner.patch(path, {"name": "Third", "version": 1}),
        await owner.patch(path, {"name": "Third"}, **{"If-Match": "1"}),
        await owner.delete(path, **{"If-Match": '"1"'}),
    ]

    assert fresh.json()["version"] == 2
    for answer in late:
        assert answer.status_code == 409
        assert answer.json()["current"] == fresh.json()
    assert (await owner.get(path)).json()["name"] == "Second"


async def test_a_deleted_project_takes_its_tasks_out_of_sight(owner: Person) -> None:
    project = await owner.project(key="WEB")
    task = await owner.task(project, "Task")
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "x"})).json()

    assert (await owner.delete(f"/projects/{project['id']}")).status_code == 204

    for path in (
        f"/projects/{project['id']}", f"/projects/{project['id']}/board",
        f"/projects/{project['id']}/tasks", f"/tasks/{task['id']}", "/tasks/by-key/WEB-1",
    ):  # fmt: skip
        assert (await owner.get(path)).status_code == 404, path
    assert (await owner.patch(f"/comments/{comment['id']}", {"body": "y"})).status_code == 404
    assert (await owner.post(f"/tasks/{task['id']}/restore")).status_code == 404
    assert (await owner.get("/projects")).json()["items"] == []
    assert (await owner.delete(f"/projects/{project['id']}")).status_code == 404


async def test_the_list_counts_open_work_and_is_paged_newest_first(owner: Person) -> None:
    made = [await owner.project(f"Project {n}", key=f"K{n}") for n in range(5)]
    await owner.task(made[0], "Open")
    await owner.task(made[0], "Done", status="completed")
    await owner.patch(f"/projects/{made[1]['id']}", {"status": "on_hold"})

    first = (await owner.get("/projects", limit=3)).json()
    second = (await owner.get("/projects", limit=3, cursor=first["next_cursor"])).json()

    listed = first["items"] + second["items"]
    assert [p["id"] for p in listed] == [p["id"] for p in reversed(made)]
    assert second["next_cursor"] is None
    assert (listed[-1]["task_count"], listed[-1]["open_task_count"]) == (2, 1)
    held = (await owner.get("/projects", status="on_hold")).json()["items"]
    assert [p["id"] for p in held] == [made[1]["id"]]
    assert (await owner.get("/projects", status="nonsense")).status_code == 422
