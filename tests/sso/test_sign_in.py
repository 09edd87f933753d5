"""Signing in with a real provider: who comes in, as whom, and in which role."""

import asyncio
from typing import Any

import pytest
from tests.auth.accounts import jobs_of, token_of
from tests.sso.conftest import NewBrowser
from tests.sso.identity import RealProvider
from tests.sso.visitors import Workspace, email_of, give, refused, somebody

SCOPES = ["openid", "email", "profile", "groups"]
ROLES = {"staff": "member", "leads": "manager", "it": "admin"}


async def test_who_comes_for_the_first_time_is_created_in_the_role_of_their_groups(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer, scopes=SCOPES, roles_by_group=ROLES)
    subject = somebody()
    await give(provider, subject, groups=["staff", "leads", "unknown"])
    someone = browser()

    path = await someone.sign_in(workspace, subject, f"/w/{workspace.slug}/projects?view=mine")

    assert path == f"/w/{workspace.slug}/projects?view=mine"
    user = await someone.user()
    assert (user["email"], user["role"]) == (email_of(subject), "manager")
    assert (user["first_name"], user["last_name"]) == ("Ada", "Lovelace")
    assert [each["id"] for each in await workspace.people()] == [user["id"]]
    assert await workspace.events("user.joined") == [
        {"after": {"role": "manager"}, "method": "sso"}
    ]
    [signed_in] = await workspace.events("user.signed_in")
    assert signed_in["methods"] == ["sso"]


