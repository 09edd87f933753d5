"""What agents can do, through the SDK's client over HTTP."""

from uuid import uuid4

import asyncpg
import pytest
from mcp import Client
from tests.agents.clients import connected, refused, use
from tests.isolation.worlds import fingerprint
from tests.people import KeyHolder, Person

READING = {
    "search", "query_tasks", "read_task", "list_projects", "list_states", "list_people",
    "project_timeline", "forecast_project",
}  # fmt: skip
WRITING = {"create_task", "change_task", "comment_on_task", "log_time", "undo_run"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize(
    ("scopes", "tools"),
    [
        (("*:*",), READING | WRITING),
        (("task:read",), {"search", "query_tasks", "read_task", "project_timeline",
                          "forecast_project"}),
        (("project:read", "comment:create"), {
            "list_projects", "list_states", "list_people", "comment_on_task"}),
        (("user:read",), set()),
    ],
)  # fmt: skip
async def test_a_key_lists_the_tools_that_its_scopes_hold(
    address: str, owner: Person, mode: str, scopes: tuple[str, ...], tools: set[str]
) -> None:
    key = await (await owner.signed_in_by("passkey")).key(*scopes)
    async with connected(address, key, mode) as client:
        listed = (await client.list_tools()).tools
        assert {tool.name for tool in listed} == tools
        for name in sorted((READING | WRITING) - tools):
            problem = await refused(client, name)
            assert problem["type"] == "/problems/forbidden"
            assert "lacks the scope" in problem["detail"]
    for tool in listed:
        hints, gives, described = tool.annotations, tool.output_schema, tool.description
        assert hints
        assert gives
        assert described
        assert hints.read_only_hint == (tool.name in READING)
        assert hints.destructive_hint == (tool.name in {"change_task", "undo_run"})
        assert tool.input_schema["additionalProperties"] is False
        assert gives["type"] == "object"
        assert ("dry_run" in tool.input_schema["properties"]) == (tool.name in WRITING)
        assert len(described) > 50


async def test_each_tool_does_what_it_says(agent: Client, owner: Person, key: KeyHolder) -> None:
    project = await owner.project("Web site", key="WEB")
    made = await use(
        agent, "create_task", project_id=project["id"], title="Paint the shed",
        assignee_id=str(owner.id), tags=["garden"], start_date="2026-03-02",
        due_date="2026-03-06T12:00:00Z",
    )  # fmt: skip
    task = made["result"]
    assert made["dry_run"] is False
    assert [c["event"] for c in made["changes"]] == ["task.created"]
    assert made["changes"][0]["entity_id"] == task["id"]
    assert (await owner.get(f"/tasks/{task['id']}")).json()["title"] == "Paint the shed"
    changed = await use(
        agent, "change_task", task="web-1", status="in_progress", priority="high", tags=[],
        assignee_id=None, version=1,
    )  # fmt: skip
    assert changed["changes"][0]["before"]["tags"] == ["garden"]
    assert changed["changes"][0]["after"]["assignee_id"] is None
    said = await use(agent, "comment_on_task", task=task["id"], body="Which colour?")
    assert said["result"]["author_id"] == str(owner.id)
    logged = await use(
        agent, "log_time", task="WEB-1", started_at="2026-03-02T09:00:00Z", minutes=30
    )
    assert logged["result"]["minutes"] == 30

    found = await use(agent, "search", text="shed", kinds=["task"])
    assert [item["key"] for item in found["items"]] == ["WEB-1"]
    page = await use(agent, "query_tasks", query="status:started priority:high", include_total=True)
    assert (page["total"], page["items"][0]["id"]) == (1, task["id"])
    read = await use(agent, "read_task", task="WEB-1")
    assert [c["body"] for c in read["comments"]] == ["Which colour?"]
    assert read["relations"]["items"] == read["dependencies"]["blocks"] == []
    assert [p["key"] for p in (await use(agent, "list_projects"))["items"]] == ["WEB"]
    states = await use(agent, "list_states", project_id=project["id"])
    assert "in_progress" in {state["key"] for state in states["items"]}
    people = await use(agent, "list_people", project_id=project["id"])
    assert [p["id"] for p in people["items"]] == [str(owner.id)]
    assert [p["role"] for p in (await use(agent, "list_people"))["items"]] == ["owner"]
    outlook = await use(agent, "project_timeline", project_id=project["id"])
    assert [t["key"] for t in outlook["critical_path"]] == ["WEB-1"]
    assert outlook["finish"] == outlook["critical_path"][0]["finish"]
    assert "probable" in outlook["method"]
    forecast = await use(agent, "forecast_project", project_id=project["id"], by="2030-01-01")
    assert (forecast["method"], forecast["p80"], forecast["learnt"]["open"]) == (None, None, 1)
    assert "must have been done" in forecast["missing"][-1]

    log = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    assert {event["actor_id"] for event in log} == {str(owner.id)}
    for event in log:
        assert event["payload"]["key"] == key.id
        assert event["payload"]["agent"] == "Claude 1.0"
    assert len({event["payload"]["run"] for event in log}) == len(log)  # no session, none named


async def test_a_dry_run_says_what_would_change_and_changes_nothing(
    agent: Client, owner: Person, superuser_url: str
) -> None:
    project = await owner.project()
    task = await owner.task(project, "Here")
    run = str(uuid4())
    await use(agent, "change_task", task=task["id"], title="There", run_id=run)
    connection = await asyncpg.connect(superuser_url)
    before = await fingerprint(connection, owner.tenant_id)
    tried = [
        await use(agent, "create_task", project_id=project["id"], title="New", dry_run=True),
        await use(agent, "change_task", task=task["id"], title="Else", tags=["x"], dry_run=True),
        await use(agent, "comment_on_task", task=task["id"], body="Hm", dry_run=True),
        await use(
            agent, "log_time", task=task["id"], started_at="2026-03-02T09:00:00Z", minutes=5,
            dry_run=True,
        ),
        await use(agent, "undo_run", run_id=run, dry_run=True),
    ]  # fmt: skip
    assert await fingerprint(connection, owner.tenant_id) == before
    await connection.close()
    assert [each["changes"][0]["event"] for each in tried] == [
        "task.created", "task.updated", "comment.created", "time_entry.created", "task.updated",
    ]  # fmt: skip
    assert tried[1]["changes"][0]["before"] == {"title": "There", "tags": []}
    assert tried[1]["changes"][0]["after"] == {"title": "Else", "tags": ["x"]}
    assert tried[1]["result"]["title"] == "Else"
    assert tried[4]["changes"][0]["after"] == {"title": "Here"}
    assert {each["dry_run"] for each in tried} == {True}


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("create_task", {"project_id": "x", "title": "A"}, "project_id"),
        ("create_task", {"title": "A"}, "project_id"),
        ("change_task", {"title": ""}, "title"),
        ("change_task", {"titel": "A"}, "titel"),
        ("change_task", {"status": "nowhere"}, "status"),
        ("change_task", {"assignee_id": str(uuid4())}, "assignee_id"),
        ("change_task", {"description": "\x00"}, "description"),
        ("change_task", {"estimated_hours": "-1"}, "estimated_hours"),
        ("change_task", {"due_date": "2026-01-01"}, "due_date"),
        ("log_time", {"started_at": "1999-01-01T00:00:00Z", "minutes": 1}, "started_at"),
        ("log_time", {"started_at": "2026-01-01T00:00:00Z", "minutes": 10**30}, "minutes"),
        ("query_tasks", {"query": "colour:red"}, "query"),
        ("query_tasks", {"cursor": "x"}, "cursor"),
        ("search", {"text": "x", "kinds": ["person"]}, "kinds"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_a_problem_that_names_the_field(
    agent: Client, owner: Person, tool: str, arguments: dict[str, object], field: str
) -> None:
    task = await owner.task(await owner.project(), "Task")
    if tool in {"change_task", "log_time"}:
        arguments = {"task": task["id"], **arguments}
    problem = await refused(agent, tool, **arguments)
    assert problem["status"] == 422
    assert field in {error["field"].partition("[")[0] for error in problem["errors"]}


async def test_an_outdated_version_is_refused_with_the_task_as_it_is(
    agent: Client, owner: Person
) -> None:
    task = await owner.task(await owner.project(), "Task")
    await owner.patch(f"/tasks/{task['id']}", {"title": "Newer"})
    problem = await refused(agent, "change_task", task=task["id"], title="Mine", version=1)
    assert problem["type"] == "/problems/version-conflict"
    assert problem["current"]["title"] == "Newer"


async def test_a_key_limited_to_a_project_sees_no_other(address: str, owner: Person) -> None:
    await owner.signed_in_by("passkey")
    mine, other = await owner.project("Mine"), await owner.project("Other")
    theirs = await owner.task(other, "Secret")
    key = await owner.key("*:*", project_ids=[mine["id"]])
    async with connected(address, key) as client:
        assert [p["id"] for p in (await use(client, "list_projects"))["items"]] == [mine["id"]]
        assert (await use(client, "query_tasks"))["items"] == []
        assert (await use(client, "search", text="Secret"))["items"] == []
        for tool, arguments in {
            "read_task": {"task": theirs["id"]},
            "change_task": {"task": theirs["key"], "title": "x"},
            "create_task": {"project_id": other["id"], "title": "x"},
            "list_states": {"project_id": other["id"]},
            "project_timeline": {"project_id": other["id"]},
            "forecast_project": {"project_id": other["id"]},
        }.items():
            assert (await refused(client, tool, **arguments))["status"] == 404
        assert (await refused(client, "list_people"))["status"] == 403
