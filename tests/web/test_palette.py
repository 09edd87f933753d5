"""One palette for everything, search, queries with saved views, and titles that say more."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection


@pytest.fixture
def inspection(at_board: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(at_board.page)
    yield made
    assert not made.found, "\n".join(made.found)


def opened(page: Page) -> Any:
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search and commands")
    expect(palette.get_by_role("combobox")).to_be_focused()
    return palette


def chosen(palette: Any) -> Any:
    return palette.get_by_role("option", selected=True)


def test_the_palette_does_all_of_it_by_keyboard_alone(
    at_board: Visitor, inspection: Inspection
) -> None:
    page, look = at_board.page, inspection.look
    palette = opened(page)
    expect(palette.get_by_role("group", name="On this page")).to_contain_text("Create a task")
    look(page, "palette")
    page.keyboard.type("dark")
    expect(chosen(palette)).to_contain_text("Switch between light and dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))

    palette = opened(page)
    page.keyboard.type("sourdou")
    expect(palette.get_by_role("group", name="Found").locator("mark")).to_have_text("Sourdough")
    look(page, "palette, found")
    while "Sourdough" not in chosen(palette).inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    task = page.get_by_role("dialog", name="Sourdough")
    expect(task).to_be_visible()
    page.keyboard.press("Escape")
    # On its way out it would still take the keys.
    expect(task).to_have_count(0)

    palette = opened(page)
    expect(palette.get_by_role("option").first).to_contain_text(re.compile("Bakery|Sourdough"))
    page.keyboard.type("create a task in")
    expect(chosen(palette)).to_contain_text("Create a task in")
    page.keyboard.press("Enter")
    chooser = page.get_by_role("dialog", name="Project of the new task")
    expect(chooser.get_by_role("combobox", name="Choose a project")).to_be_focused()
    page.keyboard.press("Enter")
    title = page.get_by_role("dialog", name="New task").get_by_label("Title")
    expect(title).to_be_focused()
    page.keyboard.type("Taste the crust !urgent @me #crust due:tomorrow")
    understood = page.get_by_role("list", name="Understood")
    expect(understood.get_by_role("listitem")).to_have_count(4)
    look(page, "new task, understood")
    page.keyboard.press("Enter")
    card = at_board.card("Taste the crust")
    expect(card).to_contain_text("crust")
    expect(card).to_contain_text("Tomorrow")
    expect(card).not_to_contain_text("@me")
    # A dialog that is on its way out keeps the keys to itself.
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Search, or run a command")
    look(page, "all keys")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


def test_what_was_understood_of_a_title_can_be_removed(at_board: Visitor) -> None:
    page = at_board.page
    page.get_by_role("button", name="Add task to Ideas").click()
    field = page.get_by_label("New task in Ideas")
    field.fill("Buy flour !high #shop")
    page.get_by_role("button", name="Remove the tag shop").click()
    expect(field).to_have_value("Buy flour !high ")
    field.press("Enter")
    expect(at_board.card("Buy flour")).to_contain_text("High priority")
    expect(at_board.card("Buy flour")).not_to_contain_text("shop")


def test_search_finds_more_than_tasks_and_keeps_its_address(
    at_board: Visitor, inspection: Inspection
) -> None:
    page = at_board.page
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Search for")).to_be_focused()
    page.keyboard.type("bakery")
    found = page.get_by_role("list", name="Found")
    expect(found.get_by_role("link", name=re.compile("Project: .*Bakery launch"))).to_be_visible()
    inspection.look(page, "search")
    page.get_by_role("button", name="Kind: any").click()
    page.get_by_role("option", name="Comments").click()
    page.keyboard.press("Escape")
    expect(found.get_by_role("link", name=re.compile("Project: "))).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Kind: Comments")).to_be_visible()
    page.get_by_label("Search for").fill("nothing of the sort")
    expect(page.get_by_text("Nothing found")).to_be_visible()


def test_a_query_is_corrected_kept_shared_and_deleted(
    at_board: Visitor, inspection: Inspection
) -> None:
    page = at_board.page
    at_board.goto("tasks")
    field = page.get_by_label("Query", exact=True)
    field.fill("title:rye priority:huge")
    field.press("Enter")
    expect(page.get_by_role("alert").locator("code span")).to_have_text("huge")
    expect(field).to_be_focused()
    inspection.look(page, "a wrong query")
    field.fill("title:rye")
    field.press("Enter")
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem")).to_have_count(1)

    page.get_by_role("button", name="Save as view").click()
    dialog = page.get_by_role("dialog", name="Save as view")
    dialog.get_by_label("Name").fill("All rye")
    dialog.get_by_role("switch", name="Share with the workspace").click()
    inspection.look(page, "save a view")
    dialog.get_by_role("button", name="Save view").click()
    views = page.get_by_role("list", name="Views")
    link = views.get_by_role("link", name=re.compile("All rye"))
    expect(link).to_contain_text("shared")
    expect(page.get_by_role("heading", name="All rye")).to_be_visible()

    page.get_by_role("button", name="Actions for the view All rye").click()
    page.get_by_role("menuitem", name="Rename or share").click()
    page.get_by_label("Name").fill("Rye")
    page.get_by_role("button", name="Save view").click()
    expect(views.get_by_role("link", name=re.compile("^Rye"))).to_be_visible()
    inspection.look(page, "a saved view")
    page.get_by_role("button", name="Actions for the view Rye").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete view").click()
    expect(views).to_have_count(0)


def test_a_board_is_narrowed_by_a_query_and_kept_as_a_view(at_board: Visitor) -> None:
    page = at_board.page
    page.keyboard.press("q")
    field = page.get_by_label("Query", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type("title:oven OR title:rye order:title")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(2)
    field.fill("due<")
    field.press("Enter")
    expect(page.get_by_role("alert").locator("code span")).to_be_visible()
    field.fill("title:rye")
    field.press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Save as view").click()
    page.get_by_role("dialog", name="Save as view").get_by_label("Name").fill("Rye board")
    page.get_by_role("button", name="Save view").click()
    at_board.goto("projects")
    page.get_by_role("link", name="Rye board").click()
    expect(page.get_by_role("article")).to_have_count(1)
