"""Teams: made, renamed and deleted by owners and admins, read by all but viewers."""

from typing import Any

import asyncpg
import msgspec
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7


async def make(person: Person, name: str = "Design", **fields: Any) -> dict[str, Any]:
    answer = await person.post("/teams", {"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def put(person: Person, team: dict[str, Any], member: Person) -> int:
    return (await person.client.put(f"/teams/{team['id']}/members/{member.id}")).status_code


async def people_in(person: Person, team: dict[str, Any]) -> set[str]:
    answer = await person.get(f"/teams/{team['id']}/members")
    assert answer.status_code == 200, answer.text
    return {user["id"] for user in answer.json()["items"]}


async def team_events(owner: Person, superuser_url: str) -> list[tuple[str, Any]]:
    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch(
        "SELECT type, payload FROM events WHERE tenant_id = $1 AND entity_type = 'team'"
        " ORDER BY seq",
        owner.tenant_id,
    )
    await connection.close()
    return [(row["type"], msgspec.json.decode(row["payload"])) for row in rows]


async def test_a_team_from_its_making_to_its_end(owner: Person, superuser_url: str) -> None:
    admin, member = await owner.colleague("admin"), await owner.colleague("member")
    wanted = str(uuid7())

    team = await make(admin, " Design ", id=wanted)
    assert (team["id"], team["name"], team["people"], team["version"]) == (wanted, "Design", 0, 1)
    assert [await put(admin, team, member) for _ in range(2)] == [204, 204]
    assert await people_in(member, team) == {str(member.id)}
    renamed = (await admin.patch(f"/teams/{wanted}", {"name": "Product", "version": 2})).json()
    assert (renamed["name"], renamed["people"], renamed["version"]) == ("Product", 1, 3)
    assert (await admin.patch(f"/teams/{wanted}", {"name": "Product"})).json() == renamed
    assert (await member.get(f"/users/{member.id}/teams")).json() == {"items": [renamed]}
    place = f"/teams/{wanted}/members/{member.id}"
    assert [(await admin.delete(place)).status_code for _ in range(2)] == [204, 404]
    assert (await admin.get(f"/users/{member.id}/teams")).json() == {"items": []}
    assert await put(admin, team, member) == 204
    assert (await admin.delete(f"/teams/{wanted}")).status_code == 204
    assert (await admin.get("/teams")).json()["items"] == []
    assert (await admin.get(f"/teams/{wanted}/members")).status_code == 404

    who = {"user_id": str(member.id)}
    assert await team_events(owner, superuser_url) == [
        ("team.created", {"after": {"name": "Design"}}),
        ("team.member_added", who),
        ("team.renamed", {"before": {"name": "Design"}, "after": {"name": "Product"}}),
        ("team.member_removed", who),
        ("team.member_added", who),
        ("team.deleted", {"before": {"name": "Product"}}),
    ], "each change once, and nothing where nothing changed"


async def test_two_teams_have_two_names_but_two_workspaces_may_share_one(
    owner: Person, stranger: Person
) -> None:
    await make(owner, "Design")
    other = await make(owner, "Sales")

    taken = [
        await owner.post("/teams", {"name": "Design"}),
        await owner.patch(f"/teams/{other['id']}", {"name": " Design "}),
    ]

    for answer in taken:
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/team-name-taken")
        assert answer.json()["errors"][0]["field"] == "name"
    assert (await make(stranger, "Design"))["name"] == "Design"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", None, 1])
async def test_a_name_that_is_none_is_refused(owner: Person, name: Any) -> None:
    answer = await owner.post("/teams", {"name": name})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


async def test_a_team_that_was_renamed_meanwhile_is_told(owner: Person) -> None:
    team = await make(owner)
    await owner.patch(f"/teams/{team['id']}", {"name": "One"})

    answer = await owner.patch(f"/teams/{team['id']}", {"name": "Two"}, **{"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["current"]["name"]) == (409, "One")


async def test_lists_of_teams_and_members_page_without_gaps(owner: Person) -> None:
    names = [f"Team {letter}" for letter in "ecabd"]
    teams = [await make(owner, name) for name in names]
    people = [await owner.colleague("member") for _ in range(5)]
    for person in people:
        assert await put(owner, teams[0], person) == 204

    for path, key, expected in (
        ("/teams", "name", sorted(names)),
        (f"/teams/{teams[0]['id']}/members", "id", sorted(str(p.id) for p in people)),
    ):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await owner.get(path, limit=2, **cursor)).json()
            assert len(page["items"]) <= 2
            seen += [item[key] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == expected


async def test_who_is_deactivated_stays_and_who_is_deleted_leaves(owner: Person) -> None:
    team, away, gone = await make(owner), await owner.colleague("member"), None
    gone = await owner.colleague("member")
    for person in (away, gone):
        await put(owner, team, person)

    assert (await owner.post(f"/users/{away.id}/deactivate")).status_code == 200
    assert (await owner.delete(f"/users/{gone.id}")).status_code == 204

    assert await people_in(owner, team) == {str(away.id)}
    assert (await owner.get("/teams")).json()["items"][0]["people"] == 1
    assert await put(owner, team, gone) == 404


async def test_somebody_of_another_workspace_cannot_be_put_in(
    owner: Person, stranger: Person
) -> None:
    team = await make(owner)

    assert await put(owner, team, stranger) == 404
    assert await people_in(owner, team) == set()
