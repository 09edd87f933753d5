"""Custom reports: the numbers, what bounds them, and who may what."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from tests.people import Person, found_workspace

from projectflow.analytics.reports import running
from projectflow.core.db import Database

STATES = ("pending", "in_progress", "completed", "cancelled")
CATEGORY = {
    "pending": "unstarted", "in_progress": "started", "completed": "completed",
    "cancelled": "cancelled",
}  # fmt: skip
MADE = st.tuples(
    st.sampled_from(STATES),
    st.sampled_from(["low", "high", "urgent"]),
    st.lists(st.sampled_from(["a", "b"]), unique=True),
    st.none() | st.integers(0, 4000).map(lambda n: Decimal(n) / 100),
    st.integers(0, 40),
    st.integers(0, 20),
    st.none() | st.integers(-30, 30),
)
"""State, priority, tags, estimate, made so many days ago, completed how much later, due when."""
NOW = datetime.now(UTC).replace(microsecond=0)


async def run(person: Person, **asked: Any) -> Any:
    answer = await person.post("/reports/run", asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def keyed(result: Any) -> dict[tuple[str | None, ...], list[str | None]]:
    return {tuple(key["value"] for key in row["keys"]): row["values"] for row in result["rows"]}


async def write(person: Person, project: dict[str, Any], made: list[Any]) -> None:
    """Tasks as they are drawn, in the place of those before."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute("DELETE FROM tasks WHERE tenant_id = $1", person.tenant_id)
        for number, (state, priority, tags, estimate, ago, took, due) in enumerate(made):
            created = NOW - timedelta(ago)
            await db.execute(
                """
                INSERT INTO tasks (tenant_id, id, project_id, number, title, status, priority, tags,
                                   reporter_id, estimated_hours, position, created_at, completed_at,
                                   due_date)
                VALUES ($1, gen_random_uuid(), $2, $3::int, 'T', $4, $5, $6, $7, $8, 'a' || $3::int,
                        $9, $10, $11)
                """,
                person.tenant_id, UUID(project["id"]), 1000 + number, state, priority, tags,
                person.id, estimate, created,
                created + timedelta(took) if state == "completed" else None,
                NOW + timedelta(due) if due is not None else None,
            )  # fmt: skip


