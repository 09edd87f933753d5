"""Dashboards: what a person reads there is what the API counts; by mouse, by keys, both themes."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.embedded.stack import Stack
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
CYCLES = ((44, 40, 36), (42, 39, 35), (27, 25, 24), (25, 20, 18), (20, 19, 12), (15, 11, 8))
"""Days ago: made, started, finished."""
RESTAMP = """
    UPDATE events SET created_at = $4::timestamptz, payload =
        CASE WHEN type = 'task.created' THEN jsonb_set(payload,
            '{after,created_at}', to_jsonb($4::timestamptz)) ELSE payload END
    WHERE tenant_id = (SELECT id FROM tenants WHERE subdomain = $1)
      AND created_at > $2 AND created_at <= $3
"""


class Past:
    """A bakery's project with a past: made through the API, then dated back in the event log."""

    def __init__(self, visitor: Visitor, stack: Stack) -> None:
        self.visitor = visitor
        self.stamps: list[tuple[datetime, datetime, datetime]] = []
        visitor.create_workspace()
        self.me = visitor.call("PATCH", "/me", {"time_zone": "UTC", "locale": "en-GB"})["id"]
        project = {"name": "New oven", "key": "OVEN", "budget_currency": "EUR"}
        self.project = self.do(50, "POST", "/projects", project)["id"]
        self.empty = self.do(50, "POST", "/projects", {"name": "Someday", "key": "SOME"})["id"]
        rate = {"valid_from": "2024-01-01", "cost": "50", "currency": "EUR"}
        visitor.call("POST", f"/users/{self.me}/rates", rate)
        mine = {"assignee_id": self.me, "estimated_hours": "4"}
        task = ""
        for number, (made, begun, done) in enumerate(CYCLES):
            due = (NOON - timedelta(days=done - 1 + 2 * (number % 2))).isoformat()
            task = self.task(made, f"Batch {number}", **mine, due_date=due)
            self.move(begun, task, "in_progress")
            self.move(done, task, "completed")
        self.move(6, task, "in_progress")
        self.move(3, task, "completed")
        self.oven = self.task(20, "Order the oven", **mine)
        self.trial = self.task(20, "Bake a trial loaf", due_date=(NOON - timedelta(2)).isoformat())
        self.move(14, self.oven, "in_progress")
        self.move(9, self.trial, "in_progress")
        waits = {"depends_on_task_id": self.oven}
        self.do(5, "POST", f"/tasks/{self.trial}/dependencies", waits)
        entry = {"started_at": (NOON - timedelta(days=10)).isoformat(), "minutes": 150}
        visitor.call("POST", f"/tasks/{self.oven}/time-entries", entry)
        with ThreadPoolExecutor(1) as outside:  # Playwright has an event loop of its own here.
            outside.submit(asyncio.run, self.set_clock(stack)).result()
        counted = stack.run("analytics", "rebuild", "--workspace", visitor.slug)
        assert counted.returncode == 0, counted.stderr

    def do(self, days_ago: float, method: str, path: str, body: dict[str, Any]) -> Any:
        before = datetime.now(UTC)
        answer = self.visitor.call(method, path, body)
        self.stamps.append((before, datetime.now(UTC), NOON - timedelta(days=days_ago)))
        return answer

    def task(self, days_ago: float, title: str, **fields: Any) -> str:
        path = f"/projects/{self.project}/tasks"
        return self.do(days_ago, "POST", path, {"title": title, **fields})["id"]

    def move(self, days_ago: float, task: str, status: str) -> None:
        self.do(days_ago, "PATCH", f"/tasks/{task}", {"status": status})

    async def set_clock(self, stack: Stack) -> None:
        connection = await asyncpg.connect(stack.told()["database_superuser_url"])
        try:
            for before, after, at in self.stamps:
                await connection.execute(RESTAMP, self.visitor.slug, before, after, at)
        finally:
            await connection.close()

    def count(self, path: str, days: int, bucket: str = "day") -> Any:
        """What the API says of the same days."""
        today = datetime.now(UTC).date()
        asked = f"since={today - timedelta(days=days - 1)}&until={today}&time_zone=UTC"
        return self.visitor.call("GET", f"/analytics/{path}?{asked}&bucket={bucket}", {})


@pytest.fixture
def past(visitor: Visitor, stack: Stack) -> Past:
    return Past(visitor, stack)


@pytest.fixture
def inspection(past: Past) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(past.visitor.page)
    yield made
    assert not made.found, "\n".join(made.found)


