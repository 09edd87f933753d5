"""A plan goes to Microsoft Project's XML and comes back the same."""

from typing import Any

from defusedxml.ElementTree import fromstring
from tests.imports.conftest import BringFile, bring_file
from tests.people import Person

__all__ = ["bring_file"]
Json = dict[str, Any]


async def plan_of(person: Person, project_id: str) -> dict[str, Any]:
    """What a plan says, by titles: fields, parents and links."""
    tasks = (await person.get(f"/projects/{project_id}/tasks", limit=200)).json()["items"]
    titles = {task["id"]: task["title"] for task in tasks}
    said: dict[str, Any] = {}
    for task in tasks:
        waits = (await person.get(f"/tasks/{task['id']}/dependencies")).json()["blocked_by"]
        said[task["title"]] = {
            **{f: task[f] for f in ("description", "start_date", "due_date", "estimated_hours")},
            "priority": task["priority"],
            "parent": titles.get(task["parent_id"]),
            "assignee": task["assignee_id"],
            "waits": sorted(
                (titles[w["depends_on_task_id"]], w["type"], w["lag_minutes"], w["lag_is_elapsed"])
                for w in waits
            ),
        }
    return said


async def test_a_plan_that_goes_out_and_comes_in_is_the_same(
    owner: Person, bring_file: BringFile
) -> None:
    project = await owner.project("Oven & <door>", key="OVEN")
    who = {"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper"}
    grace = (await owner.post("/users", who)).json()["user"]
    build = await owner.task(project, "Build")
    bricks = await owner.task(
        project, "Bricks & mortar", parent_id=build["id"], estimated_hours="16.5",
        start_date="2026-01-05", due_date="2026-01-08T10:30:00Z", priority="urgent",
        description="Two <rows>\nof them", assignee_id=grace["id"],
    )  # fmt: skip
    door = await owner.task(project, "Door", parent_id=build["id"], estimated_hours="2.00")
    heat = await owner.task(project, "Heat", priority="low")
    for task, other, fields in (
        (door, bricks, {"type": "start_to_start", "lag_minutes": 480}),
        (heat, build, {"lag_minutes": -60, "lag_is_elapsed": True}),
        (heat, door, {"type": "finish_to_finish"}),
    ):
        added = await owner.post(
            f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": other["id"], **fields}
        )
        assert added.status_code == 201, added.text

    answer = await owner.get(f"/projects/{project['id']}/msproject")
    done = await bring_file(owner, "msproject", answer.content)

    assert answer.headers["content-type"].startswith("application/xml")
    assert await plan_of(owner, done["project_id"]) == await plan_of(owner, project["id"])
    assert (await owner.get(f"/projects/{done['project_id']}")).json()["name"] == "Oven & <door>"
    assert done["report"]["skipped"] == []


async def test_what_xml_cannot_hold_is_left_out(owner: Person) -> None:
    project = await owner.project("Web")
    await owner.task(project, "Bell \x07 and \x1b escape")

    answer = await owner.get(f"/projects/{project['id']}/msproject")

    assert "Bell  and  escape" in {e.text for e in fromstring(answer.content).iter()}


async def test_links_to_other_projects_and_what_is_archived_stay_out(owner: Person) -> None:
    here, there = await owner.project("Here", key="HERE"), await owner.project("There", key="THERE")
    task, far = await owner.task(here, "Task"), await owner.task(there, "Far")
    hidden = await owner.task(here, "Hidden")
    for other in (far, hidden):
        await owner.post(f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": other["id"]})
    await owner.patch(f"/tasks/{hidden['id']}", {"archived": True})

    content = (await owner.get(f"/projects/{here['id']}/msproject")).text

    assert "Hidden" not in content
    assert "PredecessorLink" not in content
