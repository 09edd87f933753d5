"""People, as an identity provider makes, changes and removes them."""

import asyncio
from uuid import UUID

import pytest
from tests.people import Person
from tests.scim.provider import ERROR, USER, Provider, events_of, new_address, provider_of

from projectflow.auth.password_reset import ResetRequest
from projectflow.auth.passwords import UNUSABLE


async def stored(owner: Person, user_id: str) -> dict[str, object]:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        row = await db.fetchrow(
            "SELECT * FROM users WHERE tenant_id = $1 AND id = $2", owner.tenant_id, UUID(user_id)
        )
    return dict(row)


async def test_a_new_person_is_active_without_a_password(owner: Person, provider: Provider) -> None:
    made = await provider.user(
        userName="Grace.Hopper@Example.org",
        name={"givenName": "Grace", "familyName": "Hopper"},
        externalId="00u1",
        locale="en_US",
        timezone="America/New_York",
        roles=[{"value": "manager"}],
    )

    row = await stored(owner, made["id"])
    assert row["email"] == made["userName"] == made["emails"][0]["value"]
    assert made["userName"] == "grace.hopper@example.org"
    assert (row["password_hash"], row["is_active"], row["role"]) == (UNUSABLE, True, "manager")
    assert (row["locale"], row["time_zone"]) == ("en-US", "America/New_York")
    assert made["displayName"] == "Grace Hopper"
    assert made["meta"]["location"].endswith(f"/scim/v2/Users/{made['id']}")
    [(event, actor, payload)] = await events_of(owner, made["id"])
    assert (event, actor) == ("user.joined", None)
    assert '"by": "scim"' in payload
    assert "Grace" not in payload
    assert "hopper" not in payload


async def test_only_an_address_is_needed(provider: Provider) -> None:
    made = await provider.user(userName="new.one@example.org")

    assert made["name"] == {"givenName": "new.one"}
    assert made["active"] is True
    assert made["roles"] == [{"value": "member"}]


async def test_an_address_belongs_to_one_person(provider: Provider) -> None:
    ada, bob = await provider.user(userName="ada@example.org"), await provider.user()
    body = {"schemas": [USER], "userName": "ADA@example.org"}

    for answer in (
        await provider.send("POST", "/Users", body),
        await provider.send("PUT", f"/Users/{bob['id']}", body),
    ):
        assert answer.status_code == 409
        assert answer.json()["scimType"] == "uniqueness"
        assert answer.json()["schemas"] == [ERROR]
    assert (await provider.find(f"/Users/{bob['id']}")).json() == bob
    assert (await provider.find(f"/Users/{ada['id']}")).json() == ada


async def test_what_a_replacement_leaves_out_stays(provider: Provider) -> None:
    made = await provider.user(
        name={"givenName": "Ada", "familyName": "Byron"}, roles=[{"value": "admin"}], externalId="7"
    )
    body = {"schemas": [USER], "userName": made["userName"], "name": {"familyName": "Lovelace"}}

    answer = await provider.send("PUT", f"/Users/{made['id']}", body)

    assert answer.json()["name"] == {"givenName": "Ada", "familyName": "Lovelace"}
    assert answer.json()["roles"] == [{"value": "admin"}]
    assert answer.json()["externalId"] == "7"


async def test_a_deactivated_person_is_signed_out_at_once(
    owner: Person, provider: Provider
) -> None:
    person = await owner.colleague("member")
    assert (await person.get("/me")).status_code == 200

    answer = await provider.patch(
        f"/Users/{person.id}", {"op": "replace", "path": "active", "value": False}
    )

    assert answer.json()["active"] is False
    assert (await person.get("/me")).status_code == 401
    assert (await stored(owner, str(person.id)))["is_active"] is False
    again = await provider.patch(
        f"/Users/{person.id}", {"op": "replace", "value": {"active": True}}
    )
    assert again.json()["active"] is True
    events = [event for event, _, _ in await events_of(owner, str(person.id))]
    assert events == ["user.deactivated", "user.activated"]


