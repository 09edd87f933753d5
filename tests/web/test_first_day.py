"""A team's first day: create a workspace, import a board, work on it."""

import pytest
from playwright.sync_api import expect
from tests.web.conftest import Visitor


def test_a_new_workspace_says_what_to_do_next(visitor: Visitor) -> None:
    visitor.create_workspace()

    page = visitor.page
    expect(page.get_by_role("link", name="Import from Trello").first).to_be_visible()
    page.get_by_role("button", name="New project").first.click()
    dialog = page.get_by_role("dialog", name="New project")
    dialog.get_by_label("Project name").fill("Spring menu")
    dialog.get_by_role("button", name="Create project").click()
    expect(visitor.column("To do")).to_be_visible()
    expect(page).to_have_title("Spring menu · ProjectFlow")


def test_a_taken_address_is_said_at_its_field(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    page.get_by_role("button", name="Account: Ada Lovelace").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/sign-in*")

    page.goto(f"{visitor.base}/create-workspace")
    page.get_by_label("Workspace name").fill("Another bakery")
    page.get_by_label("Workspace address").fill(visitor.slug)
    page.get_by_label("First name").fill("Grace")
    page.get_by_label("Last name").fill("Hopper")
    page.get_by_label("Email").fill("grace@example.org")
    page.get_by_label("Password", exact=True).fill("twelve loaves of rye")
    page.get_by_role("button", name="Create workspace").click()

    expect(page.get_by_text("is taken")).to_be_visible()
    expect(page.get_by_label("Workspace address")).to_have_attribute("aria-invalid", "true")


def test_a_session_outlives_a_reload_and_ends_with_signing_out(at_board: Visitor) -> None:
    page = at_board.page
    page.reload()
    expect(at_board.card("Sourdough")).to_be_visible()
    board = page.url

    page.get_by_role("button", name="Account: Ada Lovelace").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    page.goto(board)
    page.wait_for_url("**/sign-in*")

    page.get_by_label("Workspace address").fill(at_board.slug)
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("wrong password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.get_by_label("Password", exact=True).fill("eleven loaves of rye")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(at_board.card("Sourdough")).to_be_visible()


def test_two_tabs_share_one_session(at_board: Visitor) -> None:
    tabs = [at_board.page.context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(at_board.page.url, wait_until="commit")
    for tab in [*tabs, at_board.page]:
        tab.reload()
        expect(tab.get_by_role("article").first).to_be_visible()


def test_the_report_of_an_import_says_what_was_taken_and_what_was_not(at_board: Visitor) -> None:
    page = at_board.page
    page.goto(f"{at_board.base}/w/{at_board.slug}/imports")
    page.get_by_text("bakery.json").first.click()

    expect(page.get_by_text("6 new, 0 updated, 0 unchanged")).to_be_visible()
    expect(page.get_by_text("a task has one assignee")).to_be_visible()


def test_a_file_that_is_no_board_is_refused_in_words(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    page.goto(f"{visitor.base}/w/{visitor.slug}/imports")
    page.get_by_label("Trello export file").set_input_files(
        {"name": "notes.json", "mimeType": "application/json", "buffer": b'{"notes": []}'}
    )

    expect(page.get_by_role("alert")).to_contain_text("not a Trello board export")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_theme_is_chosen_and_kept(at_board: Visitor, theme: str) -> None:
    page = at_board.page
    page.get_by_role("radio", name=theme).click()
    expect(page.get_by_role("radio", name=theme)).to_be_checked()
    ink = page.evaluate("getComputedStyle(document.body).color")

    page.reload()

    expect(page.get_by_role("radio", name=theme)).to_be_checked()
    assert page.evaluate("getComputedStyle(document.body).color") == ink
    red = int(ink.partition("(")[2].split(",")[0])
    assert (red > 200) == (theme == "Dark")


def test_the_api_reference_renders_from_our_own_files(visitor: Visitor) -> None:
    hosts: set[str] = set()
    visitor.page.on("request", lambda request: hosts.add(request.url.split("/")[2]))

    visitor.page.goto(f"{visitor.base}/schema")

    expect(visitor.page.get_by_text("createTask", exact=False).first).to_be_attached(timeout=20_000)
    assert hosts == {visitor.base.split("/")[2]}
