"""A visit to the provider: begun and finished once, in one browser, for one workspace."""

import pytest
from tests.sso.conftest import NewBrowser
from tests.sso.identity import RealProvider
from tests.sso.visitors import CALLBACK, START, Workspace, query_of, refused


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


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_of_another_site_signs_nobody_in(
    workspace: Workspace, provider: RealProvider, browser: NewBrowser, site: str
) -> None:
    await workspace.uses(provider.issuer)

    answer = await browser().ours.get(
        START.format(workspace.slug), headers={"Sec-Fetch-Site": site}
    )

    assert answer.headers["location"] == f"/sign-in?workspace={workspace.slug}"
    assert "set-cookie" not in answer.headers