def expected(made: list[Any]) -> list[Decimal | None]:
    """The measures below, counted slowly."""
    done = [each for each in made if each[0] == "completed"]
    leads = sorted(each[5] for each in done)
    due = [each for each in done if each[6] is not None]
    on_time = [each for each in due if -each[4] + each[5] <= each[6]]
    return [
        Decimal(len(made)),
        Decimal(len(done)),
        Decimal(sum(CATEGORY[e[0]] in {"unstarted", "started"} for e in made)),
        Decimal(
            sum(
                CATEGORY[e[0]] in {"unstarted", "started"} and e[6] is not None and e[6] <= 0
                for e in made
            )
        ),
        sum((each[3] or Decimal(0) for each in made), Decimal(0)),
        Decimal(sum(each[3] is None for each in made)),
        Decimal(leads[-(-85 * len(leads) // 100) - 1]) if leads else None,
        round(Decimal(1000 * len(on_time)) / len(due)) / Decimal(10)
        if due and (2000 * len(on_time)) % (2 * len(due)) != len(due)
        else None,
    ]


MEASURES = [
    "tasks", "completed", "open", "overdue", "hours_estimated", "unestimated", "lead_days_p85",
    "on_time_percent",
]  # fmt: skip


def same(values: list[str | None], made: list[Any]) -> None:
    counted = [None if v is None else Decimal(v) for v in values]
    wanted = expected(made)
    if wanted[-1] is None:  # none due, or a half that rounds away from zero in one place alone
        counted[-1] = None
    assert counted == wanted


@pytest.fixture(scope="module")
async def bench(app: Litestar) -> Any:
    async with await found_workspace(app) as owner:
        yield owner, await owner.project("One", key="ONE")


@given(made=st.lists(MADE, max_size=12))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_numbers_are_those_of_a_slow_count(bench: Any, made: list[Any]) -> None:
    owner, project = bench
    await write(owner, project, made)

    result = await run(
        owner, measures=MEASURES, dimensions=["priority", "created_week"], time_zone="UTC"
    )

    groups: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for each in made:
        day = (NOW - timedelta(each[4])).date()
        groups[each[1], (day - timedelta(day.weekday())).isoformat()].append(each)
    rows = keyed(result)
    assert rows.keys() == groups.keys()
    for key, values in rows.items():
        same(values, groups[key])  # pyright: ignore[reportArgumentType]
    same(result["totals"], made)
    assert result["tasks"] == len(made)


async def test_a_task_of_two_tags_is_in_both_groups_and_once_in_the_total(owner: Person) -> None:
    project = await owner.project("One")
    await owner.task(project, "Both", tags=["x", "y"], estimated_hours="2")
    await owner.task(project, "None", estimated_hours="1")

    result = await run(owner, measures=["hours_estimated"], dimensions=["tag"])

    assert keyed(result) == {("x",): ["2.00"], ("y",): ["2.00"], (None,): ["1.00"]}
    assert result["totals"] == ["3.00"]
    assert result["notes"] == ["A task counts in each of its groups, and once in the total."]


async def test_a_report_finds_what_its_query_finds_in_one_project(owner: Person) -> None:
    one, two = await owner.project("One"), await owner.project("Two")
    await owner.task(one, "A", priority="high", assignee_id=str(owner.id))
    await owner.task(one, "B", priority="low")
    await owner.task(two, "C", priority="high")
    high = {"measures": ["tasks"], "query": "priority:high"}

    everywhere = await run(owner, **high, dimensions=["project", "assignee"])
    assert keyed(everywhere) == {
        (one["key"], str(owner.id)): ["1"],
        (two["key"], None): ["1"],
    }
    labels = {key["value"]: key["label"] for row in everywhere["rows"] for key in row["keys"]}
    me = (await owner.get("/me")).json()["user"]
    assert labels[str(owner.id)] == f"{me['first_name']} {me['last_name']}"
    assert labels[None] == "None"
    assert (await run(owner, **high, project_id=one["id"]))["totals"] == ["1"]


async def test_limits_say_so(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    project = await owner.project("One")
    for number in range(4):
        await owner.task(project, f"T{number}", tags=[f"t{number}"])
    monkeypatch.setattr(running, "MAX_TASKS", 3)
    monkeypatch.setattr(running, "MAX_GROUPS", 2)

    result = await run(owner, measures=["tasks"], dimensions=["tag"])

    assert (result["tasks"], result["totals"], len(result["rows"])) == (3, ["3"], 2)
    assert result["tasks_truncated"] is True
    assert result["groups_truncated"] is True
    assert "the newest 3 are counted" in result["notes"][0]
    assert "the largest 2 are shown" in result["notes"][1]


async def test_what_takes_too_long_is_stopped(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner.task(await owner.project("One"), "T")
    monkeypatch.setattr(running, "MILLISECONDS", 1)
    monkeypatch.setattr(running, "JOINS", f"{running.JOINS} JOIN pg_sleep(1) ON true")

    answer = await owner.post("/reports/run", {"measures": ["tasks"]})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/report-too-costly")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a query that is none": ({"query": "nonsense:1"}, "query"),
    "a dimension that is none": ({"dimensions": ["nonsense"]}, "dimensions"),
    "two in one": ({"dimensions": ["status,priority"]}, "dimensions"),
    "the same twice": ({"dimensions": ["status", "status"]}, "dimensions"),
    "a measure twice": ({"measures": ["tasks", "tasks"]}, "measures"),
    "costs of no currency": ({"measures": ["cost"]}, "currency"),
    "a zone that is none": ({"time_zone": "Mars/Olympus"}, "time_zone"),
    "somebody else": (
        {"schedule": {"every": "day", "recipients": ["0192f0c0-0000-7000-8000-000000000000"]}},
        "schedule.recipients",
    ),
    "a project of nobody": ({"project_id": "0192f0c0-0000-7000-8000-000000000000"}, "project_id"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_run_is_not_kept(owner: Person, name: str) -> None:
    more, field = REFUSED[name]

    answer = await owner.post("/reports", {"name": "R", "measures": ["tasks"], **more})

    assert answer.status_code == 422, answer.text
    assert any(e["field"].startswith(field) for e in answer.json()["errors"]), answer.text
    assert (await owner.get("/reports")).json()["items"] == []


async def test_a_report_is_kept_changed_shared_and_removed(owner: Person) -> None:
    member = await owner.colleague("member")
    made = (
        await owner.post(
            "/reports",
            {
                "name": " Weekly ",
                "measures": ["tasks"],
                "chart": "bar",
                "schedule": {"every": "week", "recipients": [str(owner.id), str(member.id)]},
            },
        )
    ).json()
    path = f"/reports/{made['id']}"
    assert made["name"] == "Weekly"
    assert made["next_run_at"] > datetime.now(UTC).isoformat()
    assert (await member.get(path)).status_code == 404

    shared = (await owner.patch(path, {"is_shared": True, "version": 1})).json()
    assert (shared["version"], shared["next_run_at"]) == (2, made["next_run_at"])
    stale = await owner.patch(path, {"name": "Other", "version": 1})
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
    assert (await member.get(path)).json()["schedule"]["recipients"] == sorted(
        [str(owner.id), str(member.id)]
    )
    assert (await member.patch(path, {"name": "Mine"})).status_code == 403
    assert (await owner.patch(path, {"name": "Weekly"})).json()["version"] == 2

    assert (await member.delete(f"{path}/recipients/me")).status_code == 204
    assert (await member.delete(f"{path}/recipients/me")).status_code == 404
    assert (await owner.delete(f"{path}/recipients/me")).status_code == 204
    left = (await owner.get(path)).json()
    assert (left["schedule"], left["next_run_at"], left["version"]) == (None, None, 4)
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404


async def test_a_viewer_mails_to_nobody_else(owner: Person) -> None:
    viewer = await owner.colleague("viewer")
    report: dict[str, Any] = {"name": "R", "measures": ["tasks"]}

    for more, status in (
        ({"schedule": {"every": "day", "recipients": [str(owner.id)]}}, 403),
        ({"schedule": {"every": "day", "recipients": [str(viewer.id)]}}, 201),
        ({"is_shared": True}, 403),
    ):
        assert (await viewer.post("/reports", report | more)).status_code == status


async def test_costs_are_for_those_who_may_see_them(owner: Person) -> None:
    member = await owner.colleague("member")
    euros = await owner.project("Euros", budget_currency="EUR")
    dollars = await owner.project("Dollars", budget_currency="USD")
    await owner.join(euros, member)
    await owner.post(
        f"/users/{owner.id}/rates",
        {"valid_from": "2020-01-01", "currency": "EUR", "cost": "60", "bill": "90"},
    )
    for day, project in enumerate((euros, dollars), 5):
        task = await owner.task(project, "T")
        for who, minutes in ((owner, 90), (member, 30)):
            answer = await who.post(
                f"/tasks/{task['id']}/time-entries",
                {"started_at": f"2026-01-0{day}T09:00:00Z", "minutes": minutes},
            )
            assert answer.status_code == (404 if who is member and project is dollars else 201)
    asked: dict[str, Any] = {
        "measures": ["cost", "hours_tracked"], "currency": "EUR", "dimensions": ["project"],
    }  # fmt: skip

    result = await run(owner, **asked)
    costs = (await owner.get(f"/projects/{euros['id']}/costs")).json()

    assert keyed(result) == {(euros["key"],): ["90.00", "2.00"], (dollars["key"],): [None, "1.50"]}
    assert costs["actual"] == "90.00"
    assert result["totals"] == ["90.00", "3.50"]
    assert "leaves out 1 tasks" in result["notes"][0]
    assert result["notes"][1] == "0.50 tracked hours have no rate in EUR: they cost nothing."

    hidden = await run(member, **asked)
    assert hidden["totals"] == [None, "2.00"]
    assert "leaves out 1 tasks" in hidden["notes"][0]


async def test_the_kept_report_answers_as_the_asked_one(owner: Person, database: Database) -> None:
    del database
    project = await owner.project("One")
    await owner.task(project, "T")
    body = {"measures": ["tasks", "cycle_days_p50", "throughput"], "dimensions": ["created_month"]}
    kept = (await owner.post("/reports", {"name": "R", **body})).json()

    result = (await owner.get(f"/reports/{kept['id']}/result")).json()

    assert result["rows"] == (await run(owner, **body))["rows"]
    assert [v and Decimal(v) for v in result["totals"]] == [1, None, 0]
    assert "Cycle times and ages do not know" in result["notes"][0]
