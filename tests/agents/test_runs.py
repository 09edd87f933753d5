"""What an agent changed in a run is undone at once, or not at all, and can be had back."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
from litestar import Litestar
from mcp import Client
from tests.agents.clients import connected, refused, served, use
from tests.auth.accounts import running
from tests.people import KeyHolder, Person

from projectflow.core.settings import Settings

Json = dict[str, Any]


async def state_of(who: Person, project: Json) -> Json:
    """What a project's tasks, comments and times are, but for versions and moments of change."""
    tasks = (await who.get(f"/projects/{project['id']}/tasks")).json()["items"]
    seen: Json = {}
    for task in tasks:
        comments = (await who.get(f"/tasks/{task['id']}/comments")).json()["items"]
        times = (await who.get(f"/tasks/{task['id']}/time-entries")).json()["items"]
        seen[task["id"]] = {
            "task": {f: v for f, v in task.items() if f not in {"version", "updated_at"}},
            "comments": [(c["id"], c["body"]) for c in comments],
            "times": [(t["id"], t["minutes"], t["note"]) for t in times],
        }
    return seen


async def runs_of(who: Person) -> list[Json]:
    answer = await who.get("/agent-runs")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def work(client: Client, project: Json, task: Json, run: str) -> None:
    """Twenty changes: of what was there, and of what the run makes itself."""
    named: Json = {"run_id": run}
    for n in range(5):
        made = (
            await use(client, "create_task", project_id=project["id"], title=f"New {n}", **named)
        )["result"]["id"]
        await use(client, "change_task", task=made, title=f"Newer {n}", tags=["ai"], **named)
    await use(client, "change_task", task=task["id"], status="completed", **named)
    for n in range(4):
        await use(client, "change_task", task=task["id"], title=f"Title {n}", **named)
    for n in range(3):
        await use(client, "comment_on_task", task=task["id"], body=f"Said {n}", **named)
    for n in range(2):
        await use(
            client, "log_time", task=task["id"], started_at=f"2026-03-0{n + 1}T09:00:00Z",
            minutes=30, note=f"Did {n}", **named,
        )  # fmt: skip


async def test_twenty_changes_are_undone_at_once_and_come_back(
    agent: Client, owner: Person, key: KeyHolder
) -> None:
    project, run = await owner.project(), str(uuid4())
    task = await owner.task(project, "Here before", tags=["a"], description="b")
    before = await state_of(owner, project)
    await work(agent, project, task, run)
    after = await state_of(owner, project)

    (listed,) = await runs_of(owner)
    assert (listed["id"], listed["changes"], listed["undone_by"]) == (run, 20, None)
    assert (listed["key_id"], listed["client"]) == (key.id, "Claude 1.0")
    for _ in range(2):
        answer = await owner.post(f"/agent-runs/{run}/undo")
        assert answer.status_code == 200, answer.text
        undone = answer.json()
        assert undone["events"] == 20
        assert await state_of(owner, project) == before
        assert (await runs_of(owner))[0]["undone_by"] == undone["undone_by"]
        again = await owner.post(f"/agent-runs/{run}/undo")
        assert again.json()["type"] == "/problems/nothing-left-to-undo"
        redone = await owner.post(f"/events/{undone['undone_by']}/undo")
        assert redone.status_code == 200, redone.text
        assert await state_of(owner, project) == after
        assert (await runs_of(owner))[0]["undone_by"] is None
    # The agent can do it too, and what it takes back counts as no change of a run.
    taken = await use(agent, "undo_run", run_id=run)
    assert taken["result"]["events"] == 20
    assert await state_of(owner, project) == before
    assert [each["id"] for each in await runs_of(owner)] == [run]


async def test_what_somebody_changed_since_stands_in_the_way_and_is_named(
    agent: Client, owner: Person
) -> None:
    project, run = await owner.project(), str(uuid4())
    task = await owner.task(project, "Here before")
    await work(agent, project, task, run)
    colleague = await owner.colleague("admin")
    await colleague.patch(f"/tasks/{task['id']}", {"title": "By hand", "priority": "low"})
    before = await state_of(owner, project)

    for problem in (
        (await owner.post(f"/agent-runs/{run}/undo")).json(),
        await refused(agent, "undo_run", run_id=run),
        await refused(agent, "undo_run", run_id=run, dry_run=True),
    ):
        assert problem["type"] == "/problems/changed-since-run"
        assert problem["status"] == 409
        said = {error["field"]: error["message"] for error in problem["errors"]}
        assert said["title"] == f"of {task['key']} was changed since"
        (event,) = [message for field, message in said.items() if field.startswith("events.")]
        assert event == f"task.updated of task {task['id']} by {colleague.id}"
        assert await state_of(owner, project) == before
    # What does not touch the run stands in nobody's way, and stays.
    await colleague.patch(f"/tasks/{task['id']}", {"title": "Title 3"})
    assert (await owner.post(f"/agent-runs/{run}/undo")).status_code == 200
    now = (await owner.get(f"/tasks/{task['id']}")).json()
    assert (now["title"], now["priority"], now["status"]) == ("Here before", "low", "pending")


