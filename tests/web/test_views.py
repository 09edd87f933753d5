"""A project as list, timeline, calendar, workload: by mouse, by keys alone, light and dark."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection

TODAY = datetime.now(UTC).date()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
"""Of next week: nobody's plan is overdue while the test runs."""


class Plan:
    """A small project: an oven is ordered, installed, tried; a sign waits for nothing."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        visitor.create_workspace()
        made = visitor.call("POST", "/projects", {"name": "New oven", "key": "OVEN"})
        self.project = made["id"]
        self.me = visitor.call("PATCH", "/me", {"time_zone": "UTC", "locale": "en-GB"})["id"]
        opening = {"name": "Opening day", "due_date": str(MONDAY + timedelta(days=11))}
        milestone = self.post(f"/projects/{self.project}/milestones", opening)["id"]
        self.order = self.task("Order the oven", 0, 1, assignee_id=self.me, estimated_hours="16")
        self.install = self.task("Install it", 2, 3, priority="high", milestone_id=milestone)
        self.trial = self.task("Bake a trial loaf", 4, 4, tags=["rye"])
        self.sign = self.task("Paint the sign", 1, 2, assignee_id=self.me, estimated_hours="40")
        self.loose = self.post(
            f"/projects/{self.project}/tasks", {"title": "Name the oven", "priority": "low"}
        )["id"]
        for later, first in ((self.install, self.order), (self.trial, self.install)):
            self.post(f"/tasks/{later}/dependencies", {"depends_on_task_id": first})

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.visitor.call("POST", path, body)

    def task(self, title: str, start: int, due: int, **fields: Any) -> str:
        """A task from one day after the Monday to another."""
        end = datetime.combine(MONDAY + timedelta(days=due), time(17), UTC)
        dates = {"start_date": str(MONDAY + timedelta(days=start)), "due_date": end.isoformat()}
        return self.post(f"/projects/{self.project}/tasks", {"title": title, **dates, **fields})[
            "id"
        ]

    def read(self, task_id: str) -> Any:
        return self.visitor.call("GET", f"/tasks/{task_id}", {})

    def show(self, view: str) -> Page:
        """The view, by the project's key as it stands in an address somebody typed."""
        self.visitor.goto(f"projects/OVEN/{view}")
        expect(self.visitor.page.get_by_role("heading", name="New oven")).to_be_visible()
        return self.visitor.page


@pytest.fixture
def plan(visitor: Visitor) -> Plan:
    return Plan(visitor)


@pytest.fixture
def inspection(visitor: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(visitor.page)
    yield made
    assert not made.found, "\n".join(made.found)


def say(day: date) -> str:
    """A date as a British reader sees it, this year's and others'."""
    return f"{day.day} {day:%b}" if day.year == TODAY.year else f"{day.day} {day:%b} {day.year}"


def saved(page: Page, method: str = "PATCH", part: str = "/tasks/") -> Any:
    return page.expect_response(
        lambda r: r.request.method == method and part in r.url and r.status < 300
    )


def test_views_are_a_key_away_have_an_address_each_and_are_remembered(plan: Plan) -> None:
    page = plan.show("board")
    expect(page.get_by_role("region", name="column").first).to_be_visible()
    for key, name in (("2", "list"), ("3", "timeline"), ("4", "calendar"), ("5", "workload")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/{name}")
        link = page.get_by_role("navigation", name="Views").get_by_role("link", name=name.title())
        expect(link).to_have_attribute("aria-current", "page")
    page.keyboard.press("4")
    page.wait_for_url("**/calendar")
    page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Projects").click()
    page.get_by_role("list", name="Projects").get_by_role("link", name="New oven").click()
    page.wait_for_url("**/calendar")
    plan.visitor.goto("projects/oven/list?q=loaf")
    expect(page.get_by_role("grid", name="Tasks")).to_contain_text("Bake a trial loaf")
    page.keyboard.press("3")
    expect(page.get_by_role("group", name="Timeline").locator("[data-bar]")).to_have_count(1)


def test_the_list(plan: Plan, inspection: Inspection) -> None:
    page = plan.show("list")
    grid = page.get_by_role("grid", name="Tasks")
    line = lambda title: grid.get_by_role("row").filter(has_text=title)  # noqa: E731

    expect(line("Install it")).to_contain_text("High")
    inspection.look(page, "list")
    line("Order the oven").get_by_role("button", name="Priority: Medium").click()
    with saved(page):
        page.get_by_role("option", name="Urgent").click()
    expect(line("Order the oven")).to_contain_text("Urgent")

    page.get_by_role("button", name="Group by: Status").click()
    page.get_by_role("option", name="Assignee").click()
    expect(grid.get_by_role("button", name="Ada Lovelace 2")).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("option", name="Milestone").click()
    page.keyboard.press("Escape")
    expect(line("Install it")).to_contain_text("Opening day")
    grid.get_by_role("button", name="Title").click()
    expect(grid.get_by_role("columnheader", name="Title")).to_have_attribute(
        "aria-sort", "ascending"
    )
    page.reload()
    expect(line("Install it")).to_contain_text("Opening day")
    expect(grid.get_by_role("button", name="Unassigned 3")).to_be_visible()

    # By keys alone: go there, give it a date, another title, select two, change both, undo.
    page.keyboard.press("j")
    expect(page.locator("[data-card]:focus")).to_have_text("Order the oven")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-card]:focus")).to_have_text("Paint the sign")
    page.keyboard.press("e")
    page.keyboard.type("Paint a sign")
    with saved(page):
        page.keyboard.press("Enter")
    expect(page.locator("[data-card]:focus")).to_have_text("Paint a sign")
    page.keyboard.press("s")
    expect(page.get_by_role("listbox")).to_be_visible()
    with saved(page):
        page.keyboard.press("End")
        page.keyboard.press("Enter")
    expect(page.locator("[data-card]:focus")).to_have_text("Paint a sign")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    bar = page.get_by_role("toolbar", name="Selected tasks")
    expect(bar).to_contain_text("2 selected")
    inspection.look(page, "list, two selected")
    bar.get_by_role("button", name="Set priority").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("option", name="Low")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(line("Paint a sign")).to_contain_text("Low")
    expect(line("Order the oven")).to_contain_text("Low")
    page.get_by_role("button", name="Undo").last.click()
    expect(line("Order the oven")).to_contain_text("Urgent")
    bar.get_by_role("button", name="Delete").click()
    expect(line("Paint a sign")).to_have_count(0)
    page.get_by_text("Deleted 2 tasks").locator("..").get_by_role("button", name="Undo").click()
    expect(line("Paint a sign")).to_be_visible()
    expect(line("Order the oven")).to_be_visible()

    line("Name the oven").locator("[data-card]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Name the oven")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-card]:focus")).to_have_text("Name the oven")


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(page: Page, bar: Locator, days: int, *, end: bool = False) -> None:
    """Drag a bar, or its end, by days of 18 pixels."""
    bar.scroll_into_view_if_needed()
    x, y = middle(bar)
    if end:
        box = bar.bounding_box()
        assert box
        x = box["x"] + box["width"] - 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + days * 18, y, steps=8)
    page.mouse.up()


