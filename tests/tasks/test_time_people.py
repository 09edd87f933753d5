"""Whose time is read by whom, and in which order and range."""

from typing import Any

import pytest
from tests.people import Person
from tests.tasks.test_time_entries import worked


class Team:
    """A project with a manager, two members and a viewer, who was a member when they worked."""

    def __init__(self, owner: Person, project: dict[str, Any], task: dict[str, Any]) -> None:
        self.owner, self.project, self.task = owner, project, task
        self.people: dict[str, Person] = {"owner": owner}
        self.entries: dict[str, dict[str, Any]] = {}


@pytest.fixture
async def team(owner: Person) -> Team:
    project = await owner.project(key="WEB")
    made = Team(owner, project, await owner.task(project, "Write"))
    for name in ("admin", "manager", "member", "other", "viewer"):
        person = await owner.colleague("member" if name == "other" else name)  # pyright: ignore[reportArgumentType]
        made.people[name] = person
        if name != "admin":
            await owner.join(project, person)
    for n, name in enumerate(("owner", "manager", "member", "other")):
        made.entries[name] = await worked(
            made.people[name], made.task, f"2024-01-0{n + 1}T09:00:00Z", note=name
        )
    return made


async def notes(person: Person, path: str, **params: Any) -> list[str]:
    answer = await person.get(path, **params)
    assert answer.status_code == 200, answer.text
    return [e["note"] for e in answer.json()["items"]]


async def test_managers_read_all_members_their_own_and_viewers_nothing(team: Team) -> None:
    everything = ["other", "member", "manager", "owner"]
    expected = {
        "owner": everything, "admin": everything, "manager": everything,
        "member": ["member"], "other": ["other"], "viewer": [],
    }  # fmt: skip
    for place in (f"/tasks/{team.task['id']}", f"/projects/{team.project['id']}"):
        read = {name: await notes(p, f"{place}/time-entries") for name, p in team.people.items()}
        assert read == expected
    total = {(await p.get(f"/tasks/{team.task['id']}")).json()["actual_hours"]
             for p in team.people.values()}  # fmt: skip
    assert total == {"4.00"}


async def test_everybody_has_their_own_list(team: Team) -> None:
    for name, person in team.people.items():
        own = [name] if name in team.entries else []
        assert await notes(person, "/me/time-entries") == own


async def test_asking_for_somebody_elses_time_is_refused_where_it_is_not_read(team: Team) -> None:
    path = f"/projects/{team.project['id']}/time-entries"
    member, other = team.people["member"], team.people["other"]

    assert await notes(team.people["manager"], path, user_id=str(other.id)) == ["other"]
    assert await notes(member, path, user_id=str(member.id)) == ["member"]
    for asked in (path, f"{path}/export", "/timesheet"):
        answer = await member.get(asked, user_id=str(other.id))
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/forbidden"


async def test_a_manager_corrects_what_a_member_wrote_and_a_member_their_own(team: Team) -> None:
    path = f"/time-entries/{team.entries['member']['id']}"

    assert (await team.people["other"].patch(path, {"minutes": 5})).status_code == 404
    assert (await team.people["viewer"].delete(path)).status_code == 404
    corrected = await team.people["manager"].patch(path, {"minutes": 30})
    own = await team.people["member"].patch(path, {"note": "Mine"})

    assert (corrected.json()["minutes"], own.json()["note"]) == (30, "Mine")
    assert corrected.json()["user_id"] == str(team.people["member"].id)


async def test_a_projects_viewer_tracks_nothing_there_and_keeps_what_they_wrote(
    team: Team,
) -> None:
    member, path = team.people["member"], f"/time-entries/{team.entries['member']['id']}"
    changed = await team.owner.client.put(
        f"/projects/{team.project['id']}/members/{member.id}", json={"role": "viewer"}
    )
    assert changed.status_code == 200

    assert (await member.post(f"/tasks/{team.task['id']}/timer", {})).status_code == 403
    assert (await member.patch(path, {"minutes": 5})).status_code == 403
    assert await notes(member, f"/projects/{team.project['id']}/time-entries") == ["member"]


async def test_somebody_who_left_the_project_reads_their_own_time_without_its_names(
    team: Team,
) -> None:
    member = team.people["member"]
    await team.owner.delete(f"/projects/{team.project['id']}/members/{member.id}")

    (entry,) = (await member.get("/me/time-entries")).json()["items"]

    assert (entry["task_key"], entry["task_title"], entry["minutes"]) == (None, None, 60)
    assert (await member.get(f"/tasks/{team.task['id']}/time-entries")).status_code == 404


async def test_the_range_takes_its_start_and_leaves_its_end(team: Team) -> None:
    path = f"/projects/{team.project['id']}/time-entries"
    span = {"since": "2024-01-02T09:00:00Z", "until": "2024-01-04T10:00:00+01:00"}

    assert await notes(team.owner, path, **span) == ["member", "manager"]
    for field in ("since", "until"):
        for wrong in ("2024-01-02T09:00:00", "yesterday", "0001-01-01T00:00:00+14:00"):
            answer = await team.owner.get(path, **{field: wrong})
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["field"] == field


async def test_pages_follow_each_other_while_others_write(team: Team) -> None:
    path, seen = f"/projects/{team.project['id']}/time-entries", []
    cursor: dict[str, str] = {}
    while True:
        page = (await team.owner.get(path, limit=1, **cursor)).json()
        seen += [e["note"] for e in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await worked(team.owner, team.task, f"2024-02-0{len(seen)}T09:00:00Z", note="later")

    assert seen == ["other", "member", "manager", "owner"]
    wrong = await team.owner.get(path, cursor="WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwieCJd")
    assert wrong.json()["errors"][0]["field"] == "cursor"


async def test_time_on_a_task_in_the_trash_is_left_out_of_the_project(team: Team) -> None:
    await team.owner.delete(f"/tasks/{team.task['id']}")

    assert await notes(team.owner, f"/projects/{team.project['id']}/time-entries") == []
    assert await notes(team.owner, "/me/time-entries") == ["owner"]
