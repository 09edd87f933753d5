"""Dates: told once, in the morning of the person who has the task."""

from datetime import UTC, datetime, timedelta

from tests.notifications.conftest import Crew
from tests.notifications.telling import deliver, inbox, kinds

from projectflow.notifications.due import tell_in, tell_of_dates

DUE = datetime(2026, 3, 11, 16, tzinfo=UTC)


async def _tell(crew: Crew, now: datetime) -> int:
    told = await tell_in(crew.ada.app.state.database, crew.ada.tenant_id, now)
    await deliver(crew.ada)
    return told


async def test_a_date_is_told_once_before_and_once_after_in_the_persons_zone(crew: Crew) -> None:
    await crew.ben.patch("/me", {"time_zone": "Pacific/Apia"})  # 13 hours ahead
    task = await crew.ada.task(
        crew.project, "Ship", assignee_id=str(crew.ben.id), due_date=DUE.isoformat()
    )
    await crew.ada.task(crew.project, "Done", due_date=DUE.isoformat(), status="completed")
    # 16:00 UTC is five in the morning of the twelfth; the day before begins at nine.
    morning = datetime(2026, 3, 10, 20, tzinfo=UTC)
    assert await _tell(crew, morning - timedelta(minutes=1)) == 0
    assert await _tell(crew, morning) == 1
    assert await _tell(crew, morning + timedelta(hours=5)) == 0
    said = [each for each in await inbox(crew.ben) if each["kind"] == "due_soon"]
    assert [each["details"] for each in said] == [{"due_date": "2026-03-11T16:00:00Z"}]
    assert said[0]["actor_id"] is None

    assert await _tell(crew, DUE + timedelta(days=1, hours=4)) == 1
    assert await _tell(crew, DUE + timedelta(days=1, hours=5)) == 0
    assert await kinds(crew.ben) == ["assigned", "due_soon", "overdue"]

    # Another date is news; an old one is not.
    later = DUE + timedelta(days=7)
    await crew.ada.patch(f"/tasks/{task['id']}", {"due_date": later.isoformat()})
    assert await _tell(crew, later - timedelta(hours=1)) == 1
    await crew.ada.patch(f"/tasks/{task['id']}", {"due_date": DUE.isoformat()})
    assert await _tell(crew, DUE - timedelta(hours=1)) == 0
    assert await kinds(crew.ada) == []


async def test_without_an_assignee_the_reporter_hears_of_it_and_all_workspaces_are_found(
    crew: Crew,
) -> None:
    due = datetime.now(UTC) + timedelta(minutes=30)
    task = await crew.ben.task(crew.project, "Soon", due_date=due.isoformat())
    gone = await crew.ben.task(crew.project, "Trash", due_date=due.isoformat())
    await crew.ada.delete(f"/tasks/{gone['id']}")

    assert await tell_of_dates(crew.ada.app.state.database) >= 1
    await deliver(crew.ada)

    (told,) = await inbox(crew.ben)
    assert (told["kind"], told["task"]["id"]) == ("due_soon", task["id"])
    activity = (await crew.ben.get(f"/tasks/{task['id']}/activity")).json()["items"]
    assert [each["type"] for each in activity] == ["task.created"]
