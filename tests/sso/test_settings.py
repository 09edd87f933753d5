"""Setting up a workspace's provider."""

from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace
from tests.auth.accounts import running
from tests.people import Person, found_workspace
from tests.sso.conftest import NewBrowser
from tests.sso.identity import CLIENT_SECRET, REDIRECT_URI, ForgedProvider, RealProvider
from tests.sso.visitors import Workspace, just_signed_in, query_of

from projectflow.core.settings import Settings


async def test_an_owner_sets_reads_and_removes_the_provider(
    workspace: Workspace, provider: RealProvider
) -> None:
    assert (await workspace.owner.get("/identity-provider")).status_code == 404

    saved = await workspace.save(
        provider.issuer, roles_by_group={"it": "admin"}, email_domains=["Example.org"]
    )

    assert saved.status_code == 200, saved.text
    shown = (await workspace.owner.get("/identity-provider")).json()
    assert shown == saved.json()
    assert shown["redirect_uri"] == REDIRECT_URI
    assert shown["roles_by_group"] == {"it": "admin"}
    assert shown["email_domains"] == ["example.org"]
    assert (await workspace.owner.delete("/identity-provider")).status_code == 204
    assert (await workspace.owner.get("/identity-provider")).status_code == 404
    assert len(await workspace.events("identity_provider.deleted")) == 1


async def test_the_secret_is_sealed_and_never_told(
    workspace: Workspace, provider: RealProvider, superuser_url: str
) -> None:
    saved = await workspace.save(provider.issuer)
    shown = await workspace.owner.get("/identity-provider")

    told = saved.text + shown.text + str(await workspace.events("identity_provider.changed"))
    assert CLIENT_SECRET not in told
    connection = await asyncpg.connect(superuser_url)
    try:
        stored = await connection.fetchval(
            "SELECT client_secret_encrypted FROM identity_providers WHERE tenant_id = $1",
            workspace.owner.tenant_id,
        )
    finally:
        await connection.close()
    assert CLIENT_SECRET.encode() not in stored


async def test_the_log_tells_what_changed(workspace: Workspace, provider: RealProvider) -> None:
    await workspace.uses(provider.issuer)
    await workspace.uses(provider.issuer, default_role="viewer", client_secret=None)
    await workspace.uses(provider.issuer, default_role="viewer", client_secret=None)

    first, second = await workspace.events("identity_provider.changed")
    assert (first["after"]["issuer"], first["secret_changed"]) == (provider.issuer, True)
    assert second == {
        "before": {"default_role": "member"},
        "after": {"default_role": "viewer"},
        "secret_changed": False,
    }


async def test_the_secret_is_needed_at_first_and_goes_to_no_other_issuer(
    workspace: Workspace, provider: RealProvider, forged: ForgedProvider
) -> None:
    first = await workspace.save(provider.issuer, client_secret=None)
    await workspace.uses(provider.issuer)
    elsewhere = await workspace.save(forged.issuer, client_secret=None)

    for answer in (first, elsewhere):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "client_secret"
    assert (await workspace.owner.get("/identity-provider")).json()["issuer"] == provider.issuer


async def test_another_issuers_subjects_are_other_people(
    workspace: Workspace, provider: RealProvider, forged: ForgedProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer)
    await provider.person("forged", email="first@example.org", email_verified=True)
    first, second = browser(), browser()
    await first.sign_in(workspace, "forged")
    await workspace.uses(forged.issuer)

    await second.forged(workspace, forged)

    assert (await second.user())["id"] != (await first.user())["id"]


