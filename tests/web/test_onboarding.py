"""The first minutes in a workspace: a sample to look around in, or an empty one, then people."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection


@pytest.fixture
def inspection(visitor: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(visitor.page)
    yield made
    assert not made.found, "\n".join(made.found)


def test_a_sample_shows_every_view_at_work_and_then_people_are_invited(
    visitor: Visitor, inspection: Inspection
) -> None:
    visitor.create_workspace()
    page = visitor.page
    ways = page.get_by_role("list", name="Ways to begin")
    expect(ways.get_by_role("listitem")).to_have_count(3)
    inspection.look(page, "ways to begin")
    ways.get_by_role("button", name="Make a sample").click()

    expect(page.get_by_role("heading", name="Sample: online shop launch")).to_be_visible()
    expect(visitor.column("To do").get_by_role("article")).to_have_count(13)
    expect(visitor.column("Done").get_by_role("article").first).to_be_visible()
    step = page.get_by_role("region", name="Next step")
    inspection.look(page, "the sample's board, and who else")
    step.get_by_role("button", name="Invite people").click()
    dialog = page.get_by_role("dialog", name="Invite people")
    dialog.get_by_label("Email").fill("bo@example.org")
    dialog.get_by_label("First name").fill("Bo")
    dialog.get_by_label("Last name").fill("Member")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog.get_by_label("Invitation link")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(step).to_have_count(0)

    page.keyboard.press("3")
    timeline = page.get_by_role("group", name="Timeline")
    expect(timeline.get_by_role("button", name="Basket and checkout").first).to_be_visible()
    page.keyboard.press("4")
    table = page.get_by_role("table", name="Tasks by the day they are due")
    expect(table.get_by_role("button", name="Work out delivery costs")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("m")
    overdue = page.get_by_role("region", name="Overdue")
    expect(overdue.get_by_role("link", name="Work out delivery costs")).to_be_visible()


def test_each_empty_screen_says_what_it_is_for_and_its_key_leads_on(
    visitor: Visitor, inspection: Inspection
) -> None:
    """By keyboard alone, from the choice to the first task."""
    visitor.create_workspace()
    page = visitor.page
    expect(page.get_by_role("heading", name="Start with a project")).to_be_visible()
    for keys, heading, action in (
        ("gi", "Nothing new", "Choose what you are told"),
        ("gm", "Nothing is yours to do", "Find something to do"),
        ("gw", "No time in this week", "Choose one of your tasks"),
        ("ga", "No task", "Go to the projects"),
    ):
        page.keyboard.type(keys)
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(page.get_by_role("link", name=action)).to_be_visible()
        inspection.look(page, f"empty: {heading}")
    page.get_by_role("link", name="Go to the projects").press("Enter")
    expect(page.get_by_role("heading", name="Start with a project")).to_be_visible()

    page.keyboard.press("c")
    expect(
        page.get_by_role("dialog", name="New project").get_by_label("Project name")
    ).to_be_focused()
    page.keyboard.type("Spring menu")
    page.keyboard.press("Enter")
    first = page.get_by_role("button", name="Create a task")
    for key, words in (
        ("1", "Each column is a step of the work"),
        ("2", "line by line"),
        ("3", "along time"),
        ("4", "on the day that they are due"),
    ):
        page.keyboard.press(key)
        expect(page.get_by_text(words)).to_be_visible()
        expect(first).to_have_count(1)
        inspection.look(page, f"an empty project, view {key}")
    first.press("Enter")
    dialog = page.get_by_role("dialog", name="New task")
    expect(dialog.get_by_label("Title")).to_be_focused()
    page.keyboard.type("Bake the rye")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bake the rye").first).to_be_visible()
    expect(first).to_have_count(0)
