"""What both engines must do, asked through HTTP.

With Elasticsearch's adapter these are tests of the adapter against an emulator; see docs/search.md.
"""

from typing import Any
from uuid import UUID

import pytest
from tests.people import Person
from tests.search.engines import Kept
from uuid_utils.compat import uuid7


async def found(person: Person, kept: Kept, text: str, **more: Any) -> list[str]:
    """Titles, of comments the snippets."""
    await kept.catch_up(person.tenant_id)
    answer = await person.get("/search", q=text, **more)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["engine"] == kept.index.engine
    assert not page["is_fallback"]
    return [
        plain(item["snippet"] if item["kind"] == "comment" else item["title"])
        for item in page["items"]
    ]


def plain(pieces: list[dict[str, Any]]) -> str:
    return "".join(piece["text"] for piece in pieces)


def hits(pieces: list[dict[str, Any]]) -> list[str]:
    return [piece["text"] for piece in pieces if piece["hit"]]


async def attach(person: Person, task: dict[str, Any], name: str) -> UUID:
    attachment_id = uuid7()
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(
            "INSERT INTO attachments (tenant_id, id, task_id, name, url)"
            " VALUES ($1, $2, $3, $4, $5)",
            person.tenant_id,
            attachment_id,
            UUID(task["id"]),
            name,
            "https://example.org/x",
        )
        await db.execute(
            "SELECT record_event($1, 'attachment.created', $2, 'attachment', $3, $4, 1, '{}')",
            person.tenant_id,
            person.id,
            attachment_id,
            UUID(task["project_id"]),
        )
    return attachment_id


async def test_each_kind_is_found_by_its_words(owner: Person, kept: Kept) -> None:
    project = await owner.project("Lighthouse", description="Beacons of the northern coast")
    task = await owner.task(project, "Paint the gallery", description="with **yellow** enamel")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "The scaffolding arrives on Monday"})
    await attach(owner, task, "floor-plan_v2.pdf")

    assert await found(owner, kept, "lighthouse") == ["Lighthouse"]
    assert await found(owner, kept, "northern beacons") == ["Lighthouse"]
    assert await found(owner, kept, "gallery") == ["Paint the gallery"]
    assert await found(owner, kept, "yellow enamel") == ["Paint the gallery"]
    assert await found(owner, kept, "scaffolding") == ["The scaffolding arrives on Monday"]
    assert await found(owner, kept, "plan v2") == ["floor-plan_v2.pdf"]
    assert await found(owner, kept, "gallery enamel") == ["Paint the gallery"]
    assert await found(owner, kept, "gallery scaffolding") == []
    assert await found(owner, kept, "floor", type="task,comment") == []
    assert await found(owner, kept, "floor", type="attachment") == ["floor-plan_v2.pdf"]


async def test_the_last_word_may_go_on_and_the_others_have_other_endings(
    owner: Person, kept: Kept
) -> None:
    project = await owner.project("P", key="PP")
    await owner.task(project, "Authentication queries crashed")

    for text in ("authenti", "query authent", "crash", "crashes", "AUTHENTICATION", "crashed au"):
        assert await found(owner, kept, text) == ["Authentication queries crashed"], text
    for text in ("zebra queries", "a", "quer zebra"):
        assert await found(owner, kept, text) == [], text


async def test_a_typo_in_a_title_is_forgiven_but_comes_last(owner: Person, kept: Kept) -> None:
    project = await owner.project("P", key="PP")
    await owner.task(project, "Login page crashes")
    await owner.task(project, "Logn is a word here")

    assert (await found(owner, kept, "logn"))[0] == "Logn is a word here"
    assert "Login page crashes" in await found(owner, kept, "logn")
    assert await found(owner, kept, "logn crshes") == ["Login page crashes"]
    assert await found(owner, kept, "lgoin zebra") == []


async def test_a_key_comes_first_then_titles_then_texts_then_the_newest(
    owner: Person, kept: Kept
) -> None:
    project = await owner.project("P", key="WEB")
    old = await owner.task(project, "Reindex")
    await owner.task(project, "Other things", description="reindex at night")
    await owner.task(project, "Reindex")
    await owner.task(project, "Talks of WEB-1")

    answer = (await owner.get("/search", q="web-1")).json()
    assert answer["items"][0]["id"] == old["id"]
    assert answer["items"][0]["key"] == "WEB-1"
    await kept.catch_up(owner.tenant_id)
    keys = [i["key"] for i in (await owner.get("/search", q="reindex")).json()["items"]]
    assert keys == ["WEB-3", "WEB-1", "WEB-2"]


