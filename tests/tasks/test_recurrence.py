"""Tasks that come again: when one is completed or on schedule, once each, with all in them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from tests.people import Person, found_workspace

from projectflow.tasks import recurrence_worker
from projectflow.tasks.recurrence_worker import make_due_tasks

Fields = dict[str, Any]
NOW = datetime.now(UTC)
TODAY = NOW.date()


class Desk:
    """A project in which tasks come again."""

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.project: Fields = {}

    async def task(self, **fields: Any) -> Fields:
        return await self.owner.task(self.project, "Water the plants", **fields)

    async def repeat(self, task: Fields, rule: str, **more: Any) -> Fields:
        answer = await self.try_to_repeat(task, rule, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def try_to_repeat(self, task: Fields, rule: str, **more: Any) -> httpx.Response:
        path = f"/tasks/{task['id']}/recurrence"
        return await self.owner.client.put(path, json={"rule": rule, "time_zone": "UTC", **more})

    async def complete(self, task: Fields) -> httpx.Response:
        return await self.owner.patch(f"/tasks/{task['id']}", {"status": "completed"})

    async def tasks(self) -> list[Fields]:
        answer = await self.owner.get(f"/projects/{self.project['id']}/tasks", limit=200)
        return answer.json()["items"]

    async def series(self, task: Fields) -> Fields:
        return (await self.owner.get(f"/tasks/{task['id']}/recurrence")).json()

    async def execute(self, statement: Any, *args: Any) -> None:
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            await db.execute(statement, self.owner.tenant_id, *args)

    async def events(self) -> list[str]:
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            rows = await db.fetch(
                "SELECT type FROM events WHERE tenant_id = $1 ORDER BY seq", self.owner.tenant_id
            )
        return [row["type"] for row in rows]


@pytest.fixture
async def desk(app: Litestar) -> AsyncIterator[Desk]:
    async with await found_workspace(app) as owner:
        made = Desk(owner)
        made.project = await owner.project(key="WEB")
        yield made


def at(day: date, hours: int = 9) -> str:
    return f"{day}T{hours:02}:00:00Z"


async def test_a_completed_task_comes_again_with_all_that_is_in_it(desk: Desk) -> None:
    owner = desk.owner
    due = TODAY + timedelta(days=1)
    task = await desk.task(
        description="All of them", priority="high", assignee_id=str(owner.id), tags=["home"],
        estimated_hours="1.50", due_date=at(due), start_date=str(TODAY),
    )  # fmt: skip
    step = await owner.post(f"/tasks/{task['id']}/checklist", {"title": "Kitchen"})
    await owner.patch(f"/checklist-items/{step.json()['id']}", {"is_done": True})
    body: Fields = {
        "name": "Level",
        "kind": "multi_select",
        "options": [{"name": "a"}, {"name": "b"}],
    }
    field = (await owner.post("/fields", body)).json()
    values = [option["id"] for option in field["options"]]
    await owner.client.put(f"/tasks/{task['id']}/fields/{field['id']}", json={"value": values})
    series = await desk.repeat(task, "FREQ=WEEKLY")
    assert (series["occurs_on"], series["next_on"]) == (str(due), str(due + timedelta(days=7)))

    assert (await desk.complete(task)).status_code == 200
    old, new = await desk.tasks()
    assert (old["id"], old["status"]) == (task["id"], "completed")
    same = ("title", "description", "priority", "assignee_id", "tags", "estimated_hours")
    assert {f: new[f] for f in same} == {f: old[f] for f in same}
    assert (new["status"], new["completed_at"], new["number"]) == ("pending", None, 2)
    assert new["due_date"].startswith(f"{due + timedelta(days=7)}T09:00:00")
    assert new["start_date"] == str(TODAY + timedelta(days=7))
    steps = (await owner.get(f"/tasks/{new['id']}/checklist")).json()["items"]
    assert [(s["title"], s["is_done"]) for s in steps] == [("Kitchen", False)]
    fields = (await owner.get(f"/tasks/{new['id']}/fields")).json()["items"]
    assert fields[0]["value"] == values
    after = await desk.series(new)
    assert after == await desk.series(task)
    assert (after["task_id"], after["next_on"]) == (new["id"], str(due + timedelta(days=14)))
    assert (await desk.events())[-5:] == [
        "task.updated", "task.created", "checklist_item.created", "task.field_set",
        "task.recurred",
    ]  # fmt: skip


async def test_a_moved_card_that_is_completed_comes_again(desk: Desk) -> None:
    task = await desk.task()
    await desk.repeat(task, "FREQ=DAILY")

    await desk.owner.post(f"/tasks/{task['id']}/move", {"status": "completed"})
    assert len(await desk.tasks()) == 2
    # Opened and completed again, it is the last of its series no more.
    for status in ("pending", "completed"):
        await desk.owner.patch(f"/tasks/{task['id']}", {"status": status})
    assert len(await desk.tasks()) == 2
    assert (await desk.owner.get("/tasks", query="is:recurring")).json()["items"][0]["number"] == 2


async def test_other_changes_make_nothing(desk: Desk) -> None:
    task = await desk.task()
    await desk.repeat(task, "FREQ=DAILY")
    for change in ({"title": "x"}, {"status": "cancelled"}):
        await desk.owner.patch(f"/tasks/{task['id']}", change)
    assert len(await desk.tasks()) == 1


@pytest.mark.parametrize("way", ["update", "move", "both"])
async def test_completed_by_many_at_once_it_comes_again_once(desk: Desk, way: str) -> None:
    task = await desk.task()
    await desk.repeat(task, "FREQ=DAILY")
    path = f"/tasks/{task['id']}"

    async def complete(n: int) -> int:
        if way == "update" or (way == "both" and n % 2):
            answer = await desk.owner.patch(path, {"status": "completed"})
        else:
            answer = await desk.owner.post(f"{path}/move", {"status": "completed"})
        return answer.status_code

    async def work_meanwhile(n: int) -> int:
        await desk.owner.task(desk.project, f"Other {n}")
        return (await desk.owner.post(f"{path}/recurrence/skip")).status_code

    answers = await asyncio.gather(
        *(complete(n) for n in range(8)), *(work_meanwhile(n) for n in range(4))
    )
    assert answers == [200] * 12
    assert [t["title"] for t in await desk.tasks()].count("Water the plants") == 2


async def test_dates_that_passed_while_it_was_open_are_left_out(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY - timedelta(days=30)))
    series = await desk.repeat(task, "FREQ=DAILY")
    assert series["next_on"] == str(TODAY)
    await desk.execute(
        "UPDATE task_series SET next_on = $2 WHERE tenant_id = $1", TODAY - timedelta(days=29)
    )

    await desk.complete(task)

    assert (await desk.series(task))["occurs_on"] == str(TODAY)


async def test_a_series_ends_with_its_rule(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    await desk.repeat(task, "FREQ=DAILY;COUNT=3")
    for count in (2, 3, 3):
        last = (await desk.tasks())[-1]
        await desk.complete(last)
        assert len(await desk.tasks()) == count

    series = await desk.series(task)
    assert series["next_on"] is None
    assert series["ended_at"]
    assert (await desk.owner.post(f"/tasks/{task['id']}/recurrence/skip")).status_code == 404
    again = (await desk.try_to_repeat(task, "FREQ=DAILY")).json()
    assert again["errors"][0]["field"] == "mode"


async def test_subtasks_come_along_where_they_shall(desk: Desk) -> None:
    top = await desk.task(due_date=at(TODAY))
    below = await desk.task(parent_id=top["id"], due_date=at(TODAY - timedelta(days=1)))
    await desk.task(parent_id=below["id"])
    gone = await desk.task(parent_id=top["id"])
    await desk.owner.delete(f"/tasks/{gone['id']}")
    await desk.repeat(top, "FREQ=WEEKLY", with_subtasks=True)

    await desk.complete(top)

    new, child, grandchild = (await desk.tasks())[3:]
    assert (new["parent_id"], child["parent_id"]) == (None, new["id"])
    assert grandchild["parent_id"] == child["id"]
    assert child["due_date"].startswith(str(TODAY + timedelta(days=6)))
    await desk.repeat(new, "FREQ=WEEKLY", with_subtasks=False)
    await desk.complete(new)
    assert len(await desk.tasks()) == 7


async def test_one_is_skipped(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    series = await desk.repeat(task, "FREQ=DAILY")
    path = f"/tasks/{task['id']}/recurrence"

    stale = await desk.owner.post(f"{path}/skip", **{"If-Match": '"9"'})
    assert (stale.status_code, stale.json()["current"]) == (409, series)
    skipped = (await desk.owner.post(f"{path}/skip", **{"If-Match": '"1"'})).json()
    assert skipped["next_on"] == str(TODAY + timedelta(days=2))
    await desk.complete(task)
    assert (await desk.series(task))["occurs_on"] == str(TODAY + timedelta(days=2))


async def test_a_rule_that_is_set_anew_counts_its_skipped_days_again(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    await desk.repeat(task, "FREQ=DAILY")
    await desk.owner.post(f"/tasks/{task['id']}/recurrence/skip")
    changed = await desk.repeat(task, "FREQ=DAILY", mode="on_schedule")
    assert changed["next_on"] == str(TODAY + timedelta(days=1))
    assert (changed["mode"], changed["version"]) == ("on_schedule", 3)
    stale = await desk.try_to_repeat(task, "FREQ=WEEKLY", version=1)
    assert stale.status_code == 409


async def test_an_ended_series_makes_nothing_and_can_go_on(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    await desk.repeat(task, "FREQ=DAILY")
    path = f"/tasks/{task['id']}/recurrence"
    assert (await desk.owner.delete(path)).status_code == 204
    assert (await desk.owner.delete(path)).status_code == 404
    await desk.complete(task)
    assert len(await desk.tasks()) == 1

    await desk.owner.patch(f"/tasks/{task['id']}", {"status": "pending"})
    assert (await desk.repeat(task, "FREQ=DAILY"))["ended_at"] is None
    await desk.complete(task)
    assert len(await desk.tasks()) == 2


async def test_a_preview_shows_the_next_days(desk: Desk) -> None:
    task = await desk.task(due_date=at(date(2026, 1, 31)))
    path = f"/tasks/{task['id']}/recurrence/preview"
    assert (await desk.owner.get(path)).status_code == 404
    thought = await desk.owner.get(path, rule="FREQ=DAILY;INTERVAL=2", count=3)
    dates = [date.fromisoformat(day) for day in thought.json()["dates"]]
    assert [b - a for a, b in pairwise(dates)] == [timedelta(days=2)] * 2
    assert dates[0] >= TODAY
    wrong = await desk.owner.get(path, rule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert wrong.json()["errors"][0]["field"] == "rule"
    assert (await desk.owner.get(path, rule="FREQ=DAILY", count=101)).status_code == 422
    zone = await desk.owner.get(path, rule="FREQ=DAILY", time_zone="Mars/Base")
    assert zone.json()["errors"][0]["field"] == "time_zone"

    series = await desk.repeat(task, "FREQ=MONTHLY;BYMONTHDAY=-1")
    shown = (await desk.owner.get(path, count=2)).json()["dates"]
    assert shown[0] == series["next_on"]
    await desk.owner.post(f"/tasks/{task['id']}/recurrence/skip")
    assert (await desk.owner.get(path, count=1)).json()["dates"] == shown[1:]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rule": "FREQ=HOURLY"}, "rule"),
        ({"rule": "FREQ=DAILY;COUNT=1"}, "rule"),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"}, "rule"),
        ({"rule": "x" * 501}, "rule"),
        ({"mode": "sometimes"}, "mode"),
        ({"time_zone": "Nowhere"}, "time_zone"),
        ({"starts_on": "9999-01-01"}, "starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_what_is_wrong_is_refused_by_name(desk: Desk, fields: Fields, field: str) -> None:
    task = await desk.task()
    answer = await desk.try_to_repeat(task, **{"rule": "FREQ=DAILY", **fields})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert (await desk.owner.get(f"/tasks/{task['id']}/recurrence")).status_code == 404


async def test_a_task_due_at_the_end_of_time_does_not_come_again(desk: Desk) -> None:
    for due in ("9999-12-31T12:00:00Z", "0001-01-02T00:00:00Z"):
        task = await desk.task(due_date=due)
        answer = await desk.try_to_repeat(task, "FREQ=DAILY", time_zone="Pacific/Kiritimati")
        assert answer.json()["errors"][0]["field"] == "starts_on", answer.text


async def test_on_schedule_a_task_comes_as_its_day_begins_whether_the_last_is_done_or_not(
    desk: Desk,
) -> None:
    database = desk.owner.app.state.database
    task = await desk.task(due_date=at(TODAY - timedelta(days=1), 17))
    series = await desk.repeat(task, "FREQ=DAILY", mode="on_schedule")
    assert series["next_on"] == str(TODAY)

    made = await asyncio.gather(*(make_due_tasks(database) for _ in range(3)))

    assert sum(made) == 1
    assert await make_due_tasks(database) == 0
    assert [t["due_date"][:16] for t in await desk.tasks()] == [
        at(TODAY - timedelta(days=1), 17)[:16], at(TODAY, 17)[:16],
    ]  # fmt: skip
    await desk.complete((await desk.tasks())[1])
    assert len(await desk.tasks()) == 2
    assert (await desk.series(task))["next_on"] == str(TODAY + timedelta(days=1))


async def test_a_day_begins_where_the_series_is_at_home(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        series = await desk.repeat(task, "FREQ=DAILY", mode="on_schedule", time_zone=zone)
        async with desk.owner.app.state.database.tenant(desk.owner.tenant_id) as db:
            local = await db.fetchval(
                "SELECT (next_at AT TIME ZONE $2)::text FROM task_series WHERE tenant_id = $1",
                desk.owner.tenant_id,
                zone,
            )
        assert local == f"{series['next_on']} 00:00:00"


async def test_days_that_the_worker_was_away_are_made_up_for(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    await desk.repeat(task, "FREQ=DAILY", mode="on_schedule", starts_on=str(TODAY))
    await desk.execute(
        "UPDATE task_series SET next_on = $2, occurs_on = $2::date - 1, starts_on = $2::date - 1,"
        " next_at = $3 WHERE tenant_id = $1",
        TODAY - timedelta(days=3),
        NOW - timedelta(days=3),
    )
    await desk.execute(
        "UPDATE task_occurrences SET occurs_on = $2 WHERE tenant_id = $1",
        TODAY - timedelta(days=4),
    )

    assert await make_due_tasks(desk.owner.app.state.database) == 4
    assert len(await desk.tasks()) == 5


async def test_what_fails_is_tried_later_and_holds_up_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = desk.owner.app.state.database
    bad, good = await desk.task(due_date=at(TODAY)), await desk.task(due_date=at(TODAY))
    failing = (await desk.repeat(bad, "FREQ=DAILY", mode="on_schedule"))["series_id"]
    await desk.repeat(good, "FREQ=DAILY", mode="on_schedule")
    await desk.execute(
        "UPDATE task_series SET next_at = now() - (id = $2)::int * interval '1 minute'"
        " WHERE tenant_id = $1",
        UUID(failing),
    )
    original = recurrence_worker.make_task

    async def crash_after_the_work(db: Any, tenant: Any, actor: Any, series: Any, day: Any) -> Any:
        made = await original(db, tenant, actor, series, day)
        if str(series.id) == failing:
            raise RuntimeError("the power is gone")
        return made

    monkeypatch.setattr(recurrence_worker, "make_task", crash_after_the_work)
    assert await make_due_tasks(database) == 1
    assert len(await desk.tasks()) == 3
    monkeypatch.undo()
    await desk.execute("UPDATE task_series SET next_at = now() WHERE id = $2 AND tenant_id = $1",
                       UUID(failing))  # fmt: skip
    assert await make_due_tasks(database) == 1
    assert len(await desk.tasks()) == 4


async def test_a_project_in_the_trash_gets_no_tasks(desk: Desk) -> None:
    task = await desk.task(due_date=at(TODAY))
    await desk.repeat(task, "FREQ=DAILY", mode="on_schedule")
    await desk.execute("UPDATE task_series SET next_at = now() WHERE tenant_id = $1")
    await desk.owner.delete(f"/projects/{desk.project['id']}")

    assert await make_due_tasks(desk.owner.app.state.database) == 0


async def test_an_assignee_lets_their_task_come_again_but_no_key_without_create(desk: Desk) -> None:
    member = await desk.owner.colleague("member")
    await desk.owner.join(desk.project, member)
    task = await desk.task(assignee_id=str(member.id))
    path = f"/tasks/{task['id']}/recurrence"
    await member.signed_in_by("password")
    key = await member.key("task:read", "task:update")
    assert (await key.ask("PUT", path, {"rule": "FREQ=DAILY"})).status_code == 403
    assert (await member.client.put(path, json={"rule": "FREQ=DAILY"})).status_code == 200
    await member.patch(f"/tasks/{task['id']}", {"status": "completed"})
    assert len(await desk.tasks()) == 2