async def test_who_comes_again_is_the_same_person_whatever_their_address_is_now(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    first, second = browser(), browser()
    await first.sign_in(workspace, ada)
    await give(provider, ada, email="ada.king@example.org", email_verified=False)

    path = await second.sign_in(workspace, ada)

    assert path == f"/w/{workspace.slug}"
    assert (await second.user())["id"] == (await first.user())["id"]
    assert len(await workspace.people()) == 1


async def test_two_first_visits_at_once_make_one_person(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    browsers = [browser() for _ in range(4)]
    backs = [await b.at_provider(await b.leave(workspace), ada) for b in browsers]

    answers = await asyncio.gather(
        *(b.come_back(back) for b, back in zip(browsers, backs, strict=True))
    )

    assert {answer.headers["location"] for answer in answers} == {f"/w/{workspace.slug}"}
    assert len(await workspace.people()) == 1


async def test_a_role_follows_the_groups_and_older_tokens_end(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer, scopes=SCOPES, roles_by_group=ROLES)
    await give(provider, ada, groups=["it"])
    at_work, at_home = browser(), browser()
    await at_work.sign_in(workspace, ada)
    assert (await at_work.user())["role"] == "admin"
    await give(provider, ada, groups=["somewhere else"])

    await at_home.sign_in(workspace, ada)

    assert (await at_home.user())["role"] == "member"
    assert (await at_work.ours.get("/api/v1/me")).status_code == 401
    assert await workspace.events("user.role_changed") == [
        {"before": {"role": "admin"}, "after": {"role": "member"}, "method": "sso"}
    ]


async def test_without_a_table_of_groups_a_role_given_here_stays(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer, default_role="viewer")
    someone = browser()
    await someone.sign_in(workspace, ada)
    user = await someone.user()
    assert user["role"] == "viewer"
    changed = await workspace.owner.client.put(
        f"/users/{user['id']}/role", json={"role": "manager"}
    )
    assert changed.status_code == 200, changed.text

    await someone.sign_in(workspace, ada)

    assert (await someone.user())["role"] == "manager"


async def test_no_group_changes_an_owner(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer, scopes=SCOPES, roles_by_group=ROLES)
    subject, owner = somebody(), workspace.owner
    await give(provider, subject, email=f"{owner.id.hex}@example.org")
    someone = browser()

    await someone.sign_in(workspace, subject)

    user = await someone.user()
    assert (user["id"], user["role"]) == (str(owner.id), "owner")
    assert await workspace.events("user.role_changed") == []


async def test_no_group_changes_a_custom_role(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer, scopes=SCOPES, roles_by_group=ROLES)
    someone = browser()
    await someone.sign_in(workspace, ada)
    made = await workspace.owner.post("/roles", {"name": "Auditor", "permissions": ["task:read"]})
    assert made.status_code == 201, made.text
    user_id, role_id = (await someone.user())["id"], made.json()["id"]
    path = f"/users/{user_id}/role"
    given = await workspace.owner.client.put(path, json={"role_id": role_id})
    assert given.status_code == 200, given.text
    await give(provider, ada, groups=["it"])

    await someone.sign_in(workspace, ada)

    user = await someone.user()
    assert (user["role"], user["role_id"]) == ("member", role_id)


async def test_a_verified_address_finds_the_person_who_has_it(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer, creates_users=False)
    colleague = await workspace.owner.colleague("manager")
    subject, someone = somebody(), browser()
    await give(provider, subject, email=f"{colleague.id.hex}@EXAMPLE.org")

    await someone.sign_in(workspace, subject)

    assert (await someone.user())["id"] == str(colleague.id)


async def test_an_address_that_is_not_verified_takes_nobodys_place(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer)
    subject, someone = somebody(), browser()
    await give(
        provider, subject, email=f"{workspace.owner.id.hex}@example.org", email_verified=False
    )

    path = await someone.sign_in(workspace, subject)

    assert path == refused(workspace, "not_allowed")
    assert not await someone.is_signed_in()


async def test_an_address_that_was_given_to_a_new_colleague_gives_no_old_account(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    await browser().sign_in(workspace, ada)
    successor = somebody()
    await give(provider, successor, email=email_of(ada))

    assert await browser().sign_in(workspace, successor) == refused(workspace, "not_allowed")


async def test_who_was_invited_becomes_active_and_the_invitation_is_used_up(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer, creates_users=False)
    new = {"email": email_of(ada), "first_name": "A", "last_name": "L", "role": "viewer"}
    invitation = (await workspace.owner.post("/users", new)).json()
    someone = browser()

    await someone.sign_in(workspace, ada)

    user = await someone.user()
    assert user["id"] == invitation["user"]["id"]
    assert (user["is_active"], user["invited_at"], user["role"]) == (True, None, "viewer")
    link = f"/api/v1/invitations/{token_of(invitation['link'])}"
    assert (await someone.ours.get(link)).status_code == 404
    assert len(await jobs_of(workspace.owner)) == 1


@pytest.mark.parametrize(
    ("fields", "claims", "code"),
    [
        ({"creates_users": False}, {}, "not_allowed"),
        ({}, {"email": None}, "not_allowed"),
        ({}, {"email": "a@example.org,b@example.org"}, "not_allowed"),
        ({"email_domains": ["example.com"]}, {}, "wrong_domain"),
        ({"email_domains": ["example.org"]}, {"email_verified": False}, "wrong_domain"),
        ({"email_domains": ["ample.org"]}, {}, "wrong_domain"),
    ],
)
async def test_who_may_not_come_in_is_told_why_and_not_created(
    workspace: Workspace,
    provider: RealProvider,
    browser: NewBrowser,
    ada: str,
    fields: dict[str, Any],
    claims: dict[str, Any],
    code: str,
) -> None:
    await workspace.uses(provider.issuer, **fields)
    await give(provider, ada, **claims)

    assert await browser().sign_in(workspace, ada) == refused(workspace, code)

    assert await workspace.people() == []
    failed = {"method": "sso", "reason": code}
    assert await workspace.events("user.sign_in_failed") == [failed]


async def test_an_address_of_the_right_domain_is_let_in(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer, email_domains=["Example.ORG"])

    assert await browser().sign_in(workspace, ada) == f"/w/{workspace.slug}"


async def test_who_was_deactivated_stays_out(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    someone = browser()
    await someone.sign_in(workspace, ada)
    user_id = (await someone.user())["id"]
    ended = await workspace.owner.post(f"/users/{user_id}/deactivate")
    assert ended.status_code == 200, ended.text

    assert await someone.sign_in(workspace, ada) == refused(workspace, "deactivated")

    assert not await someone.is_signed_in()


async def test_who_was_deleted_does_not_come_back_as_who_they_were(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    someone = browser()
    await someone.sign_in(workspace, ada)
    user_id = (await someone.user())["id"]
    assert (await workspace.owner.delete(f"/users/{user_id}")).status_code == 204

    await someone.sign_in(workspace, ada)
    assert (await someone.user())["id"] != user_id
    await workspace.uses(provider.issuer, creates_users=False)
    assert (await workspace.owner.delete(f"/users/{(await someone.user())['id']}")).is_success

    assert await someone.sign_in(workspace, ada) == refused(workspace, "not_allowed")
