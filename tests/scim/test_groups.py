"""Teams, as an identity provider makes, changes and removes them."""

import asyncio
import json
from typing import Any

from tests.people import Person
from tests.scim.provider import GROUP, Provider, events_of, provider_of
from uuid_utils.compat import uuid7


def ids_of(group: dict[str, Any]) -> set[str]:
    return {member["value"] for member in group.get("members", [])}


async def test_a_team_with_members_is_told_of(owner: Person, provider: Provider) -> None:
    ada = await provider.user()

    group = await provider.group("Bakers", ada)

    assert group["members"] == [
        {"value": ada["id"], "$ref": ada["meta"]["location"], "type": "User"}
    ]
    person = (await provider.find(f"/Users/{ada['id']}")).json()
    assert person["groups"] == [
        {"value": group["id"], "$ref": group["meta"]["location"], "display": "Bakers"}
    ]
    created, added = await events_of(owner, group["id"])
    assert created[:2] == ("team.created", None)
    assert json.loads(created[2])["after"] == {"name": "Bakers"}
    assert added[:2] == ("team.member_added", None)
    payload = json.loads(added[2])
    assert (payload["user_id"], payload["by"]) == (ada["id"], "scim")
    assert payload["token_id"] == (await owner.get("/scim-tokens")).json()["items"][0]["id"]


async def test_a_name_belongs_to_one_team(provider: Provider) -> None:
    await provider.group("Bakers")
    millers = await provider.group("Millers")
    body = {"schemas": [GROUP], "displayName": "Bakers"}

    for answer in (
        await provider.send("POST", "/Groups", body),
        await provider.send("PUT", f"/Groups/{millers['id']}", body),
    ):
        assert answer.status_code == 409
        assert answer.json()["scimType"] == "uniqueness"


async def test_members_come_and_go(owner: Person, provider: Provider) -> None:
    ada, bob, eve = [await provider.user() for _ in range(3)]
    group = await provider.group("Bakers", ada, bob)
    path = f"/Groups/{group['id']}"

    add = {"op": "add", "path": "members", "value": [{"value": eve["id"]}, {"value": ada["id"]}]}
    assert (await provider.patch(path, add)).status_code == 204
    remove = {"op": "remove", "path": f'members[value eq "{bob["id"]}"]'}
    assert (await provider.patch(path, remove)).status_code == 204
    assert (await provider.patch(path, remove)).status_code == 204

    assert ids_of((await provider.find(path)).json()) == {ada["id"], eve["id"]}
    put = await provider.send("PUT", path, {"displayName": "Cooks", "members": []})
    assert put.json()["displayName"] == "Cooks"
    assert ids_of(put.json()) == set()
    names = [event for event, _, _ in await events_of(owner, group["id"])]
    assert names == [
        "team.created", "team.member_added", "team.member_added", "team.member_added",
        "team.member_removed", "team.renamed", "team.member_removed", "team.member_removed",
    ]  # fmt: skip


async def test_members_are_people_of_this_workspace(provider: Provider, stranger: Person) -> None:
    group = await provider.group("Bakers")
    answers = [
        await provider.patch(
            f"/Groups/{group['id']}", {"op": "add", "path": "members", "value": [{"value": value}]}
        )
        for value in (str(stranger.id), str(uuid7()), group["id"], "nobody")
    ]

    assert {a.status_code for a in answers} == {400}
    assert len({a.text for a in answers}) == 1
    assert answers[0].json()["scimType"] == "invalidValue"


async def test_two_who_add_members_at_once_lose_none(provider: Provider) -> None:
    people = [await provider.user() for _ in range(6)]
    group = await provider.group("Bakers")

    answers = await asyncio.gather(
        *(
            provider.patch(
                f"/Groups/{group['id']}",
                {"op": "add", "path": "members", "value": [{"value": person["id"]}]},
            )
            for person in people
        )
    )

    assert {a.status_code for a in answers} == {204}
    found = (await provider.find(f"/Groups/{group['id']}")).json()
    assert ids_of(found) == {person["id"] for person in people}


async def test_members_can_be_left_out(provider: Provider) -> None:
    group = await provider.group("Bakers", await provider.user())
    path = f"/Groups/{group['id']}"

    for params in ({"excludedAttributes": "members"}, {"attributes": "displayName"}):
        one = (await provider.find(path, **params)).json()
        [listed] = (await provider.find("/Groups", **params)).json()["Resources"]
        assert "members" not in one
        assert one == listed
    assert ids_of((await provider.find(path, attributes="members")).json())


async def test_a_deleted_team_is_gone_and_its_people_stay(
    owner: Person, provider: Provider
) -> None:
    ada = await provider.user()
    group = await provider.group("Bakers", ada)

    assert (await provider.send("DELETE", f"/Groups/{group['id']}")).status_code == 204

    assert (await provider.find(f"/Groups/{group['id']}")).status_code == 404
    assert "groups" not in (await provider.find(f"/Users/{ada['id']}")).json()
    assert [e for e, _, _ in await events_of(owner, group["id"])][-1] == "team.deleted"


async def test_teams_of_two_workspaces_may_share_a_name(
    provider: Provider, stranger: Person
) -> None:
    async with await provider_of(stranger) as theirs:
        assert (await provider.group("Bakers"))["id"] != (await theirs.group("Bakers"))["id"]
        assert (await theirs.find("/Groups")).json()["totalResults"] == 1
