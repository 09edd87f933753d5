"""The inbox, its rules, and My work: what others do is told at once, and can be put away."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection
from tests.web.test_live import GRACE, Beside


@pytest.fixture
def grace(at_board: Visitor, browser: Browser) -> Iterator[Beside]:
    person = {**GRACE, "id": str(uuid.uuid4()), "role": "admin"}
    link = at_board.call("POST", "/users", person)["link"]
    context = browser.new_context()
    beside = Beside(context.new_page(), at_board, link)
    yield beside
    context.close()
    assert beside.errors == []


@pytest.fixture
def inspection(at_board: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(at_board.page)
    yield made
    assert not made.found, "\n".join(made.found)


def tasks(visitor: Visitor) -> dict[str, dict[str, Any]]:
    found = visitor.call("GET", "/tasks?limit=100", {})["items"]
    return {task["title"]: task for task in found}


def me(visitor: Visitor) -> str:
    return str(visitor.call("GET", "/me", {})["user"]["id"])


def assign(by: Visitor, to: Visitor, *titles: str) -> None:
    """One after the other, so that the last stands first in the inbox."""
    known, receiver = tasks(by), me(to)
    for title in titles:
        by.call("PATCH", f"/tasks/{known[title]['id']}", {"assignee_id": receiver})


def inbox_link(page: Page) -> Any:
    return page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Inbox")


def row(page: Page, title: str) -> Any:
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=title)


def test_what_others_do_is_told_at_once_read_archived_and_taken_back(
    at_board: Visitor, grace: Beside
) -> None:
    page = at_board.page
    at_board.goto("inbox")
    expect(page.get_by_text("Nothing new")).to_be_visible()

    assign(grace, at_board, "Rye", "Sourdough")

    expect(inbox_link(page)).to_contain_text("2 unread", timeout=15_000)
    expect(page.get_by_role("region", name="Today")).to_be_visible()
    expect(row(page, "Rye")).to_contain_text("Grace Hopper assigned it to you")

    row(page, "Rye").hover()
    page.get_by_role("button", name="Archive: Rye").click()
    expect(row(page, "Rye")).to_have_count(0)
    expect(inbox_link(page)).to_contain_text("1 unread")
    page.get_by_role("region", name="Notifications").get_by_role("button", name="Undo").click()
    expect(row(page, "Rye")).to_have_count(1)

    page.get_by_role("button", name="Mark all as read").click()
    expect(inbox_link(page)).not_to_contain_text("unread")
    page.get_by_role("group", name="Show").get_by_role("button", name="Unread").click()
    expect(page.get_by_text("All read")).to_be_visible()
    page.get_by_role("group", name="Show").get_by_role("button", name="Inbox").click()
    page.get_by_role("button", name="Kind: Any").click()
    page.get_by_role("option", name="Mentions").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()

    page.get_by_role("link", name=re.compile("Sourdough")).click()
    expect(page.get_by_role("dialog", name="Sourdough")).to_be_visible()


def test_the_inbox_is_emptied_by_keyboard_alone(
    at_board: Visitor, grace: Beside, inspection: Inspection
) -> None:
    page, look = at_board.page, inspection.look
    assign(grace, at_board, "Find a place", "Rye", "Sourdough")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(row(page, "Find a place")).to_be_visible(timeout=15_000)
    look(page, "inbox")

    page.keyboard.press("j")
    expect(page.get_by_role("link", name=re.compile("Sourdough"))).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(row(page, "Rye")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("Find a place"))).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_role("link", name=re.compile("Unread: .*Find a place"))).to_have_count(0)
    page.wait_for_load_state("networkidle")  # what was asked for has its answer
    page.keyboard.press("u")
    expect(page.get_by_role("link", name=re.compile("Unread: .*Find a place"))).to_be_focused()

    page.keyboard.press("h")
    dialog = page.get_by_role("dialog", name="Snooze until")
    expect(dialog.get_by_role("button", name="In three hours")).to_be_focused()
    look(page, "snooze")
    page.keyboard.press("Enter")
    expect(row(page, "Find a place")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("Sourdough"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Sourdough")).to_be_visible()
    at_board.goto("inbox?show=snoozed")
    expect(row(page, "Find a place")).to_contain_text("Comes back")
    at_board.goto("inbox?show=archived")
    expect(row(page, "Rye")).to_be_visible()


def test_somebody_says_of_what_they_are_told(at_board: Visitor, inspection: Inspection) -> None:
    page = at_board.page
    at_board.goto("settings/notifications")
    page.get_by_label("Comments in the inbox").uncheck()
    page.get_by_role("button", name="Mentions by mail: At once").click()
    page.get_by_role("option", name="In a digest").click()
    page.get_by_role("button", name="Add quiet hours").click()
    quiet = page.get_by_role("group", name="Days of quiet hours 1")
    quiet.get_by_role("button", name="Sunday").click()
    page.get_by_role("button", name="Muted projects: any").click()
    page.get_by_role("option", name="Bakery launch").click()
    page.keyboard.press("Escape")
    inspection.look(page, "notification rules")
    page.get_by_role("button", name="Save notifications").click()
    expect(page.get_by_text("Saved what you are told")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Comments in the inbox")).not_to_be_checked()
    expect(page.get_by_role("button", name="Mentions by mail: In a digest")).to_be_visible()
    expect(quiet.get_by_role("button", name="Sunday")).to_have_attribute("aria-pressed", "false")
    expect(quiet.get_by_role("button", name="Monday")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Muted projects: Bakery launch")).to_be_visible()


def test_my_work_is_by_due_date_and_says_what_waits(
    at_board: Visitor, inspection: Inspection
) -> None:
    page = at_board.page
    assign(at_board, at_board, "Rye", "Sourdough")
    known = tasks(at_board)
    late = {"due_date": "2026-01-05T12:00:00Z"}
    at_board.call("PATCH", f"/tasks/{known['Sourdough']['id']}", late)
    waits = {"depends_on_task_id": known["Order the oven"]["id"]}
    at_board.call("POST", f"/tasks/{known['Rye']['id']}/dependencies", waits)

    page.keyboard.press("g")
    page.keyboard.press("m")
    overdue = page.get_by_role("region", name="Overdue")
    expect(overdue.get_by_role("listitem")).to_contain_text("Sourdough")
    blocked = page.get_by_role("region", name="Waits for others")
    expect(blocked.get_by_role("listitem")).to_contain_text(re.compile("Rye.*Waits for .*oven"))
    inspection.look(page, "my work")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Sourdough")
    panel.get_by_role("button", name="Status: ").click()
    page.get_by_role("option", name="Done").click()
    expect(overdue).to_have_count(0)
