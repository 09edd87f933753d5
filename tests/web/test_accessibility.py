"""Every page there is, in light and dark: nothing serious for axe-core, nothing in the console."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pyotp.totp import TOTP
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection
from tests.web.test_sign_in import give_password, set_up_authenticator, shown_key, sign_out


@pytest.fixture
def inspection(visitor: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(visitor.page)
    yield made
    assert not made.found, "\n".join(made.found)


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody else's browser."""
    context = browser.new_context()
    yield context
    context.close()


def test_signing_in_and_what_is_before_it(
    visitor: Visitor, inspection: Inspection, elsewhere: BrowserContext
) -> None:
    page, look = visitor.page, inspection.look
    page.goto(f"{visitor.base}/create-workspace")
    page.get_by_label("Password", exact=True).fill("short")
    look(page, "create a workspace")
    visitor.create_workspace()
    invited = visitor.call("POST", "/users", {**PERSON, "role": "member"})["link"]

    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    page.get_by_role("button", name="Set up authenticator").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    look(page, "an authenticator is set up")
    set_up_authenticator(visitor)
    look(page, "security with an authenticator")
    visitor.call("PATCH", "/workspace", {"require_second_factor": True})
    sign_out(page)
    look(page, "sign in")
    give_password(page)
    page.get_by_label("Code", exact=True).press_sequentially("000000")
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    look(page, "second step, a wrong code")
    page.get_by_role("button", name="Use a recovery code").click()
    look(page, "second step, a recovery code")
    page.goto(f"{visitor.base}/sign-in?workspace={visitor.slug}&sso_error=cancelled")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "sign in, refused")

    page.goto(f"{visitor.base}/forgot-password")
    look(page, "forgot password")
    page.get_by_label("Workspace address").fill(visitor.slug)
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("status")).to_be_visible()
    look(page, "forgot password, sent")
    page.goto(f"{visitor.base}/reset-password?token=made-up")
    page.get_by_label("New password").fill("a password of mine")
    look(page, "reset password")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    look(page, "reset password, dead link")
    page.goto(f"{visitor.base}/accept-invitation?token=made-up")
    expect(page.get_by_role("heading", name="no longer works")).to_be_visible()
    look(page, "accept, dead link")
    page.goto(f"{visitor.base}/nowhere")
    expect(page.get_by_role("heading")).to_be_visible()
    look(page, "no such page")

    theirs = elsewhere.new_page()
    inspection.listen(theirs)
    theirs.goto(invited)
    theirs.get_by_label("Password", exact=True).fill("compilers are people too")
    look(theirs, "accept")
    theirs.get_by_role("button", name="Join workspace").click()
    expect(theirs.get_by_role("button", name="Set up an authenticator app")).to_be_visible()
    look(theirs, "second step to set up")
    theirs.get_by_role("button", name="Set up an authenticator app").click()
    expect(theirs.get_by_role("img", name="QR code")).to_be_visible()
    look(theirs, "second step, the key")
    theirs.get_by_label("Code", exact=True).fill(TOTP(shown_key(theirs)).now())
    expect(theirs.get_by_role("list", name="Recovery codes")).to_be_visible()
    look(theirs, "second step, recovery codes")


def test_projects_the_board_and_a_task(
    visitor: Visitor, inspection: Inspection, small_board: Any
) -> None:
    page, look = visitor.page, inspection.look
    visitor.create_workspace()
    look(page, "no projects yet")
    page.get_by_role("button", name="New project").first.click()
    look(page, "new project")
    visitor.goto("imports")
    expect(page.get_by_role("group", name="Import from Trello")).to_be_visible()
    look(page, "imports")
    page.get_by_label("Trello export file").set_input_files(small_board)
    page.get_by_role("link", name="Open the board").wait_for(timeout=20_000)
    look(page, "an import")
    visitor.goto("imports")
    expect(page.get_by_role("link", name="Bakery launch").last).to_be_visible()
    look(page, "imports with one")
    visitor.goto("projects")
    expect(page.get_by_role("list", name="Projects")).to_be_visible()
    look(page, "projects")

    page.get_by_role("list", name="Projects").get_by_role("link").first.click()
    expect(visitor.card("Rye")).to_be_visible()
    look(page, "board")
    page.get_by_role("button", name="Priority: any").click()
    look(page, "board, a filter's choices")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add task to Ideas").click()
    look(page, "board, a new card")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Members").click()
    opened(page, "Members of")
    look(page, "members")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New task", exact=True).click()
    opened(page, "New task")
    look(page, "new task")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    opened(page, "Keyboard shortcuts")
    look(page, "keyboard shortcuts")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Account: Ada Lovelace").click()
    look(page, "account menu")
    page.keyboard.press("Escape")

    for title in ("Rye", "Order the oven"):
        visitor.card(title).get_by_role("button").first.click()
        task = page.get_by_role("dialog", name=title)
        expect(
            task.get_by_role("region", name="Activity").get_by_role("time").first
        ).to_be_visible()
        look(page, f"task {title}")
        task.get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    visitor.card("Rye").get_by_role("button").first.click()
    page.get_by_role("button", name="Edit description").click()
    look(page, "task, its description edited")
    page.get_by_role("tab", name="Preview").click()
    look(page, "task, its description previewed")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Task actions").click()
    look(page, "task, its actions")
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("region", name="Notifications").get_by_role("button", name="Undo").wait_for()
    look(page, "a toast")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "board on a phone")
    page.get_by_role("button", name="Open sidebar").click()
    look(page, "sidebar on a phone")
    visitor.goto("insights")
    expect(page.get_by_role("figure").locator(".recharts-surface").first).to_be_visible()
    look(page, "insights on a phone")


