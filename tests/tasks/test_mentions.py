"""Mentions: who is named in comments and descriptions, and who is not."""

import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.tasks.mentions import LONGEST_PARAGRAPH, MAX_MENTIONS, find_mentions

TaskJson = dict[str, Any]
ADA = UUID("019ab100-0000-7000-8000-000000000001")
BOB = UUID("019ab100-0000-7000-8000-000000000002")


def at(person: UUID | str, name: str = "Ada") -> str:
    return f"@[{name}](user:{person})"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (f"Hello {at(ADA)}, and {at(BOB, 'Bob')}; {at(ADA)} again", [ADA, BOB]),
        (f"- a list\n- of **{at(ADA)}**\n\n> {at(BOB)}", [ADA, BOB]),
        (f"# {at(ADA)}", [ADA]),
        (at(str(ADA).upper()), [ADA]),
        (f"`{at(ADA)}`", []),
        (f"```\n{at(ADA)}\n```", []),
        (f"    {at(ADA)}", []),
        (f"\\{at(ADA)}", []),
        (f"@\\[Ada](user:{ADA})", []),
        (f"[Ada](user:{ADA})", []),
        (f"<!-- {at(ADA)} -->", []),
        (f"![@](user:{ADA})", []),
        ("@[Ada](user:nobody) @[Ada](user:) user:", []),
        (f"@[Ada](https://example.org/user:{ADA})", []),
        (f"@[Ada]: user:{ADA}", []),
        ("", []),
    ],
)
def test_a_mention_is_an_at_before_a_link_to_a_user_outside_of_code(
    text: str, people: list[UUID]
) -> None:
    assert find_mentions(text) == people


@given(st.text(alphabet="@[](user:)`*_\n ~<>-#0123abc", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert find_mentions(text) == []
    # In a paragraph of its own, a mention after it counts unless the text leaves code open.
    found = find_mentions(f"{at(ADA)}\n\n{text}")
    assert found[:1] == [ADA]


@pytest.mark.parametrize("piece", ["[", "@[", "![", "*_", "`", "> ", "@[a](user:", "<a ", "- "])
def test_no_text_takes_long(piece: str) -> None:
    line = "@" + piece * (LONGEST_PARAGRAPH // len(piece) - 1)
    texts = [piece * (100_000 // len(piece)), "\n\n".join([line] * 5)]
    for text in texts:
        started = time.process_time()
        find_mentions(text)
        assert time.process_time() - started < 2


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task")


async def test_comments_say_whom_they_mention_and_edits_change_it(
    owner: Person, task: TaskJson
) -> None:
    one, other = await owner.colleague("admin"), await owner.colleague("member")
    await owner.join({"id": task["project_id"]}, other)
    path = f"/tasks/{task['id']}/comments"

    made = (await owner.post(path, {"body": f"{at(one.id)}?"})).json()
    edited = await owner.patch(f"/comments/{made['id']}", {"body": f"{at(other.id)}!"})
    listed = (await owner.get(path)).json()["items"]
    events = (await owner.get(f"/tasks/{task['id']}/activity", show="comments")).json()["items"]

    assert made["mentions"] == [str(one.id)]
    assert edited.json()["mentions"] == [str(other.id)]
    assert listed == [edited.json()]
    assert events[0]["payload"]["before"]["mentions"] == [str(one.id)]
    assert events[0]["payload"]["after"]["mentions"] == [str(other.id)]
    assert events[1]["payload"]["after"]["mentions"] == [str(one.id)]


async def test_only_who_may_see_the_task_is_mentioned(
    owner: Person, task: TaskJson, stranger: Person
) -> None:
    outside, left = await owner.colleague("manager"), await owner.colleague("admin")
    assert (await owner.post(f"/users/{left.id}/deactivate")).status_code == 200
    people = (outside.id, left.id, stranger.id, uuid7(), owner.id)

    made = await owner.post(f"/tasks/{task['id']}/comments", {"body": " ".join(map(at, people))})

    assert made.json()["mentions"] == [str(owner.id)]
    assert made.json()["body"].count("user:") == 5


async def test_a_description_mentions_too(owner: Person) -> None:
    admin = await owner.colleague("admin")
    project = await owner.project()
    task = await owner.task(project, "Task", description=f"{at(admin.id)}, please")
    path = f"/tasks/{task['id']}"

    watchers = (await owner.get(f"{path}/watchers")).json()["items"]
    await owner.patch(path, {"title": "Other", "description": "`code` of user:"})
    after = (await owner.get(f"{path}/watchers")).json()["items"]
    events = (await owner.get(f"{path}/activity")).json()["items"]

    assert {w["user_id"]: w["reason"] for w in watchers}[str(admin.id)] == "mentioned"
    assert [w["user_id"] for w in after] == [str(owner.id)]
    assert [e["type"] for e in events] == [
        "task.people_mentioned", "task.updated", "task.people_mentioned", "task.created",
    ]  # fmt: skip
    assert events[0]["payload"] == {
        "before": {"mentions": [str(admin.id)]}, "after": {"mentions": []},
    }  # fmt: skip


async def test_so_many_people_and_no_more(owner: Person, task: TaskJson) -> None:
    crowd = " ".join(at(uuid7()) for _ in range(MAX_MENTIONS + 1))
    before = (await owner.get("/audit")).json()

    refused = {
        "body": await owner.post(f"/tasks/{task['id']}/comments", {"body": crowd}),
        "description": await owner.patch(f"/tasks/{task['id']}", {"description": crowd}),
    }

    for field, answer in refused.items():
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task
    assert (await owner.get("/audit")).json() == before


async def test_an_answer_stands_one_level_below(
    owner: Person, task: TaskJson, stranger: Person
) -> None:
    other = await owner.task({"id": task["project_id"]}, "Other")
    theirs = await stranger.task(await stranger.project(), "Theirs")

    async def comment(on: TaskJson, parent: str | None = None, who: Person = owner) -> Any:
        return await who.post(f"/tasks/{on['id']}/comments", {"body": "x", "parent_id": parent})

    first = (await comment(task)).json()
    answer = (await comment(task, first["id"])).json()
    elsewhere = (await comment(other)).json()
    foreign = (await comment(theirs, who=stranger)).json()

    assert (first["parent_id"], answer["parent_id"]) == (None, first["id"])
    for parent in (answer, elsewhere, foreign):
        refused = await comment(task, parent["id"])
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "parent_id"
    await owner.delete(f"/comments/{first['id']}")
    assert (await comment(task, first["id"])).status_code == 422
    assert (await owner.get(f"/tasks/{task['id']}/comments")).json()["items"] == [answer]
