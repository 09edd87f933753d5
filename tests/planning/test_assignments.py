"""Who is assigned to a project: the whole list at once, or one by one."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from tests.planning.workplace import Fields, adds, field_of, has, put, sets
from uuid_utils.compat import uuid7

JUNE = {"start_date": "2026-06-01", "end_date": "2026-06-30"}


def said(assignments: list[Any]) -> list[tuple[str, str, str]]:
    return [(a["user_id"], a["units"], a["start_date"]) for a in assignments]


async def events(owner: Person, start: str) -> list[Any]:
    items = (await has(owner, "/audit", category="all"))["items"]
    return [e for e in reversed(items) if e["type"].startswith(start)]


async def test_the_whole_list_is_what_is_said(owner: Person) -> None:
    project, member = await owner.project(), await owner.colleague("member")
    path = f"/projects/{project['id']}/resources"
    first = await sets(
        owner,
        path,
        {"items": [
            {"user_id": str(owner.id), **JUNE},
            {"user_id": str(member.id), "units": "37.5", **JUNE},
        ]},
    )  # fmt: skip
    ids = {a["user_id"]: a["id"] for a in first["items"]}

    second = await sets(
        owner,
        path,
        {"items": [
            {"user_id": str(owner.id), **JUNE},
            {"id": ids[str(member.id)], "user_id": str(member.id), "units": 50, **JUNE},
            {"user_id": str(member.id), "start_date": "2026-07-01", "end_date": "2026-07-01"},
        ]},
    )  # fmt: skip

    listed = await has(owner, path)
    assert listed["items"] == second["items"]
    assert sorted(said(second["items"])) == sorted([
        (str(owner.id), "100.00", "2026-06-01"), (str(member.id), "50.00", "2026-06-01"),
        (str(member.id), "100.00", "2026-07-01"),
    ])  # fmt: skip
    by_id = {a["id"]: a for a in second["items"]}
    assert by_id[ids[str(owner.id)]]["version"] == 1
    assert by_id[ids[str(member.id)]]["version"] == 2
    last = (await events(owner, "project.resources_assigned"))[-1]["payload"]
    assert [a["units"] for a in last["before"]["assignments"]] == ["37.50"]
    assert sorted(a["units"] for a in last["after"]["assignments"]) == ["100.00", "50.00"]
    count = len(await events(owner, "project.resources_assigned"))
    again = [{k: a[k] for k in ("id", "user_id", "units", *JUNE)} for a in second["items"]]
    assert await sets(owner, path, {"items": again}) == second
    assert len(await events(owner, "project.resources_assigned")) == count
    assert await sets(owner, path, {"items": []}) == {"items": []}


async def test_assignments_are_added_changed_and_removed(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}/resources"
    made = await adds(owner, path, {"user_id": str(owner.id), "units": "80", **JUNE})
    one = f"/resource-assignments/{made['id']}"

    changed = await owner.patch(one, {"end_date": "2026-06-15"}, **{"If-Match": '"1"'})
    assert (changed.json()["end_date"], changed.json()["version"]) == ("2026-06-15", 2)
    assert (await owner.patch(one, {"units": "80.00"})).json()["version"] == 2
    late = await owner.patch(one, {"units": 10}, **{"If-Match": '"1"'})
    assert late.status_code == 409
    assert late.json()["current"]["version"] == 2
    assert (await owner.delete(one)).status_code == 204
    assert (await owner.delete(one)).status_code == 404
    types = [e["type"] for e in await events(owner, "assignment.")]
    assert types == ["assignment.created", "assignment.updated", "assignment.deleted"]


REFUSED: dict[str, tuple[Fields, str]] = {
    "no units": ({"units": 0}, "units"),
    "too many units": ({"units": "1000"}, "units"),
    "infinite units": ({"units": "Infinity"}, "units"),
    "a thousandth": ({"units": "0.001"}, "units"),
    "days out of order": ({"end_date": "2026-05-31"}, "end_date"),
    "the year 0001": ({"start_date": "0001-01-01"}, "start_date"),
    "the year 9999": ({"end_date": "9999-12-31"}, "end_date"),
    "nobody": ({"user_id": str(uuid7())}, "user_id"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_assignment_is_refused_by_its_field(owner: Person, what: str) -> None:
    fields, field = REFUSED[what]
    project = await owner.project()
    path = f"/projects/{project['id']}/resources"
    good: Fields = {"user_id": str(owner.id), **JUNE}

    assert field_of(await owner.post(path, {**good, **fields})) == field
    whole = {"items": [good, {**good, **fields}]}
    assert field_of(await put(owner, path, whole)) == f"items[1].{field}"
    assert (await has(owner, path))["items"] == []


async def test_an_id_is_one_assignments(owner: Person) -> None:
    project, other = await owner.project(), await owner.project("Other")
    made = await adds(
        owner, f"/projects/{project['id']}/resources", {"user_id": str(owner.id), **JUNE}
    )
    stolen: Fields = {"id": made["id"], "user_id": str(owner.id), **JUNE}
    path = f"/projects/{other['id']}/resources"

    assert (await owner.post(path, stolen)).status_code == 409
    assert (await put(owner, path, {"items": [stolen]})).status_code == 409
    twice = {**stolen, "id": str(uuid7())}
    assert field_of(await put(owner, path, {"items": [twice, twice]})) == "items"
    assert len((await has(owner, f"/projects/{project['id']}/resources"))["items"]) == 1


async def test_two_lists_at_once_leave_one_of_them(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}/resources"
    lists = [
        {"items": [{"user_id": str(owner.id), "units": units, **JUNE}] * 3} for units in (10, 20)
    ]

    answers = await asyncio.gather(*(put(owner, path, body) for body in lists))

    assert {a.status_code for a in answers} == {200}
    units = [a["units"] for a in (await has(owner, path))["items"]]
    assert units in (["10.00"] * 3, ["20.00"] * 3)


async def test_a_key_limited_to_other_projects_does_not_find_them(owner: Person) -> None:
    await owner.signed_in_by("passkey")
    project, other = await owner.project(), await owner.project("Other")
    made = await adds(
        owner, f"/projects/{project['id']}/resources", {"user_id": str(owner.id), **JUNE}
    )
    key = await owner.key(project_ids=[other["id"]])

    for method in ("PATCH", "DELETE"):
        answer = await key.ask(method, f"/resource-assignments/{made['id']}", {"units": 1})
        assert answer.status_code == 404
    assert (await key.get(f"/projects/{project['id']}/resources")).status_code == 404
    assert (await key.get(f"/projects/{other['id']}/resources")).status_code == 200
