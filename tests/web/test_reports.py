"""Reports: put together beside their numbers, kept, changed by two at once, taken away, printed."""

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection
from tests.web.test_live import GRACE, Beside


@pytest.fixture
def inspection(at_board: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(at_board.page)
    yield made
    assert not made.found, "\n".join(made.found)


@pytest.fixture
def grace(at_board: Visitor, browser: Browser) -> Iterator[Beside]:
    person = {**GRACE, "id": str(uuid.uuid4()), "role": "admin"}
    link = at_board.call("POST", "/users", person)["link"]
    context = browser.new_context()
    beside = Beside(context.new_page(), at_board, link)
    yield beside
    context.close()
    assert beside.errors == []


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{label}: ")).click()
    page.get_by_role("option", name=option, exact=True).click()


def preview(page: Page) -> Any:
    return page.get_by_role("region", name="Preview")


def test_a_report_is_built_kept_taken_away_and_put_on_paper(
    at_board: Visitor, inspection: Inspection, tmp_path: Path
) -> None:
    page, look = at_board.page, inspection.look
    page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="No reports yet")).to_be_visible()
    look(page, "no reports yet")
    starters = page.get_by_role("list", name="Reports to begin with")
    expect(starters.get_by_role("link")).to_have_count(3)
    starters.get_by_role("link", name="Open work by person").click()

    # Numbers come while it is put together, and what is wrong is shown at its character.
    expect(page.get_by_label("Name")).to_have_value("Open work by person")
    table = preview(page).get_by_role("table", name="Numbers of Open work by person")
    expect(table.get_by_role("row", name="All tasks")).to_be_visible()
    query = page.get_by_label("Query", exact=True)
    query.fill("status:open colour:red")
    wrong = page.get_by_role("alert").filter(has_text="colour")
    expect(wrong).to_contain_text("colour")
    expect(query).to_have_attribute("aria-invalid", "true")
    expect(preview(page)).to_contain_text("as soon as what is marked")
    look(page, "a report with a wrong query")
    query.fill("")
    choose(page, "Group by", "Status")
    expect(table.get_by_role("columnheader", name="Status")).to_be_visible()
    expect(preview(page).get_by_role("figure", name="Open work by person")).to_be_visible()
    page.get_by_role("button", name="Remove Overdue").click()
    expect(table.get_by_role("columnheader", name="Overdue")).to_have_count(0)
    for chart in ("Pie", "Line", "No chart", "Bars"):
        choose(page, "Chart", chart)
        shown = preview(page).locator("svg.recharts-surface").first
        expect(shown).to_be_visible(visible=chart != "No chart")
    choose(page, "Time", "Last 30 days")
    choose(page, "Of", "Created")
    expect(query).to_have_value("created>=-30d")
    expect(preview(page)).to_contain_text("No task matches the query")
    choose(page, "Time", "Any time")
    expect(query).to_have_value("")
    page.get_by_label("Name").fill("Open work by status")
    page.get_by_role("switch", name="Share with the workspace").click()
    page.get_by_role("switch", name="Send by mail").click()
    expect(page.get_by_role("button", name="To: Ada Lovelace")).to_be_visible()
    choose(page, "On", "Friday")
    look(page, "a report is built")
    page.get_by_role("button", name="Create report").click()

    expect(page.get_by_role("heading", name="Open work by status", level=1)).to_be_visible()
    expect(
        page.get_by_text("Mailed: Every Friday at 08:00, as PDF, to one person.")
    ).to_be_visible()
    expect(page.get_by_role("table", name="Numbers of")).to_be_visible()
    look(page, "a report")
    for item, ending, starts in (
        ("PDF", "pdf", b"%PDF"),
        ("Excel", "xlsx", b"PK"),
        ("CSV", "csv", b"\xef\xbb\xbf"),
        ("JSON", "json", b"{"),
    ):
        page.get_by_role("button", name="Download").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=item).click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert file.suffix == f".{ending}"
        assert file.name.startswith("open-work-by-status-")
        assert file.read_bytes().startswith(starts) or ending == "csv"
        if ending == "json":
            assert json.loads(file.read_text())["dimensions"][0]["name"] == "status"

    page.emulate_media(media="print")
    expect(page.locator("svg.recharts-surface").first).to_be_visible()
    expect(page.get_by_role("table", name="Numbers of")).to_be_visible()
    expect(page.get_by_role("navigation", name="Workspace")).to_be_hidden()
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    expect(page.locator("[data-paper] button").first).to_be_hidden()
    page.emulate_media(media="screen")

    actions = page.get_by_role("button", name="Report actions")
    actions.click()
    page.get_by_role("menuitem", name="Stop the mails to me").click()
    expect(page.get_by_text("Mailed:")).to_have_count(0)
    actions.click()
    page.get_by_role("menuitem", name="Duplicate").click()
    expect(page.get_by_label("Name")).to_have_value("Copy of Open work by status")
    page.get_by_role("button", name="Create report").click()
    expect(page.get_by_role("heading", name="Copy of Open work by status")).to_be_visible()
    page.get_by_role("button", name="Report actions").click()
    page.get_by_role("menuitem", name="Delete…").click()
    look(page, "a report is deleted")
    page.get_by_role("button", name="Delete report").click()
    mine = page.get_by_role("list", name="Your reports")
    expect(mine.get_by_role("listitem")).to_have_count(1)
    look(page, "reports")


def test_a_report_changed_by_two_is_settled_by_keyboard_alone(
    at_board: Visitor, grace: Beside, inspection: Inspection
) -> None:
    page = at_board.page
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="No reports yet")).to_be_visible()
    page.keyboard.press("c")
    name = page.get_by_label("Name")
    expect(name).to_be_visible()
    name.focus()
    page.keyboard.type("Everything")
    page.get_by_role("button", name="Numbers: Tasks").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.type("Overdue")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    chosen = page.get_by_role("list", name="Chosen numbers").get_by_role("listitem")
    expect(chosen).to_contain_text(["Tasks", "Overdue"])
    page.get_by_role("switch", name="Share with the workspace").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Create report").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Everything", level=1)).to_be_visible()

    page.get_by_role("link", name="Edit").focus()
    page.keyboard.press("Enter")
    expect(name).to_have_value("Everything")
    (kept,) = at_board.call("GET", "/reports", {})["items"]
    theirs = {"name": "All there is", "query": "priority:high", "version": kept["version"]}
    grace.call("PATCH", f"/reports/{kept['id']}", theirs)
    name.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("All of it")
    page.get_by_role("button", name="Save report").focus()
    page.keyboard.press("Enter")
    differs = page.get_by_role("table", name="What differs")
    expect(differs.get_by_role("row", name="Name")).to_contain_text("All there isAll of it")
    expect(differs.get_by_role("row", name="Query")).to_contain_text("theirs stays")
    inspection.look(page, "two changed a report")
    page.get_by_role("button", name="Save mine").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All of it", level=1)).to_be_visible()
    expect(page.get_by_text("priority:high")).to_be_visible()

    grace.goto("reports")
    shared = grace.page.get_by_role("list", name="Shared with you")
    shared.get_by_role("link", name="All of it").click()
    expect(grace.page.get_by_text("By Ada Lovelace.")).to_be_visible()
    grace.goto(f"reports/{uuid.uuid4()}")
    expect(grace.page.get_by_role("heading", name="There is no such report")).to_be_visible()
    grace.page.get_by_role("button", name="Stop the mails to me").click()
    expect(grace.page.get_by_text("This report is not mailed to you")).to_be_visible()
