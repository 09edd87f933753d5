"""ETag and 304: an answer that has not changed is not sent again; a tag serves If-Match too."""

import pytest
from tests.people import Person


async def test_an_answer_is_sent_again_only_when_it_has_changed(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}/tasks"
    first = await owner.get(path)
    tag = first.headers["etag"]

    same = await owner.client.get(path, headers={"If-None-Match": tag})
    await owner.task(project, "New")
    changed = await owner.client.get(path, headers={"If-None-Match": tag})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert "content-type" not in same.headers
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize("sent", ["W/{}", '"other", {}', "{},W/{}", "*"])
async def test_tags_are_compared_weakly_and_in_lists(owner: Person, sent: str) -> None:
    tag = (await owner.get("/me")).headers["etag"]

    answer = await owner.client.get("/me", headers={"If-None-Match": sent.replace("{}", tag)})

    assert answer.status_code == 304


@pytest.mark.parametrize("sent", ["", '"other"', "W/", "x" * 4000])
async def test_other_tags_get_the_answer(owner: Person, sent: str) -> None:
    answer = await owner.client.get("/me", headers={"If-None-Match": sent})

    assert answer.status_code == 200


async def test_the_tag_of_something_with_a_version_can_be_sent_back_as_if_match(
    owner: Person,
) -> None:
    task = await owner.task(await owner.project(), "Bake")
    path = f"/tasks/{task['id']}"
    tag = (await owner.get(path)).headers["etag"]
    assert tag.startswith('"1-')

    done = await owner.patch(path, {"title": "Bake bread"}, **{"If-Match": tag})
    late = await owner.patch(path, {"title": "Bake rolls"}, **{"If-Match": tag})

    assert (done.status_code, late.status_code) == (200, 409)


async def test_a_tag_of_one_person_is_not_an_answer_for_another(
    owner: Person, stranger: Person
) -> None:
    tag = (await owner.get("/me")).headers["etag"]

    assert (await stranger.client.get("/me", headers={"If-None-Match": tag})).status_code == 200


async def test_head_has_the_tag_and_writes_have_none(owner: Person) -> None:
    asked = await owner.client.get("/me")
    head = await owner.client.head("/me")
    written = await owner.post("/projects", {"name": "Web"})

    assert head.headers["etag"] == asked.headers["etag"]
    assert "etag" not in written.headers
