"""Single sign-on in a browser, with a real provider."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.embedded.stack import Stack
from tests.sso.identity import CLIENT_ID, CLIENT_SECRET, RealProvider
from tests.web.conftest import Visitor


def test_a_new_person_comes_in_through_the_provider_which_is_then_the_only_way(
    visitor: Visitor, provider: RealProvider, elsewhere: BrowserContext
) -> None:
    visitor.create_workspace()
    page = visitor.page
    use(visitor, provider)
    grace = {"email": "grace@example.org", "email_verified": True}
    names = {"given_name": "Grace", "family_name": "Hopper"}
    page.request.put(f"{provider.issuer}/people/grace", data={**grace, **names})

    theirs = elsewhere.new_page()
    go_to_provider(theirs, visitor)
    theirs.get_by_label("Account").fill("grace")
    theirs.get_by_role("button", name="Sign in").click()

    theirs.wait_for_url(f"{visitor.base}/w/{visitor.slug}/projects")
    expect(theirs.get_by_role("button", name="Account: Grace Hopper")).to_be_visible()
    page.goto(f"{visitor.base}/w/{visitor.slug}/people")
    row = page.get_by_role("table", name="People").get_by_role("row", name="Grace Hopper")
    expect(row.get_by_role("cell", name="Member", exact=True)).to_be_visible()
    expect(row).to_contain_text("grace@example.org")

    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/workspace")
    rule = page.get_by_role("switch", name="Require single sign-on")
    rule.click()
    asked = page.get_by_role("dialog", name="Require single sign-on?")
    expect(asked.get_by_text("sign in through Keycloak alone")).to_be_visible()
    asked.get_by_role("button", name="Require it").click()
    expect(rule).to_be_checked()

    theirs.reload()
    expect(theirs.get_by_role("button", name="Account: Grace Hopper")).to_be_visible()
    page.get_by_role("button", name="Account: Ada Lovelace").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in with Keycloak")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Owner? Sign in with a password").click()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("eleven loaves of rye")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**/w/{visitor.slug}/**")


def test_who_turns_back_at_the_provider_is_told_so_and_may_try_again(
    visitor: Visitor, provider: RealProvider, elsewhere: BrowserContext
) -> None:
    visitor.create_workspace()
    use(visitor, provider)
    theirs = elsewhere.new_page()
    go_to_provider(theirs, visitor)
    theirs.get_by_role("button", name="Cancel").click()
    theirs.wait_for_url(f"{visitor.base}/sign-in?workspace={visitor.slug}&sso_error=cancelled")
    expect(theirs.get_by_role("status")).to_contain_text("You came back before")
    expect(theirs.get_by_role("link", name="Sign in with Keycloak")).to_be_visible()


@pytest.fixture(scope="module")
def provider(stack: Stack) -> Iterator[RealProvider]:
    started = RealProvider(f"http://localhost:{stack.port}/api/v1/auth/sso/callback")
    yield started
    started.stop()


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody else's browser."""
    context = browser.new_context()
    yield context
    context.close()


def use(visitor: Visitor, provider: RealProvider) -> None:
    """Set the provider in the settings."""
    page = visitor.page
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/sso")
    form = page.get_by_role("region", name="Identity provider")
    form.get_by_label("Name", exact=True).fill("Keycloak")
    form.get_by_label("Issuer").fill(provider.issuer)
    form.get_by_label("Client ID").fill(CLIENT_ID)
    form.get_by_label("Client secret").fill(CLIENT_SECRET)
    form.get_by_role("button", name="Save identity provider").click()
    expect(page.get_by_text("People can sign in through Keycloak")).to_be_visible()


def go_to_provider(page: Page, visitor: Visitor) -> None:
    page.goto(f"{visitor.base}/sign-in?workspace={visitor.slug}")
    page.get_by_role("link", name="Sign in with Keycloak").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
