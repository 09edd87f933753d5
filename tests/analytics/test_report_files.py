"""Results of reports as files, and when these are due."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.people import Person

from projectflow.analytics.reports.files import written
from projectflow.analytics.reports.schedule import next_run
from projectflow.analytics.reports.types import Format, Key, ReportColumn, Result, Row, Schedule

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("chart", ["bar", "line", "pie", "none"])
async def test_files_hold_the_numbers_and_run_nothing(owner: Person, chart: str) -> None:
    project = await owner.project("One")
    tag = "=cmd|'/c calc'!A0"
    await owner.task(project, "T", tags=[tag, "Задача"], estimated_hours="1.5")
    await owner.task(project, "U", tags=["Задача"])
    report = (
        await owner.post(
            "/reports",
            {
                "name": "<b>Отчёт & more",
                "measures": ["tasks", "hours_estimated", "lead_days_p50"],
                "dimensions": ["tag", "status"],
                "chart": chart,
            },
        )
    ).json()
    path = f"/reports/{report['id']}/file"

    plain = await owner.get(path, format="csv")
    rows = list(csv.reader(io.StringIO(plain.text)))
    assert rows[0] == ["Tag", "Status", "Tasks", "Hours estimated", "Lead time, median (days)"]
    assert rows[1] == ["Задача", "pending", "2", "1.50", ""]
    assert rows[2][0] == f"'{tag}"
    assert rows[3] == ["Total", "", "2", "1.50", ""]
    assert plain.headers["content-disposition"].endswith('.csv"')
    book = load_workbook(io.BytesIO((await owner.get(path, format="xlsx")).content))
    cells = [[cell.value for cell in row] for row in book["Report"].iter_rows()]
    assert cells[1] == ["Задача", "pending", 2, 1.5, None]
    assert cells[2][0] == f"'{tag}"
    assert (await owner.get(path, format="pdf")).content.startswith(b"%PDF-")
    assert (await owner.get(path, format="doc")).status_code == 422
    audited = (await owner.get("/audit", type="report.exported")).json()["items"]
    assert len(audited) == 3


LABELS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
NUMBERS = st.none() | st.decimals(-(10**9), 10**9, places=2)


@given(
    rows=st.lists(st.tuples(LABELS, LABELS, NUMBERS), max_size=30),
    chart=st.sampled_from(["bar", "line", "pie", "none"]),
    kind=st.sampled_from(["csv", "xlsx", "pdf"]),
    name=LABELS,
    unit=st.sampled_from(["money", "tasks"]),
)
@settings(max_examples=40, deadline=None)
def test_any_result_can_be_written(
    rows: list[tuple[str, str, Decimal | None]], chart: Any, kind: Format, name: str, unit: Any
) -> None:
    result = Result(
        dimensions=[ReportColumn("a", "A"), ReportColumn("b", "B")],
        measures=[ReportColumn("m", "M", unit)],
        rows=[Row([Key(a, a), Key(b, b)], [number]) for a, b, number in rows],
        totals=[None],
        tasks=1,
        tasks_truncated=False,
        groups_truncated=False,
        notes=[name],
        chart=chart,
        currency="EUR",
        time_zone="UTC",
        as_of=NOW,
        behind=0,
    )

    content = written(name, result, kind)

    if kind == "csv":
        back = list(csv.reader(io.StringIO(content.decode(), newline="")))
        assert len(back) == len(rows) + 2
        assert not any(cell.startswith(("=", "@", "+")) for row in back for cell in row[:2])
    else:
        assert content.startswith(b"PK" if kind == "xlsx" else b"%PDF-")


SCHEDULES = st.builds(
    Schedule,
    every=st.sampled_from(["day", "week", "month"]),
    recipients=st.just([]),
    at=st.times().map(lambda t: t.strftime("%H:%M")),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]),
    weekday=st.integers(0, 6),
    day=st.integers(1, 31),
)
SOON = {"day": timedelta(days=2, hours=2), "week": timedelta(days=8), "month": timedelta(days=32)}


@given(schedule=SCHEDULES, seconds=st.integers(0, 20 * 365 * 86_400))
def test_the_next_time_is_the_first_after_now(schedule: Schedule, seconds: int) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)

    due = next_run(schedule, now)

    assert now < due <= now + SOON[schedule.every]
    # Nothing in between is due as well: whoever asks just before it gets the same.
    assert next_run(schedule, due - timedelta(seconds=1)) == due
    assert next_run(schedule, now + (due - now) / 2) == due
