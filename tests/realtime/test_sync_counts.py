"""What a card counts travels in the row of its task."""

from tests.people import Person
from tests.realtime.test_sync import changes, position


async def test_a_comment_and_a_checklist_item_are_counted_in_the_row_of_their_task(
    owner: Person,
) -> None:
    project = await owner.project("Web", key="WEB")
    task = await owner.task(project, "Paint")
    before = await position(owner)
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "Which colour?"})
    await owner.post(f"/tasks/{task['id']}/checklist", {"title": "Choose a colour"})

    page = await changes(owner, before)

    (row,) = [c["row"] for c in page["changes"] if c["model"] == "task"]
    assert (row["comment_count"], row["checklist_total"], row["checklist_done"]) == (1, 1, 0)
