"""Favourites: a person's own, in their order, and what happens when a project goes away."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.projects import favourites


async def names(person: Person) -> list[str]:
    return [p["name"] for p in (await person.get("/me/favourites")).json()["items"]]


async def add(person: Person, project: dict[str, Any]) -> None:
    answer = await person.client.put(f"/me/favourites/{project['id']}")
    assert answer.status_code == 200, answer.text


async def test_favourites_are_added_ordered_and_removed(owner: Person) -> None:
    a, b, c = [await owner.project(name) for name in "ABC"]
    for project in (b, a, c, b):
        await add(owner, project)
    assert await names(owner) == ["B", "A", "C"]

    order = {"project_ids": [c["id"], b["id"], a["id"]]}
    ordered = await owner.client.put("/me/favourites", json=order)
    assert [p["name"] for p in ordered.json()["items"]] == ["C", "B", "A"]
    assert (await owner.delete(f"/me/favourites/{b['id']}")).status_code == 204
    assert (await owner.delete(f"/me/favourites/{b['id']}")).status_code == 404
    assert await names(owner) == ["C", "A"]
    listed = (await owner.get("/projects")).json()["items"]
    assert {p["name"]: p["is_favourite"] for p in listed} == {"A": True, "B": False, "C": True}
    assert (await owner.get(f"/projects/{a['id']}")).json()["is_favourite"]
    assert not (await owner.get(f"/projects/{b['id']}")).json()["is_favourite"]


async def test_favourites_are_ones_own(owner: Person) -> None:
    project, colleague = await owner.project(), await owner.colleague("admin")
    await add(owner, project)

    assert await names(colleague) == []
    assert not (await colleague.get("/projects")).json()["items"][0]["is_favourite"]


async def test_an_order_names_every_favourite_once(owner: Person) -> None:
    a, b = await owner.project("A"), await owner.project("B")
    await add(owner, a)
    await add(owner, b)

    for bad in ([], [a["id"]], [a["id"], a["id"]], [a["id"], b["id"], str(uuid7())]):
        answer = await owner.client.put("/me/favourites", json={"project_ids": bad})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "project_ids")
    assert await names(owner) == ["A", "B"]


async def test_what_one_no_longer_sees_is_not_shown_and_comes_back(owner: Person) -> None:
    person = await owner.colleague("member")
    a, b = await owner.project("A"), await owner.project("B")
    for project in (a, b):
        await owner.join(project, person)
        await add(person, project)
    await owner.delete(f"/projects/{a['id']}/members/{person.id}")

    assert await names(person) == ["B"]
    assert (await person.client.put(f"/me/favourites/{a['id']}")).status_code == 404
    ordered = await person.client.put("/me/favourites", json={"project_ids": [b["id"]]})
    assert ordered.status_code == 200
    await owner.join(a, person)
    assert await names(person) == ["B", "A"]
    await owner.delete(f"/projects/{b['id']}")
    assert await names(person) == ["A"]
    assert (await person.delete(f"/me/favourites/{b['id']}")).status_code == 204


async def test_there_are_at_most_100(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(favourites, "MAX_FAVOURITES", 2)
    projects = [await owner.project(name) for name in "ABCD"]

    answers = await asyncio.gather(
        *(owner.client.put(f"/me/favourites/{p['id']}") for p in projects)
    )

    assert sorted(a.status_code for a in answers) == [200, 200, 422, 422]
