"""Taking the audit log away as CSV and as JSON lines."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
from tests.people import Person

from projectflow.audit import export

COUNT = 2_345
FILL = """
    INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, entity_version)
    SELECT $1, n, 'user.signed_in', $2::uuid, 'user', $2::uuid, 1 FROM generate_series(1, $3::int) n
"""


async def download(person: Person, chosen: str, **params: Any) -> httpx.Response:
    answer = await person.get("/audit/export", format=chosen, **params)
    assert answer.status_code == 200, answer.text
    return answer


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def cells(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


async def fill(person: Person, count: int) -> None:
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(FILL, person.tenant_id, person.id, count)
        await db.execute(
            "UPDATE event_counters SET last_seq = $2 WHERE tenant_id = $1", person.tenant_id, count
        )


async def test_json_lines_are_what_the_list_shows(owner: Person) -> None:
    await owner.post("/teams", {"name": "Design"})
    await owner.project()
    listed = (await owner.get("/audit")).json()["items"]

    answer = await download(owner, "ndjson")

    assert lines(answer) == listed
    assert answer.headers["content-type"] == "application/x-ndjson"
    name = answer.headers["content-disposition"]
    assert name.startswith('attachment; filename="audit-')
    assert name.endswith('.ndjson"')
    assert answer.headers["cache-control"] == "no-store"


async def test_an_export_is_an_event_with_its_filters(owner: Person) -> None:
    await owner.post("/teams", {"name": "Design"})

    first = await download(owner, "csv", type="team.created", since="2026-01-01T00:00:00Z")

    assert [row["type"] for row in cells(first)] == ["team.created"]
    (event, _) = (await owner.get("/audit")).json()["items"]
    assert (event["type"], event["actor"]["id"]) == ("audit.exported", str(owner.id))
    assert event["payload"] == {
        "format": "csv",
        "filters": {"type": "team.created", "since": "2026-01-01T00:00:00Z"},
    }


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1", "a,b\"c'\nd"])
async def test_no_cell_of_a_spreadsheet_is_a_formula(owner: Person, name: str) -> None:
    await owner.patch("/me", {"first_name": "=HYPERLINK(1)"})
    # The name is put there by hand: the API takes its white space away.
    await owner.post("/teams", {"name": "Team"})
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute("UPDATE teams SET name = $2 WHERE tenant_id = $1", owner.tenant_id, name)

    answer = await download(owner, "csv")

    team, _ = cells(answer)
    dangerous = name[0] in "=+-@\t\uff1d"
    assert team["entity_name"] == (f"'{name}" if dangerous else name)
    assert team["actor"] == "'=HYPERLINK(1) Owner"
    assert team["actor_id"] == str(owner.id)
    assert json.loads(team["payload"]) == {"after": {"name": "Team"}}
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("chosen", ["csv", "ndjson"])
async def test_a_long_log_comes_whole_and_once_in_batches(owner: Person, chosen: str) -> None:
    await fill(owner, COUNT)
    chunks = 0

    async with owner.client.stream("GET", "/audit/export", params={"format": chosen}) as answer:
        content = b""
        async for chunk in answer.aiter_raw():
            chunks += bool(chunk)
            content += chunk

    text = content.decode()
    seqs = [
        int(row["seq"])
        for row in (
            csv.DictReader(io.StringIO(text))
            if chosen == "csv"
            else map(json.loads, text.splitlines())
        )
    ]
    assert seqs == list(range(COUNT, 0, -1))
    assert "content-length" not in answer.headers


async def test_no_more_than_the_most_is_given(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_EVENTS", 1_500)
    await fill(owner, COUNT)

    found = lines(await download(owner, "ndjson"))

    assert [found[0]["seq"], found[-1]["seq"], len(found)] == [COUNT, COUNT - 1_499, 1_500]


async def test_a_batch_holds_no_connection_while_it_is_taken_in(owner: Person) -> None:
    await fill(owner, COUNT)
    database = owner.app.state.database
    filters = export.AuditFilters()

    exporting = export.exported(database, owner.actor, filters, "ndjson", COUNT + 1)
    await anext(exporting)
    async with database.without_tenant() as db:
        open_ones = await db.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            " AND datname = current_database()"
        )
    await exporting.aclose()

    assert open_ones == 0


async def test_a_format_that_there_is_not_is_refused(owner: Person) -> None:
    other = await owner.get("/audit/export", format="xlsx")

    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "format")
    assert (await owner.get("/audit")).json()["items"] == []
