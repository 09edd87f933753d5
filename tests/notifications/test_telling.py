"""Who is told of what, by the consumer of the log."""

from datetime import timedelta
from uuid import UUID

from tests.notifications.conftest import Crew
from tests.notifications.telling import age, deliver, empty, events_of, inbox, kinds, unread
from tests.people import Person

from projectflow.core.events import Change, note_events, record


def named(person: Person) -> str:
    return f"@[Ada](user:{person.id})"


async def test_whoever_gets_a_task_or_loses_it_is_told_by_name(crew: Crew) -> None:
    task = await crew.ada.task(crew.project, "Sign", assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    (told,) = await inbox(crew.ben)
    assert (told["kind"], told["actor_name"]) == ("assigned", "Ada Owner")
    assert told["task"] == {
        "id": task["id"], "key": "WEB-1", "title": "Sign", "status": "pending"
    }  # fmt: skip
    assert (told["project_id"], told["project_name"]) == (crew.project["id"], "Web site")
    await empty(crew.ada)

    await crew.ada.patch(f"/tasks/{task['id']}", {"assignee_id": str(crew.cleo.id)})
    await deliver(crew.ada)

    assert await kinds(crew.ben) == ["unassigned"]
    assert await kinds(crew.cleo) == ["assigned"]
    assert await kinds(crew.ada) == []


async def test_your_own_doing_is_not_told_to_you(crew: Crew) -> None:
    task = await crew.ben.task(crew.project, "Mine", assignee_id=str(crew.ben.id))
    await crew.ben.patch(f"/tasks/{task['id']}", {"status": "in_progress"})
    await crew.ben.post(f"/tasks/{task['id']}/comments", {"body": named(crew.ben)})
    await deliver(crew.ben)

    assert await kinds(crew.ben) == []


async def test_mentions_comments_and_reactions_reach_those_they_concern(crew: Crew) -> None:
    task = await crew.ben.task(crew.project, "Talk")
    await crew.ada.patch(f"/tasks/{task['id']}", {"description": f"Hi {named(crew.cleo)}"})
    await deliver(crew.ada)
    assert await kinds(crew.cleo) == ["mentioned"]
    await empty(crew.ada)

    body = f"Look, {named(crew.cleo)}"
    comment = (await crew.ada.post(f"/tasks/{task['id']}/comments", {"body": body})).json()
    await deliver(crew.ada)
    # She watches since she was mentioned; that she is mentioned again says it all.
    assert await kinds(crew.cleo) == ["mentioned"]
    (told,) = await inbox(crew.ben)
    assert (told["kinds"], told["excerpt"]) == (["commented"], body)
    await empty(crew.ada)

    await crew.ben.client.put(f"/comments/{comment['id']}/reactions/🎉")
    await crew.ada.patch(f"/comments/{comment['id']}", {"body": f"{body} and {named(crew.ben)}"})
    await deliver(crew.ada)
    (told,) = await inbox(crew.ada)
    assert (told["kind"], told["details"]) == ("reacted", {"emoji": "🎉"})
    assert await kinds(crew.ben) == ["mentioned"]
    assert await kinds(crew.cleo) == []


async def test_a_comment_that_is_gone_says_nothing_any_more(crew: Crew) -> None:
    task = await crew.ben.task(crew.project, "Talk")
    comment = (await crew.ada.post(f"/tasks/{task['id']}/comments", {"body": "Oops"})).json()
    await deliver(crew.ada)
    await crew.ada.delete(f"/comments/{comment['id']}")

    (told,) = await inbox(crew.ben)
    assert (told["kind"], told["excerpt"]) == ("commented", None)


async def test_watchers_hear_of_a_new_state_unless_they_chose_not_to(crew: Crew) -> None:
    task = await crew.ben.task(crew.project, "Move")
    await crew.cleo.client.put(f"/tasks/{task['id']}/watchers/{crew.cleo.id}")
    await crew.ben.delete(f"/tasks/{task['id']}/watchers/{crew.ben.id}")
    await empty(crew.ada)

    await crew.ada.post(f"/tasks/{task['id']}/move", {"status": "in_progress"})
    await deliver(crew.ada)

    (told,) = await inbox(crew.cleo)
    assert told["kind"] == "state_changed"
    assert set(told["details"]) == {"old_state", "new_state"}
    assert await kinds(crew.ben) == []


async def test_the_last_of_what_a_task_waits_for_frees_it(crew: Crew) -> None:
    first, second = [await crew.ada.task(crew.project, name) for name in ("One", "Two")]
    waiting = await crew.ada.task(crew.project, "Three", assignee_id=str(crew.ben.id))
    for each in (first, second):
        await crew.ada.post(
            f"/tasks/{waiting['id']}/dependencies", {"depends_on_task_id": each["id"]}
        )
    await empty(crew.ada)

    await crew.ada.patch(f"/tasks/{first['id']}", {"status": "completed"})
    await deliver(crew.ada)
    assert await kinds(crew.ben) == []
    await crew.ada.patch(f"/tasks/{second['id']}", {"status": "completed"})
    await deliver(crew.ada)

    (told,) = await inbox(crew.ben)
    assert (told["kind"], told["task"]["id"]) == ("unblocked", waiting["id"])


async def test_being_added_to_a_project_is_told_but_not_another_role_in_it(crew: Crew) -> None:
    new = await crew.ada.colleague("member")
    path = f"/projects/{crew.project['id']}/members/{new.id}"
    await empty(crew.ada)
    await crew.ada.client.put(path, json={})
    await deliver(crew.ada)
    (told,) = await inbox(new)
    assert (told["kind"], told["task"]) == ("project_added", None)

    await crew.ada.client.put(path, json={"role": "viewer"})
    await deliver(crew.ada)

    assert len(await inbox(new)) == 1


async def test_what_one_does_to_a_task_within_minutes_is_one_thing(crew: Crew) -> None:
    task = await crew.cleo.task(crew.project, "Busy")
    await empty(crew.ada)
    change = {"assignee_id": str(crew.ben.id)}
    await crew.ada.patch(f"/tasks/{task['id']}", change)
    await deliver(crew.ada)
    await crew.ada.patch(f"/tasks/{task['id']}", {"status": "in_progress"})
    await crew.ada.post(f"/tasks/{task['id']}/comments", {"body": named(crew.ben)})
    await crew.cleo.post(f"/tasks/{task['id']}/comments", {"body": "Me too"})
    await deliver(crew.ada)

    of_cleo, of_ada = await inbox(crew.ben)
    assert of_ada["kinds"] == ["mentioned", "assigned", "state_changed"]
    assert (of_ada["events"], of_ada["kind"]) == (3, "mentioned")
    assert of_cleo["kinds"] == ["commented"]
    assert await unread(crew.ben) == 2
    written = [i for _, i, p in await events_of(crew.ada, "notification.updated")
               if p["user_id"] == str(crew.ben.id)]  # fmt: skip
    assert written == [UUID(of_ada["id"])]

    # What was read, or is minutes old, is left as it is.
    await crew.ben.patch(f"/notifications/{of_ada['id']}", {"is_read": True})
    await crew.ada.patch(f"/tasks/{task['id']}", {"status": "completed"})
    await deliver(crew.ada)
    await age(crew.ada, timedelta(minutes=6))
    await crew.ada.patch(f"/tasks/{task['id']}", {"status": "in_progress"})
    await deliver(crew.ada)
    assert len(await inbox(crew.ben)) == 4


async def test_an_event_that_comes_again_tells_nothing_again(crew: Crew) -> None:
    task = await crew.ada.task(crew.project, "Once", assignee_id=str(crew.ben.id))
    await crew.ada.post(f"/tasks/{task['id']}/comments", {"body": named(crew.ben)})
    await deliver(crew.ada)
    before = await inbox(crew.ben)
    async with crew.ada.app.state.database.tenant(crew.ada.tenant_id) as db:
        await db.execute(
            "UPDATE consumer_positions SET seq = 0 WHERE tenant_id = $1 AND consumer = $2",
            crew.ada.tenant_id,
            "notifications",
        )
    await deliver(crew.ada)

    assert await inbox(crew.ben) == before
    assert await unread(crew.ben) == 1


async def test_who_may_not_see_a_project_hears_nothing_and_who_may_no_more_reads_nothing(
    crew: Crew,
) -> None:
    outsider = await crew.ada.colleague("member")
    task = await crew.ada.task(crew.project, "Secret", assignee_id=str(crew.ben.id))
    await crew.ada.patch(f"/tasks/{task['id']}", {"assignee_id": str(outsider.id)})
    await deliver(crew.ada)
    (told,) = await inbox(crew.ben)
    await crew.ada.join(crew.project, outsider)
    assert await inbox(outsider) == []

    assert await unread(crew.ben) == 1
    await crew.ada.delete(f"/projects/{crew.project['id']}/members/{crew.ben.id}")

    assert await inbox(crew.ben) == []
    assert await unread(crew.ben) == 0
    assert (await crew.ben.get(f"/notifications/{told['id']}")).status_code == 404
    answer = await crew.ben.patch(f"/notifications/{told['id']}", {"is_read": True})
    assert answer.status_code == 404
    assert (await crew.ben.post("/notifications/read-all", {})).json() == {
        "read": 0, "more": False
    }  # fmt: skip


async def test_a_task_in_the_trash_is_not_told_of_until_it_is_back(crew: Crew) -> None:
    task = await crew.ada.task(crew.project, "Gone", assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    await crew.ada.delete(f"/tasks/{task['id']}")
    assert await inbox(crew.ben) == []
    await deliver(crew.ada)
    assert (await inbox(crew.ben), await unread(crew.ben)) == ([], 0)

    await crew.ada.post(f"/tasks/{task['id']}/restore")
    await deliver(crew.ada)

    assert (len(await inbox(crew.ben)), await unread(crew.ben)) == (1, 1)


async def test_a_task_that_moves_takes_what_is_told_of_it_along(crew: Crew) -> None:
    task = await crew.ada.task(crew.project, "Nomad", assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    other = await crew.ada.project("Closed", key="CLO")
    moved = await crew.ada.post(
        f"/tasks/{task['id']}/move-to-project", {"project_id": other["id"]}
    )
    assert moved.status_code == 200, moved.text
    assert await inbox(crew.ben) == []
    await deliver(crew.ada)

    assert (await inbox(crew.ben), await unread(crew.ben)) == ([], 0)


async def test_what_an_import_brings_in_is_told_to_nobody(crew: Crew) -> None:
    task = await crew.ada.task(crew.project, "Old")
    await empty(crew.ada)
    async with crew.ada.app.state.database.tenant(crew.ada.tenant_id) as db:
        await note_events(db, imported=True)
        after = {"after": {"assignee_id": crew.ben.id}}
        change = Change(
            "task.created", "task", UUID(task["id"]), 1, after, UUID(crew.project["id"])
        )
        await record(db, crew.ada.tenant_id, crew.ada.id, change)
    await deliver(crew.ada)

    assert await kinds(crew.ben) == []


async def test_what_is_told_stays_out_of_the_audit_log_and_of_webhooks(crew: Crew) -> None:
    await crew.ada.task(crew.project, "Private", assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    assert await events_of(crew.ada, "notification.created")

    listed = (await crew.ada.get("/audit", category="all", limit=200)).json()["items"]

    assert listed
    assert not [each for each in listed if each["entity_type"] == "notification"]
