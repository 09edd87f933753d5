"""What Okta and Entra ID send, in their order and with their quirks."""

from tests.people import Person
from tests.scim.provider import GROUP, USER, Provider

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


async def test_okta_assigns_updates_and_unassigns_somebody(provider: Provider) -> None:
    question = {"filter": 'userName eq "ada@example.org"', "startIndex": 1, "count": 100}
    nobody = (await provider.find("/Users", **question)).json()
    assert (nobody["totalResults"], nobody.get("Resources", [])) == (0, [])
    body = {
        "schemas": [USER],
        "userName": "ada@example.org",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "emails": [{"primary": True, "value": "ada@example.org", "type": "work"}],
        "displayName": "Ada Byron",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    made = await provider.send("POST", "/Users", body)
    assert made.status_code == 201
    assert "1mz050nq" not in made.text
    user = made.json()
    path = f"/Users/{user['id']}"
    assert (await provider.find("/Users", **question)).json()["Resources"] == [user]
    assert (await provider.find(path)).json() == user

    married = {**user, "name": {"givenName": "Ada", "familyName": "Lovelace"}}
    updated = await provider.send("PUT", path, married)
    assert updated.status_code == 200
    assert updated.json()["displayName"] == "Ada Lovelace"

    off = await provider.patch(path, {"op": "replace", "value": {"active": False}})
    assert (off.status_code, off.json()["active"]) == (200, False)


async def test_okta_pushes_a_group(provider: Provider) -> None:
    ada, bob = await provider.user(), await provider.user()
    body = {"schemas": [GROUP], "displayName": "Bakers", "members": []}
    group = (await provider.send("POST", "/Groups", body)).json()
    path = f"/Groups/{group['id']}"

    renamed = {"op": "replace", "value": {"id": group["id"], "displayName": "Master bakers"}}
    assert (await provider.patch(path, renamed)).status_code in {200, 204}
    both = [{"value": ada["id"], "display": ada["userName"]}, {"value": bob["id"], "display": "B"}]
    members = {"op": "replace", "path": "members", "value": both}
    assert (await provider.patch(path, members)).status_code in {200, 204}
    away = {"op": "remove", "path": f'members[value eq "{ada["id"]}"]'}
    assert (await provider.patch(path, away)).status_code in {200, 204}

    found = (await provider.find("/Groups", filter='displayName eq "Master bakers"')).json()
    assert [m["value"] for m in found["Resources"][0]["members"]] == [bob["id"]]


async def test_entra_provisions_somebody(provider: Provider) -> None:
    body = {
        "schemas": [USER, ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User@example.org",
        "active": True,
        "emails": [{"primary": True, "type": "work", "value": "other@example.org"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "given family", "familyName": "family", "givenName": "given"},
        "roles": [],
        ENTERPRISE: {"department": "Ovens"},
    }
    made = await provider.send("POST", "/Users", body)
    assert made.status_code == 201, made.text
    user = made.json()
    assert user["emails"] == [{"value": "test_user@example.org", "type": "work", "primary": True}]
    path = f"/Users/{user['id']}"

    one_by_one = await provider.patch(
        path,
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "new@example.org"},
        {"op": "Add", "path": "name.familyName", "value": "Updated"},
        {"op": "Replace", "path": "displayName", "value": "somebody else"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Mills"},
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "1"},
        {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "manager"},
    )
    assert one_by_one.status_code == 200, one_by_one.text
    assert one_by_one.json()["name"] == {"givenName": "given", "familyName": "Updated"}
    assert one_by_one.json()["roles"] == [{"value": "manager"}]
    assert one_by_one.json()["emails"] == user["emails"]

    at_once = await provider.patch(
        path,
        {
            "op": "Replace",
            "value": {
                "displayName": "x",
                "name.givenName": "Changed",
                'emails[type eq "work"].value': "y@example.org",
                f"{ENTERPRISE}:department": "Shop",
                "active": "False",
            },
        },
    )
    assert at_once.json()["name"]["givenName"] == "Changed"
    assert at_once.json()["active"] is False
    on = await provider.patch(path, {"op": "Replace", "path": "active", "value": "True"})
    assert on.json()["active"] is True
    by_mail = await provider.find(
        "/Users", filter='emails[type eq "work"].value eq "Test_User@example.org"'
    )
    assert [u["id"] for u in by_mail.json()["Resources"]] == [user["id"]]
    assert (await provider.send("DELETE", path)).status_code == 204


async def test_entra_provisions_a_group(owner: Person, provider: Provider) -> None:
    ada, bob = await provider.user(), await provider.user()
    body = {
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/G"],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "Bakers",
        "meta": {"resourceType": "Group"},
    }
    made = await provider.send("POST", "/Groups", body)
    assert made.status_code == 201, made.text
    group = made.json()
    path = f"/Groups/{group['id']}"
    found = await provider.find(
        "/Groups", excludedAttributes="members", filter='displayName eq "bakers"'
    )
    assert [g["id"] for g in found.json()["Resources"]] == [group["id"]]

    both = [{"$ref": None, "value": ada["id"]}, {"$ref": None, "value": bob["id"]}]
    assert (await provider.patch(path, {"op": "Add", "path": "members", "value": both})).is_success
    is_in = f'id eq "{group["id"]}" and members eq "{ada["id"]}"'
    assert (await provider.find("/Groups", filter=is_in)).json()["totalResults"] == 1
    away = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": ada["id"]}]}
    assert (await provider.patch(path, away)).is_success
    assert (await provider.find("/Groups", filter=is_in)).json()["totalResults"] == 0
    named = {"op": "Replace", "path": "displayName", "value": "Cooks"}
    assert (await provider.patch(path, named)).is_success
    assert (await provider.find(path)).json()["displayName"] == "Cooks"


async def test_what_is_ours_to_say_cannot_be_written(provider: Provider) -> None:
    user = await provider.user()
    for path in ("id", "meta.created", "groups"):
        answer = await provider.patch(
            f"/Users/{user['id']}", {"op": "replace", "path": path, "value": "x"}
        )
        assert answer.status_code == 400
        assert answer.json()["scimType"] == "mutability"
    for path in ("active", "userName", "roles", "name"):
        answer = await provider.patch(f"/Users/{user['id']}", {"op": "remove", "path": path})
        assert answer.json()["scimType"] == "mutability"
