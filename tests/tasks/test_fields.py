"""Every field of a task refuses what it cannot hold, says which one it was, and changes nothing."""

from typing import Any

import pytest
from tests.people import Person

NOBODY = "01a20913-52e7-766c-8294-99f6a0000000"
NUL = "a\x00b"
BAD: dict[str, list[Any]] = {
    "title": ["", "   ", "\u2003\n", "x" * 256, 5, [], {}, NUL, None],
    "description": ["x" * 100_001, 5, [], NUL],
    "status": ["nowhere", "", "x" * 21, 5, NUL, "pending "],
    "priority": ["", "highest", "HIGH", 1, None, NUL],
    "assignee_id": ["", "nobody", 5, NOBODY, "00000000-0000-0000-0000-000000000000"],
    "parent_id": ["", "x", 7, NOBODY],
    "start_date": ["", "2026-02-30", "tomorrow", "10000-01-01", "2026-1-1", [], 5],
    "due_date": [
        "", "2026-02-30T00:00:00Z", "soon", "2026-01-01T00:00:00", "2026-01-01",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
        "2026-01-01T25:00:00Z", [],
    ],
    "estimated_hours": [
        "NaN", "sNaN", "Infinity", "-Infinity", "-0.01", -1, "1000", 1000, "0.001", 0.001,
        "1E+999999999", "1E-999999999", "", "eight", [], 10**400,
    ],
    "tags": ["web", [""], [" "], ["x" * 51], ["t"] * 21, [5], [NUL], {}, [None]],
}  # fmt: skip
UNKNOWN = {"id": NOBODY, "tenant_id": NOBODY, "number": 7, "position": "a0", "x": 1}
CASES = [(field, value) for field, values in BAD.items() for value in values]


def short(value: object) -> str:
    return repr(value)[:30]


@pytest.mark.parametrize(("field", "value"), CASES, ids=short)
async def test_a_bad_value_is_refused_by_name_and_changes_nothing(
    owner: Person, field: str, value: Any
) -> None:
    project = await owner.project()
    task = await owner.task(project, "As it was", tags=["old"])
    before = await everything(owner, project, task)

    answers = [await owner.patch(f"/tasks/{task['id']}", {"priority": "low", field: value})]
    if value is not None or field == "title":
        new = {"title": "New", field: value}
        answers.append(await owner.post(f"/projects/{project['id']}/tasks", new))

    for answer in answers:
        assert answer.status_code in {400, 422}, answer.text
        if answer.status_code == 422:
            problem = answer.json()
            assert problem["type"] == "/problems/invalid-input"
            assert problem["errors"][0]["field"].split(".")[0].split("[")[0] == field
            assert "\x00" not in problem["detail"]
        else:
            assert value == 10**400, "only what is no JSON for us is a malformed request"
    assert await everything(owner, project, task) == before


async def everything(
    owner: Person, project: dict[str, Any], task: dict[str, Any]
) -> tuple[Any, ...]:
    return (
        (await owner.get(f"/tasks/{task['id']}")).json(),
        (await owner.get(f"/projects/{project['id']}/tasks", include_total=True)).json()["total"],
        (await owner.get(f"/tasks/{task['id']}/activity")).json(),
        (await owner.get("/tags")).json(),
    )


@pytest.mark.parametrize("field", UNKNOWN)
async def test_a_field_that_does_not_exist_is_refused(owner: Person, field: str) -> None:
    task = await owner.task(await owner.project(), "As it was")

    answer = await owner.patch(f"/tasks/{task['id']}", {field: UNKNOWN[field], "title": "New"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "message": "is not a known field"}]
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task


@pytest.mark.parametrize(
    "title",
    [
        "👩 family", "\u05d0\u05d1 مرحبا", "\u202eright to left", "e\u0301 = é", "a\u200bb",
        "\x01\x1f.",
        "'; DROP TABLE tasks --", "<script>alert(1)</script>", "%s %d {0} ${x}", "\\u0000",
        "\ufeffBOM", "\U0001f3f3\ufe0f\u200d\U0001f308" * 40, "\u202e" * 255,
    ],
)  # fmt: skip
async def test_text_comes_back_as_it_was_sent(owner: Person, title: str) -> None:
    project = await owner.project()
    task = await owner.task(project, title, description=title, tags=[title[:50]])

    read = (await owner.get(f"/tasks/{task['id']}")).json()

    assert read["title"] == title.strip()
    assert read["description"] == title
    assert read["tags"] == [title[:50].strip()]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-03-29T02:30:00+02:00", "2026-03-29T00:30:00Z"),
        ("0001-01-01T00:00:01Z", "0001-01-01T00:00:01Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("2026-01-01T00:00:00-12:00", "2026-01-01T12:00:00Z"),
    ],
)
async def test_a_moment_is_kept_in_utc(owner: Person, sent: str, kept: str) -> None:
    task = await owner.task(await owner.project(), "Due", due_date=sent)

    assert task["due_date"] == kept
    assert (await owner.get(f"/tasks/{task['id']}")).json()["due_date"] == kept


@pytest.mark.parametrize(("sent", "kept"), [("0", "0.00"), ("999.99", "999.99"), (7.25, "7.25")])
async def test_hours_are_exact_decimals(owner: Person, sent: Any, kept: str) -> None:
    task = await owner.task(await owner.project(), "Estimated", estimated_hours=sent)

    assert task["estimated_hours"] == kept


async def test_tags_lose_repeats_and_outer_space(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Tagged", tags=["b", " a ", "b", "a"])

    assert task["tags"] == ["b", "a"]