async def test_pages_hold_everything_once(owner: Person, kept: Kept) -> None:
    project = await owner.project("P", key="WEB")
    for n in range(7):
        await owner.task(project, f"Widget {n}")
    await owner.task(project, "Another", description="a widget too")
    await kept.catch_up(owner.tenant_id)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        more = {"cursor": cursor} if cursor else {}
        page = (await owner.get("/search", q="widget", limit=3, **more)).json()
        seen += [item["key"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert cursor is None
    assert len(seen) == len(set(seen)) == 8
    assert seen[-1] == "WEB-8"


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_key_on_the_first_page_is_on_no_other(
    owner: Person, kept: Kept, limit: int
) -> None:
    project = await owner.project("P", key="WEB")
    for n in range(4):
        await owner.task(project, f"WEB 1 {n}")
    await kept.catch_up(owner.tenant_id)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        page = (await owner.get("/search", q="WEB-1", limit=limit, type="task", **more)).json()
        seen += [item["key"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen[0] == "WEB-1"
    assert sorted(seen) == ["WEB-1", "WEB-2", "WEB-3", "WEB-4"]


async def test_hits_are_pieces_of_text_and_never_markup(owner: Person, kept: Kept) -> None:
    project = await owner.project("P", key="WEB")
    await owner.task(
        project,
        "<b>bold</b> & <mark>claims</mark>",
        description=f"{'x ' * 200}the claim <img src=x>",
    )
    await kept.catch_up(owner.tenant_id)

    (item,) = (await owner.get("/search", q="claim")).json()["items"]

    assert plain(item["title"]) == "<b>bold</b> & <mark>claims</mark>"
    assert hits(item["title"]) == ["claims"]
    assert hits(item["snippet"]) == ["claim"]
    assert plain(item["snippet"]).startswith("…")
    assert plain(item["snippet"]).endswith("the claim <img src=x>")


async def test_changes_are_found_and_what_is_gone_is_not(owner: Person, kept: Kept) -> None:
    project = await owner.project("Quarry", key="WEB")
    task = await owner.task(project, "Granite")
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "Basalt"})).json()
    assert await found(owner, kept, "granite") == ["Granite"]
    assert await found(owner, kept, "basalt") == ["Basalt"]

    await owner.patch(f"/tasks/{task['id']}", {"title": "Marble"})
    await owner.patch(f"/comments/{comment['id']}", {"body": "Slate"})
    assert await found(owner, kept, "granite") == []
    assert await found(owner, kept, "marble") == ["Marble"]
    assert await found(owner, kept, "basalt") == []
    assert await found(owner, kept, "slate") == ["Slate"]

    await owner.delete(f"/tasks/{task['id']}")
    assert await found(owner, kept, "marble") == []
    assert await found(owner, kept, "slate") == []
    await owner.post(f"/tasks/{task['id']}/restore")
    assert await found(owner, kept, "marble") == ["Marble"]
    assert await found(owner, kept, "slate") == ["Slate"]

    await owner.delete(f"/comments/{comment['id']}")
    assert await found(owner, kept, "slate") == []
    await owner.delete(f"/projects/{project['id']}")
    assert await found(owner, kept, "marble") == []
    assert await found(owner, kept, "quarry") == []


async def test_the_archive_is_searched_where_it_is_asked(owner: Person, kept: Kept) -> None:
    project = await owner.project("Attic", key="WEB")
    task = await owner.task(project, "Old trunk")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "Dusty trunk"})
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE tasks SET archived_at = now() WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            UUID(task["id"]),
        )
        await db.execute(
            "SELECT record_event($1, 'task.updated', NULL, 'task', $2, NULL, 2, $3)",
            owner.tenant_id,
            UUID(task["id"]),
            '{"before": {"archived_at": null}, "after": {}}',
        )

    assert await found(owner, kept, "trunk") == []
    assert sorted(await found(owner, kept, "trunk", archived=True)) == ["Dusty trunk", "Old trunk"]


