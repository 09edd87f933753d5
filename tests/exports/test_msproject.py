"""A project as Microsoft Project's XML: read back by two readers, and scheduled again."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from defusedxml.ElementTree import fromstring
from tests.people import Person
from tests.tasks.schedule import mspdi

from projectflow.imports.types import ImportJob
from projectflow.imports.worker import run_import
from projectflow.tasks.schedule.engine import schedule

TYPES = ("finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish")
NAMESPACE = "{http://schemas.microsoft.com/project}"
DATA = "shared/data/msproject-task-links.xml"
REAL = next((p / DATA for p in Path(__file__).parents if (p / DATA).exists()), Path(DATA))


async def xml_of(person: Person, project: dict[str, Any]) -> bytes:
    answer = await person.get(f"/projects/{project['id']}/msproject")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    return answer.content


async def link(owner: Person, task: dict[str, Any], other: dict[str, Any], **fields: Any) -> None:
    answer = await owner.post(
        f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": other["id"], **fields}
    )
    assert answer.status_code == 201, answer.text


async def bakery(owner: Person) -> dict[str, Any]:
    """Two summaries, one below the other, and links of all types."""
    project = await owner.project("Bäckerei", start_date="2030-01-07")
    first = await owner.task(project, "Prepare", description="Flour & water")
    inner = await owner.task(project, "Dough", parent_id=first["id"])
    leaves = [
        await owner.task(
            project, f"Step {n}", parent_id=inner["id"] if n < 3 else None,
            estimated_hours=str(4 * n), assignee_id=str(owner.id) if n % 2 else None,
        )
        for n in range(1, 7)
    ]  # fmt: skip
    for n, kind in enumerate(TYPES, start=1):
        await link(owner, leaves[n], leaves[n - 1], type=kind, lag_minutes=60 * n - 120)
    await link(owner, leaves[5], first, lag_minutes=1440, lag_is_elapsed=True)
    return project


async def graph_of(person: Person, project_id: str) -> tuple[dict[str, Any], set[Any]]:
    """Each task's parent, and the links, by titles."""
    tasks = (await person.get(f"/projects/{project_id}/tasks", limit=200)).json()["items"]
    titles = {task["id"]: task["title"] for task in tasks}
    found: set[Any] = set()
    graph = (await person.get(f"/projects/{project_id}/dependency-graph")).json()
    for edge in graph["edges"]:
        found.add(
            (
                titles[edge["task_id"]],
                titles[edge["depends_on_task_id"]],
                edge["type"],
                edge["lag_minutes"],
                edge["lag_is_elapsed"],
            )
        )
    return {t["title"]: titles.get(t["parent_id"]) for t in tasks}, found


async def test_outline_and_links_come_back_through_the_importer(owner: Person) -> None:
    project = await bakery(owner)
    content = await xml_of(owner, project)

    answer = await owner.client.post("/imports/msproject", content=content)
    assert answer.status_code == 202, answer.text
    state, import_id = owner.app.state, answer.json()["id"]
    await run_import(
        state.database, state.files, ImportJob(owner.tenant_id, UUID(import_id)), attempt=0
    )

    done = (await owner.get(f"/imports/{import_id}")).json()
    assert done["status"] == "succeeded", done
    assert done["report"]["counts"] == {"tasks": 8, "links": 5, "resources": 1, "milestones": 0}
    assert await graph_of(owner, done["project_id"]) == await graph_of(owner, project["id"])
    tasks = (await owner.get(f"/projects/{done['project_id']}/tasks", limit=200)).json()["items"]
    assert {t["assignee_id"] for t in tasks if t["title"] == "Step 1"} == {str(owner.id)}
    assert {t["estimated_hours"] for t in tasks if t["title"] == "Step 2"} == {"8.00"}
    assert {t["description"] for t in tasks if t["title"] == "Prepare"} == {"Flour & water"}


