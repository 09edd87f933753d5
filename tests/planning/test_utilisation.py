"""How busy people are: capacity, what is assigned, planned and done; by week and by day.

What is planned lies in the year 2100: from today on.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.planning.workplace import Fields, adds, field_of, has, is_away, lives, sets
from tests.tasks.test_time_entries import worked

DAY = 8 * 60
WEEK = "2100-W09"
MONDAY = date(2100, 3, 1)


def day(n: int) -> str:
    """Days after Monday of the week."""
    return (MONDAY + timedelta(days=n)).isoformat()


async def plans(
    person: Person, project: Fields, hours: str, start: int | None, due: int | None, **more: Any
) -> Fields:
    """A task of somebody's, from a day to a day."""
    fields: Fields = {"estimated_hours": hours, "assignee_id": str(person.id), **more}
    if start is not None:
        fields["start_date"] = day(start)
    if due is not None:
        fields["due_date"] = f"{day(due)}T12:00:00Z"
    return await person.task(project, "Work", **fields)


async def load(person: Person, week: str = WEEK, until: str | None = None) -> Fields:
    """One's own load."""
    found = await has(person, "/utilisation", since=week, until=until or week)
    return next(p for p in found["items"] if p["user"]["id"] == str(person.id))


async def by_day(person: Person, count: int = 7) -> list[int]:
    found = await has(person, f"/users/{person.id}/load", since=day(0), until=day(count - 1))
    return [each["planned"] for each in found["days"]]


async def test_capacity_is_what_the_calendars_leave(owner: Person) -> None:
    await lives(owner, "UTC", ["8", "8", "8", "4", "0", "0", "0"])
    await sets(owner, "/calendar", {"exceptions": [{"first": day(0), "last": day(0)}]})
    await is_away(owner, first_day=day(1), from_half=True)

    found = await load(owner, until="2100-W10")
    assert [w["capacity"] for w in found["weeks"]] == [240 + 480 + 240, 28 * 60]
    assert [w["week"] for w in found["weeks"]] == ["2100-W09", "2100-W10"]


async def test_a_week_of_the_change_of_clocks_is_as_long_as_others(owner: Person) -> None:
    await lives(owner, "Europe/Berlin")
    spring, autumn = "2026-W13", "2026-W43"
    for week in (spring, autumn):
        assert (await load(owner, week))["weeks"][0]["capacity"] == 5 * DAY
    nights = [[{"start": 22 * 60, "end": 30 * 60}]] * 7
    await sets(owner, "/calendar", {"week": nights})
    # The night to Sunday is an hour shorter in March and longer in October.
    assert (await load(owner, spring))["weeks"][0]["capacity"] == 7 * DAY - 60
    assert (await load(owner, autumn))["weeks"][0]["capacity"] == 7 * DAY + 60


async def test_an_assignment_takes_its_part_of_the_working_time(owner: Person) -> None:
    project, other = await owner.project(), await owner.project("Other")
    await is_away(owner, first_day=day(1))
    for where, units, first, last in ((project, "50", -30, 2), (other, "33.33", 2, 60)):
        body = {"user_id": str(owner.id), "units": units}
        body |= {"start_date": day(first), "end_date": day(last)}
        await adds(owner, f"/projects/{where['id']}/resources", body)

    found = await load(owner)
    # Half of Monday and Wednesday; a third of Wednesday, Thursday and Friday.
    assert found["weeks"][0]["allocated"] == 480 + 480
    assert sorted(p["allocated"] for p in found["projects"]) == [480, 480]
    assert found["weeks"][0]["over_assigned"] == 0
    twice = {"user_id": str(owner.id), "units": "150", "start_date": day(0), "end_date": day(0)}
    await adds(owner, f"/projects/{other['id']}/resources", twice)
    week = (await load(owner))["weeks"][0]
    assert week["allocated"] == 960 + 720
    assert (week["capacity"], week["over_assigned"]) == (4 * DAY, 0)
    here = (await has(owner, f"/projects/{other['id']}/utilisation", since=WEEK, until=WEEK))[
        "items"
    ]
    assert here[0]["weeks"][0]["here"] == {"allocated": 480 + 720, "planned": 0, "actual": 0}


async def test_what_is_left_of_a_task_is_spread_over_its_working_time(owner: Person) -> None:
    project = await owner.project()
    await is_away(owner, first_day=day(1), until_half=True)
    await is_away(owner, first_day=day(2))
    task = await plans(owner, project, "10.5", 0, 3)
    await worked(owner, task, "2024-06-03T09:00:00Z", 30)

    # Ten hours over a day, half a day and a day: two and a half.
    assert await by_day(owner) == [240, 120, 0, 240, 0, 0, 0]
    found = await load(owner)
    assert found["weeks"][0]["planned"] == 600
    assert found["projects"] == [
        {"project": {"id": project["id"], "key": project["key"], "name": project["name"]},
         "allocated": 0, "planned": 600, "actual": 0}
    ]  # fmt: skip


