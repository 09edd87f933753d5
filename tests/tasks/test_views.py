"""Saved views: whose they are, who sees them, who changes them, and what is checked."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

Fields = dict[str, Any]
WHO = ("owner", "admin", "author", "member", "viewer", "far")
"""The author, member and viewer are in the project; `far` is a member of the workspace alone."""


class Office:
    def __init__(self, people: dict[str, Person], project: Fields) -> None:
        self.people = people
        self.project = project
        self.author = people["author"]

    async def view(self, **fields: Any) -> Fields:
        answer = await self.author.post("/views", {"name": "Mine", **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture(scope="module")
async def office(app: Litestar) -> AsyncIterator[Office]:
    async with await found_workspace(app) as owner:
        people = {"owner": owner, "admin": await owner.colleague("admin")}
        for name in ("author", "member", "far"):
            people[name] = await owner.colleague("member")
        people["viewer"] = await owner.colleague("viewer")
        project = await owner.project(key="WEB")
        for name in ("author", "member", "viewer"):
            await owner.join(project, people[name])
        yield Office(people, project)


WHOLE = {
    "query": "assignee:me due<7d", "layout": "board", "group_by": "status",
    "sub_group_by": "assignee", "sort": "priority,due-desc", "columns": ["key", "title", "cf.x"],
}  # fmt: skip


async def test_a_view_is_kept_as_it_was_made(office: Office) -> None:
    made = await office.view(name="  Mine ", project_id=office.project["id"], **WHOLE)

    read = (await office.author.get(f"/views/{made['id']}")).json()
    assert read == made
    assert {k: read[k] for k in WHOLE} == WHOLE
    assert (read["name"], read["version"], read["is_shared"]) == ("Mine", 1, False)
    assert (read["owner_id"], read["project_id"]) == (str(office.author.id), office.project["id"])


SEEN: dict[str, tuple[Fields, set[str], set[str]]] = {
    # what is shared where: who sees it, who may change it
    "a personal one": ({}, {"author"}, {"author"}),
    "a personal one in a project": ({"project_id": "WEB"}, {"author"}, {"author"}),
    "one shared in a project": (
        {"project_id": "WEB", "is_shared": True},
        {"owner", "admin", "author", "member", "viewer"},
        {"owner", "admin", "author"},
    ),
    "one shared with the workspace": (
        {"is_shared": True},
        {"owner", "admin", "author", "member", "far"},
        {"owner", "admin", "author"},
    ),
}


@pytest.mark.parametrize("kind", SEEN)
async def test_a_view_is_seen_and_changed_by_those_it_is_for(office: Office, kind: str) -> None:
    fields, seeing, changing = SEEN[kind]
    fields = {k: office.project["id"] if v == "WEB" else v for k, v in fields.items()}
    view = await office.view(**fields)
    path = f"/views/{view['id']}"

    for who in WHO:
        person = office.people[who]
        listed = {v["id"] for v in (await person.get("/views", limit=200)).json()["items"]}
        seen = (await person.get(path)).status_code
        assert (seen, view["id"] in listed) == ((200, True) if who in seeing else (404, False)), who
        changed = await person.patch(path, {"name": who})
        expected = 200 if who in changing else 403 if who in seeing else 404
        assert changed.status_code == expected, who
    for who in set(WHO) - changing:
        answer = await office.people[who].delete(path)
        assert answer.status_code == (403 if who in seeing else 404), who
    last = min(changing)
    assert (await office.people[last].delete(path)).status_code == 204
    assert (await office.author.get(path)).status_code == 404


async def test_a_viewer_keeps_views_and_shares_none(office: Office) -> None:
    viewer = office.people["viewer"]

    own = await viewer.post("/views", {"name": "Mine", "project_id": office.project["id"]})
    assert own.status_code == 201
    for fields in ({}, {"project_id": office.project["id"]}):
        refused = await viewer.post("/views", {"name": "Ours", "is_shared": True, **fields})
        assert refused.status_code == 403
    later = await viewer.patch(f"/views/{own.json()['id']}", {"is_shared": True})
    assert later.status_code == 403


async def test_who_leaves_a_project_no_longer_sees_its_views(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        person = await owner.colleague("member")
        project = await owner.project()
        await owner.join(project, person)
        body = {"name": "Mine", "project_id": project["id"], "is_shared": True}
        view = (await person.post("/views", body)).json()

        await owner.delete(f"/projects/{project['id']}/members/{person.id}")

        assert (await person.get(f"/views/{view['id']}")).status_code == 404
        assert (await owner.get(f"/views/{view['id']}")).status_code == 200


REFUSED: dict[str, tuple[Fields, str]] = {
    "a wrong query": ({"query": "assignee:me due<someday"}, "query"),
    "a query too long": ({"query": "x" * 1001}, "query"),
    "a NUL in the query": ({"query": "a\x00"}, "query"),
    "a wrong group": ({"group_by": "nonsense"}, "group_by"),
    "two groups in one": ({"group_by": "status,tag,project"}, "group_by"),
    "a wrong sub-group": ({"group_by": "status", "sub_group_by": "nonsense"}, "sub_group_by"),
    "a sub-group like its group": ({"group_by": "tag", "sub_group_by": "tag"}, "sub_group_by"),
    "a sub-group alone": ({"sub_group_by": "status"}, "sub_group_by"),
    "a wrong sort": ({"sort": "nonsense"}, "sort"),
    "a layout that is none": ({"layout": "pie"}, "layout"),
    "no name": ({"name": " "}, "name"),
    "a NUL in the name": ({"name": "a\x00"}, "name"),
    "a project of nobody": ({"project_id": str(uuid7())}, "project_id"),
    "an unknown field": ({"owner_id": str(uuid7())}, "owner_id"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_wrong_is_refused_by_name_and_changes_nothing(
    office: Office, name: str
) -> None:
    fields, field = REFUSED[name]
    view = await office.view()

    for answer in (
        await office.author.post("/views", {"name": "New", **fields}),
        await office.author.patch(f"/views/{view['id']}", fields),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == field
    assert (await office.author.get(f"/views/{view['id']}")).json() == view


async def test_a_wrong_query_is_refused_with_its_place(office: Office) -> None:
    answer = await office.author.post("/views", {"name": "x", "query": "due<someday"})

    assert answer.json()["type"] == "/problems/invalid-query"
    assert answer.json()["errors"][0]["data"] == {"position": 5, "length": 7}


async def test_another_workspaces_project_and_one_of_nobody_are_refused_alike(
    office: Office, stranger: Person
) -> None:
    for project_id in (office.project["id"], str(uuid7())):
        answer = await stranger.post("/views", {"name": "x", "project_id": project_id})
        assert answer.status_code == 422
        message = answer.json()["errors"][0]["message"]
        assert message == "is not a project of yours"
    listed = await stranger.get("/views", project_id=office.project["id"])
    assert listed.json()["items"] == []


async def test_a_change_that_somebody_else_made_first_is_told(office: Office) -> None:
    view = await office.view()
    path = f"/views/{view['id']}"
    assert (await office.author.patch(path, {"name": "Two", "version": 1})).json()["version"] == 2

    stale = await office.author.patch(path, {"name": "Three"}, **{"If-Match": '"1"'})

    assert stale.status_code == 409
    assert stale.json()["current"]["name"] == "Two"
    assert (await office.author.delete(path, **{"If-Match": '"1"'})).status_code == 409
    same = await office.author.patch(path, {"name": "Two"})
    assert same.json()["version"] == 2


async def test_an_id_counts_once(office: Office) -> None:
    view = await office.view(id=str(uuid7()))

    again = await office.author.post("/views", {"name": "x", "id": view["id"]})

    assert again.status_code == 409
    assert again.json()["type"] == "/problems/view-exists"


async def test_the_list_is_by_name_in_pages(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        project = await owner.project()
        for n in range(7):
            body = {"name": f"View {n % 3}", "project_id": project["id"] if n % 2 else None}
            await owner.post("/views", body)

        names: list[str] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = (await owner.get("/views", limit=2, **more)).json()
            names += [v["name"] for v in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break

        assert names == sorted(names)
        assert len(names) == 7
        in_project = (await owner.get("/views", project_id=project["id"])).json()["items"]
        assert len(in_project) == 3


async def test_changes_are_events_without_anybodys_words(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        body = {"name": "Secret", "query": "assignee:ada@example.org", "is_shared": True}
        view = (await owner.post("/views", body)).json()
        await owner.patch(f"/views/{view['id']}", {"name": "Hidden", "is_shared": False})
        await owner.delete(f"/views/{view['id']}")

        async with owner.app.state.database.tenant(owner.tenant_id, read_only=True) as db:
            rows = await db.fetch(
                "SELECT type, entity_version, payload::text FROM events"
                " WHERE tenant_id = $1 AND entity_id = $2 ORDER BY seq",
                owner.tenant_id,
                UUID(view["id"]),
            )
    assert [(row["type"], row["entity_version"]) for row in rows] == [
        ("view.created", 1), ("view.updated", 2), ("view.deleted", 3),
    ]  # fmt: skip
    told = " ".join(row["payload"] for row in rows)
    assert not any(word in told for word in ("Secret", "Hidden", "ada@"))


async def test_a_key_needs_the_scopes_of_tasks(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        await owner.signed_in_by("password")
        project = await owner.project()
        reader, writer = await owner.key("task:read"), await owner.key("task:*")
        limited = await owner.key("task:*", project_ids=[project["id"]])

        assert (await reader.get("/views")).status_code == 200
        assert (await reader.ask("POST", "/views", {"name": "x"})).status_code == 403
        assert (await writer.ask("POST", "/views", {"name": "x"})).status_code == 201
        assert (await limited.get("/views")).status_code == 403
