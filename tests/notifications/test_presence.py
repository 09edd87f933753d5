"""Presence: who is in a place, as long as they say so; nobody where Redis is away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from msgspec.structs import replace
from redis.asyncio import Redis
from tests.notifications.conftest import Crew
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.redis import connect_redis
from projectflow.notifications import presence
from projectflow.notifications.presence import NewPresence, PresenceBoard, channel_of


@pytest.fixture
def redis(app: Litestar) -> Redis:
    return app.state.redis


@pytest.fixture
async def heard(crew: Crew, redis: Redis) -> AsyncIterator[Any]:
    """Listens to the workspace's channel: gives the next message, or None."""
    subscription = redis.pubsub()
    await subscription.subscribe(channel_of(crew.ada.tenant_id))
    await subscription.get_message(timeout=5)

    async def next_message() -> Any:
        told: Any = await subscription.get_message(timeout=0.3)
        return None if told is None else msgspec.json.decode(told["data"])

    yield next_message
    await subscription.aclose()


async def enter(person: Person, place: str, place_id: str, doing: str = "looking") -> int:
    body = {"place": place, "id": place_id, "doing": doing}
    return (await person.client.put("/presence", json=body)).status_code


async def people(person: Person, place: str, place_id: str) -> dict[str, str]:
    answer = await person.get("/presence", place=place, id=place_id)
    assert answer.status_code == 200, answer.text
    return {each["user_id"]: each["doing"] for each in answer.json()["people"]}


async def test_people_come_type_and_go(crew: Crew, heard: Any) -> None:
    task = (await crew.ada.task(crew.project, "Here"))["id"]
    ada, ben = str(crew.ada.id), str(crew.ben.id)
    assert await people(crew.ada, "task", task) == {}
    assert await enter(crew.ada, "task", task) == 204
    assert await heard() == {
        "place": "task", "id": task, "people": [{"user_id": ada, "doing": "looking"}]
    }  # fmt: skip
    assert await enter(crew.ben, "task", task) == 204
    assert len((await heard())["people"]) == 2
    assert await enter(crew.ben, "task", task, "typing") == 204
    assert await people(crew.ada, "task", task) == {ada: "looking", ben: "typing"}
    assert {"user_id": ben, "doing": "typing"} in (await heard())["people"]
    # What is said again is no news.
    assert await enter(crew.ben, "task", task, "typing") == 204
    assert await heard() is None

    assert await enter(crew.ben, "project", crew.project["id"]) == 204
    await heard()
    left = await crew.ben.client.delete("/presence", params={"place": "task", "id": task})
    assert left.status_code == 204
    assert await people(crew.ada, "task", task) == {ada: "looking"}
    assert await people(crew.ada, "project", crew.project["id"]) == {ben: "looking"}
    await heard()
    assert (await crew.ben.delete("/presence")).status_code == 204
    assert await people(crew.ada, "project", crew.project["id"]) == {}
    assert (await heard())["people"] == []


async def test_whoever_says_nothing_more_is_gone(
    crew: Crew, heard: Any, monkeypatch: pytest.MonkeyPatch, redis: Redis
) -> None:
    task = (await crew.ada.task(crew.project, "Short"))["id"]
    monkeypatch.setattr(presence, "LIFETIME", 0.05)
    await enter(crew.ben, "task", task)
    await heard()
    await asyncio.sleep(0.06)
    assert await people(crew.ada, "task", task) == {}

    # Whoever comes next has those who are left told.
    monkeypatch.setattr(presence, "LIFETIME", 45.0)
    await enter(crew.ada, "task", task)
    assert [each["user_id"] for each in (await heard())["people"]] == [str(crew.ada.id)]
    keys = [key async for key in redis.scan_iter(f"presence:{crew.ada.tenant_id}:*")]
    assert keys
    assert all([0 < await redis.ttl(key) <= 60 for key in keys])


async def test_only_places_that_one_may_see_are_places(crew: Crew, stranger: Person) -> None:
    hidden = await crew.ada.project("Hidden", key="HID")
    task = (await crew.ada.task(hidden, "Hidden"))["id"]
    for person in (crew.ben, stranger):
        assert await enter(person, "task", task) == 404
        assert await enter(person, "project", hidden["id"]) == 404
        for place, place_id in (("task", task), ("project", hidden["id"])):
            answer = await person.get("/presence", place=place, id=place_id)
            assert answer.status_code == 404
    assert await people(crew.ada, "task", task) == {}
    assert await enter(crew.ada, "task", str(uuid7())) == 404


@pytest.mark.parametrize(
    "body",
    [
        {"place": "attic", "id": str(uuid7())},
        {"place": "task", "id": "x"},
        {"place": "task", "id": str(uuid7()), "doing": "sleeping"},
        {"place": "task"},
        {"place": "task", "id": str(uuid7()), "mood": "good"},
    ],
)
async def test_what_is_no_presence_is_refused(owner: Person, body: Any) -> None:
    answer = await owner.client.put("/presence", json=body)

    assert answer.status_code == 422
    half = await owner.client.delete("/presence", params={"place": "task"})
    assert half.status_code == 422


async def test_without_a_token_nobody_is_anywhere(visitor: httpx.AsyncClient) -> None:
    for method in ("PUT", "DELETE"):
        body = {"place": "task", "id": str(uuid7())}
        answer = await visitor.request(method, "/api/v1/presence", json=body)
        assert answer.status_code == 401


async def test_without_redis_nobody_is_there_and_nothing_fails(
    crew: Crew, unused_tcp_port: int
) -> None:
    task = (await crew.ada.task(crew.project, "Alone"))["id"]
    state = crew.ada.app.state
    away = connect_redis(
        replace(state.settings, redis_url=f"redis://127.0.0.1:{unused_tcp_port}/0")
    )
    board, working = PresenceBoard(away, state.database), state.presence
    await working.enter(crew.ben.actor, NewPresence("task", task))
    state.presence = board
    try:
        assert await enter(crew.ada, "task", task) == 204
        assert await people(crew.ada, "task", task) == {}
        assert (await crew.ada.delete("/presence")).status_code == 204
    finally:
        state.presence = working
        await away.aclose()


async def test_presence_writes_no_event_and_wakes_nobody(crew: Crew) -> None:
    task = (await crew.ada.task(crew.project, "Quiet"))["id"]
    told: list[Any] = []

    async def tell(tenant_id: Any) -> None:
        told.append(tenant_id)

    database = crew.ada.app.state.database
    database.after_commit.append(tell)
    try:
        assert await enter(crew.ada, "task", task) == 204
    finally:
        database.after_commit.remove(tell)

    assert told == []
