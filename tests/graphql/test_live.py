"""Subscriptions: in order, none lost, none twice, to those concerned, for as long as they are."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from tests.graphql.live import EVENTS, Live, Server, bearer
from tests.people import Person
from tests.realtime.logs import write
from uuid_utils.compat import uuid7

from projectflow.core.events import Change, record

pytestmark = pytest.mark.usefixtures("relay")


async def test_a_change_made_by_http_is_heard(server: Server, owner: Person) -> None:
    project = await owner.project()
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        task = await owner.task(project, "Hear me")
        heard = (await live.next())["workspaceEvents"]
    assert heard["type"] == "task.created"
    assert heard["entityId"] == task["id"]


async def test_whoever_comes_back_gets_what_was_missed_once(
    server: Server, owner: Person, app: Litestar
) -> None:
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        await write(app.state.database, owner.tenant_id, 3)
        last = [e["seq"] for e in await live.nexts("workspaceEvents", 3)][-1]
    await write(app.state.database, owner.tenant_id, 150)
    async with Live(server, bearer(owner)) as live:
        # More is written while it catches up.
        writing = asyncio.create_task(write(app.state.database, owner.tenant_id, 50))
        await live.subscribe(EVENTS, after=last)
        heard = [e["seq"] for e in await live.nexts("workspaceEvents", 200)]
        await writing
        await write(app.state.database, owner.tenant_id)
        heard.append((await live.next())["workspaceEvents"]["seq"])
    assert heard == list(range(last + 1, last + 202))


async def test_each_hears_what_they_may_see(server: Server, owner: Person) -> None:
    open_project, closed_project = await owner.project("Open"), await owner.project("Closed")
    member = await owner.colleague("member")
    await owner.join(open_project, member)
    async with Live(server, bearer(member)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        await owner.task(closed_project, "Not for the member")
        seen = await owner.task(open_project, "For the member")
        assert (await live.next())["workspaceEvents"]["entityId"] == seen["id"]
        # Somebody who is taken into a project hears of it from then on, and of nothing once out.
        url = f"/projects/{closed_project['id']}/members/{member.id}"
        assert (await owner.client.put(url, json={})).status_code == 200
        later = await owner.task(closed_project, "Now for the member, too")
        heard = await live.nexts("workspaceEvents", 2)
        assert [h["type"] for h in heard] == ["project.member_set", "task.created"]
        assert heard[1]["entityId"] == later["id"]
        assert (await owner.delete(url)).status_code == 204
        await owner.task(closed_project, "Not any more")
        last = await owner.task(open_project, "Still")
        heard = await live.nexts("workspaceEvents", 2)
        assert [h["type"] for h in heard] == ["project.member_removed", "task.created"]
        assert heard[1]["entityId"] == last["id"]


async def test_a_key_hears_of_its_projects_alone(server: Server, owner: Person) -> None:
    one, other = await owner.project("One"), await owner.project("Other")
    await owner.signed_in_by()
    key = await owner.key("task:read", project_ids=[one["id"]])
    async with Live(server, f"Bearer {key.secret}") as live:
        await live.subscribe(EVENTS)
        await live.settled()
        await owner.post("/teams", {"name": "No project's"})
        await owner.task(other, "Not of the key's project")
        task = await owner.task(one, "Of it")
        assert (await live.next())["workspaceEvents"]["entityId"] == task["id"]
        assert (await owner.delete(f"/me/api-keys/{key.id}")).status_code == 204
        assert (await live.closed(3))[0] == 4401


TASK = "subscription ($id: ID!) { taskChanged(id: $id) { event { type } task { title } } }"
PROJECT = "subscription ($id: ID!) { projectEvents(projectId: $id) { type entityId } }"


async def test_a_task_and_a_project_are_heard_alone(server: Server, owner: Person) -> None:
    project, other = await owner.project("One"), await owner.project("Other")
    task, beside = await owner.task(project, "This"), await owner.task(project, "Beside")
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(TASK, id=task["id"])
        await live.settled()
        await owner.patch(f"/tasks/{beside['id']}", {"title": "Not heard"})
        await owner.patch(f"/tasks/{task['id']}", {"title": "That"})
        changed = (await live.next())["taskChanged"]
        assert changed == {"event": {"type": "task.updated"}, "task": {"title": "That"}}
        await owner.post(f"/tasks/{task['id']}/comments", {"body": "Hear, hear"})
        changed = (await live.next())["taskChanged"]
        assert changed["event"] == {"type": "comment.created"}
        await live.say(type="complete", id="op1")
        await live.subscribe(PROJECT, id=project["id"])
        await live.settled()
        await owner.task(other, "Elsewhere")
        here = await owner.task(project, "Here")
        assert (await live.next())["projectEvents"]["entityId"] == here["id"]


async def test_nothing_is_lost_while_redis_is_away(
    server: Server, owner: Person, app: Litestar
) -> None:
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        heard: list[int] = []
        for _ in range(2):
            # Both the channel's and the revocations' connections break.
            await app.state.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            await write(app.state.database, owner.tenant_id, 20)
            heard += [e["seq"] for e in await live.nexts("workspaceEvents", 20)]
    assert heard == list(range(heard[0], heard[0] + 40))


async def test_presence_and_notifications_come_to_those_concerned(
    server: Server, owner: Person, app: Litestar
) -> None:
    project = await owner.project()
    member = await owner.colleague("member")
    await owner.join(project, member)
    redis, place = app.state.redis, f"presence:{owner.tenant_id}:project:{project['id']}"
    await redis.zadd(place, {f"{owner.id}:looking": 1e12})
    mine = "subscription { notifications { id type kind } }"
    query = (
        "subscription ($id: ID!) { presence(place: PROJECT, id: $id) { people { userId doing } } }"
    )
    async with Live(server, bearer(member)) as live:
        name = await live.subscribe(query, id=project["id"])
        there = (await live.next(name))["presence"]["people"]
        assert there == [{"userId": str(owner.id), "doing": "looking"}]
        typing = {"user_id": str(owner.id), "doing": "typing"}
        told = {"place": "project", "id": project["id"], "people": [typing]}
        await redis.publish(f"presence:{owner.tenant_id}", _json(told))
        there = (await live.next(name))["presence"]["people"]
        assert there == [{"userId": str(owner.id), "doing": "typing"}]

        name = await live.subscribe(mine)
        await live.settled()
        for person in (owner, member):
            await _notify(app, owner, person, project)
        heard = (await live.next(name))["notifications"]
        assert heard["type"] == "notification.created"
        assert heard["kind"] == "assigned"
        events = await live.subscribe(EVENTS, after=0)
        types: list[str] = []
        while types.count("notification.created") < 1:
            types.append((await live.next(events))["workspaceEvents"]["type"])
        await owner.task(project, "The end")
        types.append((await live.next(events))["workspaceEvents"]["type"])
    assert types.count("notification.created") == 1
    assert types[-1] == "task.created"


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)


async def _notify(app: Litestar, owner: Person, person: Person, project: dict[str, Any]) -> None:
    payload = {"user_id": person.id, "after": {"kind": "assigned", "in_app": True}}
    change = Change(
        "notification.created", "notification", uuid7(), 1, payload, UUID(project["id"])
    )
    async with app.state.database.tenant(owner.tenant_id) as db:
        await record(db, owner.tenant_id, None, change)


async def test_an_address_in_the_log_that_is_none_asks_for_a_fresh_start(
    server: Server, owner: Person
) -> None:
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(EVENTS, after=10_000)
        message = await live.hear()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"] == {"type": "/problems/sync-reset", "status": 409}


async def test_queries_are_answered_too(server: Server, owner: Person) -> None:
    async with Live(server, bearer(owner)) as live:
        name = await live.subscribe("{ me { user { id } } }")
        assert (await live.next(name))["me"]["user"]["id"] == str(owner.id)
        assert await live.hear() == {"type": "complete", "id": name}