def tile(page: Page, label: str) -> Locator:
    return page.get_by_role("list", name="Key numbers").get_by_role("listitem").filter(
        has=page.get_by_text(label, exact=True)
    )  # fmt: skip


def days(seconds: int) -> str:
    return f"{round(seconds / 86_400, 1):g} days"


def test_a_projects_dashboard(past: Past, inspection: Inspection) -> None:
    visitor, page = past.visitor, past.visitor.page
    visitor.goto("projects/OVEN/board")
    expect(visitor.card("Order the oven")).to_be_visible()
    page.keyboard.press("6")
    expect(page).to_have_url(re.compile(r"/dashboard\?range=30&zone=UTC"))

    counted = past.count(f"projects/{past.project}", 30)
    trend = past.count(f"projects/{past.project}/trends", 30, "week")
    assert (counted["totals"]["completed"], trend["completed"]["before"]) == (5, 2)
    expect(tile(page, "Finished")).to_contain_text(
        f"{counted['totals']['completed']}2 in the 30 days before (+150 %)"
    )
    expect(tile(page, "In progress")).to_contain_text(f"{counted['now']['started']}of 2 open tasks")
    expect(tile(page, "Overdue")).to_contain_text(f"{counted['now']['overdue']}of 2 open tasks")
    expect(tile(page, "Blocked time")).to_contain_text(days(counted["waited_seconds"]))
    times = counted["durations"]
    expect(tile(page, "Lead time, median")).to_contain_text(days(times["lead_seconds"]["p50"]))
    expect(tile(page, "Cycle time, median")).to_contain_text(days(times["cycle_seconds"]["p50"]))
    expect(tile(page, "Flow efficiency")).to_contain_text(
        f"{float(times['flow_efficiency_percent']):g} %"
    )
    expect(tile(page, "Reopened")).to_contain_text("20 %1 reopening")
    expect(tile(page, "Done on time")).to_contain_text(
        f"{float(counted['on_time']['on_time_percent']):g} %"
    )
    expect(tile(page, "Hours tracked")).to_contain_text("2.5 hof 28 h planned; 2.5 h in this")
    money = counted["earned_value"]["money"]["value"]
    assert money["actual"] == "125.00"
    expect(tile(page, "Cost so far")).to_contain_text("€125.00")
    value = counted["earned_value"]["hours"]["value"]
    expect(tile(page, "SPI and CPI")).to_contain_text(
        f"{float(value['schedule_performance']):g} · {float(value['cost_performance']):g}"
    )

    # Every chart says in words what it shows; what it counts is there to be opened.
    charts = ("Throughput by week", "Lead and cycle time", "Cumulative flow", "Workload by person",
              "Burn-up and burn-down", "Work in progress by age", "Earned value")  # fmt: skip
    for name in charts:
        expect(page.get_by_role("figure", name=name).locator(".recharts-surface")).to_be_visible()
    flow = page.get_by_role("figure", name="Cumulative flow")
    expect(flow).to_contain_text("6 tasks completed, 2 started, 0 to do, 0 in the backlog")
    flow.get_by_text("What this counts").click()
    expect(flow).to_contain_text("A band that widens is work that piles up")
    tile(page, "Flow efficiency").get_by_text("Flow efficiency", exact=True).click()
    expect(tile(page, "Flow efficiency")).to_contain_text("as a part of the cycle time")
    inspection.look(page, "dashboard")

    # As a table, by keys alone: the numbers themselves, and from there to the task.
    ages = page.get_by_role("figure", name="Work in progress by age")
    ages.get_by_role("button", name="Actions for").press("Enter")
    expect(page.get_by_role("menuitem", name="Show as table")).to_have_attribute("data-focus", "")
    page.keyboard.press("Enter")
    row = ages.get_by_role("row").filter(has_text="Bake a trial loaf")
    expect(row).to_contain_text("Yes")
    with page.expect_download() as saved:
        ages.get_by_role("button", name="Actions for").click()
        page.get_by_role("menuitem", name="Download as CSV").click()
    assert len(saved.value.path().read_text().splitlines()) == 1 + counted["ages"]["count"]
    row.get_by_role("button", name="Bake a trial loaf").press("Enter")
    expect(page.get_by_role("dialog", name="Bake a trial loaf")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_download() as drawn:
        flow.get_by_role("button", name="Actions for").click()
        page.get_by_role("menuitem", name="Download as SVG").click()
    svg = drawn.value.path().read_text()
    assert "<title>Cumulative flow</title>" in svg
    assert "Backlog</text>" in svg

    # Another range stays in the address, through a reload, and the view is remembered.
    page.get_by_role("group", name="Range").get_by_role("button", name="90 days").click()
    expect(tile(page, "Finished")).to_contain_text("70 in the 90 days before")
    page.get_by_role("button", name="Own dates").click()
    first = NOON.date() - timedelta(days=40)
    page.get_by_label("From", exact=True).fill(str(first))
    page.get_by_label("To", exact=True).fill(str(first - timedelta(days=1)))
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("It ends before it begins")).to_be_visible()
    page.get_by_label("To", exact=True).fill(str(first + timedelta(days=9)))
    page.get_by_role("button", name="Show", exact=True).click()
    expect(tile(page, "Finished")).to_contain_text("20 in the 10 days before")
    page.reload()
    expect(tile(page, "Finished")).to_contain_text("20 in the 10 days before")
    visitor.goto(f"projects/{past.project}")
    expect(page).to_have_url(re.compile(r"/dashboard"))

    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("application", name="Cumulative flow")).to_be_visible()
    inspection.look(page, "dashboard on a phone")

    visitor.goto("projects/SOME/dashboard")
    expect(page.get_by_role("heading", name="Nothing to count yet")).to_be_visible()
    inspection.look(page, "dashboard of an empty project")


