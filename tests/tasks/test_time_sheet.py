"""Weeks by the clock on the wall: zones, summer time, the 53rd week."""

from typing import Any

import pytest
from tests.people import Person
from tests.tasks.test_time_entries import worked

HOUR = 3600


async def live_in(person: Person, zone: str) -> None:
    answer = await person.patch("/me", {"time_zone": zone})
    assert answer.status_code == 200, answer.text


async def sheet(person: Person, **asked: Any) -> dict[str, Any]:
    answer = await person.get("/timesheet", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_week_has_a_row_for_each_task_and_its_sums(owner: Person) -> None:
    project = await owner.project(key="WEB")
    one, two = await owner.task(project, "One"), await owner.task(project, "Two")
    await worked(owner, two, "2024-11-25T09:00:00Z", 30)
    await worked(owner, one, "2024-11-25T10:00:00Z", 60)
    await worked(owner, one, "2024-12-01T23:00:00Z", 60)
    await worked(owner, one, "2024-11-24T23:00:00Z", 60)
    await worked(owner, one, "2024-12-02T00:00:00Z", 60)
    await owner.post(f"/tasks/{one['id']}/timer", {})

    week = await sheet(owner, week="2024-W48")

    assert (week["days"][0], week["days"][6]) == ("2024-11-25", "2024-12-01")
    assert [(r["task_key"], r["seconds"], r["total"]) for r in week["rows"]] == [
        ("WEB-1", [HOUR, 0, 0, 0, 0, 0, HOUR], 2 * HOUR),
        ("WEB-2", [HOUR // 2, 0, 0, 0, 0, 0, 0], HOUR // 2),
    ]
    assert week["totals"] == [HOUR * 3 // 2, 0, 0, 0, 0, 0, HOUR]
    assert week["total"] == HOUR * 5 // 2


async def test_time_past_midnight_is_parted_by_the_persons_own_midnight(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    await live_in(owner, "Asia/Kolkata")  # UTC+5:30
    await worked(owner, task, "2024-06-04T18:00:00Z", 60)

    week = await sheet(owner, week="2024-W23")

    assert week["time_zone"] == "Asia/Kolkata"
    assert week["totals"] == [0, HOUR // 2, HOUR // 2, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("zone", "week", "started_at", "hours"),
    [
        # Sunday, 31 March, has 23 hours: of 24 from its midnight on, one is Monday's.
        ("Europe/Berlin", "2024-W13", "2024-03-30T23:00:00Z", [0, 0, 0, 0, 0, 0, 23]),
        ("Europe/Berlin", "2024-W14", "2024-03-30T23:00:00Z", [1, 0, 0, 0, 0, 0, 0]),
        # Sunday, 27 October, has 25: 24 from one o'clock on all are Sunday's.
        ("Europe/Berlin", "2024-W43", "2024-10-26T23:00:00Z", [0, 0, 0, 0, 0, 0, 24]),
        # On Friday, 26 April, Cairo goes from 23:59 to 01:00, at 22:00 UTC.
        ("Africa/Cairo", "2024-W17", "2024-04-25T21:00:00Z", [0, 0, 0, 1, 23, 0, 0]),
        # In Havana the hour after midnight came twice on Sunday, 3 November.
        ("America/Havana", "2024-W44", "2024-11-03T03:00:00Z", [0, 0, 0, 0, 0, 1, 23]),
    ],
)
async def test_the_days_on_which_clocks_change_are_as_long_as_they_are(
    owner: Person, zone: str, week: str, started_at: str, hours: list[int]
) -> None:
    task = await owner.task(await owner.project(), "Write")
    await live_in(owner, zone)
    await worked(owner, task, started_at, 1440)

    assert (await sheet(owner, week=week))["totals"] == [HOUR * h for h in hours]


async def test_a_day_that_a_country_left_out_has_no_time(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    await live_in(owner, "Pacific/Apia")  # there was no Friday, 30 December 2011
    await worked(owner, task, "2011-12-30T09:00:00Z", 120)

    assert (await sheet(owner, week="2011-W52"))["totals"] == [0, 0, 0, HOUR, 0, HOUR, 0]


async def test_a_year_has_53_weeks_or_52(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    await worked(owner, task, "2021-01-03T12:00:00Z", 60)

    week = await sheet(owner, week="2020-W53")

    assert week["days"] == [
        "2020-12-28", "2020-12-29", "2020-12-30", "2020-12-31", "2021-01-01", "2021-01-02",
        "2021-01-03",
    ]  # fmt: skip
    assert week["totals"][6] == HOUR
    for wrong in ("2021-W53", "2020-W54", "2020-W00", "2020-53", "1999-W01", "2020-W5٣", "x"):
        answer = await owner.get("/timesheet", week=wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "week"


async def test_without_a_week_it_is_this_one(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    running = (await owner.post(f"/tasks/{task['id']}/timer", {})).json()
    await owner.post(f"/time-entries/{running['id']}/stop", {})

    week = await sheet(owner)

    assert running["started_at"][:10] in week["days"]


async def test_a_manager_reads_of_others_what_is_in_their_projects(owner: Person) -> None:
    ours, theirs = await owner.project("Ours"), await owner.project("Theirs")
    manager, member = await owner.colleague("manager"), await owner.colleague("member")
    await owner.join(ours, manager)
    for project in (ours, theirs):
        await owner.join(project, member)
    await live_in(member, "Asia/Tokyo")
    await worked(member, await owner.task(ours, "Seen"), "2024-01-08T09:00:00Z", 60)
    await worked(member, await owner.task(theirs, "Hidden"), "2024-01-08T10:00:00Z", 60)
    asked = {"week": "2024-W02", "user_id": str(member.id)}

    # In one project this member manages, in the other they work.
    lead = await owner.colleague("member")
    await owner.join(ours, lead, "manager")
    await owner.join(theirs, lead)

    seen, whole = await sheet(manager, **asked), await sheet(owner, **asked)

    assert [r["task_title"] for r in seen["rows"]] == ["Seen"]
    assert (seen["total"], seen["time_zone"]) == (HOUR, "Asia/Tokyo")
    assert await sheet(lead, **asked) == seen
    assert whole["total"] == 2 * HOUR
    assert await sheet(member, week="2024-W02") == whole
    viewer = await owner.colleague("viewer")
    assert (await viewer.get("/timesheet", **asked)).status_code == 403
    unknown = await owner.get("/timesheet", user_id=str(ours["id"]))
    assert unknown.json()["type"] == "/problems/user-not-found"
