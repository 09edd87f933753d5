"""Who may count what, and what may be asked."""

from typing import Any
from uuid import UUID

import pytest
from tests.people import Person

from projectflow.core.db import Database
from projectflow.operations.analytics import rebuild_workspace


async def counted(person: Person, path: str, **asked: Any) -> Any:
    answer = await person.get(path, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def team(owner: Person) -> dict[str, Any]:
    return (await owner.post("/teams", {"name": "Makers"})).json()


async def join(owner: Person, team: dict[str, Any], person: Person) -> None:
    answer = await owner.client.put(f"/teams/{team['id']}/members/{person.id}")
    assert answer.status_code in {200, 201, 204}, answer.text


async def test_a_teams_numbers_are_of_its_people_in_the_projects_one_sees(
    owner: Person, team: dict[str, Any], database: Database
) -> None:
    member, outsider = await owner.colleague("member"), await owner.colleague("member")
    seen, unseen = await owner.project("Seen"), await owner.project("Unseen")
    for person in (member, outsider):
        await owner.join(seen, person)
    await owner.join(unseen, outsider)
    await join(owner, team, outsider)
    mine = {"assignee_id": str(outsider.id), "estimated_hours": "2"}
    done = await owner.task(seen, "Done", **mine, due_date="2000-01-01T00:00:00Z")
    await owner.patch(f"/tasks/{done['id']}", {"status": "in_progress"})
    await owner.patch(f"/tasks/{done['id']}", {"status": "completed"})
    await owner.task(seen, "Open", **mine)
    await owner.task(seen, "Somebody else's", assignee_id=str(member.id))
    await owner.task(unseen, "Unseen", **mine)
    await rebuild_workspace(database, owner.tenant_id)

    path = f"/analytics/teams/{team['id']}"
    whole, part = await counted(owner, path), await counted(member, path)
    assert (whole["now"]["open"], part["now"]["open"]) == (2, 1)
    assert (whole["completed"], part["completed"]) == (1, 1)
    assert whole["on_time"] == {"on_time": 0, "late": 1, "on_time_percent": "0.0"}
    assert [each["user_id"] for each in whole["people"]] == [str(outsider.id)]
    assert whole["people"][0]["completed_hours"] == "2.00"
    assert sum(each["completed"] for each in whole["throughput"]) == 1
    assert whole["people"][0]["tracked_hours"] == "0.00"
    assert part["people"][0]["tracked_hours"] is None


async def test_money_and_others_time_are_for_those_who_may_see_them(
    owner: Person, database: Database
) -> None:
    member = await owner.colleague("member")
    project = await owner.project(budget_currency="EUR")
    await owner.join(project, member)
    task = await owner.task(project, "T", estimated_hours="2", assignee_id=str(owner.id))
    body = {"started_at": "2024-01-05T09:00:00Z", "minutes": 50}
    await owner.post(f"/tasks/{task['id']}/time-entries", body)
    rate = {"valid_from": "2024-01-01", "cost": "50", "currency": "EUR"}
    await owner.post(f"/users/{owner.id}/rates", rate)
    await rebuild_workspace(database, owner.tenant_id)

    path, asked = f"/analytics/projects/{project['id']}", {"since": "2024-01-01"}
    asked |= {"until": "2024-01-31"}
    seen, hidden = await counted(owner, path, **asked), await counted(member, path, **asked)
    assert seen["earned_value"]["money"]["value"]["actual"] == "41.67"
    assert seen["earned_value"]["money"]["value"]["budget_at_completion"] == "100.00"
    assert hidden["earned_value"]["money"] is None
    assert hidden["earned_value"]["unpriced_hours"] is None
    assert hidden["earned_value"]["hours"] == seen["earned_value"]["hours"]
    assert {each["tracked_hours"] for each in hidden["people"]} == {None}
    assert "0.83" in {each["tracked_hours"] for each in seen["people"]}
    assert seen["hours"] == {"estimated": "2.00", "tracked": "0.83", "tracked_in_range": "0.83"}


async def test_a_key_limited_to_a_project_counts_that_alone(
    owner: Person, database: Database
) -> None:
    mine, other = await owner.project("Mine"), await owner.project("Other")
    for project in (mine, other):
        await owner.task(project, "T")
    await rebuild_workspace(database, owner.tenant_id)
    await owner.signed_in_by("password")
    key = await owner.key("task:read", "workspace:read", project_ids=[mine["id"]])

    found = await key.get(f"/analytics/projects/{mine['id']}")
    assert found.status_code == 200, found.text
    assert found.json()["now"]["open"] == 1
    assert (await key.get(f"/analytics/projects/{other['id']}")).status_code == 404
    assert (await key.get("/analytics/workspace")).status_code == 403
    async with database.tenant(owner.tenant_id, projects=(UUID(mine["id"]),)) as db:
        counts = [
            await db.fetchval("SELECT count(DISTINCT project_id) FROM analytics_tasks"),
            await db.fetchval("SELECT count(DISTINCT project_id) FROM analytics_spans"),
            await db.fetchval("SELECT count(DISTINCT project_id) FROM analytics_flow"),
        ]
    assert counts == [1, 1, 1]


async def test_what_is_not_counted_yet_is_said(owner: Person) -> None:
    project = await owner.project()
    await owner.task(project, "T")
    found = await counted(owner, f"/analytics/projects/{project['id']}")
    assert found["fresh"]["behind"] > 0
    assert found["now"]["open"] == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "1999-12-31"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "2024-05-02", "until": "2024-05-01"}, "until"),
        ({"since": "2020-01-01", "until": "2021-06-01"}, "until"),
        ({"since": "2000-01-01", "until": "2199-12-31", "bucket": "month"}, "until"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
async def test_ranges_have_bounds(owner: Person, asked: dict[str, str], field: str) -> None:
    for path in ("/analytics/workspace", "/analytics/usage"):
        answer = await owner.get(path, **asked)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == field


async def test_the_ends_of_the_world_are_counted(owner: Person) -> None:
    project = await owner.project()
    for asked in (
        {"since": "2000-01-01", "until": "2000-01-01", "time_zone": "Pacific/Kiritimati"},
        {"since": "2199-12-31", "until": "2199-12-31", "time_zone": "Pacific/Pago_Pago"},
    ):
        for path in (f"/analytics/projects/{project['id']}", "/analytics/usage"):
            await counted(owner, path, **asked)
        await counted(owner, f"/analytics/projects/{project['id']}/trends", **asked)
