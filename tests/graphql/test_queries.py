"""Queries: what they give, how they page, what they cost, and how they are refused."""

from typing import Any

import pytest
from litestar import Litestar
from msgspec.structs import replace as structs_replace
from tests.graphql.asking import URL, Counted, ask, post, refused
from tests.people import Person

from projectflow.core.settings import Settings
from projectflow.graphql.documents import RefusedDocument
from projectflow.graphql.execution import Engine

GRAPHQL = "application/graphql-response+json"
NESTED = """
query ($first: Int! = 10) {
  projects(first: $first) { nodes {
    name owner { firstName } states { key }
    members(first: 5) { edges { role node { email } } }
    tasks(first: $first) { edges { cursor node {
      key title state { name } assignee { id } reporter { id } project { key }
      parent { key }
      subtasks(first: 5) { nodes { key } }
      comments(first: 5) { nodes { body author { id } mentions { id } reactions { emoji } } }
    } } }
  } }
}
"""


async def _fill(owner: Person, projects: int, tasks: int) -> None:
    for number in range(projects):
        project = await owner.project(f"Project {number}")
        first: dict[str, Any] | None = None
        for place in range(tasks):
            more = {} if first is None else {"parent_id": first["id"]}
            task = await owner.task(project, f"T{place}", assignee_id=str(owner.id), **more)
            first = first or task
            await owner.post(f"/tasks/{task['id']}/comments", {"body": f"About {task['key']}"})


async def test_a_nested_query_has_as_many_statements_for_many_rows_as_for_few(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _fill(owner, 1, 2)
    counted = Counted(monkeypatch)
    few = await ask(owner, NESTED)
    await _fill(owner, 3, 4)
    many = await ask(owner, NESTED)

    nodes = many["projects"]["nodes"]
    assert [len(n["tasks"]["edges"]) for n in nodes] == [4, 4, 4, 2]
    task = nodes[0]["tasks"]["edges"][1]["node"]
    assert task["parent"]["key"] == nodes[0]["tasks"]["edges"][0]["node"]["key"]
    assert task["comments"]["nodes"] == [
        {
            "body": f"About {task['key']}", "author": {"id": str(owner.id)},
            "mentions": [], "reactions": [],
        }
    ]  # fmt: skip
    assert nodes[0]["members"]["edges"][0]["role"] == "manager"
    assert len(few["projects"]["nodes"]) == 1
    assert counted.made[0].statements == counted.made[1].statements
    assert counted.made[1].statements <= 10


async def test_every_list_goes_on_where_its_cursor_stands(owner: Person) -> None:
    await _fill(owner, 3, 3)
    for _ in range(2):
        await owner.colleague("member")
    await owner.post("/teams", {"name": "A"})
    await owner.post("/teams", {"name": "B"})
    task = (await ask(owner, "{ projects { nodes { tasks { nodes { id } } } } }"))["projects"]
    parent = task["nodes"][0]["tasks"]["nodes"][0]["id"]
    lists = {
        "projects": "query ($after: String) { at: projects(first: 1, after: $after) %s }",
        "users": "query ($after: String) { at: users(first: 1, after: $after) %s }",
        "teams": "query ($after: String) { at: teams(first: 1, after: $after) %s }",
        "subtasks": (
            f'query ($after: String) {{ in: task(id: "{parent}")'
            " { at: subtasks(first: 1, after: $after) %s } }"
        ),
        "tasks": (
            "query ($after: String) { in: projects(first: 1) { nodes"
            " { at: tasks(sort: TITLE, order: DESC, first: 1, after: $after) %s } } }"
        ),
    }
    page = "{ nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor } }"
    found: dict[str, int] = {}
    for name, query in lists.items():
        seen: list[str] = []
        after: str | None = None
        while True:
            data = await ask(owner, query % page, after=after)
            place = data.get("in", data)
            at = (place["nodes"][0] if "nodes" in place else place)["at"]
            seen += [node["id"] for node in at["nodes"]]
            assert [edge["node"] for edge in at["edges"]] == at["nodes"]
            after = at["pageInfo"]["endCursor"]
            assert after == at["edges"][-1]["cursor"]
            if not at["pageInfo"]["hasNextPage"]:
                break
        assert len(set(seen)) == len(seen)
        found[name] = len(seen)
    assert found == {"projects": 3, "users": 3, "teams": 2, "subtasks": 2, "tasks": 3}


async def test_a_node_is_found_by_its_id_whatever_it_is(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Node")
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "Node"})).json()
    team = (await owner.post("/teams", {"name": "Node"})).json()
    ids = {"Project": project, "Task": task, "Comment": comment, "Team": team}
    for kind, entity in {**ids, "User": {"id": str(owner.id)}}.items():
        query = "query ($id: ID!) { node(id: $id) { __typename id } }"
        found = await ask(owner, query, id=entity["id"])
        assert found["node"] == {"__typename": kind, "id": entity["id"]}
    nobody = '{ node(id: "0193b6a4-0000-7000-8000-000000000000") { id } }'
    error = await refused(owner, nobody)
    assert error["extensions"] == {"type": "/problems/node-not-found", "status": 404}


async def test_filters_are_those_of_rest(owner: Person) -> None:
    project = await owner.project()
    urgent = await owner.task(project, "Urgent", priority="urgent", tags=["x"])
    await owner.task(project, "Other")
    query = (
        "query ($id: ID!, $filter: TaskFilter)"
        " { project(id: $id) { tasks(filter: $filter) { nodes { id } } } }"
    )
    for filters in ({"priority": ["URGENT"]}, {"tag": ["x"]}, {"text": "urg"}):
        found = await ask(owner, query, id=project["id"], filter=filters)
        assert found["project"]["tasks"]["nodes"] == [{"id": urgent["id"]}]
    error = await refused(owner, query, id=project["id"], filter={"text": "a\x00b"})
    assert error["extensions"]["status"] == 422
    error = await refused(owner, query, id=project["id"], filter={"assigneeId": ["x"]})
    assert error["extensions"]["field"] == "filter.assigneeId"


