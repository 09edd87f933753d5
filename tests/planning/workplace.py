"""What the tests of this folder say often."""

from typing import Any

import httpx
from tests.people import Person

Fields = dict[str, Any]
NINE_TO_FIVE = [{"start": 540, "end": 1020}]
WORKDAYS = [NINE_TO_FIVE] * 5 + [[], []]


async def put(person: Person, path: str, body: Any, **headers: str) -> httpx.Response:
    return await person.client.put(path, json=body, headers=headers)


async def has(person: Person, path: str, **params: Any) -> Any:
    """What is read there."""
    answer = await person.get(path, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sets(person: Person, path: str, body: Any) -> Any:
    """What is there once it is put."""
    answer = await put(person, path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def adds(person: Person, path: str, body: Any) -> Any:
    """What was made there."""
    answer = await person.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def is_away(person: Person, **fields: Any) -> Fields:
    return await adds(person, f"/users/{person.id}/absences", fields)


async def lives(person: Person, zone: str = "UTC", hours: list[str] | None = None) -> None:
    body: Fields = {"time_zone": zone}
    if hours is not None:
        body["working_hours"] = hours
    answer = await person.patch("/me", body)
    assert answer.status_code == 200, answer.text


async def minutes(person: Person, since: str, until: str | None = None, **asked: Any) -> int:
    """Working minutes of somebody's days."""
    asked = {"user_id": str(person.id)} | asked
    found = await has(person, "/working-time", since=since, until=until or since, **asked)
    return found["minutes"]


def field_of(answer: httpx.Response) -> str:
    """Which field was refused."""
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]["field"]
