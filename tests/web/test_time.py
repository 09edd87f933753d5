"""Time: a timer that can be stopped from anywhere, time written down, and the week."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection


@pytest.fixture
def inspection(at_board: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(at_board.page)
    yield made
    assert not made.found, "\n".join(made.found)


def test_a_timer_runs_on_every_page_until_it_is_stopped(
    at_board: Visitor, inspection: Inspection
) -> None:
    page = at_board.page
    at_board.card("Rye").get_by_role("button").first.click()
    page.get_by_role("dialog", name="Rye").get_by_role("button", name="Start timer").click()
    bar = page.get_by_role("region", name="Running timer")
    expect(bar).to_contain_text("Rye")
    expect(bar.get_by_role("timer")).to_have_text(re.compile(r"0:00:0[2-9]"))
    inspection.look(page, "a running timer")

    at_board.card("Sourdough").get_by_role("button").first.click()
    panel = page.get_by_role("dialog", name="Sourdough")
    expect(panel).to_contain_text("To start it here stops it there")
    panel.get_by_role("button", name="Start timer").click()
    expect(bar).to_contain_text("Sourdough")

    at_board.goto("projects")
    expect(bar).to_contain_text("Sourdough")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search and commands")
    expect(palette.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("stop the timer")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("Stop the timer")
    page.keyboard.press("Enter")
    expect(bar).to_have_count(0)


def test_time_is_written_down_by_keyboard_alone_and_the_week_adds_it_up(
    at_board: Visitor, inspection: Inspection
) -> None:
    page = at_board.page
    at_board.card("Rye").get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Rye")
    panel.get_by_role("button", name="Add time").focus()
    page.keyboard.press("Enter")
    duration = panel.get_by_label("Duration")
    expect(duration).to_be_focused()
    page.keyboard.type("soon")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("Such as 1h 30m")).to_be_visible()
    inspection.look(page, "add time")
    panel.get_by_label("Day").fill("2026-01-05")
    panel.get_by_label("From").fill("09:15")
    duration.fill("1h 30m")
    panel.get_by_label("Note").fill("kneading")
    page.keyboard.press("Enter")
    entries = panel.get_by_role("list", name="Time entries")
    expect(entries).to_contain_text("1 h 30 min · kneading")

    panel.get_by_role("button", name=re.compile("Delete 1 h 30 min")).click()
    expect(entries).to_have_count(0)
    page.get_by_role("region", name="Notifications").get_by_role("button", name="Undo").click()
    expect(entries).to_contain_text("kneading")

    at_board.goto("time?week=2026-W02")
    sheet = page.get_by_role("table", name="Timesheet")
    expect(sheet.get_by_role("row", name=re.compile("Rye"))).to_contain_text("1:30")
    inspection.look(page, "timesheet")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
        page.get_by_role("menuitem", name="Bakery launch").click()
    assert "kneading" in saved.value.path().read_text()
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.get_by_text("No time in this week")).to_be_visible()
    page.keyboard.press("k")
    expect(sheet).to_be_visible()