def test_insights_of_the_workspace_a_team_and_everybodys_weeks(
    past: Past, inspection: Inspection
) -> None:
    visitor, page = past.visitor, past.visitor.page
    team = visitor.call("POST", "/teams", {"name": "Bakers"})["id"]
    visitor.goto("people/teams")
    page.get_by_role("list", name="Teams").get_by_role("button", name="Bakers 0 people").click()
    page.get_by_label("Add a person").fill("Ada")
    page.get_by_role("option", name="Ada Lovelace").click()
    expect(page.get_by_role("list", name="Members")).to_contain_text("Ada Lovelace")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    monday = NOON.date() + timedelta(days=7 - NOON.weekday())
    week = {"start_date": str(monday), "due_date": f"{monday + timedelta(days=4)}T17:00:00Z"}
    sign = {"title": "Paint the sign", "assignee_id": past.me, "estimated_hours": "56"}
    visitor.call("POST", f"/projects/{past.empty}/tasks", {**sign, **week})
    page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Insights").click()

    counted, used = past.count("workspace", 30), past.count("usage", 30)
    expect(tile(page, "Active people")).to_contain_text(
        f"{counted['active_people']}of 1 person, in {counted['projects']} projects"
    )
    expect(tile(page, "Finished")).to_contain_text(str(counted["totals"]["completed"]))
    expect(tile(page, "Hours tracked")).to_contain_text("2.5 h")
    expect(tile(page, "Active lately")).to_contain_text(
        f"{used['recent']['day']} · {used['recent']['week']} · {used['recent']['month']}"
    )
    shares = page.get_by_role("figure", name="Finished by project")
    expect(shares).to_contain_text("1 project finished something; most, 5, in New oven")
    usage = page.get_by_role("figure", name="Active people by day")
    expect(usage).to_contain_text(f"1 person made {used['changes']} changes")
    inspection.look(page, "insights")

    risk = page.get_by_role("list", name="Projects at risk")
    expect(risk.get_by_role("listitem")).to_have_text(["New oven1 of 2 open tasks overdue"])
    risk.get_by_role("link", name="New oven").press("Enter")
    expect(tile(page, "SPI and CPI")).to_be_visible()

    page.go_back()
    page.get_by_role("navigation", name="Insights").get_by_role("link", name="Team").press("Enter")
    theirs = past.count(f"teams/{team}", 30, "week")
    expect(page.get_by_role("button", name="Team: Bakers")).to_be_visible()
    expect(tile(page, "Finished")).to_contain_text(f"{theirs['completed']}by 1 person")
    people = page.get_by_role("figure", name="Workload by person")
    expect(people).to_contain_text("Ada Lovelace with 2 tasks (60 h estimated)")
    inspection.look(page, "insights of a team")

    page.get_by_role("link", name="Workload", exact=True).click()
    load = visitor.call("GET", "/utilisation", {})["items"][0]["weeks"][1]
    row = page.get_by_role("table", name="How full").get_by_role("row", name="Ada Lovelace")
    assert (load["planned"], load["capacity"]) == (56 * 60, 40 * 60)
    expect(row.get_by_role("cell").nth(1)).to_have_text("140 %56 h of 40 h")
    inspection.look(page, "insights, workload")
