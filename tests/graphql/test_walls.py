"""Every field of the schema, asked by every role for what belongs to another workspace.

The fields are read from the schema: one that takes something and is not tried here fails the test.
"""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from tests.graphql.asking import ask, post
from tests.graphql.live import Live, Server, bearer
from tests.isolation.worlds import MARK, furnish, nowhere
from tests.people import Person, found_workspace

from projectflow.auth.permissions import ROLE_PERMISSIONS

SCHEMA = """{ __schema { types { kind name fields {
  name args { name type { kind ofType { kind } } }
  type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
} } } }"""
BY_ID = {
    "node": [
        f'node(id: "{{{name}}}")'
        for name in ("project", "task", "comment", "user", "team", "person")
    ],
    "user": ['user(id: "{person}")'],
    "team": ['team(id: "{team}")'],
    "project": ['project(id: "{project}")'],
    "task": ['task(id: "{task}")', 'task(key: "{key}")'],
}  # fmt: skip
"""Root fields that name something, with all that they can name."""
OURS = ("me", "workspace", "users", "teams", "projects")
"""Root fields that name nothing: what they give is one's own."""
HEARD = {
    "projectEvents": 'projectEvents(projectId: "{project}") { seq }',
    "taskChanged": 'taskChanged(id: "{task}") { event { seq } task { title } }',
    "presence": 'presence(place: PROJECT, id: "{project}") { people { userId } }',
}
"""Subscriptions that name something."""
HEARD_OURS = ("workspaceEvents", "notifications")
MOST = 4
"""Levels of objects below a root field that are asked for."""


class Schema:
    """The types and their fields, as introspection tells them."""

    def __init__(self, answer: dict[str, Any]) -> None:
        types = answer["__schema"]["types"]
        self.fields: dict[str, dict[str, dict[str, Any]]] = {
            t["name"]: {f["name"]: f for f in t["fields"] or ()} for t in types
        }
        self.kinds = {t["name"]: t["kind"] for t in types}
        self.tried: set[tuple[str, str]] = set()

    def selection(self, name: str, depth: int = MOST) -> str:
        """All that can be asked of a type, to some depth."""
        parts: list[str] = ["__typename"]
        for field in self.fields[name].values():
            inner = _named(field["type"])
            if any(a["type"]["kind"] == "NON_NULL" and a["name"] not in {"first", "sort", "order"}
                   for a in field["args"]):  # fmt: skip
                raise AssertionError(f"{name}.{field['name']} must be given something: try it")
            if self.kinds[inner] in {"OBJECT", "INTERFACE"}:
                if depth == 0:
                    continue
                arguments = "(first: 2)" if "first" in {a["name"] for a in field["args"]} else ""
                parts.append(f"{field['name']}{arguments} {self.selection(inner, depth - 1)}")
            else:
                parts.append(field["name"])
            self.tried.add((name, field["name"]))
        if name == "Node":
            parts += [
                f"... on {kind} {self.selection(kind, 1)}"
                for kind in ("Project", "Task", "Comment", "User", "Team")
            ]
        return "{ " + " ".join(parts) + " }"


def _named(kind: dict[str, Any]) -> str:
    while kind.get("ofType"):
        kind = kind["ofType"]
    return kind["name"]


class World:
    def __init__(self, victim: Person, theirs: dict[str, str], schema: Schema) -> None:
        self.victim, self.theirs, self.schema = victim, theirs, schema
        self.people: dict[str, Person] = {}


@pytest.fixture(scope="module")
async def world(app: Litestar) -> AsyncIterator[World]:
    async with await found_workspace(app) as victim, await found_workspace(app) as owner:
        made = World(victim, await furnish(victim), Schema(await ask(victim, SCHEMA)))
        ours = await furnish(owner, "ours", "OURS")
        made.people["owner"] = owner
        for role in ROLE_PERMISSIONS:
            if role != "owner":
                made.people[role] = await owner.colleague(role)
                await owner.join({"id": ours["project"]}, made.people[role])
        yield made


def _filled(text: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _tells(text: str, world: World, question: str) -> bool:
    """Whether an answer holds anything of the other workspace that the question did not name."""
    ids = [v for v in world.theirs.values() if not v.isdecimal() and v not in question]
    secrets = [MARK, str(world.victim.tenant_id), *ids]
    return any(secret in text for secret in secrets)


def test_every_root_field_is_tried(world: World) -> None:
    assert set(world.schema.fields["Query"]) == {*BY_ID, *OURS}
    assert set(world.schema.fields["Subscription"]) == {*HEARD, *HEARD_OURS}


async def test_all_that_is_another_workspaces_is_not_found(world: World) -> None:
    schema = world.schema
    invented = nowhere(world.theirs)
    for name, questions in BY_ID.items():
        whole = schema.selection(_named(schema.fields["Query"][name]["type"]), 3)
        for question in questions:
            query = f"{{ it: {_filled(question, world.theirs)} {whole} }}"
            at_home = (await post(world.victim, query)).json()
            assert at_home["data"]["it"] is not None, (question, at_home)
            for role, person in world.people.items():
                answer = (await post(person, query)).json()
                assert answer["data"] == {"it": None}, (role, question)
                assert {e["extensions"]["status"] for e in answer["errors"]} <= {403, 404}
                assert not _tells(msgspec.json.encode(answer).decode(), world, query), question
                same = f"{{ it: {_filled(question, invented)} {whole} }}"
                assert answer == (await post(person, same)).json(), (role, question)


async def test_what_names_nothing_gives_ones_own_at_every_field(world: World) -> None:
    schema = world.schema
    for name in OURS:
        field = schema.fields["Query"][name]
        first = "(first: 2)" if field["args"] else ""
        query = f"{{ {name}{first} {schema.selection(_named(field['type']))} }}"
        told = (await post(world.victim, query)).text
        assert any(str(v) in told for v in (MARK, world.victim.id, world.victim.tenant_id)), told
        for person in world.people.values():
            answer = await post(person, query)
            assert answer.status_code == 200, answer.text
            assert not _tells(answer.text, world, query), name
    # Whatever can be reached from the root was asked for.
    reached = {"Query", "Subscription", "Node", "NotificationChange", "TaskChange", "Event",
               "Presence", "PresentPerson"}  # fmt: skip
    for kind, fields in schema.fields.items():
        if kind.startswith("__") or kind in reached:
            continue
        missing = {(kind, field) for field in fields} - schema.tried
        assert not missing, missing


@pytest.mark.usefixtures("relay")
async def test_nothing_of_another_workspace_is_heard(server: Server, world: World) -> None:
    for role, person in world.people.items():
        async with Live(server, bearer(person)) as live:
            for name, question in HEARD.items():
                asked = _filled(question, world.theirs)
                operation = await live.subscribe(f"subscription {{ {asked} }}")
                message = await live.hear()
                assert message["id"] == operation, (role, name)
                assert message["type"] == "error", (role, name)
                assert message["payload"][0]["extensions"]["status"] in {403, 404}
                assert not _tells(msgspec.json.encode(message).decode(), world, asked)
            for name in HEARD_OURS:
                await live.subscribe(f"subscription {{ {name} {{ seq type }} }}")
            await live.settled()
            # What happens there is not heard: the next that comes is one's own.
            await world.victim.task({"id": world.theirs["project"]}, MARK)
            answer = await world.people["owner"].patch("/me", {"first_name": f"Ada {role}"})
            assert answer.status_code == 200
            if role == "viewer":  # may not read people, so hears nothing of them either
                await live.settled()
                continue
            assert (await live.next())["workspaceEvents"]["type"] == "user.updated"
