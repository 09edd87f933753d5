"""How a single task is to be scheduled."""

import pytest
from tests.people import Person
from tests.planning.plans import Json, project, task

FIELDS = {
    "constraint_type": "start_no_earlier_than",
    "constraint_date": "2026-03-05T09:00:00Z",
    "deadline": "2026-03-20T17:00:00Z",
    "is_pinned": True,
    "duration_minutes": 960,
    "progress": 30,
}


@pytest.fixture
async def one(owner: Person) -> Json:
    return await task(owner, await project(owner), "One", start_date="2026-03-04")


async def test_a_task_is_scheduled_as_soon_as_possible_until_somebody_says_otherwise(
    owner: Person, one: Json
) -> None:
    path = f"/tasks/{one['id']}/schedule"
    before = (await owner.get(path)).json()

    changed = await owner.patch(path, FIELDS)

    assert before == {
        "task_id": one["id"], "constraint_type": "as_soon_as_possible", "constraint_date": None,
        "deadline": None, "is_pinned": False, "duration_minutes": None, "progress": 0,
        "start_at": None, "version": 1,
    }  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert changed.json() == {**before, **FIELDS, "version": 2}
    assert (await owner.get(path)).json() == changed.json()
    event = (await owner.get(f"/tasks/{one['id']}/activity")).json()["items"][0]
    assert event["type"] == "task.scheduled"
    assert event["payload"] == {"before": {f: before[f] for f in FIELDS}, "after": FIELDS}


async def test_who_has_read_an_older_version_is_told(owner: Person, one: Json) -> None:
    path = f"/tasks/{one['id']}/schedule"
    first = await owner.patch(path, {"progress": 10}, **{"If-Match": '"1"'})
    second = await owner.patch(path, {"progress": 20}, **{"If-Match": '"1"'})
    same = await owner.patch(path, {"progress": 10, "version": 2})

    assert (first.status_code, second.status_code, same.status_code) == (200, 409, 200)
    assert second.json()["current"]["progress"] == 10
    assert same.json()["version"] == 2, "nothing was written"


async def test_a_constraint_without_a_date_lets_its_date_go(owner: Person, one: Json) -> None:
    path = f"/tasks/{one['id']}/schedule"
    await owner.patch(path, FIELDS)
    answer = await owner.patch(path, {"constraint_type": "as_late_as_possible"})
    assert answer.json()["constraint_date"] is None


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("constraint_date", {"constraint_type": "must_start_on"}),
        ("constraint_date", {"constraint_date": "2026-03-05T09:00:00Z"}),
        (
            "constraint_date",
            {"constraint_type": "must_start_on", "constraint_date": "9999-12-31T23:59:59Z"},
        ),
        ("constraint_date", {"constraint_date": "2026-03-05T09:00:00"}),
        ("deadline", {"deadline": "0001-01-01T00:00:00Z"}),
        ("deadline", {"deadline": "0001-01-01T00:00:00+14:00"}),
        ("duration_minutes", {"duration_minutes": -1}),
        ("duration_minutes", {"duration_minutes": 10**12}),
        ("progress", {"progress": 101}),
        ("constraint_type", {"constraint_type": "whenever"}),
        ("start_at", {"start_at": "2026-03-05T09:00:00Z"}),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name(
    owner: Person, one: Json, field: str, body: Json
) -> None:
    path = f"/tasks/{one['id']}/schedule"
    before = (await owner.get(path)).json()

    answer = await owner.patch(path, body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get(path)).json() == before


async def test_a_task_without_dates_cannot_stay_at_them(owner: Person) -> None:
    bare = await task(owner, await project(owner), "Bare")
    answer = await owner.patch(f"/tasks/{bare['id']}/schedule", {"is_pinned": True})
    assert answer.json()["errors"][0]["field"] == "is_pinned"


async def test_a_task_with_sub_tasks_takes_few_constraints(owner: Person, one: Json) -> None:
    await task(owner, {"id": one["project_id"]}, "Child", parent_id=one["id"])
    path = f"/tasks/{one['id']}/schedule"
    when = {"constraint_date": "2026-03-05T09:00:00Z"}

    refused = await owner.patch(path, {"constraint_type": "must_finish_on", **when})
    allowed = await owner.patch(path, {"constraint_type": "finish_no_later_than", **when})

    assert refused.json()["errors"][0]["field"] == "constraint_type"
    assert allowed.status_code == 200


async def test_the_assignee_schedules_their_task_and_other_members_do_not(
    owner: Person, one: Json
) -> None:
    assignee, member = await owner.colleague("member"), await owner.colleague("member")
    for person in (assignee, member):
        await owner.join({"id": one["project_id"]}, person)
    await owner.patch(f"/tasks/{one['id']}", {"assignee_id": str(assignee.id)})
    path = f"/tasks/{one['id']}/schedule"

    assert (await assignee.patch(path, {"progress": 5})).status_code == 200
    assert (await member.patch(path, {"progress": 6})).status_code == 403
    assert (await member.get(path)).json()["progress"] == 5