async def test_the_dates_are_those_that_its_links_give(owner: Person, tmp_path: Path) -> None:
    project = await owner.project(start_date="2030-01-07")
    leaves = [await owner.task(project, f"Step {n}", estimated_hours=str(n)) for n in range(1, 6)]
    for n, kind in enumerate(TYPES, start=1):
        await link(owner, leaves[n], leaves[n - 1], type=kind, lag_minutes=60 * n)
    file = tmp_path / "plan.xml"
    content = await xml_of(owner, project)
    await _write(file, content)

    network, theirs = mspdi.read(file)

    found = schedule(network)
    assert len(found.activities) == 5
    for activity_id, planned in found.activities.items():
        told = theirs[activity_id]
        assert told.early_start == planned.early_start
        assert told.early_finish == planned.early_finish
        assert told.late_start == planned.late_start
        assert told.late_finish == planned.late_finish
        assert told.total_slack == planned.total_slack
        assert told.critical == planned.critical


async def _write(file: Path, content: bytes) -> None:
    import anyio  # noqa: PLC0415

    await anyio.Path(file).write_bytes(content)


async def test_what_people_have_said_of_dates_stands_there(owner: Person) -> None:
    project = await owner.project()
    await owner.task(project, "Both", start_date="2030-03-04", due_date="2030-03-06T15:00:00Z")
    await owner.task(project, "Nonsense", due_date="1999-01-01T00:00:00Z", start_date="2199-05-06")

    root = fromstring(await xml_of(owner, project))
    both, nonsense = root.findall(f"{NAMESPACE}Tasks/{NAMESPACE}Task")

    def of(name: str, task: Any = both) -> str | None:
        return task.findtext(f"{NAMESPACE}{name}")

    assert (of("Start"), of("Finish")) == ("2030-03-04T08:00:00", "2030-03-06T15:00:00")
    assert (of("ConstraintType"), of("ConstraintDate")) == ("4", "2030-03-04T08:00:00")
    assert (of("Duration"), of("Deadline")) == ("PT24H0M0S", "2030-03-06T15:00:00")
    assert of("Start", nonsense) == of("Finish", nonsense) == "1999-01-01T00:00:00"


async def test_state_and_priority(owner: Person) -> None:
    project = await owner.project()
    for status, priority in (
        ("pending", "low"),
        ("in_progress", "medium"),
        ("completed", "high"),
        ("cancelled", "urgent"),
    ):
        await owner.task(project, status, status=status, priority=priority)

    root = fromstring(await xml_of(owner, project))

    found = [
        tuple(task.findtext(f"{NAMESPACE}{n}") for n in ("PercentComplete", "Priority", "Active"))
        for task in root.findall(f"{NAMESPACE}Tasks/{NAMESPACE}Task")
    ]
    assert found == [("0", "300", "1"), ("1", "500", "1"), ("100", "700", "1"), ("0", "1000", "0")]


async def test_text_that_xml_cannot_hold_is_left_out(owner: Person) -> None:
    project = await owner.project()
    await owner.task(project, "a\x01<b>&\x0b\ufffe", description="]]>\x1f")

    root = fromstring(await xml_of(owner, project))

    assert root.findtext(f"{NAMESPACE}Tasks/{NAMESPACE}Task/{NAMESPACE}Name") == "a<b>&"


async def test_an_empty_project_is_a_plan_too(owner: Person) -> None:
    root = fromstring(await xml_of(owner, await owner.project()))

    assert root.findall(f"{NAMESPACE}Tasks/{NAMESPACE}Task") == []
    assert root.findtext(f"{NAMESPACE}StartDate")


async def test_addresses_are_for_those_who_may_look_people_up(owner: Person) -> None:
    project, viewer = await owner.project(), await owner.colleague("viewer")
    await owner.join(project, viewer)
    await owner.task(project, "Bake", assignee_id=str(owner.id))

    assert b"EmailAddress" in await xml_of(owner, project)
    told = await xml_of(viewer, project)
    assert b"Ada Owner" in told
    assert b"EmailAddress" not in told


@pytest.mark.skipif(not REAL.exists(), reason="the shared data lie beside the checkout only")
async def test_elements_stand_in_the_order_of_projects_own_files(owner: Person) -> None:
    ours = fromstring(await xml_of(owner, await bakery(owner)))
    theirs = fromstring(REAL.read_bytes())
    for path in ("Tasks/Task", "Assignments/Assignment", "Resources/Resource"):
        outer, inner = path.split("/")
        place = f"{NAMESPACE}{outer}/{NAMESPACE}{inner}"
        real = [each.tag for each in max(theirs.findall(place), key=len)]
        for element in ours.findall(place):
            known = [real.index(each.tag) for each in element if each.tag in real]
            assert known == sorted(known)
