"""Signing in with a real provider: who comes in, as whom, and in which role."""

import asyncio
from typing import Any

import pytest
from tests.auth.accounts import jobs_of, token_of
from tests.sso.conftest import NewBrowser
from tests.sso.identity import RealProvider
from tests.sso.visitors import CALLBACK, START, Workspace, query_of, refused, somebody

SCOPES = ["openid", "email", "profile", "groups"]
ROLES = {"staff": "member", "leads": "manager", "it": "admin"}


@pytest.fixture
async def ada(provider: RealProvider) -> str:
    """Somebody at the provider, with an address that it has verified."""
    subject = somebody()
    await give(provider, subject)
    return subject


async def give(provider: RealProvider, subject: str, **claims: Any) -> None:
    ada = {
        "email": email_of(subject),
        "email_verified": True,
        "given_name": "Ada",
        "family_name": "Lovelace",
        "groups": ["staff"],
    }
    await provider.person(subject, **{**ada, **claims})


def email_of(subject: str) -> str:
    return f"{subject}@example.org"


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


async def test_who_cancels_is_back_at_the_sign_in_page(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer)

    assert await browser().sign_in(workspace, None) == refused(workspace, "cancelled")

    failed = {"method": "sso", "reason": "cancelled"}
    assert await workspace.events("user.sign_in_failed") == [failed]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example/w/x",
        "https://evil.example/w/x",
        "/w/\\evil.example",
        "/\\evil.example",
        "/w/x\r\nSet-Cookie: a=b",
        "/w/../api/v1/auth/logout",
        "/api/v1/me",
        "/w/" + "x" * 2000,
    ],
)
async def test_nobody_is_sent_elsewhere_afterwards(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str, elsewhere: str
) -> None:
    await workspace.uses(provider.issuer)

    assert await browser().sign_in(workspace, ada, elsewhere) == f"/w/{workspace.slug}"


async def test_a_way_back_counts_once(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    someone = browser()
    back = await someone.at_provider(await someone.leave(workspace), ada)
    kept = dict(someone.ours.cookies)
    await someone.come_back(back)
    replaying = browser()
    replaying.ours.cookies.update(kept)

    again = await replaying.come_back(back)

    assert again.headers["location"] == refused(workspace, "expired")
    assert not await replaying.is_signed_in()


async def test_a_way_back_counts_only_in_the_browser_that_began(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    attacker, victim = browser(), browser()
    back = await attacker.at_provider(await attacker.leave(workspace), ada)
    await victim.leave(workspace)

    lured = await victim.come_back(back)

    assert query_of(lured.headers["location"])["sso_error"] == "expired"
    assert not await victim.is_signed_in()
    assert not await attacker.is_signed_in()


async def test_two_tabs_of_one_browser_do_not_disturb_each_other(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    someone = browser()
    first = await someone.leave(workspace, f"/w/{workspace.slug}/first")
    second = await someone.leave(workspace, f"/w/{workspace.slug}/second")

    ends = [await someone.come_back(await someone.at_provider(a, ada)) for a in (first, second)]

    assert [end.headers["location"].rpartition("/")[2] for end in ends] == ["first", "second"]


async def test_a_state_of_one_workspace_does_not_open_another(
    workspace: Workspace,
    other_workspace: Workspace,
    provider: RealProvider,
    browser: NewBrowser,
    ada: str,
) -> None:
    await workspace.uses(provider.issuer)
    await other_workspace.uses(provider.issuer)
    someone = browser()
    theirs = query_of(await someone.leave(other_workspace))["state"]
    back = query_of(await someone.at_provider(await someone.leave(workspace), ada))
    ours = back["state"]
    mixed = f"{theirs.partition('.')[0]}.{ours.partition('.')[2]}"

    swapped = await someone.come_back(f"{CALLBACK}?code={back['code']}&state={mixed}")
    crossed = await someone.come_back(f"{CALLBACK}?code={back['code']}&state={theirs}")

    assert query_of(swapped.headers["location"])["sso_error"] == "expired"
    assert crossed.headers["location"] == refused(other_workspace, "provider")
    assert not await someone.is_signed_in()
    assert await workspace.people() == await other_workspace.people() == []


async def test_a_visit_does_not_outlive_a_change_of_the_settings(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, ada: str
) -> None:
    await workspace.uses(provider.issuer)
    someone = browser()
    back = await someone.at_provider(await someone.leave(workspace), ada)
    await workspace.uses(provider.issuer, email_domains=["example.com"])

    assert (await someone.come_back(back)).headers["location"] == refused(workspace, "expired")


@pytest.mark.parametrize("state", ["", "nonsense", "a.b.c", "\x00", "é" * 40])
async def test_a_state_that_is_none_is_refused(browser: NewBrowser, state: str) -> None:
    answer = await browser().ours.get(CALLBACK, params={"code": "c", "state": state})

    assert (answer.status_code, answer.headers["location"]) == (302, "/sign-in?sso_error=expired")


@pytest.mark.parametrize("slug", ["nowhere-at-all", "a\x00b"])
async def test_a_workspace_without_a_provider_leads_back_to_the_sign_in_page(
    workspace: Workspace, browser: NewBrowser, slug: str
) -> None:
    for each in (slug.replace("\x00", "%00"), workspace.slug):
        answer = await browser().ours.get(START.format(each))

        assert answer.status_code == 302
        assert query_of(answer.headers["location"])["sso_error"] == "provider"


async def test_the_browser_keeps_its_part_of_a_visit_from_scripts_and_other_sites(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser
) -> None:
    await workspace.uses(provider.issuer)

    answer = await browser().ours.get(START.format(workspace.slug))

    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "path=/api/v1/auth/sso"):
        assert part in cookie
    asked = query_of(answer.headers["location"])
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert cookie.partition("=")[2].partition(";")[0].partition(".")[2] not in asked["state"]