async def test_the_days_of_a_task_are_those_of_its_person(owner: Person) -> None:
    await lives(owner, "Pacific/Auckland")  # due at noon UTC, which is past midnight there
    await plans(owner, await owner.project(), "8", 0, 0)

    assert await by_day(owner) == [240, 240, 0, 0, 0, 0, 0]


NOT_COUNTED: dict[str, Fields] = {
    "done": {"status": "completed"},
    "cancelled": {"status": "cancelled"},
    "without an estimate": {"estimated_hours": None},
    "somebody else's": {"assignee_id": None},
}


@pytest.mark.parametrize("what", NOT_COUNTED)
async def test_what_is_nobodys_work_any_more_does_not_count(owner: Person, what: str) -> None:
    await plans(owner, await owner.project(), "8", 0, 0, **NOT_COUNTED[what])

    assert (await load(owner))["weeks"][0]["planned"] == 0


async def test_work_in_the_trash_or_a_deleted_project_does_not_count(owner: Person) -> None:
    project, other = await owner.project(), await owner.project("Other")
    task = await plans(owner, project, "8", 0, 0)
    await plans(owner, other, "8", 0, 0)
    archived = await plans(owner, project, "8", 0, 0)
    assert (await load(owner))["weeks"][0]["planned"] == 3 * DAY

    assert (await owner.delete(f"/tasks/{task['id']}")).status_code == 204
    assert (await owner.delete(f"/projects/{other['id']}")).status_code == 204
    assert (await owner.patch(f"/tasks/{archived['id']}", {"archived": True})).status_code == 200
    assert (await load(owner))["weeks"][0]["planned"] == 0


async def test_work_without_a_due_date_is_on_no_week(owner: Person) -> None:
    project = await owner.project()
    await plans(owner, project, "8", 0, None)
    await plans(owner, project, "0.5", None, None)

    found = await load(owner)
    assert (found["undated"], found["weeks"][0]["planned"]) == (510, 0)


async def test_overdue_work_is_the_next_working_days(owner: Person) -> None:
    await owner.task(
        await owner.project(), "Late", estimated_hours="9", assignee_id=str(owner.id),
        due_date="2020-01-01T00:00:00Z",
    )  # fmt: skip
    today = datetime.now(UTC).date()
    until = (today + timedelta(days=6)).isoformat()
    found = await has(owner, f"/users/{owner.id}/load", since=today.isoformat(), until=until)

    (busy,) = [d for d in found["days"] if d["planned"]]
    first = next(d for d in found["days"] if d["capacity"])
    assert busy == first
    assert (busy["planned"], busy["over_allocated"]) == (540, 60)


async def test_what_is_too_much_is_found_with_its_day_and_its_tasks(owner: Person) -> None:
    project = await owner.project(key="WEB")
    await is_away(owner, first_day=day(2))
    one = await plans(owner, project, "10", 0, 1)
    two = await plans(owner, project, "4", 1, 1)
    three = await plans(owner, project, "1", 2, 2)  # while away

    found = await has(owner, f"/users/{owner.id}/load", since=day(0), until=day(2))
    assert [(d["capacity"], d["planned"], d["over_allocated"]) for d in found["days"]] == [
        (480, 300, 0), (480, 540, 60), (0, 60, 60),
    ]  # fmt: skip
    assert [[(t["task_id"], t["minutes"]) for t in d["tasks"]] for d in found["days"]] == [
        [(one["id"], 300)], [(one["id"], 300), (two["id"], 240)], [(three["id"], 60)],
    ]  # fmt: skip
    assert found["days"][1]["tasks"][0]["key"] == "WEB-1"
    week = await load(owner)
    assert week["over_days"] == [day(1), day(2)]
    assert week["weeks"][0]["over_allocated"] == 120


async def test_tracked_time_counts_in_its_week_by_the_persons_clock(owner: Person) -> None:
    project, other = await owner.project(), await owner.project("Other")
    task, another = await owner.task(project, "One"), await owner.task(other, "Two")
    await lives(owner, "Asia/Kolkata")  # UTC+5:30: the week begins on Sunday, 18:30
    await worked(owner, task, "2024-11-24T18:00:00Z", 60)
    await worked(owner, another, "2024-11-27T09:00:00Z", 45)
    await owner.post(f"/tasks/{task['id']}/timer", {})

    found = await load(owner, "2024-W47", "2024-W48")
    assert [w["actual"] for w in found["weeks"]] == [30, 75]
    assert sorted(p["actual"] for p in found["projects"]) == [45, 60]
    path = f"/projects/{project['id']}/utilisation"
    (here,) = (await has(owner, path, since="2024-W48", until="2024-W48"))["items"]
    assert (here["weeks"][0]["actual"], here["weeks"][0]["here"]["actual"]) == (75, 30)


