"""Creating tasks."""

from tests.people import Person


async def test_a_task_gets_the_projects_next_number_and_first_open_state(owner: Person) -> None:
    project = await owner.project("Web site relaunch")

    first = await owner.task(project, "Buy domain")
    second = await owner.task(project, "  Draw logo  ")

    assert first["key"] == f"{project['key']}-1"
    assert second["key"] == f"{project['key']}-2"
    assert second["title"] == "Draw logo"
    assert first["status"] == "pending"
    assert first["position"] < second["position"]