async def test_nothing_of_an_unseen_project_is_found(owner: Person, kept: Kept) -> None:
    mine, theirs = await owner.project("Mine cobalt"), await owner.project("Theirs cobalt")
    for project in (mine, theirs):
        task = await owner.task(project, f"Task cobalt of {project['name']}")
        await owner.post(
            f"/tasks/{task['id']}/comments", {"body": f"Note cobalt {project['name']}"}
        )
        await attach(owner, task, f"cobalt {project['name']}.txt")
    member = await owner.colleague("member")
    manager = await owner.colleague("manager")
    for person in (member, manager):
        await owner.join(mine, person)

    seen = await found(member, kept, "cobalt", archived=True)
    assert len(seen) == 4
    assert not [text for text in seen if "Theirs" in text]
    # Who may read every project's page is told of the project, and of nothing in it.
    seen = await found(manager, kept, "cobalt")
    assert [text for text in seen if "Theirs" in text] == ["Theirs cobalt"]
    assert await found(member, kept, "cobalt", project_id=theirs["id"]) == []
    key = f"{theirs['key']}-1"
    assert not [text for text in await found(member, kept, key) if "Theirs" in text]
    assert len(await found(owner, kept, "cobalt", project_id=theirs["id"])) == 4


async def test_nothing_of_another_workspace_is_found(
    owner: Person, stranger: Person, kept: Kept
) -> None:
    project = await stranger.project("Uranium", key="URA", description="uranium")
    task = await stranger.task(project, "Uranium", description="uranium")
    await stranger.post(f"/tasks/{task['id']}/comments", {"body": "uranium"})
    await attach(stranger, task, "uranium.pdf")
    await owner.project("Ours", key="OURS")
    assert len(await found(stranger, kept, "uranium")) == 4
    cursor = (await stranger.get("/search", q="uranium", limit=1)).json()["next_cursor"]

    assert await found(owner, kept, "uranium", archived=True) == []
    assert await found(owner, kept, "uran") == []
    assert await found(owner, kept, "urnaium") == []
    assert await found(owner, kept, "URA-1") == []
    assert await found(owner, kept, "uranium", project_id=project["id"]) == []
    assert await found(owner, kept, "uranium", cursor=cursor) == []


async def test_a_key_limited_to_a_project_finds_only_there(owner: Person, kept: Kept) -> None:
    one, other = await owner.project("One nickel"), await owner.project("Other nickel")
    for project in (one, other):
        task = await owner.task(project, f"nickel of {project['name']}")
        await owner.post(f"/tasks/{task['id']}/comments", {"body": "nickel"})
    await kept.catch_up(owner.tenant_id)
    await owner.signed_in_by("passkey")
    key = await owner.key("task:read", project_ids=[one["id"]])

    items = (await key.get("/search?q=nickel")).json()["items"]

    assert [(item["kind"], item["project_id"]) for item in items] == [("task", one["id"])]
    whole = await owner.key("*:*", project_ids=[one["id"]])
    items = (await whole.get("/search?q=nickel")).json()["items"]
    assert {item["project_id"] for item in items} == {one["id"]}
    assert {item["kind"] for item in items} == {"project", "task", "comment"}


@pytest.mark.parametrize(
    "text",
    [
        "'",
        "a'b \\ :* & | ! (",
        "<->",
        "%",
        "né ☃ 漢字",
        "x" * 200,
        "- -",
        "[]{}",
        "a&b:*",
        "\u200b",
    ],
)
async def test_any_text_can_be_searched_for(owner: Person, kept: Kept, text: str) -> None:
    project = await owner.project("P", key="WEB")
    await owner.task(project, text, description=text)

    await kept.catch_up(owner.tenant_id)
    answer = await owner.get("/search", q=text)

    assert answer.status_code == 200, answer.text
    assert answer.json()["engine"] == kept.index.engine


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"q": ""}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"type": "task,user"}, "type"),
        ({"type": ""}, "type"),
        ({"limit": 51}, "limit"),
        ({"project_id": "x"}, "project_id"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "WyJwb3N0Z3Jlc3FsIixbMSwyXV0"}, "cursor"),
    ],
)
async def test_a_wrong_question_is_refused(owner: Person, more: dict[str, Any], field: str) -> None:
    answer = await owner.get("/search", **{"q": "x", **more})

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_two_kinds_may_have_one_id(owner: Person, kept: Kept) -> None:
    project = await owner.project("P", key="WEB")
    task = await owner.task(project, "Tellurium")
    body = {"id": task["id"], "body": "tellurium"}
    assert (await owner.post(f"/tasks/{task['id']}/comments", body)).status_code == 201

    assert await found(owner, kept, "tellurium") == ["Tellurium", "tellurium"]
