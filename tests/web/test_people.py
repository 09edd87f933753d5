"""A team grows: somebody is invited, accepts in a browser of their own, and joins a project."""

from playwright.sync_api import Browser, expect
from tests.web.conftest import Visitor


def test_an_invited_person_accepts_and_sees_the_project_they_join(
    at_board: Visitor, browser: Browser
) -> None:
    page = at_board.page
    board = page.url
    page.goto(f"{at_board.base}/w/{at_board.slug}/people")
    page.get_by_role("button", name="Invite people").first.click()
    dialog = page.get_by_role("dialog", name="Invite people")
    dialog.get_by_label("Email").fill("grace@example.org")
    dialog.get_by_label("First name").fill("Grace")
    dialog.get_by_label("Last name").fill("Hopper")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    link = dialog.get_by_label("Invitation link").input_value()
    assert link.startswith(f"{at_board.base}/accept-invitation?token=")

    context = browser.new_context(viewport={"width": 1200, "height": 800})
    theirs = context.new_page()
    theirs.goto(link)
    expect(theirs.get_by_label("Email")).to_have_value("grace@example.org")
    theirs.get_by_label("Password", exact=True).fill("compilers are people too")
    theirs.get_by_role("button", name="Join workspace").click()
    theirs.wait_for_url(f"**/w/{at_board.slug}/projects")
    expect(theirs.get_by_role("link", name="Bakery launch")).to_have_count(0)

    page.goto(board)
    page.get_by_role("button", name="Members").click()
    members = page.get_by_role("dialog", name="Members of Bakery launch")
    members.get_by_label("Add a person").fill("Grace")
    page.get_by_role("option", name="Grace Hopper").first.click()
    people = members.get_by_role("list", name="Members")
    expect(people.get_by_text("grace@example.org")).to_be_visible()

    theirs.reload()
    theirs.get_by_role("link", name="Bakery launch").first.click()
    expect(theirs.get_by_role("article").first).to_be_visible()
    theirs.goto(link)
    expect(theirs.get_by_role("heading", name="no longer works")).to_be_visible()
    context.close()


def test_another_device_is_signed_out_at_once(at_board: Visitor, browser: Browser) -> None:
    context = browser.new_context()
    other = context.new_page()
    other.goto(f"{at_board.base}/sign-in")
    other.get_by_label("Workspace address").fill(at_board.slug)
    other.get_by_label("Email").fill("ada@example.org")
    other.get_by_label("Password", exact=True).fill("eleven loaves of rye")
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/w/**")

    page = at_board.page
    page.goto(f"{at_board.base}/w/{at_board.slug}/settings/security")
    page.get_by_role("button", name="End all other sessions").click()
    page.get_by_role("dialog", name="End all other sessions?").get_by_role(
        "button", name="End all others"
    ).click()

    expect(page.get_by_role("list", name="Sessions").get_by_role("listitem")).to_have_count(1)
    other.reload()
    other.wait_for_url("**/sign-in*")
    context.close()
