"""Any CSV file or workbook, with columns mapped by their names or by a person."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from tests.imports.conftest import BringFile
from tests.imports.test_trello import find
from tests.people import Person

PLAIN = (
    "Task;Zuständig;Priorität;Fällig;Aufwand;Labels;Mood\n"
    "Bake;grace@example.org;Hoch;24.12.2025;1,5;rye, oven;good\n"
    "Sell;;egal;bald;2:30;;bad\n"
    ";;;;;;\n"
)


def workbook(*rows: list[Any]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


async def look(owner: Person, content: bytes, **params: str) -> Any:
    answer = await owner.client.post("/imports/table/preview", content=content, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_preview_guesses_what_columns_are_and_keeps_nothing(owner: Person) -> None:
    seen = await look(owner, PLAIN.encode())

    assert (seen["delimiter"], seen["encoding"], seen["row_count"]) == (";", "utf-8", 2)
    assert [(c["name"], c["field"], c["unreadable"]) for c in seen["columns"]] == [
        ("Task", "title", 0),
        ("Zuständig", "assignee", 0),
        ("Priorität", "priority", 1),
        ("Fällig", "due_date", 1),
        ("Aufwand", "estimated_hours", 0),
        ("Labels", "tags", 0),
        ("Mood", "ignore", 0),
    ]
    assert seen["rows"][0][0] == "Bake"
    assert (await owner.get("/imports")).json()["items"] == []


async def test_rows_become_tasks_and_what_is_unreadable_is_reported(
    owner: Person, bring_file: BringFile
) -> None:
    mapping = json.dumps({"columns": {"Mood": "status"}, "dates": "dmy"})

    done = await bring_file(owner, "table", PLAIN, file_name="bakery.csv", mapping=mapping)

    assert (await owner.get(f"/projects/{done['project_id']}")).json()["name"] == "bakery"
    bake = await find(owner, done["project_id"], "Bake")
    assert (bake["priority"], bake["estimated_hours"]) == ("high", "1.50")
    assert (bake["due_date"], bake["tags"]) == ("2025-12-24T00:00:00Z", ["rye", "oven"])
    assert bake["status"] == "good"
    assert (await find(owner, done["project_id"], "Sell"))["estimated_hours"] == "2.50"
    assert {s["kind"] for s in done["report"]["skipped"]} == {"priority", "due date"}


async def test_a_workbook_is_read_with_its_dates_and_numbers(
    owner: Person, bring_file: BringFile
) -> None:
    content = workbook(
        ["ID", "Title", "Due date", "Hours", "Parent"],
        [1, "Bake", datetime(2025, 12, 24, 17), 2.5, None],  # noqa: DTZ001 - Excel knows no zones
        [2, "Sell", None, None, 1],
    )

    done = await bring_file(owner, "table", content, project_name="Books")

    bake = await find(owner, done["project_id"], "Bake")
    assert (bake["due_date"], bake["estimated_hours"]) == ("2025-12-24T17:00:00Z", "2.50")
    assert (await find(owner, done["project_id"], "Sell"))["parent_id"] == bake["id"]
    again = (await bring_file(owner, "table", content, project_name="Books"))["report"]
    assert (again["created"], again["unchanged"]) == (0, 2)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ('{"columns": {"Nowhere": "title"}}', "which is not there"),
        ('{"columns": {"Task": "due_date", "Fällig": "due_date"}}', "two columns for due_date"),
        ('{"columns": {"Task": "ignore"}}', "no column for the title"),
        ('{"columns": {"Task": "colour"}}', "cannot be read"),
        ("[", "cannot be read"),
        ('{"columns": {}, "more": 1}', "cannot be read"),
    ],
)
async def test_a_wrong_mapping_is_refused_by_name(owner: Person, mapping: str, said: str) -> None:
    answer = await owner.client.post(
        "/imports/table", content=PLAIN.encode(), params={"mapping": mapping}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "mapping"
    assert said in answer.json()["errors"][0]["message"]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 210 * 1024 * 1024)
    return file.getvalue()


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", workbook(["Title"])[:900], bomb()])
async def test_a_broken_workbook_or_a_bomb_is_refused(owner: Person, content: bytes) -> None:
    answer = await owner.client.post("/imports/table/preview", content=content)

    assert answer.status_code == 422, answer.text


async def test_five_thousand_rows(owner: Person, bring_file: BringFile) -> None:
    rows = "".join(f"{n},Task {n},{n // 2 or ''},t{n % 9}\n" for n in range(1, 5001))

    done = await bring_file(owner, "table", f"ID,Title,Parent,Tags\n{rows}")

    assert done["report"]["created"] == 5000
    last = await find(owner, done["project_id"], "Task 5000")
    assert last["number"] == 5000


async def test_a_viewer_and_a_stranger_may_not_bring_things_into_a_project(
    owner: Person, stranger: Person
) -> None:
    project = await owner.project("Web")
    far = await owner.colleague("manager")

    for person, status in ((stranger, 404), (far, 403)):
        answer = await person.client.post(
            "/imports/table", content=b"Title\nx\n", params={"project_id": project["id"]}
        )
        assert answer.status_code == status, answer.text
