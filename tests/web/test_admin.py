"""An owner runs the workspace: roles, teams, what is required, who may come in."""

from playwright.sync_api import Browser, Page, expect
from tests.web.conftest import Visitor


def test_a_custom_role_opens_just_what_it_names(visitor: Visitor, browser: Browser) -> None:
    visitor.create_workspace()
    page = visitor.page
    link = _invite(visitor, "Bo", "Member")
    visitor.goto("settings/roles")
    page.get_by_role("link", name="New role").click()
    page.get_by_label("Name", exact=True).fill("Auditor")
    table = page.get_by_role("table", name="Permissions")
    expect(table.get_by_role("button", name="Tasks, update: When assigned")).to_be_visible()
    _choose(page, "Tasks, update: When assigned", "Never")
    _choose(page, "Audit log, read: Never", "Always")
    page.get_by_role("button", name="Create role").click()
    roles = page.get_by_role("table", name="Roles")
    expect(roles.get_by_role("row", name="Auditor")).to_be_visible()

    visitor.goto("people")
    page.get_by_role("button", name="Actions for Bo Member").click()
    page.get_by_role("menuitem", name="Change role…").click()
    dialog = page.get_by_role("dialog", name="Role of Bo Member")
    dialog.get_by_role("radio", name="Auditor").click()
    dialog.get_by_role("button", name="Change role").click()
    row = page.get_by_role("table", name="People").get_by_role("row", name="Bo Member")
    expect(row.get_by_role("cell", name="Auditor")).to_be_visible()

    context = browser.new_context()
    theirs = context.new_page()
    theirs.goto(link)
    theirs.get_by_label("Password", exact=True).fill("compilers are people too")
    theirs.get_by_role("button", name="Join workspace").click()
    theirs.wait_for_url(f"**/w/{visitor.slug}/projects")
    theirs.goto(f"{visitor.base}/w/{visitor.slug}/settings/profile")
    settings = theirs.get_by_role("navigation", name="Settings")
    expect(settings.get_by_role("link", name="Audit log")).to_be_visible()
    expect(settings.get_by_role("link", name="Roles")).to_have_count(0)
    settings.get_by_role("link", name="Audit log").click()
    expect(theirs.get_by_text("Bo Member joined the workspace")).to_be_visible()
    context.close()

    visitor.goto("settings/roles")
    page.get_by_role("button", name="Delete Auditor").click()
    refused = page.get_by_role("dialog", name="Auditor is in use")
    expect(refused.get_by_text("1 person has this role")).to_be_visible()