async def test_a_new_role_counts_at_once(owner: Person, provider: Provider) -> None:
    person = await owner.colleague("admin")

    answer = await provider.patch(
        f"/Users/{person.id}", {"op": "add", "path": "roles", "value": [{"value": "viewer"}]}
    )

    assert answer.json()["roles"] == [{"value": "viewer"}]
    assert (await person.get("/me")).status_code == 401
    [(event, actor, payload)] = await events_of(owner, str(person.id))
    assert (event, actor) == ("user.role_changed", None)
    assert '"before": {"role": "admin"}' in payload


async def test_who_was_invited_counts_as_active_until_it_is_withdrawn(
    owner: Person, provider: Provider
) -> None:
    who = {"email": new_address(), "first_name": "Not", "last_name": "Here"}
    invitation = (await owner.post("/users", who)).json()
    path = f"/Users/{invitation['user']['id']}"
    token = invitation["link"].partition("token=")[2]
    assert (await provider.find(path)).json()["active"] is True

    await provider.patch(path, {"op": "replace", "path": "active", "value": False})

    assert (await owner.get(f"/invitations/{token}")).status_code == 404
    back = await provider.patch(path, {"op": "replace", "path": "active", "value": True})
    assert back.json()["active"] is True
    assert (await stored(owner, invitation["user"]["id"]))["is_active"] is True


async def test_a_deleted_person_is_anonymous_and_not_found(
    owner: Person, provider: Provider
) -> None:
    person = await owner.colleague("member")
    member = (await provider.find(f"/Users/{person.id}")).json()
    group = await provider.group("Bakers", member)

    assert (await provider.send("DELETE", f"/Users/{person.id}")).status_code == 204

    row = await stored(owner, str(person.id))
    assert (row["email"], row["first_name"]) == (f"{person.id}@deleted.invalid", "Deleted")
    assert (await person.get("/me")).status_code == 401
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = await provider.send(method, f"/Users/{person.id}", {"userName": "a@example.org"})
        assert answer.status_code == (400 if method == "PATCH" else 404), method
    found = (await provider.find("/Users")).json()["Resources"]
    assert [user["id"] for user in found] == [str(owner.id)]
    assert "members" not in (await provider.find(f"/Groups/{group['id']}")).json()
    assert (await provider.user(userName=member["userName"]))["id"] != str(person.id)


async def test_an_owner_is_not_touched(owner: Person, provider: Provider) -> None:
    second = await owner.colleague("owner")
    for person in (owner, second):
        path = f"/Users/{person.id}"
        before = (await provider.find(path)).json()
        assert before["roles"] == [{"value": "owner"}]
        for answer in (
            await provider.patch(path, {"op": "replace", "path": "active", "value": False}),
            await provider.patch(
                path, {"op": "replace", "path": "roles[primary eq true].value", "value": "member"}
            ),
            await provider.patch(path, {"op": "add", "path": "externalId", "value": "mine"}),
            await provider.send("PUT", path, {"userName": "thief@example.org"}),
            await provider.send("DELETE", path),
        ):
            assert answer.status_code == 403, answer.text
            assert answer.json()["schemas"] == [ERROR]
        assert (await provider.find(path)).json() == before
        assert (await person.get("/me")).status_code == 200