def test_people_and_teams(visitor: Visitor, inspection: Inspection) -> None:
    page, look = visitor.page, inspection.look
    visitor.create_workspace()
    visitor.call("POST", "/users", {**PERSON, "role": "viewer"})
    visitor.goto("people")
    expect(page.get_by_role("row", name="Grace Hopper")).to_be_visible()
    look(page, "people")
    page.get_by_role("button", name="Invite people").first.click()
    dialog = page.get_by_role("dialog", name="Invite people")
    look(page, "invite")
    dialog.get_by_label("Email").fill("bo@example.org")
    dialog.get_by_label("First name").fill("Bo")
    dialog.get_by_label("Last name").fill("Member")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog.get_by_label("Invitation link")).to_be_visible()
    look(page, "invited")
    dialog.get_by_role("button", name="Done").click()
    for item, title in (("Change role…", "Role of"), ("Delete…", "Delete")):
        page.get_by_role("button", name="Actions for Grace Hopper").click()
        look(page, "a person's actions")
        page.get_by_role("menuitem", name=item).click()
        opened(page, f"{title} Grace Hopper")
        look(page, f"{title} a person")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    visitor.goto("people/teams")
    expect(page.get_by_role("heading", name="No teams yet")).to_be_visible()
    look(page, "no teams yet")
    page.get_by_role("button", name="New team").first.click()
    look(page, "new team")
    page.get_by_label("Team name").fill("Bakers")
    page.get_by_role("button", name="Create team").click()
    team = page.get_by_role("list", name="Teams").get_by_role("button", name="Bakers 0 people")
    expect(team).to_be_visible()
    look(page, "teams")
    team.click()
    members = page.get_by_role("dialog", name="Members of Bakers")
    members.get_by_label("Add a person").fill("Ada")
    expect(page.get_by_role("option", name="Ada Lovelace")).to_be_visible()
    look(page, "team, somebody looked for")
    page.get_by_role("option", name="Ada Lovelace").click()
    expect(members.get_by_role("list", name="Members")).to_be_visible()
    look(page, "team members")


def test_settings(visitor: Visitor, inspection: Inspection) -> None:
    page, look = visitor.page, inspection.look
    visitor.create_workspace()
    role = visitor.call("POST", "/roles", {"name": "Auditor", "permissions": ["audit:read"]})
    visitor.call("POST", "/me/api-keys", {"name": "Deploys", "scopes": ["task:read"]})

    visitor.goto("settings/profile")
    page.get_by_label("Friday").fill("x")
    look(page, "profile")
    page.get_by_role("button", name="Language and region").click()
    look(page, "profile, languages")
    visitor.goto("settings/security")
    expect(page.get_by_role("list", name="API keys")).to_be_visible()
    expect(page.get_by_role("list", name="Sessions")).to_be_visible()
    look(page, "security")
    page.get_by_role("button", name="New API key").click()
    key = page.get_by_role("dialog", name="New API key")
    key.get_by_role("radio").last.click()
    expect(key.get_by_role("table", name="Permissions")).to_be_visible()
    look(page, "new API key")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Revoke Deploys").click()
    expect(page.get_by_role("button", name="Revoke key")).to_be_visible()
    look(page, "an API key revoked")

    visitor.goto("settings/workspace")
    rule = page.get_by_role("switch", name="Require two-step verification")
    expect(rule).to_be_visible()
    look(page, "workspace")
    rule.click()
    page.get_by_role("dialog").get_by_role("button", name="Require it").click()
    expect(page.get_by_text("set up your own second factor")).to_be_visible()
    look(page, "workspace, refused")
    visitor.goto("settings/roles")
    expect(page.get_by_role("link", name="Auditor")).to_be_visible()
    look(page, "roles")
    for path in ("new", role["id"], "manager"):
        visitor.goto(f"settings/roles/{path}")
        expect(page.get_by_role("table", name="Permissions")).to_be_visible()
        look(page, f"role {path}")
    visitor.goto("settings/sso")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_label("Issuer").fill("https://127.0.0.1:9")
    look(page, "single sign-on")
    page.get_by_role("button", name="New token").click()
    token = page.get_by_role("dialog", name="New provisioning token")
    token.get_by_label("Name").fill("Okta")
    token.get_by_role("button", name="Create token").click()
    expect(token.get_by_label("Token", exact=True)).to_be_visible()
    look(page, "a provisioning token")
    visitor.goto("settings/workspace-keys")
    expect(page.get_by_role("table", name="API keys")).to_be_visible()
    look(page, "all API keys")
    visitor.goto("settings/audit")
    events = page.get_by_role("table", name="Events")
    events.get_by_role("button").first.click()
    look(page, "audit log")
    page.get_by_role("button", name="Export", exact=True).click()
    look(page, "audit log, export")
    page.set_viewport_size({"width": 390, "height": 844})
    visitor.goto("settings/audit?type=role.created")
    expect(events.get_by_role("button")).to_have_count(1)
    look(page, "audit log on a phone")


def opened(page: Page, name: str) -> None:
    """A dialog is there; around it there is a layer without a size."""
    heading = page.get_by_role("dialog", name=name).get_by_role("heading").first
    expect(heading).to_be_visible()


PERSON = {"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper"}
