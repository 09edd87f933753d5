"""Jira's CSV export becomes a project."""

import csv
import io
from typing import Any

import pytest
from tests.imports.conftest import BringFile
from tests.imports.test_trello import find
from tests.people import Person

HEAD = [
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Project name",
    "Priority", "Assignee", "Assignee Id", "Reporter", "Reporter Id", "Created", "Updated",
    "Resolved", "Due date", "Description", "Labels", "Labels", "Parent", "Original estimate",
    "Watchers", "Comment", "Comment", "Attachment", "Status Category",
    "Outward issue link (Blocks)", "Inward issue link (Blocks)", "Outward issue link (Relates)",
    "Custom field (Story Points)",
]  # fmt: skip


def row(key: str, **fields: Any) -> list[str]:
    """A row; a field with several values fills the columns of its name."""
    values = {"Summary": key, "Issue key": key, "Status": "To Do", "Project key": "TES", **fields}
    left = {name: list(v) if isinstance(v, list) else [v] for name, v in values.items()}
    return [left[name].pop(0) if left.get(name) else "" for name in HEAD]


def export(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    return text.getvalue()


BAKERY = export(
    row(
        "TES-3",
        Summary="Bake, then sell",
        **{"Issue id": "103", "Issue Type": "Story", "Project name": "Bakery"},
        Status="In Progress",
        Priority="Highest",
        Assignee="Grace Hopper",
        **{"Assignee Id": "712020:b08", "Reporter": "Ada L", "Reporter Id": "5db9"},
        Created="22/Sep/25 9:26 AM",
        Description='Two "fine" loaves\nand a roll',
        Labels=["oven", "rye"],
        Parent="101",
        **{
            "Original estimate": "5400",
            "Due date": "24/Dec/25 5:00 PM",
            "Comment": ["22/Sep/25 9:30 AM;712020:b08;Needs flour; and water", "no date here"],
            "Attachment": "22/Sep/25 9:31 AM;5db9;r.pdf;https://example.org/r.pdf",
            "Outward issue link (Blocks)": "TES-2",
            "Watchers": "Ada L",
            "Custom field (Story Points)": "5",
        },
    ),
    row(
        "TES-2",
        **{"Issue id": "102", "Issue Type": "Bug", "Outward issue link (Relates)": "TES-1"},
        Status="Done",
        Created="21/Sep/25 9:26 AM",
        Resolved="23/Sep/25 1:00 PM",
    ),
    row(
        "TES-1",
        **{"Issue id": "101", "Issue Type": "Epic"},
        Created="20/Sep/25 9:26 AM",
        Priority="Trivial",
    ),
)


async def test_rows_become_tasks_with_what_hangs_on_them(
    owner: Person, bring_file: BringFile
) -> None:
    done = await bring_file(owner, "jira", BAKERY)

    project = (await owner.get(f"/projects/{done['project_id']}")).json()
    assert project["name"] == "Bakery"
    assert {s["name"]: s["category"] for s in project["states"]} == {
        "To Do": "unstarted",
        "In Progress": "started",
        "Done": "completed",
    }
    task = await find(owner, project["id"], "Bake, then sell")
    assert task["description"] == 'Two "fine" loaves\nand a roll'
    assert (task["priority"], task["status"]) == ("urgent", "in_progress")
    assert task["tags"] == ["Story", "oven", "rye"]
    assert task["estimated_hours"] == "1.50"
    assert task["due_date"] == "2025-12-24T17:00:00Z"
    assert task["created_at"] == "2025-09-22T09:26:00Z"
    people = {p["id"]: p for p in (await owner.get("/users")).json()["items"]}
    assert people[task["assignee_id"]]["last_name"] == "Hopper"
    assert people[task["assignee_id"]]["email"] == "712020-b08@jira.invalid"
    assert people[task["reporter_id"]]["first_name"] == "Ada"
    epic = await find(owner, project["id"], "TES-1")
    assert (task["parent_id"], epic["priority"]) == (epic["id"], "low")
    assert [epic["number"], task["number"]] == [1, 3]
    bug = await find(owner, project["id"], "TES-2")
    assert bug["completed_at"] == "2025-09-23T13:00:00Z"


async def test_comments_links_and_dependencies_come_along(
    owner: Person, bring_file: BringFile
) -> None:
    done = await bring_file(owner, "jira", BAKERY)

    task = await find(owner, done["project_id"], "Bake, then sell")
    comments = (await owner.get(f"/tasks/{task['id']}/comments")).json()["items"]
    assert {c["body"] for c in comments} == {"Needs flour; and water", "no date here"}
    said = next(c for c in comments if c["body"].startswith("Needs"))
    assert (said["created_at"], said["author_id"]) == ("2025-09-22T09:30:00Z", task["assignee_id"])
    links = (await owner.get(f"/tasks/{task['id']}/attachments")).json()["items"]
    assert [(a["name"], a["url"]) for a in links] == [("r.pdf", "https://example.org/r.pdf")]
    bug = await find(owner, done["project_id"], "TES-2")
    waits = (await owner.get(f"/tasks/{bug['id']}/dependencies")).json()
    assert [d["depends_on_task_id"] for d in waits["blocked_by"]] == [task["id"]]
    related = (await owner.get(f"/tasks/{bug['id']}/relations")).json()
    assert "TES-1" in str(related)


async def test_the_report_names_the_columns_that_have_no_place(
    owner: Person, bring_file: BringFile
) -> None:
    report = (await bring_file(owner, "jira", BAKERY))["report"]

    assert report["counts"] == {"rows": 3, "issues": 3, "comments": 2}
    left = {s["name"] for s in report["skipped"] if s["kind"] == "column"}
    assert left == {"Watchers", "Custom field (Story Points)"}


async def test_importing_twice_changes_nothing_and_a_changed_row_updates(
    owner: Person, bring_file: BringFile
) -> None:
    first = await bring_file(owner, "jira", BAKERY)
    again = (await bring_file(owner, "jira", BAKERY))["report"]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)

    changed = await bring_file(owner, "jira", BAKERY.replace("Bake, then sell", "Only bake"))

    assert changed["project_id"] == first["project_id"]
    report = changed["report"]
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 1, 2)
    task = await find(owner, first["project_id"], "Only bake")
    comments = (await owner.get(f"/tasks/{task['id']}/comments")).json()["items"]
    assert len(comments) == 2


