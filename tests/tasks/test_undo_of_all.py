"""Undo and redo of every kind of change: all is read as it was before it, and as after it."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.people import Person
from tests.tasks.uploading import attached

import projectflow
from projectflow.tasks import undoing
from projectflow.tasks.undo.registry import INVERSES

Json = dict[str, Any]
VOLATILE = {"version", "updated_at", "created_at", "url", "download_url", "preview_url", "now",
            "series_id", "joined_at", "task_count", "minutes", "total_minutes"}  # fmt: skip


async def entry_of(room: "Room", made: Json) -> Json:
    listed = await room.ask("GET", f"/tasks/{made['task_id']}/time-entries")
    return next(each for each in listed["items"] if each["id"] == made["id"])


class Room:
    """A project with a task, and somebody who does things there."""

    def __init__(self, who: Person, project: Json, task: Json, colleague: Person) -> None:
        self.who, self.project, self.task, self.colleague = who, project, task, colleague

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        path = path.format(p=self.project["id"], t=self.task["id"], c=self.colleague.id)
        answer = await self.who.client.request(method, path, json=body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@pytest.fixture
async def room(owner: Person) -> Room:
    project = await owner.project("Room")
    colleague = await owner.colleague("member")
    return Room(owner, project, await owner.task(project, "Task"), colleague)


def settled(value: Any) -> Any:
    """Without what every change changes."""
    if isinstance(value, dict):
        kept: Json = {k: settled(v) for k, v in value.items() if k not in VOLATILE}
        return {k: bool(v) if k == "archived_at" else v for k, v in kept.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return [settled(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value


Action = tuple[str, str, Any]
ACTIONS: dict[str, tuple[str, list[Action]]] = {
    "time": ("/tasks/{t}/time-entries", [
        ("POST", "/tasks/{t}/time-entries",
         {"started_at": "2026-03-02T09:00:00Z", "minutes": 60, "note": "a"}),
        ("PATCH", "/time-entries/{id}", {"minutes": 90, "note": "b"}),
        ("DELETE", "/time-entries/{id}", None),
    ]),
    "timer": ("/tasks/{t}/time-entries", [
        ("POST", "/tasks/{t}/timer", {}),
    ]),
    "links": ("/tasks/{t}/attachments", [
        ("POST", "/tasks/{t}/attachments", {"url": "https://example.org/", "name": "There"}),
        ("PATCH", "/attachments/{id}", {"name": "Elsewhere"}),
        ("DELETE", "/attachments/{id}", None),
    ]),
    "project": ("/projects/{p}", [
        ("PATCH", "/projects/{p}",
         {"name": "Other", "budget_amount": "10.50", "status": "on_hold",
          "start_date": "2026-03-02"}),
        ("POST", "/projects/{p}/archive", None),
        ("POST", "/projects/{p}/unarchive", None),
    ]),
    "settings": ("/projects/{p}/settings", [
        ("PATCH", "/projects/{p}/settings", {"default_priority": "high", "auto_schedule": True}),
    ]),
    "people": ("/projects/{p}/members", [
        ("PUT", "/projects/{p}/members/{c}", {"role": "viewer"}),
        ("PUT", "/projects/{p}/members/{c}", {"role": "member"}),
        ("PUT", "/projects/{p}/owner", {"user_id": "{c}"}),
    ]),
    "members": ("/projects/{p}/members", [
        ("PUT", "/projects/{p}/members/{c}", {"role": "manager"}),
        ("DELETE", "/projects/{p}/members/{c}", None),
    ]),
    "milestones": ("/projects/{p}/milestones", [
        ("POST", "/projects/{p}/milestones", {"name": "Beta", "due_date": "2026-03-02"}),
        ("PATCH", "/milestones/{id}", {"name": "Gamma", "due_date": None}),
        ("PATCH", "/tasks/{t}", {"milestone_id": "{id}"}),
        ("POST", "/milestones/{id}/complete", None),
        ("POST", "/milestones/{id}/reopen", None),
        ("DELETE", "/milestones/{id}", None),
    ]),
    "fields": ("/projects/{p}/fields", [
        ("POST", "/projects/{p}/fields", {"name": "Size", "kind": "select",
                                          "options": [{"name": "S"}, {"name": "L"}]}),
        ("PATCH", "/fields/{id}", {"name": "Width", "archived": True}),
        ("PATCH", "/fields/{id}", {"archived": False}),
        ("POST", "/fields/{id}/options", {"name": "M", "id": "01900000-0000-7000-8000-{n}"}),
        ("PATCH", "/fields/{id}/options/01900000-0000-7000-8000-{n}",
         {"name": "Medium", "position": 1}),
        ("PUT", "/tasks/{t}/fields/{id}", {"value": "01900000-0000-7000-8000-{n}"}),
        ("DELETE", "/fields/{id}/options/01900000-0000-7000-8000-{n}", None),
        ("DELETE", "/fields/{id}", None),
    ]),
    "templates": ("/task-templates?project_id={p}", [
        ("POST", "/task-templates", {"name": "Bug", "project_id": "{p}",
                                     "task": {"title": "A bug", "estimated_hours": "1.5"}}),
        ("PATCH", "/task-templates/{id}", {"name": "Defect", "task": {"title": "A defect"}}),
        ("DELETE", "/task-templates/{id}", None),
    ]),
    "series": ("/tasks/{t}/recurrence", [
        ("PUT", "/tasks/{t}/recurrence", {"rule": "FREQ=WEEKLY", "starts_on": "2099-01-05"}),
        ("PUT", "/tasks/{t}/recurrence", {"rule": "FREQ=DAILY", "starts_on": "2099-01-05",
                                          "mode": "on_schedule"}),
        ("POST", "/tasks/{t}/recurrence/skip", None),
        ("DELETE", "/tasks/{t}/recurrence", None),
    ]),
    "workflow": ("/projects/{p}/states", []),
}  # fmt: skip
OF_TASK = "/tasks/{t}", "/tasks/{t}/fields"


async def seen(room: Room, path: str) -> Any:
    found: list[Any] = []
    for each in (path, *OF_TASK):
        asked = each.format(p=room.project["id"], t=room.task["id"])
        answer = await room.who.client.get(asked)
        found.append(settled(answer.json()) if answer.status_code == 200 else answer.status_code)
    return found


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str) and "{" in value:
        return value.format(**names)
    if isinstance(value, dict):
        return {k: filled(v, names) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


@pytest.mark.parametrize("what", ACTIONS)
async def test_every_step_goes_back_and_comes_again(room: Room, what: str) -> None:
    path, actions = ACTIONS[what]
    names = {
        "p": room.project["id"], "t": room.task["id"], "c": str(room.colleague.id), "id": "",
        "n": room.project["id"][-12:],
    }  # fmt: skip
    states = [await seen(room, path)]
    if what == "workflow":
        ids = [s["id"] for s in (await room.ask("GET", "/projects/{p}"))["states"]]
        actions = [("PUT", "/projects/{p}/states/order", {"state_ids": ids[::-1]})]
    for method, where, body in actions:
        made = await room.ask(method, filled(where, names), filled(body, names))
        if method == "POST" and not names["id"] and isinstance(made, dict):
            names["id"] = str(made.get("id", ""))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        states.append(await seen(room, path))
        assert states[-1] != states[-2], f"{where} does something"

    undone: list[Json] = []
    for number in range(len(actions), 0, -1):
        undone.append(await room.ask("POST", "/undo", {"project_id": None}))
        assert await seen(room, path) == states[number - 1], actions[number - 1]
    for number, each in enumerate(reversed(undone), 1):
        await room.ask("POST", f"/events/{each['undone_by']}/undo")
        assert await seen(room, path) == states[number], actions[number - 1]


async def test_a_stopped_timer_runs_on(room: Room) -> None:
    entry = await room.ask("POST", "/tasks/{t}/timer", {})
    async with room.who.app.state.database.tenant(room.who.tenant_id) as db:
        await db.execute(
            "UPDATE time_entries SET started_at = started_at - interval '1 hour'"
            " WHERE tenant_id = $1",
            room.who.tenant_id,
        )
    await room.ask("POST", f"/time-entries/{entry['id']}/stop", {})
    stopped = await entry_of(room, entry)

    undone = await room.ask("POST", "/undo", {"project_id": None})

    running = await entry_of(room, entry)
    assert (running["stopped_at"], (await room.ask("GET", "/tasks/{t}"))["actual_hours"]) == (
        None, None,
    )  # fmt: skip
    await room.ask("POST", f"/events/{undone['undone_by']}/undo")
    again = await entry_of(room, entry)
    assert again["stopped_at"] == stopped["stopped_at"]
    # Where another runs by now, it stays stopped.
    other = await room.who.task(room.project, "Other")
    await room.ask("POST", f"/tasks/{other['id']}/timer", {})
    refused = await room.who.post(f"/events/{undone['undone_by']}/undo")
    assert refused.status_code == 409, refused.text


async def test_switching_timers_is_one_change(room: Room) -> None:
    first = await room.ask("POST", "/tasks/{t}/timer", {})
    other = await room.who.task(room.project, "Other")
    await room.ask("POST", f"/tasks/{other['id']}/timer?switch=true", {})

    assert (await room.ask("POST", "/undo", {"project_id": None}))["events"] == 2

    assert (await entry_of(room, first))["stopped_at"] is None


async def test_a_file_returns_while_it_is_there(room: Room) -> None:
    made = await attached(room.who, room.task)
    await room.ask("DELETE", f"/attachments/{made['id']}")
    undone = await room.ask("POST", "/undo", {"project_id": None})
    listed = (await room.ask("GET", "/tasks/{t}/attachments"))["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    await room.ask("POST", f"/events/{undone['undone_by']}/undo")
    async with room.who.app.state.database.tenant(room.who.tenant_id) as db:
        await db.execute(
            "DELETE FROM attachments WHERE tenant_id = $1 AND id = $2",
            room.who.tenant_id,
            UUID(made["id"]),
        )

    gone = await room.who.post("/undo", {"project_id": None})

    assert gone.status_code in {404, 409}, gone.text


async def test_a_new_project_goes_to_the_trash_and_a_copy_whole(room: Room) -> None:
    made = await room.ask("POST", "/projects/{p}/copy", {"name": "Copy"})

    undone = await room.ask("POST", "/undo", {"project_id": None})

    assert (undone["type"], undone["events"]) == ("project.created", 1)
    assert (await room.who.get(f"/projects/{made['id']}")).status_code == 404
    await room.ask("POST", f"/events/{undone['undone_by']}/undo")
    assert len((await room.ask("GET", f"/projects/{made['id']}/tasks"))["items"]) == 1
    await room.ask("DELETE", f"/projects/{made['id']}")
    await room.ask("POST", "/undo", {"project_id": None})
    assert (await room.who.get(f"/projects/{made['id']}")).status_code == 200


async def test_what_somebody_else_changed_since_stays(room: Room) -> None:
    await room.ask("PATCH", "/projects/{p}", {"name": "Mine"})
    admin = await room.who.colleague("admin")
    await admin.patch(f"/projects/{room.project['id']}", {"name": "Theirs"})

    refused = await room.who.post("/undo", {"project_id": None})

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/changed-since")
    assert [each["field"] for each in refused.json()["errors"]] == ["name"]
    assert (await room.ask("GET", "/projects/{p}"))["name"] == "Theirs"


ITS_OWN_WAY = "undone by its own counterpart, which is one click and loses nothing"
WHY_NOT: dict[str, str] = {
    "user.*": "accounts and their security: nothing is let in or locked out by an undo",
    "session.*": "security: what was ended stays ended",
    "api_key.*": "security: a secret that is gone does not come back",
    "scim_token.*": "security: a secret that is gone does not come back",
    "identity_provider.*": "how people sign in; keeps secrets that no event holds",
    "role.*": "what people may do: changed on purpose, with a second look",
    "webhook.*": "sends data out; keeps a secret that no event holds",
    "workspace.*": "of the whole workspace, for which owners have a page",
    "team.*": "who is in a group: changed on purpose, also by the company's directory",
    "import.*": "the worker's; the project that it made is deleted as any other",
    "dependencies.imported": "part of an import",
    "comment.updated": "part of an import",
    "attachment.updated": "part of an import",
    "audit.exported": "changes nothing",
    "tasks.exported": "changes nothing",
    "project.exported": "changes nothing",
    "task.purged": "for good, and asked twice",
    "project.purged": "for good, and asked twice",
    "attachment.purged": "for good; its file is deleted",
    "attachment.previewed": "the worker's",
    "task.recurred": "goes with the task that was made, `task.created`",
    "task.people_mentioned": "part of a comment or a description, and goes with that",
    "export.*": "a file for whoever asked for it, which is deleted by its own button",
    "calendar_feed.*": "an address that is a secret: what was ended stays ended",
    "notification.*": ITS_OWN_WAY,
    "notification_rules.changed": "one person's own settings, shown whole",
    "report.*": "kept text of a question; its numbers are asked anew",
    "scenario.*": "a draft; merging one is `task.updated` of the tasks, in one batch",
    "favourite.*": ITS_OWN_WAY,
    "favourites.ordered": ITS_OWN_WAY,
    "reaction.*": ITS_OWN_WAY,
    "task.watched": ITS_OWN_WAY,
    "task.unwatched": ITS_OWN_WAY,
    "view.*": "of one person's screen; a filter is shown and set anew",
    "workflow_state.*": "moves up to 10,000 tasks along, which have been worked on since",
    "absence.*": "keeps kind and note out of the log, so the log cannot bring them back",
    "assignment.*": "planning of people: not built, its event holds all that it would take",
    "rate.*": "money: no amount is put into the log",
    "project.calendar_changed": "planning: not built, a calendar is put again whole",
    "project.resources_assigned": "planning: not built, assignments are taken away one by one",
}
"""Types, or all of an entity's, that have no inverse, and why."""
TYPE = re.compile(r"""["']([a-z]+(?:_[a-z]+)*\.[a-z_]+)["']""")
VERB = re.compile(r"\.(?:[a-z]+_)*(?:[a-z]+ed|set|made|reset|in|out|forgotten)$")


def test_every_type_of_event_is_undone_or_says_why_not() -> None:
    assert undoing.INVERSES is INVERSES
    source = Path(projectflow.__file__).parent
    found = {
        name
        for file in source.rglob("*.py")
        for name in TYPE.findall(file.read_text())
        if VERB.search(name) and not name.startswith("projectflow.")
    }
    assert len(found) > 100, "the types are found"
    columns = {name for name in found if re.fullmatch(r"[a-z]{1,2}\..*", name)}
    tables = {name for name in found if name.endswith("_encrypted")}
    events = found - columns - tables - {"postgres.bootstrapped"}

    unexplained = {
        name for name in events
        if name not in INVERSES
        and name not in WHY_NOT and f"{name.partition('.')[0]}.*" not in WHY_NOT
    }  # fmt: skip

    assert unexplained == set()
    assert {name for name in INVERSES if name not in events} == set(), "undoes what never happens"
    assert {n for n in WHY_NOT if n in INVERSES} == set(), "is explained, and undone after all"
    used = {n for n in WHY_NOT if any(e == n or f"{e.partition('.')[0]}.*" == n for e in events)}
    assert used == set(WHY_NOT), "an explanation of nothing"
