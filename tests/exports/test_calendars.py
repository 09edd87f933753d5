"""Calendars to subscribe to: what is in them, and what becomes of their secret address."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from tests.people import Person

from projectflow.exports import calendar_file
from projectflow.exports.calendar_feeds import MAX_FEEDS


async def made(person: Person, **fields: Any) -> dict[str, Any]:
    answer = await person.post("/me/calendar-feeds", {"name": "Work", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def fetched(
    visitor: httpx.AsyncClient, feed: dict[str, Any], **headers: str
) -> httpx.Response:
    return await visitor.get(urlsplit(feed["url"]).path, headers=headers)


def entries(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return list(Calendar.from_ical(answer.content).walk())[1:]


async def test_my_tasks_are_all_day_events_in_my_time_zone(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    await owner.patch("/me", {"time_zone": "Pacific/Auckland"})
    project = await owner.project(key="WEB")
    task = await owner.task(
        project, "Bake; “bread”, now", assignee_id=str(owner.id), tags=["oven"],
        due_date="2030-01-01T20:00:00Z", description="First\nSecond\x07",
    )  # fmt: skip
    await owner.task(project, "Not mine", due_date="2030-01-01T20:00:00Z")
    await owner.task(project, "Not due", assignee_id=str(owner.id))
    await owner.task(
        project, "Long ago", assignee_id=str(owner.id), due_date="2001-01-01T00:00:00Z"
    )

    answer = await fetched(visitor, await made(owner))

    (event,) = entries(answer)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert event.name == "VEVENT"
    assert event["uid"] == f"{task['id']}@projectflow"
    assert event["sequence"] == task["version"]
    assert event["summary"] == "WEB-1 Bake; “bread”, now"
    assert event["description"] == "First\nSecond"
    assert event.decoded("dtstart") == date(2030, 1, 2)
    assert task["id"] in event["url"]
    assert b"VALUE=DATE:20300102" in answer.content


async def test_a_change_counts_up_and_gives_another_tag(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    project = await owner.project()
    task = await owner.task(project, "Bake", due_date="2030-01-01T20:00:00Z")
    feed = await made(owner, shows="project", project_id=project["id"])
    first = await fetched(visitor, feed)
    tag = first.headers["etag"]

    again = await fetched(visitor, feed, **{"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await fetched(visitor, feed)).content == first.content

    await owner.patch(f"/tasks/{task['id']}", {"title": "Bake more"})
    changed = await fetched(visitor, feed, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert entries(changed)[0]["sequence"] == entries(first)[0]["sequence"] + 1
    assert entries(changed)[0]["uid"] == entries(first)[0]["uid"]

    assert (await owner.delete(f"/tasks/{task['id']}")).status_code == 204
    assert entries(await fetched(visitor, feed, **{"If-None-Match": tag})) == []


async def test_todos_say_what_is_done(owner: Person, visitor: httpx.AsyncClient) -> None:
    project = await owner.project()
    task = await owner.task(
        project, "Bake", due_date="2030-01-01T20:00:00Z", priority="urgent", status="completed"
    )

    feed = await made(owner, shows="query", query="priority:urgent", entries="todos")

    (todo,) = entries(await fetched(visitor, feed))
    assert (todo.name, todo["status"], todo["priority"]) == ("VTODO", "COMPLETED", 1)
    assert todo.decoded("due") == date(2030, 1, 1)
    assert ("completed" in todo) == (task["completed_at"] is not None)


async def test_a_view_shows_what_it_finds_until_it_is_deleted(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    project = await owner.project()
    for title in ("Bake", "Eat"):
        await owner.task(project, title, due_date="2030-01-01T20:00:00Z", tags=[title])
    view = (await owner.post("/views", {"name": "Baking", "query": "tag:Bake"})).json()
    feed = await made(owner, shows="view", view_id=view["id"])

    assert len(entries(await fetched(visitor, feed))) == 1

    assert (await owner.delete(f"/views/{view['id']}")).status_code == 204
    assert (await fetched(visitor, feed)).status_code == 404


async def test_it_shows_no_more_than_its_person_sees(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    project, hidden = await owner.project(), await owner.project("Hidden")
    for each in (project, hidden):
        await owner.task(each, each["name"], due_date="2030-01-01T20:00:00Z")
    member = await owner.colleague("member")
    await owner.join(project, member)
    everything = await made(member, shows="query", query="")
    one = await made(member, shows="project", project_id=project["id"])
    assert len(entries(await fetched(visitor, everything))) == 1

    await owner.delete(f"/projects/{project['id']}/members/{member.id}")

    assert entries(await fetched(visitor, everything)) == []
    assert (await fetched(visitor, one)).status_code == 404


async def test_a_revoked_address_and_that_of_somebody_who_left_lead_nowhere(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    member = await owner.colleague("member")
    feed, other = await made(member), await made(member)
    assert (await member.delete(f"/me/calendar-feeds/{feed['feed']['id']}")).status_code == 204
    assert (await fetched(visitor, feed)).status_code == 404
    assert (await fetched(visitor, other)).status_code == 200

    assert (await owner.post(f"/users/{member.id}/deactivate")).status_code == 200
    gone = await fetched(visitor, other)
    assert gone.status_code == 404

    nothing = await visitor.get("/api/v1/calendar/nothing.ics")
    assert gone.json()["detail"] == nothing.json()["detail"]


async def test_a_renewed_calendar_has_another_address_and_the_one_before_leads_nowhere(
    owner: Person, stranger: Person, visitor: httpx.AsyncClient
) -> None:
    colleague = await owner.colleague("admin")
    feed = await made(owner)
    path = f"/me/calendar-feeds/{feed['feed']['id']}/renew"
    for somebody in (colleague, stranger):
        assert (await somebody.post(path)).status_code == 404
    assert (await fetched(visitor, feed)).status_code == 200

    answer = await owner.post(path)

    assert answer.status_code == 200, answer.text
    renewed = answer.json()
    assert renewed["feed"] == feed["feed"]
    assert renewed["url"] != feed["url"]
    assert (await fetched(visitor, feed)).status_code == 404
    assert (await fetched(visitor, renewed)).status_code == 200


async def test_a_guessed_or_altered_address_leads_nowhere(
    owner: Person, stranger: Person, visitor: httpx.AsyncClient
) -> None:
    path = urlsplit((await made(owner))["url"]).path.removesuffix(".ics")
    tenant, feed, secret = path.rpartition("/")[2].split(".")
    for wrong in (
        path,
        f"{path[:-1]}.ics",
        f"/api/v1/calendar/{tenant}.{feed}.{secret[::-1]}.ics",
        f"/api/v1/calendar/{stranger.tenant_id.hex}.{feed}.{secret}.ics",
        f"/api/v1/calendar/{UUID(tenant)}.{feed}..ics",
        "/api/v1/calendar/....ics",
        "/api/v1/calendar/%00.%ff.x.ics",
    ):
        assert (await visitor.get(wrong)).status_code == 404, wrong


async def test_the_secret_is_shown_once_and_neither_kept_nor_logged(
    owner: Person,
    visitor: httpx.AsyncClient,
    superuser_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import asyncpg  # noqa: PLC0415

    feed = await made(owner)
    secret = feed["url"].rpartition(".ics")[0].rpartition(".")[2]
    assert (await fetched(visitor, feed)).status_code == 200
    assert (await visitor.get(urlsplit(feed["url"]).path[:-6] + "xx.ics")).status_code == 404

    listed = await owner.get("/me/calendar-feeds")
    assert [f["id"] for f in listed.json()["items"]] == [feed["feed"]["id"]]
    assert secret not in listed.text
    written = capsys.readouterr()
    assert "/api/v1/calendar/…" in written.out + written.err
    assert secret[:-2] not in written.out + written.err
    connection = await asyncpg.connect(superuser_url)
    for table in ("calendar_feeds", "events"):
        rows = await connection.fetch(
            f"SELECT t::text AS row FROM {table} t WHERE tenant_id = $1", owner.tenant_id
        )
        assert rows
        assert not any(secret in row["row"] for row in rows)
    await connection.close()


async def test_what_cannot_be_shown_names_the_field(owner: Person, stranger: Person) -> None:
    theirs = await stranger.project()
    for fields, field in (
        ({"shows": "project"}, "project_id"),
        ({"shows": "project", "project_id": theirs["id"]}, "project_id"),
        ({"shows": "view", "view_id": theirs["id"]}, "view_id"),
        ({"shows": "query"}, "query"),
        ({"shows": "query", "query": "nope:x"}, "query"),
        ({"shows": "mine", "query": "x"}, "query"),
        ({"name": " "}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"shows": "query", "query": "a\x00"}, "query"),
    ):
        answer = await owner.post("/me/calendar-feeds", {"name": "Work", **fields})
        assert answer.status_code == 422, (fields, answer.text)
        assert answer.json()["errors"][0]["field"] == field


async def test_so_many_calendars_and_no_more_tasks_than_stated(
    owner: Person, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await owner.project()
    for day in ("03", "01", "02"):
        await owner.task(project, day, due_date=f"2030-01-{day}T12:00:00Z")
    feed = await made(owner, shows="project", project_id=project["id"])
    monkeypatch.setattr(calendar_file, "MOST_TASKS", 2)
    found = entries(await fetched(visitor, feed))
    assert [e["summary"].split()[1] for e in found] == ["01", "02"]

    for _ in range(MAX_FEEDS - 1):
        await made(owner)
    assert (await owner.post("/me/calendar-feeds", {"name": "Work"})).status_code == 409
