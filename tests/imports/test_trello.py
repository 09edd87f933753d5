"""A Trello board becomes a project."""

from copy import deepcopy
from datetime import datetime
from typing import Any

import msgspec
from tests.imports.boards import board, card, card_id
from tests.imports.conftest import Bring
from tests.people import Person


async def columns_of(person: Person, project_id: str, **params: Any) -> dict[str, list[Any]]:
    """The titles in each column of the board, by the column's name."""
    answer = await person.get(f"/projects/{project_id}/board", **params)
    assert answer.status_code == 200, answer.text
    return {c["state"]["name"]: [i["title"] for i in c["items"]] for c in answer.json()["columns"]}


async def find(person: Person, project_id: str, title: str, **params: Any) -> dict[str, Any]:
    answer = await person.get(f"/projects/{project_id}/tasks", q=title, **params)
    (task,) = answer.json()["items"]
    return task


async def test_lists_become_columns_in_their_order_with_their_cards(
    owner: Person, bring_in: Bring
) -> None:
    done = await bring_in(owner, board())

    assert done["status"] == "succeeded"
    assert done["progress"] == {"done": 6, "total": 6, "phase": "done"}
    assert await columns_of(owner, done["project_id"]) == {
        "Ideas": ["Rye", "Sourdough"],
        "Doing": ["Order the oven"],
        "Done ✓": ["Find a place"],
        "Old": [],
    }


async def test_archived_cards_and_cards_of_archived_lists_are_archived(
    owner: Person, bring_in: Bring
) -> None:
    done = await bring_in(owner, board())

    archived = await columns_of(owner, done["project_id"], archived=True)
    assert archived["Ideas"] == ["Forgotten"]
    assert archived["Old"] == ["Name: Crumbs?"]


async def test_what_a_list_means_is_guessed_from_its_name(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())

    project = (await owner.get(f"/projects/{done['project_id']}")).json()
    assert {s["name"]: s["category"] for s in project["states"]} == {
        "Ideas": "backlog",
        "Doing": "started",
        "Done ✓": "completed",
        "Old": "unstarted",
    }
    placed = await find(owner, done["project_id"], "Find a place")
    assert placed["completed_at"] == "2026-10-05T12:00:00Z"


async def test_a_cards_fields_come_along(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())

    rye = await find(owner, done["project_id"], "Rye")
    assert rye["description"] == "Dark **rye**"
    assert rye["due_date"] == "2026-12-24T17:00:00Z"
    assert datetime.fromisoformat(rye["created_at"]).year == 2020
    sourdough = await find(owner, done["project_id"], "Sourdough")
    assert sourdough["tags"] == ["oven", "green_light"]
    assert [t["number"] for t in (sourdough, rye)] == [1, 2]
    tags = (await owner.get("/tags")).json()["items"]
    assert {t["name"]: t["color"] for t in tags} == {"oven": "#f87168", "green_light": "#4bce97"}


async def test_members_become_invited_people_who_cannot_sign_in(
    owner: Person, bring_in: Bring
) -> None:
    done = await bring_in(owner, board())

    people = (await owner.get("/users")).json()["items"]
    grace = next(p for p in people if p["first_name"] == "Grace")
    assert (grace["last_name"], grace["is_active"], grace["role"]) == ("Hopper", False, "member")
    assert grace["email"].endswith("@trello.invalid")
    assert any(p["first_name"] == "edsger" for p in people)
    sourdough = await find(owner, done["project_id"], "Sourdough")
    assert sourdough["assignee_id"] == grace["id"]


async def test_comments_keep_their_authors_and_times(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())

    oven = await find(owner, done["project_id"], "Order the oven")
    comments = (await owner.get(f"/tasks/{oven['id']}/comments")).json()["items"]
    assert [c["body"] for c in comments] == ["first", "second"]
    assert comments[0]["created_at"] == "2026-10-01T08:00:00Z"
    assert comments[0]["author_id"] != comments[1]["author_id"]
    assert owner.id not in {c["author_id"] for c in comments}


async def test_checklists_and_links_come_along(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())

    oven = await find(owner, done["project_id"], "Order the oven")
    items = (await owner.get(f"/tasks/{oven['id']}/checklist")).json()["items"]
    assert [(i["checklist"], i["title"], i["is_done"]) for i in items] == [
        ("Offers", "A", True),
        ("Offers", "B", False),
    ]
    sourdough = await find(owner, done["project_id"], "Sourdough")
    links = (await owner.get(f"/tasks/{sourdough['id']}/attachments")).json()["items"]
    assert [(a["name"], a["url"]) for a in links] == [("Recipe", "https://example.org/r.pdf")]


async def test_the_report_counts_and_says_what_was_left_out(owner: Person, bring_in: Bring) -> None:
    report = (await bring_in(owner, board()))["report"]

    assert report["counts"] == {
        "lists": 4,
        "cards": 6,
        "cards_open": 4,
        "cards_archived": 2,
        "comments": 3,
        "labels": 2,
        "members": 2,
        "checklists": 1,
        "checklist_items": 2,
        "attachments": 2,
    }
    assert (report["created"], report["updated"], report["unchanged"]) == (6, 0, 0)
    assert {(s["kind"], s["name"]) for s in report["skipped"]} == {
        ("assignees", "Sourdough"),
        ("comment", "on a deleted card"),
        ("attachment", "Evil"),
    }
    assert report["skipped_count"] == 3


