"""Rates from a day on, and what projects cost by them."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from tests.planning.workplace import Fields, adds, field_of, has, lives
from tests.tasks.test_time_entries import worked
from uuid_utils.compat import uuid7


async def costs_an_hour(owner: Person, person: Person, cost: str, **more: Any) -> Fields:
    body = {"valid_from": "2024-01-01", "cost": cost, **more}
    return await adds(owner, f"/users/{person.id}/rates", body)


async def costs(person: Person, project: Fields) -> Fields:
    return await has(person, f"/projects/{project['id']}/costs")


async def test_a_rate_counts_until_the_next(owner: Person) -> None:
    project = await owner.project(budget_amount="1000.00")
    task = await owner.task(project, "Work")
    await lives(owner, "Asia/Kolkata")  # whose days begin at 18:30 UTC
    await costs_an_hour(owner, owner, "50", bill="100")
    await costs_an_hour(owner, owner, "60.50", valid_from="2024-06-05")
    await worked(owner, task, "2023-12-31T18:00:00Z", 60)  # before there was a rate
    await worked(owner, task, "2024-06-04T18:00:00Z", 30)  # still the fourth
    await worked(owner, task, "2024-06-04T18:30:00Z", 20)  # the fifth
    await worked(owner, task, "2024-06-03T18:30:00Z", 10, is_billable=False)

    found = await costs(owner, project)
    # 25 + 20.1666… + 8.3333…
    assert (found["actual"], found["actual_minutes"]) == ("53.50", 120)
    assert (found["billable"], found["unpriced_actual_minutes"]) == ("50.00", 60)
    assert (found["remaining"], found["used_percent"]) == ("946.50", "5.35")


async def test_planned_costs_are_the_estimates_at_the_rates_of_their_days(owner: Person) -> None:
    project, member = await owner.project(budget_amount="100"), await owner.colleague("member")
    await owner.join(project, member)
    await costs_an_hour(owner, owner, "50")
    await costs_an_hour(owner, member, "20")
    await costs_an_hour(owner, member, "30", valid_from="2024-06-05")
    plans: list[Fields] = [
        {"assignee_id": str(owner.id), "estimated_hours": "0.5"},
        {"assignee_id": str(member.id), "estimated_hours": "1", "start_date": "2024-06-04"},
        {"assignee_id": str(member.id), "estimated_hours": "1", "start_date": "2024-06-05"},
        {"assignee_id": str(member.id), "estimated_hours": "1", "due_date": "2024-06-04T12:00:00Z"},
        {"assignee_id": str(member.id), "estimated_hours": "1", "start_date": "2023-01-01"},
        {"estimated_hours": "2"},
        {"assignee_id": str(owner.id), "estimated_hours": "9", "status": "cancelled"},
        {"assignee_id": str(owner.id), "estimated_hours": "1", "status": "completed"},
    ]
    for fields in plans:
        await owner.task(project, "Work", **fields)

    found = await costs(owner, project)
    assert (found["planned"], found["planned_minutes"]) == ("145.00", 450)
    assert (found["unpriced_planned_minutes"], found["planned_percent"]) == (180, "145.00")
    by_person = {p["user_id"]: (p["planned"], p["planned_minutes"]) for p in found["people"]}
    assert by_person == {
        str(owner.id): ("75.00", 90), str(member.id): ("70.00", 240), None: ("0.00", 120)
    }  # fmt: skip


async def test_costs_are_shown_by_task_in_pages(owner: Person) -> None:
    project = await owner.project(key="WEB")
    await costs_an_hour(owner, owner, "60")
    made = [
        await owner.task(project, f"Task {n}", estimated_hours=str(n), assignee_id=str(owner.id))
        for n in (1, 2, 3)
    ]
    await worked(owner, made[1], "2024-06-03T09:00:00Z", 45)
    path = f"/projects/{project['id']}/costs/tasks"

    first = await has(owner, path, limit=2)
    second = await has(owner, path, limit=2, cursor=first["next_cursor"])
    shown = [
        (t["key"], t["planned"], t["actual"], t["actual_minutes"])
        for t in first["items"] + second["items"]
    ]
    assert shown == [
        ("WEB-1", "60.00", "0.00", 0), ("WEB-2", "120.00", "45.00", 45),
        ("WEB-3", "180.00", "0.00", 0),
    ]  # fmt: skip
    assert second["next_cursor"] is None


async def test_a_project_without_work_costs_nothing(owner: Person) -> None:
    project = await owner.project()

    found = await costs(owner, project)
    assert (found["planned"], found["actual"], found["people"]) == ("0.00", "0.00", [])
    assert (found["budget"], found["used_percent"], found["remaining"]) == (None, None, None)
    free = await owner.project("Free", budget_amount="0")
    assert (await costs(owner, free))["used_percent"] is None
    assert (await has(owner, f"/projects/{project['id']}/costs/tasks"))["items"] == []


async def test_currencies_are_not_mixed(owner: Person) -> None:
    euros = await owner.project("Europe", budget_currency="EUR")
    task = await owner.task(euros, "Work", assignee_id=str(owner.id), estimated_hours="2")
    await worked(owner, task, "2024-06-03T09:00:00Z", 60)
    await costs_an_hour(owner, owner, "50", currency="USD")

    for path in ("costs", "costs/tasks"):
        refused = await owner.get(f"/projects/{euros['id']}/{path}")
        assert refused.status_code == 409
        assert refused.json()["type"] == "/problems/rates-in-other-currencies"
        assert str(owner.id) in refused.json()["errors"][0]["message"]
    await costs_an_hour(owner, owner, "45", currency="EUR")
    found = await costs(owner, euros)
    assert (found["currency"], found["planned"], found["actual"]) == ("EUR", "90.00", "45.00")
    # Somebody who has no part in the project is no matter.
    await costs_an_hour(owner, await owner.colleague("member"), "1", currency="JPY")
    assert await costs(owner, euros) == found


async def test_rates_are_for_owners_and_admins_costs_for_who_runs_the_project(
    owner: Person,
) -> None:
    project = await owner.project()
    admin, manager, lead, member = [
        await owner.colleague(role) for role in ("admin", "manager", "member", "member")
    ]
    for person in (manager, member):
        await owner.join(project, person)
    await owner.join(project, lead, "manager")
    rate = await costs_an_hour(owner, member, "50")

    for person in (manager, lead, member):
        assert (await person.get(f"/users/{member.id}/rates")).status_code == 403
        new = {"valid_from": "2025-01-01", "cost": "1"}
        assert (await person.post(f"/users/{member.id}/rates", new)).status_code == 403
        assert (await person.patch(f"/rates/{rate['id']}", {"cost": "1"})).status_code == 403
        assert (await person.delete(f"/rates/{rate['id']}")).status_code == 403
    assert (await has(admin, f"/users/{member.id}/rates"))["items"] == [rate]
    seen = [
        (await person.get(f"/projects/{project['id']}/costs")).status_code
        for person in (owner, admin, manager, lead, member)
    ]
    assert seen == [200, 200, 200, 200, 403]


async def test_a_rate_is_corrected_and_taken_away(owner: Person) -> None:
    rate = await costs_an_hour(owner, owner, "50", bill="80")
    path = f"/rates/{rate['id']}"

    changed = await owner.patch(path, {"cost": "55.5", "bill": None}, **{"If-Match": '"1"'})
    assert (changed.json()["cost"], changed.json()["bill"]) == ("55.50", None)
    assert (await owner.patch(path, {"cost": "55.50"})).json()["version"] == 2
    late = await owner.patch(path, {"cost": "1"}, **{"If-Match": '"1"'})
    assert late.status_code == 409
    other = await costs_an_hour(owner, owner, "60", valid_from="2025-01-01")
    taken = await owner.patch(f"/rates/{other['id']}", {"valid_from": "2024-01-01"})
    assert taken.status_code == 409
    assert taken.json()["errors"][0]["field"] == "valid_from"
    listed = await has(owner, f"/users/{owner.id}/rates")
    assert [r["valid_from"] for r in listed["items"]] == ["2025-01-01", "2024-01-01"]
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.delete(path)).status_code == 404
    events = [e for e in (await has(owner, "/audit"))["items"] if e["type"].startswith("rate.")]
    assert [e["type"] for e in events] == [
        "rate.deleted", "rate.created", "rate.updated", "rate.created"
    ]  # fmt: skip
    assert "55.5" not in str(events)


REFUSED: dict[str, tuple[Fields, str]] = {
    "less than nothing": ({"cost": "-0.01"}, "cost"),
    "infinitely much": ({"cost": "Infinity"}, "cost"),
    "no number": ({"cost": "NaN"}, "cost"),
    "too much": ({"cost": "100000000"}, "cost"),
    "parts of a cent": ({"bill": "1.001"}, "bill"),
    "no currency": ({"currency": "euro"}, "currency"),
    "the year 0001": ({"valid_from": "0001-01-01"}, "valid_from"),
    "the year 9999": ({"valid_from": "9999-12-31"}, "valid_from"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_rate_is_refused_by_its_field(owner: Person, what: str) -> None:
    fields, field = REFUSED[what]
    body = {"valid_from": "2024-01-01", "cost": "1", **fields}

    assert field_of(await owner.post(f"/users/{owner.id}/rates", body)) == field
    assert (await has(owner, f"/users/{owner.id}/rates"))["items"] == []


async def test_nobody_has_no_rates(owner: Person) -> None:
    nobody = uuid7()
    assert (await owner.get(f"/users/{nobody}/rates")).status_code == 404
    new = {"valid_from": "2024-01-01", "cost": "1"}
    assert (await owner.post(f"/users/{nobody}/rates", new)).status_code == 404


async def test_two_rates_from_one_day_do_not_stand_beside_each_other(owner: Person) -> None:
    body = {"valid_from": "2024-01-01", "cost": "1"}
    path = f"/users/{owner.id}/rates"

    answers = await asyncio.gather(*(owner.post(path, body) for _ in range(3)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409]


async def test_absences_go_with_the_person_and_costs_stay(owner: Person) -> None:
    await owner.signed_in_by("password")
    project, member = await owner.project(), await owner.colleague("member")
    await owner.join(project, member)
    task = await owner.task(project, "Work")
    await costs_an_hour(owner, member, "60")
    await worked(member, task, "2024-06-03T09:00:00Z", 60)
    await adds(owner, f"/users/{member.id}/absences", {"first_day": "2024-06-04", "kind": "sick"})

    assert (await owner.delete(f"/users/{member.id}")).status_code == 204

    found = await has(owner, "/absences", since="2024-06-01", until="2024-06-30")
    assert found["items"] == []
    assert (await costs(owner, project))["actual"] == "60.00"
