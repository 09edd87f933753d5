"""A project's time as CSV."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from tests.people import Person
from tests.tasks.test_time_entries import worked

from projectflow.audit.export import FORMULA
from projectflow.tasks import time_export


async def export(person: Person, project: dict[str, Any], **asked: Any) -> list[dict[str, str]]:
    answer = await person.get(f"/projects/{project['id']}/time-entries/export", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_it_has_the_projects_time_oldest_first(owner: Person) -> None:
    project = await owner.project(key="WEB")
    task, elsewhere = (
        await owner.task(project, 'Write, "well"'),
        await owner.task(await owner.project(), "Elsewhere"),
    )
    await worked(owner, elsewhere, "2024-01-07T09:00:00Z")
    await worked(owner, task, "2024-01-06T09:00:00Z", 20, note="Two\nlines", is_billable=False)
    first = await worked(owner, task, "2024-01-05T09:00:00Z", 90)
    await owner.post(f"/tasks/{task['id']}/timer", {})

    rows = await export(owner, project)

    assert rows[0] == {
        "started_at": "2024-01-05T09:00:00+00:00",
        "stopped_at": "2024-01-05T10:30:00+00:00",
        "seconds": "5400",
        "hours": "1.50",
        "person": "Ada Owner",
        "task": "WEB-1",
        "title": 'Write, "well"',
        "note": "",
        "billable": "yes",
        "entry_id": first["id"],
        "user_id": str(owner.id),
        "task_id": task["id"],
    }
    assert (rows[1]["note"], rows[1]["hours"], rows[1]["billable"]) == ("Two\nlines", "0.33", "no")
    assert (rows[2]["stopped_at"], rows[2]["hours"]) == ("", "")
    assert len(rows) == 3
    some = await export(owner, project, since="2024-01-05T09:00:01Z", until="2024-01-07T00:00:00Z")
    assert some == rows[1:2]


async def test_a_member_takes_their_own_time_away(owner: Person) -> None:
    project = await owner.project()
    task, member = await owner.task(project, "Write"), await owner.colleague("member")
    await owner.join(project, member)
    await worked(owner, task, note="Secret")
    await worked(member, task, note="Mine")

    assert [row["note"] for row in await export(member, project)] == ["Mine"]
    assert len(await export(owner, project)) == 2


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])  # noqa: RUF001
async def test_no_cell_is_run_as_a_formula(owner: Person, evil: str) -> None:
    project = await owner.project()
    task = await owner.task(project, f"{evil} title")
    await worked(owner, task, note=f"{evil} note")
    await owner.patch("/me", {"first_name": evil})

    (row,) = await export(owner, project)

    for column in ("title", "note", "person"):
        assert not row[column].startswith(FORMULA)


async def test_it_is_read_in_batches_and_ends_at_its_bound(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_export, "BATCH", 10)
    project = await owner.project()
    task = await owner.task(project, "Write")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        # Ten of them start at the same moment: a batch ends among them.
        await db.execute(
            "INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number,"
            " user_id, started_at, stopped_at, note, allows_overlap)"
            " SELECT $1, gen_random_uuid(), $2, $3, 1, $4, moment,"
            " moment + interval '1 hour', n, true FROM (SELECT n,"
            " '2024-01-05Z'::timestamptz + least(n, 15) * interval '1 hour' AS moment"
            " FROM generate_series(1, 25) n) AS made",
            owner.tenant_id,
            UUID(task["id"]),
            UUID(project["id"]),
            owner.id,
        )

    rows = await export(owner, project)

    assert len(rows) == len({row["entry_id"] for row in rows}) == 25
    assert [row["started_at"] for row in rows] == sorted(row["started_at"] for row in rows)
    monkeypatch.setattr(time_export, "MAX_ENTRIES", 13)
    assert len(await export(owner, project)) == 13
