"""Refusals that point, days of a time zone, cursors that nobody gave out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.paging import encode_cursor
from projectflow.tasks.query.orders import KEYS


async def test_a_wrong_query_is_refused_with_its_place(owner: Person) -> None:
    for path in ("/tasks", "/tasks/counts"):
        answer = await owner.get(path, query="assignee:me priority:huge")

        assert answer.status_code == 422
        problem = answer.json()
        assert problem["type"] == "/problems/invalid-query"
        (error,) = problem["errors"]
        assert error["field"] == "query"
        assert error["message"].startswith("character 22: “huge” is unknown: expected low")
        assert error["data"] == {"position": 22, "length": 4}


async def test_a_day_is_that_of_the_persons_time_zone(owner: Person) -> None:
    project = await owner.project()
    zone = "Pacific/Kiritimati"  # 14 hours ahead
    await owner.patch("/me", {"time_zone": zone})
    ahead = datetime.now(UTC) + timedelta(hours=14)
    midnight = ahead.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=14)
    await owner.task(project, "first", due_date=midnight.isoformat())
    await owner.task(project, "before", due_date=(midnight - timedelta(seconds=1)).isoformat())

    answer = await owner.get("/tasks", query="due:today")

    assert [t["title"] for t in answer.json()["items"]] == ["first"]


@pytest.mark.parametrize(
    "order", ["created", "due", "start", "priority", "estimate", "key", "title"]
)
@pytest.mark.parametrize(
    "values",
    [
        ("a\x00b", "ID"), (10**30, "ID"), (2**31, "ID"), (None, "ID"), ("x", 1, "ID"),
        ("0001-01-01T00:00:00+14:00", "ID"), ("2026-01-01T00:00:00", "ID"), ("x", "nobody"),
        ("9999-12-31", "ID"), ("NaN", "ID"), ("1e400", "ID"), ("x",), ("x", "ID", "y"), ([], "ID"),
    ],
)  # fmt: skip
async def test_a_tampered_cursor_is_never_our_mistake(
    owner: Person, order: str, values: tuple[Any, ...]
) -> None:
    direction = KEYS[order][0]
    cursor = encode_cursor(
        f"{order}-{direction}", *(str(uuid7()) if v == "ID" else v for v in values)
    )

    answer = await owner.get("/tasks", query=f"order:{order}", cursor=cursor)

    assert answer.status_code in {200, 422}, answer.text