async def test_two_owners_do_not_overwrite_each_other(
    workspace: Workspace, provider: RealProvider
) -> None:
    await workspace.uses(provider.issuer)
    await workspace.uses(provider.issuer, name="Renamed", version=1)

    late = await workspace.save(provider.issuer, name="Also renamed", version=1)

    assert late.status_code == 409
    assert late.json()["current"]["name"] == "Renamed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "ftp://login.example.org"),
        ("issuer", "https://login.example.org?x=1"),
        ("issuer", "https://login.example.org#x"),
        ("issuer", "https://user:password@login.example.org"),
        ("issuer", "https://login.example.org\n"),
        ("issuer", "https:///nowhere"),
        ("issuer", "http://127.0.0.1:9/nobody-is-here"),
        ("issuer", "http://169.254.169.254"),
        ("scopes", ["email"]),
        ("scopes", ["openid", "two words"]),
        ("roles_by_group", {"it": "owner"}),
        ("roles_by_group", {"": "admin"}),
        ("default_role", "admin"),
        ("default_role", "owner"),
        ("email_domains", ["not a domain"]),
        ("email_domains", ["example.org"] * 101),
        ("client_id", ""),
        ("client_secret", "a\x00b"),
        ("name", " "),
        ("group_claim", ""),
        ("unknown", 1),
    ],
)
async def test_a_wrong_field_is_named_and_changes_nothing(
    workspace: Workspace, provider: RealProvider, field: str, value: Any
) -> None:
    await workspace.uses(provider.issuer)
    before = (await workspace.owner.get("/identity-provider")).json()

    answer = await workspace.save(**{"issuer": provider.issuer, field: value})

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert (await workspace.owner.get("/identity-provider")).json() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://another.example"},
        {"issuer": "http://127.0.0.1:1/"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "http://169.254.169.254/keys"},
    ],
    ids=str,
)
async def test_a_document_that_is_none_of_this_issuer_is_refused(
    workspace: Workspace, forged: ForgedProvider, changed: dict[str, Any]
) -> None:
    forged.metadata |= changed

    answer = await workspace.save(forged.issuer)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "issuer"
    assert "another.example" not in answer.text


@pytest.mark.parametrize("keys", [b"", b"[]", b"{}", b'{"keys": [{"kty": "oct", "k": "YQ"}]}'])
async def test_keys_that_prove_nothing_are_refused(
    workspace: Workspace, forged: ForgedProvider, keys: bytes
) -> None:
    forged.documents["/keys"] = keys

    answer = await workspace.save(forged.issuer)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "issuer"


async def test_a_private_address_is_refused_where_the_operator_has_not_allowed_it(
    settings: Settings, forged: ForgedProvider
) -> None:
    async with running(settings) as app, await found_workspace(app) as owner:
        await just_signed_in(owner)
        for issuer in (forged.issuer, forged.issuer.replace("http://", "https://")):
            answer = await Workspace(owner).save(issuer)

            assert answer.status_code == 422
            assert answer.json()["errors"][0]["field"] == "issuer"
    assert forged.asked == []


async def test_whoever_signed_in_long_ago_confirms_first(
    workspace: Workspace, provider: RealProvider
) -> None:
    await workspace.uses(provider.issuer)
    async with workspace.owner.app.state.database.tenant(workspace.owner.tenant_id) as db:
        await db.execute(
            "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE tenant_id = $1",
            workspace.owner.tenant_id,
        )

    for answer in (
        await workspace.save(provider.issuer, name="Renamed"),
        await workspace.owner.delete("/identity-provider"),
    ):
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/confirmation-needed"


async def test_only_an_owner_may(workspace: Workspace, provider: RealProvider) -> None:
    admin: Person = await workspace.owner.colleague("admin")
    await just_signed_in(admin)

    answer = await Workspace(admin).save(provider.issuer)

    assert answer.json()["type"] == "/problems/forbidden"


async def test_the_only_way_in_is_not_removed(workspace: Workspace, provider: RealProvider) -> None:
    await workspace.uses(provider.issuer)
    async with workspace.owner.app.state.database.tenant(workspace.owner.tenant_id) as db:
        await db.execute(
            "UPDATE tenants SET require_sso = true WHERE id = $1", workspace.owner.tenant_id
        )

    answer = await workspace.owner.delete("/identity-provider")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/sso-still-required")


async def test_over_https_the_browsers_part_never_travels_in_the_clear(
    settings: Settings, provider: RealProvider, browser: NewBrowser
) -> None:
    secure = replace(settings, private_networks=True, public_url="https://projectflow.test")
    async with running(secure) as app, await found_workspace(app) as owner:
        await just_signed_in(owner)
        workspace = Workspace(owner)
        await workspace.uses(provider.issuer)
        visitor = browser()
        visitor.ours = type(visitor)(app).ours

        answer = await visitor.ours.get(f"/api/v1/auth/sso/{workspace.slug}/start")

    assert "secure" in answer.headers["set-cookie"].lower()
    asked = query_of(answer.headers["location"])
    assert asked["redirect_uri"] == "https://projectflow.test/api/v1/auth/sso/callback"