async def test_errors_are_the_problems_of_rest_and_the_rest_is_answered(owner: Person) -> None:
    project = await owner.project()
    query = """query ($id: ID!) {
      good: project(id: $id) { key }
      wrong: project(id: "x") { key }
      large: projects(first: 201) { nodes { id } }
      cursor: teams(after: "x") { nodes { id } }
    }"""
    answer = (await post(owner, query, id=project["id"])).json()
    assert answer["data"]["good"] == {"key": project["key"]}
    told = {
        e["path"][0]: (e["extensions"]["type"], e["extensions"]["field"]) for e in answer["errors"]
    }
    assert told == {
        "wrong": ("/problems/invalid-input", "id"),
        "large": ("/problems/invalid-input", "first"),
        "cursor": ("/problems/invalid-input", "cursor"),
    }


async def test_what_asks_for_too_much_is_refused_before_it_runs(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    deep = '{ task(key: "A-1") ' + "{ parent " * 12 + "{ id }" + " }" * 12 + " }"
    aliases = "{ " + " ".join(f"a{n}: me {{ user {{ id }} }}" for n in range(31)) + " }"
    dear = "{ projects(first: 200) { nodes { tasks(first: 200) { nodes { id } } } } }"
    by_variable = (
        "query ($n: Int!) { projects(first: $n) { nodes { tasks(first: $n) { nodes { id } } } } }"
    )
    spread = (
        "query { ...f0 } "
        + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(25))
        + " fragment f25 on Query { me { user { id } } }"
    )
    cases = [(deep, "levels"), (aliases, "aliases"), (dear, "fields"), (spread, "fields")]
    for query, word in cases:
        error = await refused(owner, query)
        assert error["extensions"] == {"type": "/problems/too-complex", "status": 400}
        assert word in error["message"]
    error = await refused(owner, by_variable, n=200)
    assert "fields" in error["message"]
    assert not counted.made
    assert (await ask(owner, by_variable, n=20))["projects"] == {"nodes": []}


async def test_a_key_reads_what_its_scopes_open(owner: Person) -> None:
    project, other = await owner.project("One"), await owner.project("Other")
    await owner.task(project, "Task")
    await owner.signed_in_by()
    narrow = await owner.key("project:read", project_ids=[project["id"]])
    data = (await post(narrow, "{ projects { nodes { id tasks { nodes { id } } } } }")).json()
    assert data["data"]["projects"]["nodes"] == [{"id": project["id"], "tasks": None}]
    assert "task:read" in data["errors"][0]["message"]
    for query in (
        "{ users { nodes { id } } }", "{ teams { nodes { id } } }", "{ workspace { id } }",
        f'{{ node(id: "{owner.id}") {{ id }} }}', "{ me { user { id } } }",
    ):  # fmt: skip
        assert (await refused(narrow, query))["extensions"]["status"] == 403, query
    error = await refused(narrow, f'{{ project(id: "{other["id"]}") {{ id }} }}')
    assert error["extensions"]["status"] == 404


async def test_introspection_is_for_those_who_are_signed_in_and_may_be_switched_off(
    owner: Person, app: Litestar, settings: Settings
) -> None:
    query = "{ __schema { queryType { name } } }"
    assert await ask(owner, query) == {"__schema": {"queryType": {"name": "Query"}}}
    answer = await owner.client.post(URL, json={"query": query}, headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    closed = Engine(app.state.database, structs_replace(settings, graphql_introspection=False))
    with pytest.raises(RefusedDocument, match="introspection"):
        closed.prepare(query, None, {})


async def test_graphiql_is_there_where_it_is_switched_on(owner: Person) -> None:
    answer = await owner.client.get(URL, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    state = owner.app.state
    before = state.settings
    state.settings = structs_replace(before, graphiql=True)
    try:
        answer = await owner.client.get(URL, headers={"Accept": "text/html"})
    finally:
        state.settings = before
    assert answer.headers["content-type"].startswith("text/html")
    assert "GraphiQL" in answer.text


async def test_get_and_media_types(owner: Person) -> None:
    asked = {
        "query": "query ($id: ID!) { user(id: $id) { id } }",
        "variables": f'{{"id":"{owner.id}"}}',
    }
    answer = await owner.client.get(URL, params=asked)
    assert answer.json() == {"data": {"user": {"id": str(owner.id)}}}
    assert answer.headers["cache-control"] == "no-store"
    assert "ratelimit" in answer.headers
    body = {"query": "{ nothing }"}
    for accept, kind, status in (
        ("application/json", "application/json", 200),
        (GRAPHQL, GRAPHQL, 400),
        ("text/html, */*;q=0.1", "application/json", 200),
        (f"application/json;q=0.5, {GRAPHQL}", GRAPHQL, 400),
    ):  # fmt: skip
        answer = await owner.client.post(URL, json=body, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (
            status, f"{kind}; charset=utf-8",
        )  # fmt: skip
    subscription = {"query": "subscription { workspaceEvents { seq } }"}
    for refusal, response in {
        406: await owner.client.post(URL, json=body, headers={"Accept": "text/html"}),
        415: await owner.client.post(URL, content="{}", headers={"Content-Type": "text/plain"}),
        405: await owner.client.post(URL, json=subscription),
        400: await owner.client.post(URL, json=[body]),
    }.items():
        assert response.status_code == refusal, response.text
