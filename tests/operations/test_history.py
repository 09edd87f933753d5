"""A history of another tool, as a project with a past."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people import Person

from projectflow.core.settings import Settings
from projectflow.operations.analytics import rebuild_workspace
from projectflow.operations.history import HistoryRefused, import_history, read_history

START = datetime(2024, 1, 1, 9, tzinfo=UTC)


def address(person: Person) -> dict[str, str]:
    return {
        "slug": f"w-{person.tenant_id.hex}",
        "email": f"{person.id.hex}@EXAMPLE.org",
    }


async def load(person: Person, settings: Settings, path: Path, content: str, **more: Any) -> Any:
    await anyio.Path(path).write_text(content)
    given: dict[str, Any] = {**address(person), "name": None, "mapping": None, **more}
    return await import_history(settings, path, **given)


async def test_a_loaded_history_is_measured_and_forecast(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    file = io.StringIO()
    file.write("Issue;created;started;resolved\n")
    for n in range(300):
        made = START + timedelta(days=n)
        begun = made + timedelta(days=1)
        done = (begun + timedelta(days=2, hours=n % 7)).isoformat() if n < 290 else ""
        file.write(f"X-{n};{made:%Y-%m-%dT%H:%M:%SZ};{begun.isoformat() if n % 2 else ''};{done}\n")
    file.write("X-0;2024-01-01;;\n;2024-01-01;;\nX-a;then;;\nX-b;2024-02-01;;2024-01-01\n")

    loaded = await load(
        owner, settings, tmp_path / "Past.csv", file.getvalue(), mapping='{"id": "issue"}'
    )
    await rebuild_workspace(owner.app.state.database, owner.tenant_id)

    assert (loaded.tasks, loaded.events) == (300, 300 + 150 + 290)
    assert loaded.refused == [
        (302, "'X-0' is there already"),
        (303, "there is no id"),
        (304, "created: 'then' is no ISO date"),
        (305, "resolved: 2024-01-01 is before what comes before it"),
    ]
    project = f"/projects/{loaded.project_id}"
    path = f"/analytics{project}"
    seen = (await owner.get(path, since="2024-01-01", until="2024-12-31", bucket="month")).json()
    assert seen["totals"]["completed"] == 290
    assert seen["durations"]["cycle_seconds"]["count"] == 145
    assert seen["durations"]["cycle_seconds"]["least"] == 2 * 86_400
    assert seen["durations"]["lead_seconds"]["most"] == 3 * 86_400 + 6 * 3600
    assert sum(piece["completed"] for piece in seen["pieces"]) > 0
    back = (await owner.get(f"{project}/forecast/backtest")).json()
    assert back["weeks"] > 20
    assert back["coverage"] is not None
    tasks = (await owner.get(f"{project}/tasks", limit=2)).json()["items"]
    assert [task["title"] for task in tasks] == ["Task X-0", "Task X-1"]
    assert [task["version"] for task in tasks] == [2, 3]
    assert tasks[0]["completed_at"].startswith("2024-01-04T09:00:00")
    moved = await owner.patch(f"/tasks/{tasks[0]['id']}", {"status": "in_progress", "version": 2})
    assert moved.json()["version"] == 3


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such column": ("key,created,resolved\n1,2024-01-01,\n", {}, "no column 'id'"),
    "a column mapped to nothing": (
        "id,created,resolved\n1,2024-01-01,\n", {"mapping": '{"started": "began"}'}, "'began'",
    ),
    "a mapping of something else": ("id,created\n", {"mapping": '{"due": "x"}'}, "mapping"),
    "nothing in it": ("id,created,resolved\n1,2999-01-01,\n", {}, "in the future"),
    "nothing at all": ("", {}, "no column 'id'"),
    "no such workspace": ("id,created,resolved\n1,2024-01-01,\n", {"slug": "nowhere"}, "nowhere"),
    "no JSON": ("id,created,resolved\n", {"mapping": "{"}, "mapping"),
    "no address": ("id,created,resolved\n", {"email": None}, "--email"),
    "nobody": ("id,created,resolved\n1,2024-01-01,\n", {"email": "x@example.org"}, "nobody"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_changes_nothing(
    owner: Person, settings: Settings, tmp_path: Path, name: str
) -> None:
    content, more, says = REFUSED[name]

    with pytest.raises(HistoryRefused, match=says):
        await load(owner, settings, tmp_path / "x.csv", content, **more)

    assert (await owner.get("/projects")).json()["items"] == []


async def test_it_takes_somebody_who_may_import(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    member = await owner.colleague("member")
    content = "id,created,resolved\n1,2024-01-01,\n"

    with pytest.raises(HistoryRefused, match="may not"):
        await load(member, settings, tmp_path / "x.csv", content, **address(member))

    loaded = await load(owner, settings, tmp_path / "x.csv", content, name="Past")
    assert UUID((await owner.get("/projects")).json()["items"][0]["id"]) == loaded.project_id
    assert loaded.report() == f"Project {loaded.project_key}: 1 tasks, 1 events."


@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda s: s.encode("utf-8", "replace"))
)
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        history = read_history(b"id,created,started,resolved\n" + content, {})
    except HistoryRefused:
        return
    for task in history.tasks:
        times = [t for t in (task.created, task.started, task.resolved) if t]
        assert times == sorted(times)