def test_the_timeline(plan: Plan, inspection: Inspection) -> None:
    page = plan.show("timeline")
    bar = lambda key: page.locator(f"[data-bar][aria-label^='{key} ']")  # noqa: E731
    panel = page.get_by_role("region", name="What would move")

    first = f"{say(MONDAY)} to {say(MONDAY + timedelta(days=1))}"
    expect(bar("OVEN-1")).to_have_attribute("aria-label", f"OVEN-1 Order the oven, {first}")
    expect(bar("OVEN-2")).to_have_attribute("aria-label", containing("waits for OVEN-1"))
    expect(page.get_by_text("Opening day")).to_be_visible()
    inspection.look(page, "timeline")

    page.get_by_role("button", name="Save baseline").click()
    page.get_by_label("Name", exact=True).fill("As promised")
    page.get_by_role("dialog").get_by_role("button", name="Save baseline").click()
    expect(page.get_by_role("button", name="Compare with: As promised")).to_be_visible()

    # By mouse: what waits would move along; nothing does before it is applied.
    pull(page, bar("OVEN-1"), 7)
    expect(panel).to_contain_text("OVEN-1 7 days later")
    expect(panel.get_by_role("status")).to_contain_text("3 tasks move")
    expect(page.locator("[data-ghost]")).to_have_count(3)
    inspection.look(page, "timeline, what would move")
    assert plan.read(plan.order)["start_date"] == str(MONDAY)
    with saved(page, "POST", "/reschedule"):
        panel.get_by_role("button", name="Apply").click()
    moved = say(MONDAY + timedelta(days=7))
    expect(bar("OVEN-1")).to_have_attribute("aria-label", containing(f", {moved} to "))
    assert plan.read(plan.trial)["start_date"] > str(MONDAY + timedelta(days=7))
    page.get_by_text("Moved 3 tasks").locator("..").get_by_role("button", name="Undo").click()
    expect(bar("OVEN-1")).to_have_attribute("aria-label", containing(first))
    assert plan.read(plan.trial)["start_date"] == str(MONDAY + timedelta(days=4))

    # By keys: a day later, taken back; longer by a day, applied.
    bar("OVEN-4").focus()
    page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("OVEN-4 1 day later")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.keyboard.press("Shift+ArrowRight")
    expect(panel.get_by_role("status")).to_contain_text("OVEN-4 moves")
    with saved(page, "POST", "/reschedule"):
        page.keyboard.press("Enter")
    expect(panel).to_have_count(0)
    # Forty hours from Tuesday on are five days, over a weekend; now they are six.
    assert plan.read(plan.sign)["due_date"].startswith(str(MONDAY + timedelta(days=8)))

    # The same in words.
    page.get_by_role("button", name="Table").click()
    table = page.get_by_role("table", name="Plan of the project")
    row = table.get_by_role("row").filter(has_text="Paint the sign")
    expect(row).to_contain_text("1 day later")
    expect(table.get_by_role("row").filter(has_text="Install it")).to_contain_text("OVEN-1")
    inspection.look(page, "timeline as a table")
    start = row.get_by_label("Start of OVEN-4")
    start.fill(str(MONDAY + timedelta(days=2)))
    start.press("Enter")
    expect(row).to_contain_text(f"would be {say(MONDAY + timedelta(days=2))}")
    with saved(page, "POST", "/reschedule"):
        panel.get_by_role("button", name="Apply").click()
    expect(row.get_by_label("Start of OVEN-4")).to_have_value(str(MONDAY + timedelta(days=2)))

    page.get_by_role("button", name="Auto-schedule").click()
    expect(page.get_by_role("button", name="Auto-schedule")).to_have_attribute(
        "aria-pressed", "true"
    )
    settings = plan.visitor.call("GET", f"/projects/{plan.project}/settings", {})
    assert settings["auto_schedule"] is True