def test_a_role_that_nobody_has_is_changed_and_deleted(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.call("POST", "/roles", {"name": "Support", "permissions": ["task:read:in_project"]})
    visitor.goto("settings/roles")
    page.get_by_role("link", name="Support").click()
    page.get_by_label("Name", exact=True).fill("Help desk")
    _choose(page, "Comments, create: Never", "In their projects")
    page.get_by_role("button", name="Save role").click()
    page.get_by_role("link", name="Help desk").click()
    expect(page.get_by_role("button", name="Comments, create: In their projects")).to_be_visible()
    page.get_by_role("link", name="All roles").click()
    page.get_by_role("button", name="Delete Help desk").click()
    page.get_by_role("dialog", name="Delete Help desk?").get_by_role(
        "button", name="Delete role"
    ).click()
    expect(page.get_by_role("link", name="Help desk")).to_have_count(0)

    page.get_by_role("link", name="Manager").click()
    table = page.get_by_role("table", name="Permissions")
    expect(table.get_by_role("row", name="Tasks").get_by_role("cell").first).to_have_text(
        "ReadIn their projects"
    )
    expect(table.get_by_role("button")).to_have_count(0)


def test_a_team_from_making_to_deleting(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.goto("people")
    page.get_by_role("link", name="Teams").click()
    page.get_by_role("button", name="New team").click()
    dialog = page.get_by_role("dialog", name="New team")
    dialog.get_by_label("Team name").fill("Bakers")
    dialog.get_by_role("button", name="Create team").click()
    teams = page.get_by_role("list", name="Teams")

    teams.get_by_role("button", name="Bakers 0 people").click()
    members = page.get_by_role("dialog", name="Members of Bakers")
    members.get_by_label("Add a person").fill("Ada")
    page.get_by_role("option", name="Ada Lovelace").click()
    expect(members.get_by_role("list", name="Members")).to_contain_text("ada@example.org")
    members.get_by_role("button", name="Remove Ada Lovelace").click()
    members.get_by_role("button", name="Undo").click()
    expect(members.get_by_role("list", name="Members")).to_contain_text("ada@example.org")
    members.get_by_role("button", name="Close").click()
    expect(teams.get_by_role("button", name="Bakers 1 person")).to_be_visible()

    page.get_by_role("button", name="Actions for Bakers").click()
    page.get_by_role("menuitem", name="Rename…").click()
    rename = page.get_by_role("dialog", name="Rename Bakers")
    rename.get_by_label("Team name").fill("Night shift")
    rename.get_by_role("button", name="Rename").click()
    page.get_by_role("button", name="Actions for Night shift").click()
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_role("dialog", name="Delete Night shift?").get_by_role(
        "button", name="Delete team"
    ).click()
    expect(page.get_by_role("heading", name="No teams yet")).to_be_visible()


def test_the_workspace_is_renamed_and_asks_before_it_requires(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.goto("settings/workspace")
    page.get_by_label("Workspace name").fill("Bakery & Sons")
    page.get_by_role("button", name="Save workspace").click()
    expect(
        page.get_by_role("navigation", name="Workspace").get_by_text("Bakery & Sons")
    ).to_be_visible()

    second_step = page.get_by_role("switch", name="Require two-step verification")
    second_step.click()
    asked = page.get_by_role("dialog", name="Require two-step verification?")
    expect(asked.get_by_text("sets one up at their next sign-in")).to_be_visible()
    asked.get_by_role("button", name="Require it").click()
    expect(page.get_by_text("set up your own second factor")).to_be_visible()
    expect(second_step).not_to_be_checked()

    page.get_by_role("switch", name="Require single sign-on").click()
    page.get_by_role("dialog", name="Require single sign-on?").get_by_role(
        "button", name="Require it"
    ).click()
    expect(page.get_by_text("needs an identity provider")).to_be_visible()

    page.get_by_role("button", name="Keep events: For ever").click()
    page.get_by_role("option", name="For some days").click()
    page.get_by_label("Days", exact=True).fill("90")
    page.get_by_role("button", name="Save retention").click()
    page.get_by_role("dialog", name="Delete events after 90 days?").get_by_role(
        "button", name="Keep 90 days"
    ).click()
    expect(page.get_by_text("Events are kept for 90 days")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Days", exact=True)).to_have_value("90")


def test_a_provider_that_does_not_answer_is_said_at_its_field(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.goto("settings/sso")
    expect(page.get_by_label("Redirect address", exact=True)).to_have_value(
        f"{visitor.base}/api/v1/auth/sso/callback"
    )
    provider = page.get_by_role("region", name="Identity provider")
    provider.get_by_label("Name", exact=True).fill("Okta")
    provider.get_by_label("Issuer").fill("https://127.0.0.1:9")
    provider.get_by_label("Client ID").fill("projectflow")
    provider.get_by_label("Client secret").fill("a secret of theirs")
    provider.get_by_role("button", name="Save identity provider").click()
    expect(provider.get_by_label("Issuer")).to_have_attribute("aria-invalid", "true")
    expect(provider.get_by_label("Client secret")).to_have_value("a secret of theirs")


def test_a_provisioning_token_is_shown_once_and_revoked(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.goto("settings/sso")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New provisioning token")
    dialog.get_by_label("Name").fill("Okta")
    dialog.get_by_role("button", name="Create token").click()
    secret = dialog.get_by_label("Token", exact=True).input_value()
    assert secret.startswith("pfs_")
    dialog.get_by_role("button", name="Done").click()
    assert _provisions(visitor, secret) == 200

    page.reload()
    tokens = page.get_by_role("list", name="Provisioning tokens")
    expect(tokens.get_by_text("Okta")).to_be_visible()
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke token: Okta").click()
    page.get_by_role("dialog", name="Revoke Okta?").get_by_role(
        "button", name="Revoke token"
    ).click()
    expect(page.get_by_text("No token yet")).to_be_visible()
    assert _provisions(visitor, secret) == 401


def test_anybodys_api_key_is_revoked(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    made = visitor.call("POST", "/me/api-keys", {"name": "Deploys", "scopes": ["*:read"]})
    visitor.goto("settings/workspace-keys")
    row = page.get_by_role("table", name="API keys").get_by_role("row", name="Deploys")
    expect(row.get_by_text("Ada Lovelace").last).to_be_visible()
    row.get_by_role("button", name="Revoke key: Deploys").click()
    page.get_by_role("dialog", name="Revoke Deploys?").get_by_role(
        "button", name="Revoke key"
    ).click()
    expect(page.get_by_text("Nobody has an API key.")).to_be_visible()
    used = page.request.get(
        f"{visitor.base}/api/v1/me", headers={"Authorization": f"Bearer {made['secret']}"}
    )
    assert used.status == 401


def _choose(page: Page, button: str, option: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    # The list of the choice before may still be fading out.
    choices = page.get_by_role("listbox", name=button.partition(":")[0])
    choices.get_by_role("option", name=option, exact=True).click()


def _invite(visitor: Visitor, first: str, last: str) -> str:
    person = {"email": f"{first.lower()}@example.org", "first_name": first, "last_name": last}
    return visitor.call("POST", "/users", {**person, "role": "member"})["link"]


def _provisions(visitor: Visitor, secret: str) -> int:
    answer = visitor.page.request.get(
        f"{visitor.base}/scim/v2/Users", headers={"Authorization": f"Bearer {secret}"}
    )
    return answer.status
