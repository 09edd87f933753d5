"""Who may let an identity provider in, and what a token opens."""

import pytest
from litestar import Litestar
from tests.people import Person
from tests.scim.provider import ERROR, SCIM_JSON, Provider, confirm, events_of, provider_of


async def test_a_secret_is_shown_once_and_stored_as_a_hash(owner: Person) -> None:
    await confirm(owner)

    made = (await owner.post("/scim-tokens", {"name": "Okta"})).json()

    listed = await owner.get("/scim-tokens")
    assert listed.json()["items"] == [made["scim_token"]]
    assert made["secret"].startswith(f"pfs_{owner.tenant_id.hex}_")
    assert made["secret"] not in listed.text
    assert "hash" not in listed.text
    assert [e[:2] for e in await events_of(owner, made["scim_token"]["id"])] == [
        ("scim_token.created", owner.id)
    ]


async def test_making_a_token_needs_a_confirmed_owner(owner: Person) -> None:
    refused = await owner.post("/scim-tokens", {"name": "Okta"})
    assert refused.json()["type"] == "/problems/confirmation-needed"
    admin = await owner.colleague("admin")
    await confirm(admin)
    assert (await admin.post("/scim-tokens", {"name": "Okta"})).status_code == 403
    assert (await admin.get("/scim-tokens")).status_code == 403


async def test_a_workspace_has_at_most_twenty_tokens(owner: Person) -> None:
    await confirm(owner)
    made = [await owner.post("/scim-tokens", {"name": f"Token {n}"}) for n in range(21)]

    assert [a.status_code for a in made] == [201] * 20 + [409]
    assert (await owner.delete(f"/scim-tokens/{made[0].json()['scim_token']['id']}")).is_success
    assert (await owner.post("/scim-tokens", {"name": "Another"})).status_code == 201


async def test_use_is_recorded_at_most_once_a_minute(owner: Person, provider: Provider) -> None:
    async def last_used() -> str:
        return (await owner.get("/scim-tokens")).json()["items"][0]["last_used_at"]

    assert await last_used() is None
    await provider.find("/Users")
    first = await last_used()
    await provider.find("/Users")

    assert first is not None
    assert await last_used() == first


async def test_a_revoked_token_opens_nothing(owner: Person, provider: Provider) -> None:
    token = (await owner.get("/scim-tokens")).json()["items"][0]["id"]
    assert (await provider.find("/Users")).status_code == 200

    assert (await owner.delete(f"/scim-tokens/{token}")).status_code == 204

    answer = await provider.find("/Users")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"].startswith(SCIM_JSON)
    assert answer.json()["schemas"] == [ERROR]
    assert answer.json()["status"] == "401"
    assert (await owner.delete(f"/scim-tokens/{token}")).status_code == 404


async def test_what_is_no_token_of_ours_opens_nothing(
    app: Litestar, owner: Person, stranger: Person, provider: Provider
) -> None:
    async with await provider_of(stranger) as other:
        theirs = other.client.headers["authorization"].removeprefix("Bearer ")
    ours = provider.client.headers["authorization"].removeprefix("Bearer ")
    elsewhere = ours.replace(owner.tenant_id.hex, stranger.tenant_id.hex)
    mixed = f"{ours[:70]}{theirs[70:]}"
    person = owner.client.headers["authorization"].removeprefix("Bearer ")
    for token in (
        "",
        "pfs_",
        ours[:-1],
        ours + "x",
        ours.upper(),
        elsewhere,
        mixed,
        person,
        "\xff",
    ):
        async with Provider(app, "x") as forger:
            header = f"Bearer {token}".encode("latin-1")
            answer = await forger.client.get("/Users", headers={b"Authorization": header})
        assert answer.status_code == 401, token
        assert answer.json()["schemas"] == [ERROR]
    for header in (ours, f"Basic {ours}"):
        answer = await provider.client.get("/Users", headers={"Authorization": header})
        assert answer.status_code == 401


async def test_a_provisioning_token_is_no_key_to_the_rest(provider: Provider) -> None:
    for path in ("/me", "/users", "/scim-tokens"):
        answer = await provider.client.get(f"http://projectflow.test/api/v1{path}")
        assert answer.status_code == 401


@pytest.mark.parametrize("path", ["", "/", "/v1/Users", "/v2x", "/nonsense"])
async def test_beside_the_root_there_is_nothing(provider: Provider, path: str) -> None:
    answer = await provider.client.get(f"http://projectflow.test/scim{path}")

    assert answer.status_code == 404
    assert answer.json()["schemas"] == [ERROR]
