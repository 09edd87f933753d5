"""Reading the audit log: who sees it, what is in it, in which order."""

from typing import Any

import asyncpg
import pytest
from tests.people import Person

from projectflow.core.paging import encode_cursor


async def events(person: Person, **params: Any) -> list[dict[str, Any]]:
    answer = await person.get("/audit", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def types(found: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in found]


async def test_an_event_says_who_did_what_to_whom_under_todays_names(owner: Person) -> None:
    admin = await owner.colleague("admin")
    team = (await admin.post("/teams", {"name": "Design"})).json()
    project = await owner.project("Web site")
    await admin.patch(f"/teams/{team['id']}", {"name": "Product"})
    await admin.patch("/me", {"first_name": "Grace"})

    found = await events(owner)

    assert types(found) == ["user.updated", "team.renamed", "project.created", "team.created"]
    assert [event["seq"] for event in found] == [4, 3, 2, 1]
    profile, renamed, created, _ = found
    assert renamed["actor"] == {
        "id": str(admin.id), "first_name": "Grace", "last_name": "Admin",
    }  # fmt: skip
    assert (renamed["entity_type"], renamed["entity_id"]) == ("team", team["id"])
    assert renamed["payload"] == {"before": {"name": "Design"}, "after": {"name": "Product"}}
    assert {event["entity_name"] for event in found[1::2]} == {"Product"}
    assert (created["entity_name"], created["project_id"]) == ("Web site", project["id"])
    assert (profile["entity_name"], profile["project_id"]) == ("Grace Admin", None)


async def test_who_was_deleted_is_a_deleted_user_and_what_was_deleted_has_no_name(
    owner: Person,
) -> None:
    admin = await owner.colleague("admin")
    team = (await admin.post("/teams", {"name": "Design"})).json()
    await owner.delete(f"/teams/{team['id']}")
    await owner.delete(f"/users/{admin.id}")

    deleted, _, created = await events(owner)

    name = {"first_name": "Deleted", "last_name": "user"}
    assert created["actor"] == {"id": str(admin.id), **name}
    assert (deleted["type"], deleted["entity_name"]) == ("user.deleted", "Deleted user")
    assert created["entity_name"] is None


async def test_single_tasks_are_in_it_only_when_asked_for(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "Hello"})
    await owner.client.put(f"/projects/{project['id']}/members/{owner.id}", json={})

    assert types(await events(owner)) == ["project.member_set", "project.created"]
    whole = types(await events(owner, category="all"))
    assert whole == ["project.member_set", "comment.created", "task.created", "project.created"]


async def test_filters_narrow_alone_and_together(owner: Person, superuser_url: str) -> None:
    admin = await owner.colleague("admin")
    team = (await owner.post("/teams", {"name": "One"})).json()
    await admin.post("/teams", {"name": "Two"})
    await owner.patch(f"/teams/{team['id']}", {"name": "Three"})
    connection = await asyncpg.connect(superuser_url)
    for seq in (1, 2, 3):
        await connection.execute(
            "UPDATE events SET created_at = make_date(2026, 1, $2::int) WHERE tenant_id = $1"
            " AND seq = $2",
            owner.tenant_id,
            seq,
        )
    await connection.close()

    async def seqs(**params: Any) -> list[int]:
        return [event["seq"] for event in await events(owner, **params)]

    assert await seqs() == [3, 2, 1]
    assert await seqs(type="team.created") == [2, 1]
    assert await seqs(actor_id=str(owner.id)) == [3, 1]
    assert await seqs(entity_id=team["id"]) == [3, 1]
    assert await seqs(since="2026-01-02T00:00:00Z") == [3, 2]
    assert await seqs(until="2026-01-02T00:00:00Z") == [1]
    assert await seqs(since="2026-01-02T01:00:00+01:00", until="2026-01-03T00:00:00Z") == [2]
    assert await seqs(type="team.created", actor_id=str(owner.id), entity_id=team["id"]) == [1]
    assert await seqs(type="team.created", actor_id=str(admin.id), entity_id=team["id"]) == []


async def test_it_pages_without_gaps_while_more_happens(owner: Person) -> None:
    for number in range(5):
        await owner.post("/teams", {"name": f"Team {number}"})

    seen: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await owner.get("/audit", limit=2, **cursor)).json()
        seen += [event["seq"] for event in page["items"]]
        await owner.post("/teams", {"name": f"Meanwhile {len(seen)}"})
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("path", ["/audit", "/audit/export?format=csv"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("since", "yesterday"),
        ("since", "2026-01-31T09:30:00"),
        ("until", "0001-01-01T00:00:00+14:00"),
        ("until", "9999-12-31T23:59:59-14:00"),
        ("category", "everything"),
        ("actor_id", "me"),
        ("entity_id", "1"),
        ("type", "x" * 61),
        ("type", "user\x00"),
    ],
)
async def test_what_is_no_filter_is_refused_by_name(
    owner: Person, path: str, field: str, value: str
) -> None:
    path, _, rest = path.partition("?")
    answer = await owner.get(path, **dict([rest.split("=")] if rest else []), **{field: value})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    assert await events(owner) == [], "an export that is refused is no event"


@pytest.mark.parametrize(
    "cursor", ["x", encode_cursor("1"), encode_cursor(-1), encode_cursor(2**63), encode_cursor()]
)
async def test_a_cursor_of_another_list_is_refused(owner: Person, cursor: str) -> None:
    answer = await owner.get("/audit", cursor=cursor)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


async def test_two_workspaces_have_two_logs(owner: Person, stranger: Person) -> None:
    await stranger.post("/teams", {"name": "Theirs"})

    assert await events(owner, category="all", actor_id=str(stranger.id)) == []
    assert types(await events(stranger)) == ["team.created"]