def test_the_calendar(plan: Plan, inspection: Inspection) -> None:
    page = plan.show(f"calendar?month={MONDAY:%Y-%m}")
    day = lambda when: page.locator(f"[data-day='{when}']")  # noqa: E731
    tuesday = MONDAY + timedelta(days=1)

    expect(day(tuesday)).to_contain_text("Order the oven")
    expect(page.get_by_role("columnheader").first).to_have_text("Mon")
    expect(page.get_by_role("region", name="No date")).to_contain_text("Name the oven")
    inspection.look(page, "calendar")

    # By mouse, out of the list of those without a date.
    wednesday = MONDAY + timedelta(days=2)
    x, y = middle(page.get_by_role("button", name="Name the oven"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y + 10, steps=4)
    page.mouse.move(*middle(day(wednesday)), steps=10)
    with saved(page):
        page.mouse.up()
    expect(day(wednesday)).to_contain_text("Name the oven")
    assert plan.read(plan.loose)["due_date"].startswith(str(wednesday))

    # By keys: three days back is overdue where that is past, and Delete takes the date away.
    task = page.get_by_role("button", name="Order the oven")
    task.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    with saved(page):
        page.keyboard.press("Space")
    later = tuesday + timedelta(days=8)
    expect(day(later)).to_contain_text("Order the oven")
    expect(page.locator("[data-card]:focus")).to_contain_text("Order the oven")
    assert plan.read(plan.order)["due_date"] == f"{later}T17:00:00Z"
    spoken = " ".join(page.locator("[aria-live]").all_text_contents())
    assert "Order the oven is due" in spoken
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(day(later)).to_contain_text("Order the oven")
    page.keyboard.press("Space")
    page.keyboard.press("Delete")
    with saved(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="No date")).to_contain_text("Order the oven")
    page.get_by_role("button", name="Undo").last.click()
    expect(day(later)).to_contain_text("Order the oven")

    late = datetime.combine(TODAY - timedelta(days=2), time(17), UTC)
    plan.visitor.call("PATCH", f"/tasks/{plan.sign}", {"due_date": late.isoformat()})
    plan.visitor.goto(f"projects/OVEN/calendar?month={late:%Y-%m}")
    expect(page.get_by_role("button", name="Paint the sign")).to_have_accessible_name(
        containing("overdue")
    )
    inspection.look(page, "calendar, overdue")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("heading", name=f"{late.day} {late:%B}")).to_be_visible()
    inspection.look(page, "calendar, narrow")


def test_the_workload(plan: Plan, inspection: Inspection) -> None:
    page = plan.show("workload")
    row = page.get_by_role("row").filter(has_text="Ada Lovelace")
    week = row.get_by_role("button", name=f"week of {say(MONDAY)}")

    # 56 hours, 40 of them on two days of eight.
    expect(week).to_contain_text("56 h of 40 h")
    expect(week).to_contain_text("over")
    expect(page.get_by_role("status").filter(has_text="Too much for")).to_contain_text("Ada")
    inspection.look(page, "workload")

    # By keys: to the week beside, back, its days opened, one task of them, and all closed again.
    row.get_by_role("button").first.focus()
    page.keyboard.press("ArrowRight")
    expect(week).to_be_focused()
    page.keyboard.press("Enter")
    days = page.get_by_role("region", name="Ada Lovelace, week of")
    expect(days.get_by_role("listitem").filter(has_text="Paint the sign").first).to_contain_text(
        "20 h"
    )
    inspection.look(page, "workload, a week opened")
    days.get_by_role("button", name="Paint the sign").first.press("Enter")
    expect(page.get_by_role("dialog", name="Paint the sign")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close the week").press("Enter")
    expect(week).to_be_focused()


def containing(part: str) -> Any:
    """Matches what contains the words."""
    return re.compile(re.escape(part))