async def test_importing_twice_changes_nothing(owner: Person, bring_in: Bring) -> None:
    first = await bring_in(owner, board())
    rye = await find(owner, first["project_id"], "Rye")
    await owner.patch(f"/tasks/{rye['id']}", {"priority": "high"})

    second = await bring_in(owner, board())

    assert second["project_id"] == first["project_id"]
    report = second["report"]
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 6)
    assert len((await owner.get("/projects")).json()["items"]) == 1
    assert len((await owner.get("/users")).json()["items"]) == 3
    oven = await find(owner, first["project_id"], "Order the oven")
    assert len((await owner.get(f"/tasks/{oven['id']}/comments")).json()["items"]) == 2
    assert (await find(owner, first["project_id"], "Rye"))["priority"] == "high"


async def test_a_newer_export_brings_only_what_is_new(owner: Person, bring_in: Bring) -> None:
    first = await bring_in(owner, board())
    newer = deepcopy(board())
    newer["cards"][1]["name"] = "Rye bread"
    newer["cards"].append(card(7, "a5", "Flour", pos=1))
    newer["lists"].append(
        {"id": "5f00000000000000000000a5", "name": "Doing", "closed": False, "pos": 400}
    )

    second = await bring_in(owner, newer)

    report = second["report"]
    assert (report["created"], report["updated"], report["unchanged"]) == (1, 1, 5)
    flour = await find(owner, first["project_id"], "Flour")
    assert flour["number"] == 7
    assert flour["status"] == "doing_2"
    assert (await find(owner, first["project_id"], "Rye bread"))["version"] == 2


async def test_after_its_project_was_deleted_a_board_becomes_a_new_one(
    owner: Person, bring_in: Bring
) -> None:
    first = await bring_in(owner, board())
    await owner.delete(f"/projects/{first['project_id']}")

    second = await bring_in(owner, board())

    assert second["status"] == "succeeded"
    assert second["project_id"] != first["project_id"]
    assert second["report"]["created"] == 6


async def test_each_thing_that_came_in_has_its_event(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, count(*) FROM events WHERE tenant_id = $1 GROUP BY type", owner.tenant_id
        )
        last = await db.fetchrow(
            """
            SELECT max(seq) AS last, count(*) AS events FROM events WHERE tenant_id = $1
            """,
            owner.tenant_id,
        )
    assert dict(map(tuple, rows)) == {
        "import.requested": 1,
        "project.created": 1,
        "user.invited": 2,
        "task.created": 6,
        "checklist_item.created": 2,
        "comment.created": 2,
        "attachment.created": 1,
        "import.succeeded": 1,
    }
    assert last is not None
    assert last["last"] == last["events"]
    oven = await find(owner, done["project_id"], "Order the oven")
    (created,) = (await owner.get(f"/tasks/{oven['id']}/activity")).json()["items"]
    assert created["payload"]["after"]["title"] == "Order the oven"


async def test_new_tasks_stand_behind_imported_ones(owner: Person, bring_in: Bring) -> None:
    done = await bring_in(owner, board())

    task = await owner.task({"id": done["project_id"]}, "Buy salt", status="ideas")

    assert task["number"] == 7
    assert (await columns_of(owner, done["project_id"]))["Ideas"] == [
        "Rye",
        "Sourdough",
        "Buy salt",
    ]


async def test_odd_cards_are_taken_as_well_as_can_be(owner: Person, bring_in: Bring) -> None:
    odd = board()
    odd["cards"] = [
        card(1, "a1", "", pos=1),
        card(2, "a1", "x" * 300, pos=2),
        card(3, "a1", "NUL \x00 inside", pos=3),
        card(4, "a1", "When?", pos=4, due="soon"),
        card(5, "zz", "Lost", pos=5),
        card(1, "a1", "Again", pos=6),
    ]

    done = await bring_in(owner, odd)

    assert done["status"] == "succeeded", done
    assert (await columns_of(owner, done["project_id"]))["Ideas"] == [
        "x" * 255,
        "NUL  inside",
        "When?",
        "Again",
    ]
    long = await find(owner, done["project_id"], "xxx")
    assert long["description"].startswith("x" * 300)
    kinds = {s["kind"] for s in done["report"]["skipped"]}
    assert kinds >= {"title", "due date", "card"}


async def test_a_board_of_thousands_comes_in_whole(owner: Person, bring_in: Bring) -> None:
    large = board()
    large["cards"] = [
        {**card(n, "a1", f"Loaf {n}", pos=n), "id": f"{n:024x}", "attachments": []}
        for n in range(1, 2301)
    ]

    done = await bring_in(owner, msgspec.json.encode(large))

    assert done["report"]["created"] == 2300
    page = await owner.get(
        f"/projects/{done['project_id']}/tasks", limit=1, sort="position", include_total=True
    )
    assert page.json()["total"] == 2300
    assert page.json()["items"][0]["title"] == "Loaf 1"
    assert card_id(1) != large["cards"][0]["id"]
