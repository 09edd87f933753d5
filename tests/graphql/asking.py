"""Asking GraphQL over HTTP, in the tests' own process."""

from typing import Any

import httpx
import msgspec
import pytest
from tests.people import KeyHolder, Person

from projectflow.core.db import Db
from projectflow.graphql import execution
from projectflow.graphql.context import Serial

URL = "http://projectflow.test/graphql"


async def post(person: Person | KeyHolder, query: str, **variables: Any) -> httpx.Response:
    """The answer to a query."""
    body = {"query": query, "variables": variables}
    if isinstance(person, Person):
        return await person.client.post(URL, json=body)
    transport = httpx.ASGITransport(person._app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport) as client:
        headers = {"Authorization": f"Bearer {person.secret}"}
        return await client.post(URL, json=body, headers=headers)


async def ask(person: Person | KeyHolder, query: str, **variables: Any) -> dict[str, Any]:
    """What a query gives that must succeed."""
    answer = await post(person, query, **variables)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert "errors" not in body, body["errors"]
    return body["data"]


async def refused(person: Person | KeyHolder, query: str, **variables: Any) -> dict[str, Any]:
    """The one error of a query."""
    answer = await post(person, query, **variables)
    body = msgspec.json.decode(answer.content)
    assert len(body.get("errors", ())) == 1, answer.text
    return body["errors"][0]


class Counted:
    """The transactions of queries, with how many statements each ran."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Serial] = []
        monkeypatch.setattr(execution, "Serial", self._make)

    def _make(self, db: Db) -> Serial:
        self.made.append(Serial(db))
        return self.made[-1]
