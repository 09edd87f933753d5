"""What is to come of a project: its finish, what holds it up, and what could be done about it."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.embedded.stack import Stack, wait_until
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection

NOW = datetime.now(UTC)
FINISHED = 90
SHOTS = os.environ.get("PROJECTFLOW_SHOTS")
"""A folder for pictures of what is looked at."""


class Bakery:
    """A project with a past of a task a day, and a chain of open ones that wait for each other."""

    def __init__(self, visitor: Visitor, stack: Stack, folder: Path) -> None:
        self.visitor = visitor
        visitor.create_workspace()
        self.me = visitor.call("PATCH", "/me", {"time_zone": "UTC", "locale": "en-GB"})["id"]
        table = folder / "past.csv"
        lines = ["id,title,created,started,resolved"]
        for n in range(FINISHED):
            end = NOW - timedelta(days=FINISHED - n, hours=1)
            start = end - timedelta(hours=8 + n % 7)
            lines.append(f"{n},Loaf {n},{start.isoformat()},{start.isoformat()},{end.isoformat()}")
        table.write_text("\n".join(lines))
        done = stack.run(
            "import", "history", str(table), "--workspace", visitor.slug,
            "--email", "ada@example.org", "--project", "New oven",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        [found] = visitor.call("GET", "/projects", {})["items"]
        self.project = found["id"]
        self.key = found["key"]
        titles = ("Order the oven", "Install it", "Bake a trial loaf")
        self.chain = [self.task(title, assignee_id=self.me) for title in titles]
        self.sign = self.task(
            "Paint the sign",
            assignee_id=self.me,
            due_date=(NOW + timedelta(days=2)).isoformat(),
        )
        self.loose = self.task("Name the oven", estimated_hours="8")
        for first, later in pairwise(self.chain):
            visitor.call("POST", f"/tasks/{later}/dependencies", {"depends_on_task_id": first})
        wait_until(self._is_counted, 30)

    def _is_counted(self) -> bool:
        """Whether the worker has counted the past."""
        told = self.visitor.call("GET", f"/projects/{self.project}/forecast", {})
        return bool(told["learnt"]["finished"] == FINISHED)

    def task(self, title: str, **fields: Any) -> str:
        body = {"title": title, "estimated_hours": "24", **fields}
        return self.visitor.call("POST", f"/projects/{self.project}/tasks", body)["id"]

    def priorities(self) -> list[str]:
        tasks = self.visitor.call("GET", f"/projects/{self.project}/tasks?limit=200", {})["items"]
        return sorted(f"{task['id']} {task['priority']}" for task in tasks)

    def dates(self) -> list[str | None]:
        tasks = [*self.chain, self.sign, self.loose]
        return [self.visitor.call("GET", f"/tasks/{each}", {})["start_date"] for each in tasks]

    def show(self, part: str) -> Page:
        self.visitor.goto(f"projects/{self.key}/forecast?part={part}")
        return self.visitor.page


@pytest.fixture
def bakery(visitor: Visitor, stack: Stack, tmp_path: Path) -> Bakery:
    return Bakery(visitor, stack, tmp_path)


@pytest.fixture
def inspection(visitor: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(visitor.page)
    yield made
    assert not made.found, "\n".join(made.found)


def look(inspection: Inspection, page: Page, name: str) -> None:
    """Try it in both themes; where pictures are wanted, on a laptop and on a phone."""
    inspection.look(page, name)
    if not SHOTS:
        return
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 400))")
            page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-{width}-{scheme}.png")
        page.locator(".scroll-thin").last.evaluate("each => each.scrollTo(0, each.scrollHeight)")
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-{width}-end.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def undo(page: Page, said: str | re.Pattern[str]) -> None:
    """The button of a toast that says so, and what it says when that is done."""
    toast = page.get_by_role("region", name="Notifications").get_by_text(said)
    toast.locator("..").get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("^Undid: ")).last).to_be_visible()


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Parts of the forecast").get_by_role(
        "link", name=name
    )


def test_nothing_is_foretold_from_nothing(visitor: Visitor, inspection: Inspection) -> None:
    visitor.create_workspace()
    made = visitor.call("POST", "/projects", {"name": "New oven", "key": "OVEN"})
    visitor.goto("projects/OVEN/forecast")
    page = visitor.page
    expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()

    visitor.call("POST", f"/projects/{made['id']}/tasks", {"title": "Order it"})
    expect(page.get_by_role("heading", name="Too little is known for a forecast")).to_be_visible()
    missing = page.get_by_role("region", name="What is missing")
    expect(missing).to_contain_text("10 tasks must have been done; 0 are.")
    expect(page.get_by_role("link", name="Import a project")).to_be_visible()
    look(inspection, page, "abstains")

    # By keys alone: to the parts, and from one to the next.
    part(page, "Finish").focus()
    for name, said in (
        ("bottlenecks", "Too little is known to find bottlenecks"),
        ("priorities", "Too little is known to rank tasks"),
        ("schedule", "A plan that heeds everybody's time"),
        ("scenarios", "What if?"),
    ):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**part={name}")
        expect(page.get_by_role("heading", name=said)).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url("**/board*")
    page.keyboard.press("7")
    page.wait_for_url("**/forecast*")
    page.get_by_role("button", name="New scenario").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("As it is")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Scenarios")).to_contain_text("As it is")


def test_finish_bottlenecks_and_priorities(bakery: Bakery, inspection: Inspection) -> None:
    page = bakery.show("finish")
    told = bakery.visitor.call("GET", f"/projects/{bakery.project}/forecast", {})
    assert told["method"] == "network"
    dates = page.get_by_label("When it will be finished")
    expect(dates).to_contain_text("8 of 10 simulated futures end by")
    expect(dates).to_contain_text("19 of 20 simulated futures end by")
    chart = page.get_by_role("figure", name="Chance of being finished by a day")
    expect(chart.locator("svg.recharts-surface")).to_be_visible()
    fan = page.get_by_role("figure", name="Tasks left, day by day")
    expect(fan.locator("svg.recharts-surface")).to_be_visible()
    fan.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name="Show as table").click()
    last = fan.get_by_role("row").last
    expect(last).to_contain_text(told["p95"])
    fan.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name="Show as chart").click()
    expect(
        page.get_by_text(re.compile(r"In the past, \d+%? of \d+ forecasts came true"))
    ).to_be_visible()
    sure = page.get_by_role("status").filter(has_text="chance that all is done by")
    expect(sure).to_be_visible()
    page.get_by_label("Finished by", exact=True).fill(str((NOW + timedelta(days=700)).date()))
    expect(sure).to_contain_text("100%")
    look(inspection, page, "finish")
    chart.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name="Show as table").click()
    expect(chart.get_by_role("row")).to_have_count(len(told["distribution"]) + 1)
    page.get_by_role("list", name="Tasks").get_by_role("button", name="Install it").click()
    page.wait_for_url(f"**task={bakery.chain[1]}*")
    page.get_by_role("button", name="Close", exact=True).click()

    part(page, "Bottlenecks").click()
    worst = page.get_by_role("list", name="Bottlenecks").get_by_role("listitem")
    expect(worst.filter(has_text="Ada Lovelace")).to_contain_text("4 open tasks of theirs")
    expect(page.get_by_role("table", name=re.compile("What people have to do"))).to_be_visible()
    tall = "() => document.documentElement.scrollHeight - innerHeight"
    assert page.evaluate(tall) <= 0, "the part scrolls, not the page around it"
    look(inspection, page, "bottlenecks")

    part(page, "Priorities").click()
    before = bakery.priorities()
    suggestions = page.get_by_role("list", name="Suggestions")
    expect(suggestions.get_by_role("listitem")).to_have_count(5)
    expect(suggestions).to_contain_text("tasks wait behind it")
    look(inspection, page, "priorities")
    boxes = suggestions.get_by_role("checkbox")
    many = boxes.count()
    boxes.last.uncheck()
    page.get_by_role("button", name=f"Preview {many - 1} change").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(many - 1)
    dialog.get_by_role("button", name="Apply").click()
    expect(suggestions.get_by_role("checkbox")).to_have_count(1)
    assert bakery.priorities() != before
    undo(page, re.compile("^Changed the priority of"))
    expect(suggestions.get_by_role("checkbox")).to_have_count(many)
    assert bakery.priorities() == before


def test_a_better_plan_and_what_if(bakery: Bakery, inspection: Inspection) -> None:
    page = bakery.show("schedule")
    before = bakery.dates()
    page.get_by_role("radio", name="Keep due dates").click()
    page.get_by_role("switch", name="Give out tasks of nobody").click()
    page.get_by_role("button", name="Preview a plan").click()
    diff = page.get_by_role("list", name="What would change")
    expect(diff.get_by_role("listitem").filter(has_text="Install it")).to_contain_text("waits for")
    expect(diff.get_by_role("listitem").filter(has_text="Name the oven")).to_contain_text("for Ada")
    look(inspection, page, "schedule")
    assert bakery.dates() == before
    page.get_by_role("button", name="Apply this plan").click()
    expect(diff).to_have_count(0)
    expect(page.get_by_text(re.compile("^Scheduled "))).to_be_visible()
    assert bakery.dates() != before
    undo(page, re.compile("^Scheduled "))
    assert bakery.dates() == before

    part(page, "Scenarios").click()
    page.get_by_role("button", name="New scenario").click()
    page.get_by_label("Name").fill("Without a sign")
    page.get_by_role("combobox", name="Change a task").fill("sign")
    page.get_by_role("option", name="Paint the sign").click()
    page.get_by_role("group", name="Paint the sign").get_by_label("Leave out").check()
    page.get_by_role("button", name="Somebody is away").click()
    page.get_by_role("button", name="Add a new task").click()
    page.get_by_label("New task", exact=True).fill("Borrow a sign")
    look(inspection, page, "scenario editor")
    page.get_by_role("button", name="Fork the plan").click()
    changes = page.get_by_role("list", name="What it changes")
    expect(changes).to_contain_text("Paint the sign: left out")
    expect(changes).to_contain_text("Ada Lovelace away")
    table = page.get_by_role("table", name="The plan of now and Without a sign")
    expect(table.get_by_role("row", name=re.compile("^P80"))).to_contain_text(
        re.compile("later|earlier|the same day")
    )
    expect(page.get_by_role("figure", name="When each plan ends")).to_be_visible()
    look(inspection, page, "scenario")

    page.get_by_role("button", name="Merge…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("New: Borrow a sign")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    merged = page.get_by_role("list", name="Scenarios").get_by_text("Merged")
    expect(merged).to_be_visible()
    undo(page, re.compile("^Merged Without a sign"))
    expect(merged).to_have_count(0)
    page.get_by_role("button", name="Drop").click()
    page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    expect(page.get_by_role("heading", name="What if?")).to_be_visible()
    undo(page, re.compile("^Dropped Without a sign"))
    expect(page.get_by_role("list", name="Scenarios")).to_contain_text("Without a sign")
