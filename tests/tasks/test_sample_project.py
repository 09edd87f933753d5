"""The sample project: a piece of work in its middle, whenever it is made."""

from datetime import UTC, datetime, timedelta

from tests.people import Person


async def test_it_has_something_for_every_view(owner: Person) -> None:
    answer = await owner.post("/projects/sample")
    assert answer.status_code == 201, answer.text
    project = answer.json()
    path = f"/projects/{project['id']}"
    tasks = (await owner.get(f"{path}/tasks", limit=100)).json()["items"]
    assert len(tasks) == 25
    assert {t["status"] for t in tasks} == {
        "pending", "in_progress", "in_review", "completed", "cancelled"
    }  # fmt: skip
    mine = [t for t in tasks if t["assignee_id"] == str(owner.actor.user_id)]
    assert len(mine) > 5
    assert all(t["assignee_id"] in {None, str(owner.actor.user_id)} for t in tasks)
    now = datetime.now(UTC)
    due = [datetime.fromisoformat(t["due_date"]) for t in tasks if t["due_date"]]
    assert min(due) < now - timedelta(days=10)
    assert max(due) > now + timedelta(days=10)
    late = [t for t in tasks if t["status"] == "pending" and t["due_date"] and
            datetime.fromisoformat(t["due_date"]) < now]  # fmt: skip
    assert late, "something is overdue"

    (milestone,) = (await owner.get(f"{path}/milestones")).json()["items"]
    assert milestone["progress"]
    graph = (await owner.get(f"{path}/dependency-graph")).json()
    assert len(graph["edges"]) >= 15
    named = {t["title"]: t for t in tasks}
    basket = named["Basket and checkout"]["id"]
    assert len((await owner.get(f"/tasks/{basket}/checklist")).json()["items"]) == 4
    photo = named["Write the texts of the products"]["id"]
    assert (await owner.get(f"/tasks/{photo}/comments")).json()["items"]


async def test_it_is_deleted_like_any_other_and_can_be_made_again(owner: Person) -> None:
    first = (await owner.post("/projects/sample")).json()
    second = (await owner.post("/projects/sample")).json()
    assert first["key"] != second["key"]
    gone = await owner.delete(f"/projects/{first['id']}")
    assert gone.status_code == 204
    assert (await owner.get(f"/projects/{first['id']}")).status_code == 404


async def test_who_may_make_no_project_makes_no_sample(owner: Person) -> None:
    member = await owner.colleague("member")
    assert (await member.post("/projects/sample")).status_code == 403


async def test_the_plan_says_what_the_workspace_may_use(owner: Person) -> None:
    limits = (await owner.get("/workspace/limits")).json()
    assert limits["plan_type"] == (await owner.get("/workspace")).json()["plan_type"]
    assert limits["storage_used_bytes"] == 0 < limits["storage_bytes"]
    assert limits["requests_of_a_person"]["seconds"] == 60