async def test_it_comes_into_a_project_that_is_there_and_uses_its_states(
    owner: Person, bring_file: BringFile
) -> None:
    project = await owner.project("Here already", key="HERE")
    mine = await owner.task(project, "Mine")

    done = await bring_file(owner, "jira", BAKERY, project_id=project["id"])

    assert done["project_id"] == project["id"]
    states = (await owner.get(f"/projects/{project['id']}")).json()["states"]
    assert [s["name"] for s in states].count("In progress") == 1
    assert (await owner.get(f"/tasks/{mine['id']}")).json()["number"] == 1
    assert (await find(owner, project["id"], "TES-1"))["number"] == 2


async def test_circles_in_the_file_are_reported_not_fatal(
    owner: Person, bring_file: BringFile
) -> None:
    file = export(
        row("A-1", Parent="A-2", **{"Outward issue link (Blocks)": "A-3"}),
        row("A-2", Parent="A-1"),
        row("A-3", **{"Outward issue link (Blocks)": "A-1"}),
        row("A-4", Parent="A-9"),
    )

    report = (await bring_file(owner, "jira", file))["report"]

    assert report["created"] == 4
    reasons = {(s["kind"], s["reason"]) for s in report["skipped"]}
    assert ("parent", "it would be below itself") in reasons
    assert ("dependency", "tasks would wait in a circle") in reasons
    assert ("parent", "it is not in the file") in reasons


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Summary,Status\nx,y\n", "no column Issue key"),
        ("", "no first row"),
        (b"\x00\x01\x02,\xff", "no text"),
        ('Summary,Issue key\n"never closed,1\n', "cannot be read as CSV"),
        ("Summary,Issue key\n" + "x" * 200_000 + ",1\n", "field larger than field limit"),
        (b"\xff\xfe" + b"S\x00x", "not utf-16"),
        ("Summary,Issue key" + ",c" * 600 + "\n", "more than 500 columns"),
    ],
    ids=["columns", "empty", "binary", "quote", "cell", "utf-16", "wide"],
)
async def test_a_broken_file_is_refused_and_changes_nothing(
    owner: Person, content: str | bytes, said: str
) -> None:
    body = content.encode() if isinstance(content, str) else content

    answer = await owner.client.post("/imports/jira", content=body)

    assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text
    assert (await owner.get("/imports")).json()["items"] == []
    assert (await owner.get("/projects")).json()["items"] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
async def test_encodings_of_spreadsheets_are_read(
    owner: Person, bring_file: BringFile, encoding: str
) -> None:
    file = export(row("Ä-1", Summary="Brötchen für müde Bäcker")).replace(",", ";")

    done = await bring_file(owner, "jira", file.encode(encoding))

    assert (await find(owner, done["project_id"], "Brötchen"))["title"].endswith("Bäcker")
