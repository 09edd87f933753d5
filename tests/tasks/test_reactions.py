"""Reactions: one emoji of each kind a person."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
from tests.people import Person

from projectflow.tasks import reactions

THUMB, HEART, FAMILY, FLAG = "👍", "❤️", "👩‍👩‍👧‍👦", "🇺🇦"


@pytest.fixture
async def task(owner: Person) -> dict[str, Any]:
    return await owner.task(await owner.project(), "Task")


@pytest.fixture
async def comment(owner: Person, task: dict[str, Any]) -> dict[str, Any]:
    return (await owner.post(f"/tasks/{task['id']}/comments", {"body": "Done"})).json()


async def react(who: Person, comment: dict[str, Any], emoji: str, method: str = "PUT") -> Any:
    return await who.client.request(
        method, f"/comments/{comment['id']}/reactions/{quote(emoji, safe='')}"
    )


async def test_reactions_are_counted_and_ones_own_are_marked(
    owner: Person, task: dict[str, Any], comment: dict[str, Any]
) -> None:
    peer, viewer = await owner.colleague("member"), await owner.colleague("viewer")
    for person in (peer, viewer):
        await owner.join({"id": task["project_id"]}, person)

    for who, emoji in ((owner, THUMB), (peer, THUMB), (peer, FAMILY), (owner, FLAG)):
        for _ in range(2):
            assert (await react(who, comment, emoji)).status_code == 200
    path = f"/tasks/{task['id']}/comments"
    seen = {who: (await who.get(path)).json()["items"][0] for who in (owner, peer, viewer)}

    counts = [(THUMB, 2), (FAMILY, 1), (FLAG, 1)]
    for each in seen.values():
        assert [(r["emoji"], r["count"]) for r in each["reactions"]] == counts
    assert [r["mine"] for r in seen[owner]["reactions"]] == [True, False, True]
    assert [r["mine"] for r in seen[peer]["reactions"]] == [True, True, False]
    assert [r["mine"] for r in seen[viewer]["reactions"]] == [False, False, False]
    assert (await react(viewer, comment, THUMB)).status_code == 403


async def test_taking_it_back_takes_ones_own_alone(
    owner: Person, task: dict[str, Any], comment: dict[str, Any]
) -> None:
    admin = await owner.colleague("admin")
    await react(owner, comment, THUMB)
    await react(admin, comment, THUMB)

    for _ in range(2):
        left = await react(owner, comment, THUMB, "DELETE")
        assert left.json()["items"] == [{"emoji": THUMB, "count": 1, "mine": False}]
    items = (await owner.get(f"/tasks/{task['id']}/activity", show="comments")).json()["items"]

    told = [(e["type"], e["payload"].get("before"), e["payload"].get("after")) for e in items]
    assert told[:3] == [
        ("reaction.removed", {"emoji": THUMB}, None),
        ("reaction.added", None, {"emoji": THUMB}),
        ("reaction.added", None, {"emoji": THUMB}),
    ]  # fmt: skip


async def test_a_heart_is_a_heart_however_it_is_typed(
    owner: Person, comment: dict[str, Any]
) -> None:
    await react(owner, comment, "\u2764")
    answer = await react(owner, comment, HEART)

    assert answer.json()["items"] == [{"emoji": HEART, "count": 1, "mine": True}]


@pytest.mark.parametrize("emoji", ["x", "5", "👍👍", "👍x", "\ufe0f", "\u200d", "🇺", " ", "\x00"])
async def test_what_is_not_one_emoji_is_refused(
    owner: Person, comment: dict[str, Any], emoji: str
) -> None:
    for method in ("PUT", "DELETE"):
        answer = await react(owner, comment, emoji, method)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "emoji"


async def test_people_who_react_at_once_are_all_counted(
    owner: Person, comment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "MAX_EMOJI", 3)
    people = [await owner.colleague("admin") for _ in range(5)]

    same = await asyncio.gather(*(react(p, comment, THUMB) for p in (*people, people[0])))
    others = await asyncio.gather(*(react(owner, comment, e) for e in "😀😁😂😃"))

    assert {a.status_code for a in same} == {200}
    assert sorted(a.status_code for a in others) == [200, 200, 422, 422]
    last = (await react(owner, comment, THUMB)).json()["items"]
    assert last[0] == {"emoji": THUMB, "count": 6, "mine": True}


async def test_comments_with_reactions_take_as_many_statements_as_without(
    owner: Person, task: dict[str, Any], comment: dict[str, Any]
) -> None:
    gone = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "Gone"})).json()
    await owner.delete(f"/comments/{gone['id']}")

    assert (await react(owner, gone, THUMB)).status_code == 404
