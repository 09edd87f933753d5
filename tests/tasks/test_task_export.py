"""What a query means, as CSV and as an Excel workbook."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from tests.people import Person


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_the_tasks_of_a_query_in_its_order_with_names(owner: Person) -> None:
    project = await owner.project("Web", key="WEB")
    parent = await owner.task(project, "Bake", tags=["rye", "oven"], estimated_hours="1.5")
    await owner.task(
        project, "Sell", parent_id=parent["id"], assignee_id=str(owner.id), priority="high"
    )
    await owner.task(project, "Rest", status="completed")

    answer = await owner.get("/tasks/export", query="is:open order:title")

    rows = table(answer)
    assert [row["title"] for row in rows] == ["Bake", "Sell"]
    assert (rows[0]["key"], rows[0]["tags"], rows[0]["estimated_hours"]) == (
        "WEB-1", "rye, oven", "1.50",
    )  # fmt: skip
    assert (rows[1]["parent"], rows[1]["priority"]) == ("WEB-1", "high")
    assert rows[1]["assignee"] == rows[0]["reporter"] != ""
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="tasks-')


async def test_a_workbook_has_the_same(owner: Person) -> None:
    project = await owner.project("Web", key="WEB")
    await owner.task(project, "Bake", description="\x07with a bell")

    answer = await owner.client.get("/tasks/export", params={"format": "xlsx"})

    sheet: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    head, row = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert dict(zip(head, row, strict=True))["title"] == "Bake"
    assert dict(zip(head, row, strict=True))["description"] == "with a bell"


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@a", "\uff1d1"])
async def test_no_spreadsheet_runs_what_somebody_wrote(owner: Person, title: str) -> None:
    await owner.task(await owner.project("Web"), title)

    assert [row["title"] for row in table(await owner.get("/tasks/export"))] == [f"'{title}"]


async def test_more_than_a_batch_comes_whole_and_once(owner: Person) -> None:
    project = await owner.project("Web", key="WEB")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO tasks (tenant_id, project_id, number, title, reporter_id, position)
            SELECT $1, $2, n, 'Task ' || n, $3, rank_of(n) FROM generate_series(1, 1203) n
            """,
            owner.tenant_id,
            project["id"],
            owner.id,
        )

    rows = table(await owner.get("/tasks/export", query="order:key"))

    assert sorted(int(row["key"][4:]) for row in rows) == list(range(1, 1204))


async def test_people_export_what_they_see_and_it_is_written_down(owner: Person) -> None:
    project = await owner.project("Web")
    await owner.task(project, "Secret")
    member = await owner.colleague("member")

    assert table(await member.get("/tasks/export")) == []
    await owner.join(project, member)
    assert len(table(await member.get("/tasks/export", query="secret"))) == 1
    refused = await member.get("/tasks/export", query="status:(")
    assert refused.json()["type"] == "/problems/invalid-query"
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT actor_id, payload FROM events WHERE tenant_id = $1 AND type = 'tasks.exported'",
            owner.tenant_id,
        )
    assert [row["actor_id"] for row in rows] == [member.id] * 2