@pytest.mark.parametrize("role", ["owner", "root", ""])
async def test_nobody_is_made_an_owner(owner: Person, provider: Provider, role: str) -> None:
    person = await provider.user()
    body = {"userName": new_address(), "roles": [{"value": role}]}
    for answer in (
        await provider.send("POST", "/Users", body),
        await provider.send("PUT", f"/Users/{person['id']}", body),
        await provider.patch(
            f"/Users/{person['id']}", {"op": "replace", "path": "roles", "value": body["roles"]}
        ),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["scimType"] == "invalidValue"
    assert (await stored(owner, person["id"]))["role"] == "member"


async def test_an_old_version_changes_nothing(provider: Provider) -> None:
    made = await provider.user()
    path, version = f"/Users/{made['id']}", made["meta"]["version"]
    rename = {"op": "replace", "path": "name.givenName", "value": "Ada"}
    first = await provider.patch(path, rename, If_Match=version)
    assert first.headers["etag"] == first.json()["meta"]["version"] == 'W/"2"'

    other = {**rename, "value": "Eve"}
    for answer in (
        await provider.patch(path, other, If_Match=version),
        await provider.send("PUT", path, {"userName": "x@example.org"}, If_Match=version),
        await provider.send("DELETE", path, If_Match=version),
    ):
        assert answer.status_code == 412
        assert answer.json()["schemas"] == [ERROR]
    unchanged = await provider.send("GET", path, If_None_Match='W/"2"')
    assert unchanged.status_code == 304
    assert (await provider.find(path)).json()["name"]["givenName"] == "Ada"


async def test_the_same_state_again_changes_nothing(owner: Person, provider: Provider) -> None:
    made = await provider.user(name={"givenName": "Ada", "familyName": "L"})

    answer = await provider.send("PUT", f"/Users/{made['id']}", made)

    assert answer.json() == made
    assert len(await events_of(owner, made["id"])) == 1


async def test_two_patches_at_once_both_count(provider: Provider) -> None:
    made = await provider.user(name={"givenName": "A", "familyName": "B"})
    path = f"/Users/{made['id']}"

    answers = await asyncio.gather(
        *(
            provider.patch(path, {"op": "replace", "path": field, "value": value})
            for field, value in {
                "name.givenName": "Ada",
                "name.familyName": "Lovelace",
                "externalId": "7",
                "timezone": "Europe/Berlin",
            }.items()
        )
    )

    assert {a.status_code for a in answers} == {200}
    now = (await provider.find(path)).json()
    assert now["name"] == {"givenName": "Ada", "familyName": "Lovelace"}
    assert (now["externalId"], now["timezone"]) == ("7", "Europe/Berlin")
    assert now["meta"]["version"] == 'W/"5"'


async def test_another_workspaces_people_are_not_found(
    provider: Provider, stranger: Person
) -> None:
    async with await provider_of(stranger) as theirs:
        person = await theirs.user()
        team = await theirs.group("Theirs", person)
        before = (await theirs.find(f"/Users/{person['id']}")).json()
        for method in ("GET", "PUT", "DELETE"):
            body = None if method != "PUT" else {"userName": "a@example.org", "displayName": "x"}
            for path in (f"/Users/{person['id']}", f"/Groups/{team['id']}"):
                answer = await provider.send(method, path, body)
                assert answer.status_code == 404, path
        rename = {"op": "replace", "path": "externalId", "value": "ours"}
        for path in (f"/Users/{person['id']}", f"/Groups/{team['id']}"):
            assert (await provider.patch(path, rename)).status_code == 404
        listed = await provider.find("/Users", filter=f'userName eq "{person["userName"]}"')
        assert listed.json()["totalResults"] == 0
        assert (await theirs.find(f"/Users/{person['id']}")).json() == before


async def test_another_address_ends_what_was_mailed_to_the_one_before(
    owner: Person, provider: Provider
) -> None:
    active = await provider.user()
    app, tenant_id = owner.app, owner.tenant_id
    await app.state.resets.request(ResetRequest(f"w-{tenant_id.hex}", active["userName"]))
    new = {"email": new_address(), "first_name": "A", "last_name": "B"}
    invited = (await owner.post("/users", new)).json()["user"]

    for person in (active, invited):
        change = {"op": "replace", "path": "userName", "value": new_address()}
        assert (await provider.patch(f"/Users/{person['id']}", change)).status_code == 200

    async with app.state.database.tenant(tenant_id) as db:
        still_open = await db.fetchval(
            "SELECT (SELECT count(*) FROM password_resets WHERE used_at IS NULL)"
            " + (SELECT count(*) FROM invitations WHERE withdrawn_at IS NULL)"
        )
    assert still_open == 0
