"""Forecasts, bottlenecks and priorities by HTTP."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from tests.analytics.forecasting.pasts import Json, finished, reviewed
from tests.people import Person
from tests.planning.plans import depend, task

NOW = datetime.now(UTC)


async def forecast(who: Person, made: Json, **asked: str) -> Json:
    answer = await who.get(f"/projects/{made['id']}/forecast", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def chain(owner: Person) -> tuple[Json, list[Json]]:
    """Three tasks of three days each, one after the other, and one of a day beside them."""
    made = await owner.project()
    tasks = [await task(owner, made, f"Step {n}", estimated_hours="24") for n in range(3)]
    for first, then in pairwise(tasks):
        await depend(owner, then, first)
    tasks.append(await task(owner, made, "Beside", estimated_hours="8"))
    return made, tasks


async def test_it_abstains_and_says_what_is_missing(
    owner: Person, chain: tuple[Json, list[Json]]
) -> None:
    made, _ = chain

    found = await forecast(owner, made)

    assert (found["method"], found["p50"], found["distribution"]) == (None, None, [])
    assert found["missing"] == [
        "10 tasks of the workspace must have been started and completed; 0 have.",
        "10 tasks must have been done; 0 are.",
    ]
    assert found["learnt"]["open"] == 4


async def test_a_chain_takes_as_long_as_such_work_took(
    owner: Person, chain: tuple[Json, list[Json]]
) -> None:
    made, tasks = chain
    await finished(owner, made, 60, ratio=2 / 3, spread=0.3, until=NOW)

    found = await forecast(owner, made, by=str(NOW.date() + timedelta(days=400)))

    assert found["method"] == "network"
    assert found["p50"] <= found["p80"] <= found["p95"]
    chances = [each["probability"] for each in found["distribution"]]
    assert chances == sorted(chances)
    assert chances[-1] == 1.0
    assert found["wanted"]["probability"] == 1.0
    shares = {each["task_id"]: each["share"] for each in found["drivers"]}
    assert all(shares[each["id"]] > 0.95 for each in tasks[:3])
    assert shares.get(tasks[3]["id"], 0) < 0.05
    assert found["learnt"]["finished_here"] == 60
    assert (await forecast(owner, made))["p80"] == found["p80"], (
        "the same question, the same answer"
    )


async def test_work_without_structure_is_forecast_by_throughput(owner: Person) -> None:
    made = await owner.project()
    for n in range(6):
        await owner.task(made, f"Thing {n}")
    await finished(owner, made, 90, until=NOW - timedelta(days=1))

    found = await forecast(owner, made)
    back = (await owner.get(f"/projects/{made['id']}/forecast/backtest")).json()

    assert found["method"] == "throughput"
    # One was done each day: six take six days, today among them.
    assert found["p50"] == str(NOW.date() + timedelta(days=5))
    assert back["weeks"] > 5
    assert found["coverage"] == back["coverage"]
    assert back["coverage"]["levels"][1]["covered"] == 1.0


async def test_who_has_too_much_to_do_delays_it(owner: Person) -> None:
    made = await owner.project()
    busy = await owner.colleague("member")
    await owner.join(made, busy)
    for n in range(6):
        await task(owner, made, f"Hers {n}", estimated_hours="16", assignee_id=str(busy.id))
    await task(owner, made, "Mine", estimated_hours="16", assignee_id=str(owner.id))
    await finished(owner, made, 30, spread=0.2, until=NOW)

    found = (await owner.get(f"/projects/{made['id']}/bottlenecks")).json()
    said = await forecast(owner, made)

    worst = found["items"][0]
    assert (worst["kind"], worst["user_id"], worst["waiting"]) == ("person", str(busy.id), 6)
    assert worst["delay_days"] > 7
    assert worst["share"] > 0.95
    assert [each["user_id"] for each in said["busy"]] == [str(busy.id)]


@pytest.mark.parametrize("estimated", [True, False])
async def test_the_fan_narrows_to_nothing_left(
    owner: Person, chain: tuple[Json, list[Json]], *, estimated: bool
) -> None:
    made = chain[0]
    if not estimated:
        made = await owner.project("Plain", key="PLAIN")
        for n in range(4):
            await task(owner, made, f"Some {n}")
    await finished(owner, made, 60, spread=0.3, until=NOW)

    found = await forecast(owner, made)
    fan = found["fan"]
    shares = ("p05", "p20", "p50", "p80", "p95")

    assert found["method"] == ("network" if estimated else "throughput")
    assert [fan[0][share] for share in shares] == [4] * 5
    assert fan[0]["day"] == str(NOW.date() - timedelta(days=1))
    assert (fan[-1]["day"], fan[-1]["p50"]) == (found["p95"], 0)
    assert fan[-1]["p80"] == 0
    for point in fan:
        left = [point[share] for share in shares]
        assert left == sorted(left)
    for share in shares:
        left = [point[share] for point in fan]
        assert left == sorted(left, reverse=True)


async def test_where_work_waits_and_for_whom_delays_it(
    owner: Person, chain: tuple[Json, list[Json]]
) -> None:
    made, _ = chain
    reviewer = await owner.colleague("member")
    await finished(owner, made, 30, spread=0.2, until=NOW)
    hour = timedelta(hours=1)
    # Three quarters of the time in progress were reviews, half of it by a colleague.
    await reviewed(owner, made, reviewer.id, work=2 * hour, wait=8 * hour, until=NOW)
    await reviewed(owner, made, owner.id, work=2 * hour, wait=4 * hour, until=NOW)

    items = (await owner.get(f"/projects/{made['id']}/bottlenecks")).json()["items"]

    states = {each["state"]: each for each in items if each["kind"] == "state"}
    reviewers = {each["user_id"]: each for each in items if each["kind"] == "reviewer"}
    assert set(states) == {"in_review"}, "in the first state work is done"
    assert states["in_review"]["share"] == pytest.approx(0.75)
    assert set(reviewers) == {str(reviewer.id)}, "what one completes oneself waits for nobody"
    assert reviewers[str(reviewer.id)]["share"] == pytest.approx(0.5)
    assert 0 < reviewers[str(reviewer.id)]["delay_days"] < states["in_review"]["delay_days"]


async def test_what_holds_others_and_is_late_comes_first(
    owner: Person, chain: tuple[Json, list[Json]]
) -> None:
    made, tasks = chain
    await finished(owner, made, 30, ratio=1, spread=0.2, until=NOW)
    late = (NOW - timedelta(days=2)).isoformat()
    await owner.patch(f"/tasks/{tasks[0]['id']}", {"due_date": late})

    found = (await owner.get(f"/projects/{made['id']}/priorities")).json()
    items = {each["task_id"]: each for each in found["items"]}
    first = items[tasks[0]["id"]]
    reasons = {each["about"]: each["value"] for each in first["reasons"]}
    wanted = [
        {"task_id": each["task_id"], "version": each["version"], "priority": each["priority"]}
        for each in found["items"]
    ]
    applied = await owner.post("/tasks/prioritise", {"tasks": wanted})
    now = {
        each["id"]: (await owner.get(f"/tasks/{each['id']}")).json()["priority"] for each in tasks
    }
    undone = await owner.post("/undo", {})

    assert first["rank"] in {1, 2}  # the day's work beside it may be shorter
    assert (reasons["due_risk"], reasons["unblocks"]) == (1.0, 2)
    assert reasons["critical_path"] > 0.95
    assert items[tasks[1]["id"]]["rank"] < items[tasks[2]["id"]]["rank"]
    assert applied.status_code == 200, applied.text
    assert now == {each["task_id"]: each["priority"] for each in found["items"]}
    assert undone.status_code == 200, undone.text
    assert {(await owner.get(f"/tasks/{each['id']}")).json()["priority"] for each in tasks} == {
        "medium"
    }


async def test_a_stale_priority_changes_nothing(
    owner: Person, chain: tuple[Json, list[Json]]
) -> None:
    _, tasks = chain
    wanted = [
        {"task_id": tasks[0]["id"], "version": 1, "priority": "urgent"},
        {"task_id": tasks[1]["id"], "version": 99, "priority": "urgent"},
    ]

    refused = await owner.post("/tasks/prioritise", {"tasks": wanted})

    assert refused.status_code == 422
    assert [each["reason"] for each in refused.json()["failures"]] == ["version_conflict"]
    assert (await owner.get(f"/tasks/{tasks[0]['id']}")).json()["priority"] == "medium"


async def test_history_of_projects_one_cannot_see_teaches_without_showing(owner: Person) -> None:
    theirs, mine = await owner.project(), await owner.project("Other", key="OTH")
    await finished(owner, theirs, 30, until=NOW, user_id=UUID(int=5))
    member = await owner.colleague("member")
    await owner.join(mine, member)
    await task(owner, mine, "Only", estimated_hours="8")

    found = await forecast(member, mine)
    elsewhere = await member.get(f"/projects/{theirs['id']}/forecast")

    assert (found["learnt"]["finished"], found["learnt"]["finished_here"]) == (30, 0)
    assert found["method"] == "network"
    assert elsewhere.status_code == 404