async def test_a_session_is_a_run_in_whichever_process(
    app: Litestar, settings: Settings, owner: Person, key: KeyHolder
) -> None:
    project = await owner.project()
    turns: list[str] = []
    async with running(settings) as second, served(app) as here, served(second) as there:

        async def to_both(request: Any) -> None:
            """Each other message goes to the other process, as a balancer would send it."""
            turns.append((here, there)[len(turns) % 2])
            request.url = type(request.url)(turns[-1])

        async with connected(here, key, "legacy", name="Balanced", on_request=to_both) as client:
            for n in range(6):
                await use(client, "create_task", project_id=project["id"], title=f"Task {n}")
        async with connected(there, key, "legacy", name="Other") as client:
            await use(client, "create_task", project_id=project["id"], title="Stays")
    assert len(turns) >= 8
    other, balanced = await runs_of(owner)
    assert (balanced["client"], balanced["changes"]) == ("Balanced 1.0", 6)
    assert (other["client"], other["changes"]) == ("Other 1.0", 1)
    assert (await owner.post(f"/agent-runs/{balanced['id']}/undo")).status_code == 200
    left = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    assert [task["title"] for task in left] == ["Stays"]


async def test_changes_at_once_all_belong_to_their_run(agent: Client, owner: Person) -> None:
    project, run = await owner.project(), str(uuid4())
    await asyncio.gather(
        *(
            use(agent, "create_task", project_id=project["id"], title=f"T {n}", run_id=run)
            for n in range(12)
        )
    )
    assert (await runs_of(owner))[0]["changes"] == 12
    answers = await asyncio.gather(*(owner.post(f"/agent-runs/{run}/undo") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"] == []


async def test_a_run_is_its_keys_own(address: str, owner: Person, agent: Client) -> None:
    project, run = await owner.project(), str(uuid4())
    task = await owner.task(project, "Task")
    await use(agent, "change_task", task=task["id"], title="Other", run_id=run)
    limited = await owner.key("*:*", project_ids=[project["id"]])
    assert (await limited.get("/agent-runs")).json()["items"] == []
    member = await (await owner.colleague("member")).signed_in_by("passkey")
    assert (await member.get("/agent-runs")).json()["items"] == []
    async with connected(address, limited) as client:
        problem = await refused(client, "change_task", task=task["id"], title="x", run_id=run)
        assert problem["errors"][0]["field"] == "run_id"
        assert (await refused(client, "undo_run", run_id=run))["status"] == 404
    assert (await member.post(f"/agent-runs/{run}/undo")).status_code == 404
    admin = await owner.colleague("admin")
    assert [each["id"] for each in (await admin.get("/agent-runs")).json()["items"]] == [run]
    assert (await admin.post(f"/agent-runs/{run}/undo")).status_code == 200
    assert (await owner.get(f"/tasks/{task['id']}")).json()["title"] == "Task"


async def test_runs_come_in_pages_and_old_ones_are_forgotten(agent: Client, owner: Person) -> None:
    task = await owner.task(await owner.project(), "Task")
    ids = [str(uuid4()) for _ in range(5)]
    for n, run in enumerate(ids):
        await use(agent, "change_task", task=task["id"], title=f"T {n}", run_id=run)
    seen: list[str] = []
    cursor: Json = {}
    while True:
        page = (await owner.get("/agent-runs", limit=2, **cursor)).json()
        seen += [run["id"] for run in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ids[::-1]
    assert (await owner.get("/agent-runs", cursor="x")).status_code == 422
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE agent_runs SET started_at = now() - interval '91 d',"
            " last_active_at = now() - interval '91 d' WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            ids[0],
        )
    assert len(await runs_of(owner)) == 5
    await use(agent, "change_task", task=task["id"], title="Last", run_id=ids[4])
    assert {run["id"] for run in await runs_of(owner)} == set(ids[1:])


async def test_after_a_day_it_is_too_late(agent: Client, owner: Person, superuser_url: str) -> None:
    task, run = await owner.task(await owner.project(), "Task"), str(uuid4())
    await use(agent, "change_task", task=task["id"], title="Other", run_id=run)
    connection = await asyncpg.connect(superuser_url)
    for table, columns in {
        "agent_runs": ("started_at", "last_active_at"),
        "events": ("created_at",),
    }.items():
        for column in columns:
            await connection.execute(
                f"UPDATE {table} SET {column} = {column} - interval '25 h' WHERE tenant_id = $1",
                owner.tenant_id,
            )
    await connection.close()
    problem = (await owner.post(f"/agent-runs/{run}/undo")).json()
    assert problem["type"] == "/problems/too-late-to-undo"
    assert (await refused(agent, "undo_run", run_id=str(uuid4())))["status"] == 404


async def test_mentions_follow_the_description_back(agent: Client, owner: Person) -> None:
    colleague = await owner.colleague("admin")
    task, run = await owner.task(await owner.project(), "Task"), str(uuid4())
    for text in (f"@[Ada](user:{colleague.id})", f"@[Me](user:{owner.id})"):
        await use(agent, "change_task", task=task["id"], description=text, run_id=run)
    answer = await owner.post(f"/agent-runs/{run}/undo")
    assert answer.json()["events"] == 4
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        count = "SELECT count(*) FROM task_mentions WHERE tenant_id = $1"
        assert await db.fetchval(count, owner.tenant_id) == 0
    redone = await owner.post(f"/events/{answer.json()['undone_by']}/undo")
    assert redone.status_code == 200, redone.text
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        kept = "SELECT user_id FROM task_mentions WHERE tenant_id = $1"
        assert await db.fetchval(kept, owner.tenant_id) == owner.id
