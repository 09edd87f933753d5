"""Tasks as CSV and as Excel workbooks."""

import csv
import io
from datetime import datetime
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from tests.people import Person

from projectflow.exports import sheets


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def workbook(answer: httpx.Response) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200, answer.text
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    return list(page.iter_rows(values_only=True))


async def test_a_projects_tasks_as_csv(owner: Person) -> None:
    project = await owner.project(key="WEB")
    parent = await owner.task(project, "Parent", tags=["a", "b"], assignee_id=str(owner.id))
    await owner.task(
        project,
        'Child, “with” "quotes"\nand a line',
        parent_id=parent["id"],
        due_date="2030-01-02T03:04:05Z",
        estimated_hours="1.50",
    )

    answer = await owner.get(f"/projects/{project['id']}/tasks/export")

    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="WEB-' in answer.headers["content-disposition"]
    first, second = table(answer)
    assert first["key"] == "WEB-1"
    assert first["tags"] == "a, b"
    assert first["assignee"] == "Ada Owner"
    assert second["title"] == 'Child, “with” "quotes"\nand a line'
    assert second["parent"] == "WEB-1"
    assert second["due_date"] == "2030-01-02T03:04:05+00:00"
    assert second["estimated_hours"] == "1.50"


async def test_a_query_with_chosen_columns_in_its_order(owner: Person) -> None:
    project, other = await owner.project(), await owner.project("Other")
    for title, priority in (("Low", "low"), ("Urgent", "urgent")):
        await owner.task(project, title, priority=priority)
    await owner.task(other, "Elsewhere", priority="high")

    answer = await owner.get("/tasks/export", query="order:priority", columns="title, priority")

    assert answer.text.split() == [
        "title,priority", "Urgent,urgent", "Elsewhere,high", "Low,low"
    ]  # fmt: skip


async def test_a_workbook_holds_numbers_and_dates(owner: Person) -> None:
    project = await owner.project()
    await owner.task(
        project, "Bake", due_date="2030-01-02T03:04:05.678Z", estimated_hours="1.50",
        start_date="1899-12-31", description="x\x0by" + "z" * 40_000,
    )  # fmt: skip

    answer = await owner.get(
        f"/projects/{project['id']}/tasks/export",
        format="xlsx",
        columns="title,due_date,estimated_hours,start_date,description",
    )

    header, row = workbook(answer)
    assert header == ("title", "due_date", "estimated_hours", "start_date", "description")
    assert row[:4] == ("Bake", datetime(2030, 1, 2, 3, 4, 5), 1.5, "1899-12-31")  # noqa: DTZ001 - Excel has no zones
    assert row[4].startswith("xyz")
    assert len(row[4]) == 32_767


@pytest.mark.parametrize("title", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\uff1d1"])
async def test_no_cell_is_a_formula(owner: Person, title: str) -> None:
    project = await owner.project()
    await owner.task(project, title)
    path = f"/projects/{project['id']}/tasks/export"

    assert table(await owner.get(path))[0]["title"] == f"'{title}"
    assert workbook(await owner.get(path, format="xlsx", columns="title"))[1] == (f"'{title}",)


@pytest.mark.parametrize("chosen", ["csv", "xlsx"])
async def test_more_than_a_batch_up_to_the_limit(
    owner: Person, monkeypatch: pytest.MonkeyPatch, chosen: sheets.Format
) -> None:
    project = await owner.project()
    for number in range(7):
        await owner.task(project, f"Task {number}")
    monkeypatch.setattr(sheets, "BATCH", 2)
    monkeypatch.setitem(sheets.MAX_ROWS, chosen, 5)

    answer = await owner.get("/tasks/export", columns="title", format=chosen, query="order:created")

    rows = workbook(answer)[1:] if chosen == "xlsx" else [tuple(r.values()) for r in table(answer)]
    assert rows == [(f"Task {n}",) for n in (6, 5, 4, 3, 2)]


async def test_what_cannot_be_asked_names_the_field(owner: Person) -> None:
    for params, field in (
        ({"columns": "title,secret"}, "columns"),
        ({"columns": "title,title"}, "columns"),
        ({"columns": ""}, "columns"),
        ({"query": "nope:x"}, "query"),
        ({"format": "pdf"}, "format"),
    ):
        answer = await owner.get("/tasks/export", **params)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


async def test_everybody_takes_what_they_see_and_it_is_written_down(owner: Person) -> None:
    project, hidden = await owner.project(), await owner.project("Hidden")
    await owner.task(project, "Seen")
    await owner.task(hidden, "Unseen")
    viewer = await owner.colleague("viewer")
    await owner.join(project, viewer)

    assert [r["title"] for r in table(await viewer.get("/tasks/export"))] == ["Seen"]
    assert (await viewer.get(f"/projects/{hidden['id']}/tasks/export")).status_code == 404
    log = (await owner.get("/audit", type="tasks.exported", category="all")).json()["items"]
    assert [e["actor"]["id"] for e in log] == [str(viewer.id)]
