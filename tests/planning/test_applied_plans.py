"""Whatever the network: what is written down as the plan keeps every dependency.

Working time is counted here by adding up weeks, which shares no code with the scheduler.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from tests.people import Person
from tests.planning.plans import Json, apply, move, project, task, timeline

SIZE = 5
TYPES = ("finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish")
EPOCH = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday


class Wanted(Struct, frozen=True):
    """Tasks by number; each waits for earlier ones alone, so there is no cycle."""

    durations: list[int | None]
    starts: list[int | None]
    parent: int | None
    links: Sequence[tuple[int, int, str, int, bool]]
    moved: int
    day: int


def worked(moment: datetime) -> int:
    """Minutes from nine to five on weekdays since the epoch."""
    days, rest = divmod(moment - EPOCH, timedelta(days=1))
    weeks, weekday = divmod(days, 7)
    today = min(max(rest // timedelta(minutes=1) - 540, 0), 480) if weekday < 5 else 0
    return (weeks * 5 + min(weekday, 5)) * 480 + today


@st.composite
def plans(draw: st.DrawFn) -> Wanted:
    durations = st.sampled_from((None, 0, 60, 240, 480, 700))
    links = st.lists(
        st.tuples(
            st.integers(1, SIZE - 1), st.integers(0, SIZE - 2), st.sampled_from(TYPES),
            st.sampled_from((0, 0, 0, 60, 480, -120, 1500)), st.booleans(),
        ).filter(lambda link: link[0] > link[1]),
        max_size=6, unique_by=lambda link: link[:2],
    )  # fmt: skip
    return Wanted(
        draw(st.lists(durations, min_size=SIZE, max_size=SIZE)),
        draw(st.lists(st.sampled_from((None, None, 3, 9)), min_size=SIZE, max_size=SIZE)),
        # A parent that nothing between it and its child waits for: no cycle by it either.
        draw(st.sampled_from((None, SIZE - 2))),
        draw(links),
        draw(st.integers(0, SIZE - 1)),
        draw(st.integers(2, 27)),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=plans())
async def test_the_written_plan_keeps_every_dependency(owner: Person, wanted: Wanted) -> None:
    made, tasks = await _made(owner, wanted)

    await apply(owner, made)
    await _check(owner, made)
    body = {"task_id": tasks[wanted.moved]["id"], "start_date": f"2026-03-{wanted.day:02}"}
    answer = await move(owner, made, body)
    assert answer.status_code == 200, answer.text
    await _check(owner, made)


async def _made(owner: Person, wanted: Wanted) -> tuple[Json, list[Json]]:
    made = await project(owner)
    tasks: list[Json] = []
    for number in range(SIZE):
        fields: dict[str, Any] = {}
        day, duration = wanted.starts[number], wanted.durations[number]
        if day is not None:
            fields["start_date"] = f"2026-03-{day:02}"
        if number == SIZE - 1 and wanted.parent is not None:
            fields["parent_id"] = tasks[wanted.parent]["id"]
        if duration is not None:
            fields["duration_minutes"] = duration
        tasks.append(await task(owner, made, f"{number}", **fields))
    for then, first, kind, lag, elapsed in wanted.links:
        answer = await owner.post(
            f"/tasks/{tasks[then]['id']}/dependencies",
            {
                "depends_on_task_id": tasks[first]["id"],
                "type": kind, "lag_minutes": lag, "lag_is_elapsed": elapsed,
            },
        )  # fmt: skip
        assert answer.status_code in {201, 409}, answer.text  # 409: its own parent
    return made, tasks


async def _check(owner: Person, made: Json) -> None:
    shown = await timeline(owner, made)
    stored = {each["id"]: await _stored(owner, each) for each in shown["tasks"]}
    for each in shown["dependencies"]:
        first, then = stored[each["depends_on_task_id"]], stored[each["task_id"]]
        from_end, _, to_end = each["type"].partition("_to_")
        moment = first[from_end == "finish"]
        got = worked(then[to_end == "finish"])
        if each["lag_is_elapsed"]:
            needed = worked(moment + timedelta(minutes=each["lag_minutes"]))
        else:
            needed = worked(moment) + each["lag_minutes"]
        assert got >= needed, each
    for each in shown["tasks"]:
        assert datetime.fromisoformat(each["start"]) == stored[each["id"]][0]
        assert datetime.fromisoformat(each["finish"]) == stored[each["id"]][1]


async def _stored(owner: Person, each: Json) -> tuple[datetime, datetime]:
    """The plan of a task; a start that says no time of its day is the first one that works."""
    schedule = (await owner.get(f"/tasks/{each['id']}/schedule")).json()
    day = datetime.fromisoformat(each["start_date"])
    start = datetime.combine(day, time(9), UTC)
    if schedule["start_at"] is not None:
        start = datetime.fromisoformat(schedule["start_at"])
        assert start.date() == day.date()
    return start, datetime.fromisoformat(each["due_date"])
