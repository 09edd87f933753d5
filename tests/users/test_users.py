"""The people of a workspace."""

import pytest
from tests.people import Person

from projectflow.core.paging import encode_cursor


async def test_people_are_listed_by_name_and_paged_without_loss(owner: Person) -> None:
    people = [owner, *[await owner.colleague("member") for _ in range(6)]]

    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(10):
        page = (await owner.get("/users", limit=3, **cursor)).json()
        found += [user["id"] for user in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert len(found) == len(set(found)) == 7
    assert set(found) == {str(person.id) for person in people}


async def test_a_person_is_read_without_their_password(owner: Person) -> None:
    answer = await owner.get(f"/users/{owner.id}")

    assert answer.json()["id"] == str(owner.id)
    assert answer.json()["role"] == "owner"
    assert "password" not in answer.text


@pytest.mark.parametrize("cursor", ["", "x", "W10", encode_cursor("a"), encode_cursor(1, 2, 3)])
async def test_a_tampered_cursor_is_refused(owner: Person, cursor: str) -> None:
    answer = await owner.get("/users", cursor=cursor)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