async def test_load_elsewhere_counts_and_is_not_named(owner: Person) -> None:
    manager, member = await owner.colleague("manager"), await owner.colleague("member")
    shared = await owner.project("Shared", key="SHARED")
    secret = await owner.project("Secret", key="SECRET")
    for person in (manager, member):
        await owner.join(shared, person)
    await owner.join(secret, member)
    for project in (shared, secret):
        await plans(member, project, "6", 0, 0)
        body = {"user_id": str(member.id), "start_date": day(0), "end_date": day(0)}
        await adds(owner, f"/projects/{project['id']}/resources", body)

    asked = {"since": WEEK, "until": WEEK}
    for path in ("/utilisation", f"/projects/{shared['id']}/utilisation"):
        answer = await manager.get(path, **asked)
        assert "ecret" not in answer.text
        assert secret["id"] not in answer.text
        found = next(p for p in answer.json()["items"] if p["user"]["id"] == str(member.id))
        week = found["weeks"][0]
        assert (week["planned"], week["allocated"], week["over_allocated"]) == (720, 960, 240)
        assert [p["project"] and p["project"]["key"] for p in found["projects"]] == [
            "SHARED", None
        ]  # fmt: skip
    days = await has(manager, f"/users/{member.id}/load", since=day(0), until=day(0))
    assert (len(days["days"][0]["tasks"]), days["days"][0]["unnamed"]) == (1, 360)


async def test_everybody_sees_themselves_and_whose_time_they_read(
    app: Litestar, owner: Person
) -> None:
    project = await owner.project()
    roles = ("admin", "manager", "member", "viewer", "manager")
    people = [await owner.colleague(role) for role in roles]
    admin, manager, member, viewer, far = people
    for person in (manager, member, viewer):
        await owner.join(project, person)
    everybody = {str(p.id) for p in (owner, *people)}
    inside = {str(p.id) for p in (owner, manager, member, viewer)}
    expected = {
        owner: everybody, admin: everybody, manager: inside, member: {str(member.id)},
        viewer: {str(viewer.id)}, far: {str(far.id)},
    }  # fmt: skip

    for person, seen in expected.items():
        found = await has(person, "/utilisation", since=WEEK, until=WEEK)
        assert {p["user"]["id"] for p in found["items"]} == seen
        for other in (member, owner):
            answer = await person.get(f"/users/{other.id}/load", since=day(0), until=day(0))
            assert answer.status_code == (200 if str(other.id) in seen else 404)
    there = await has(member, f"/projects/{project['id']}/utilisation", since=WEEK, until=WEEK)
    assert [p["user"]["id"] for p in there["items"]] == [str(member.id)]
    async with await found_workspace(app) as stranger:
        assert (await stranger.get(f"/users/{owner.id}/load")).status_code == 404


async def test_people_come_in_pages(owner: Person) -> None:
    for _ in range(3):
        await owner.colleague("member")
    found: list[str] = []
    asked: dict[str, Any] = {"since": WEEK, "until": WEEK, "limit": 2}
    while True:
        page = await has(owner, "/utilisation", **asked)
        found += [p["user"]["id"] for p in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len(found) == len(set(found)) == 4


async def test_who_left_is_not_planned_with(owner: Person) -> None:
    member = await owner.colleague("member")
    assert (await owner.post(f"/users/{member.id}/deactivate")).status_code == 200

    found = await has(owner, "/utilisation", since=WEEK, until=WEEK)
    assert [p["user"]["id"] for p in found["items"]] == [str(owner.id)]


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2100-W10", "2100-W09", "until"),
        ("2100-W01", "2101-W02", "until"),
        ("2100-W53", "2100-W53", "since"),
        ("9999-W01", "9999-W01", "since"),
        ("2100-09", "2100-W10", "since"),
    ],
)
async def test_weeks_are_bounded(owner: Person, since: str, until: str, field: str) -> None:
    assert field_of(await owner.get("/utilisation", since=since, until=until)) == field


async def test_a_task_that_never_ends_is_not_a_load_for_ever(owner: Person) -> None:
    project = await owner.project()
    for start in ("0001-01-01", "9999-12-30"):
        task = await owner.task(
            project, "Endless", estimated_hours="999.99", assignee_id=str(owner.id),
            due_date="9999-12-31T00:00:00Z", start_date=start,
        )  # fmt: skip
        assert task["id"]

    today = await has(owner, "/utilisation")
    assert 0 < today["items"][0]["weeks"][1]["planned"] <= 240
    await load(owner)
    end = await has(owner, "/utilisation", since="2199-W50", until="2199-W52")
    assert end["items"][0]["weeks"][0]["planned"] == 0
