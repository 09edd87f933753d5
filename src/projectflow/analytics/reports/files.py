"""A report's result as a file."""

import csv
import io
from typing import Any, Final

from openpyxl import Workbook

from projectflow.analytics.reports.pdf import as_pdf
from projectflow.analytics.reports.types import Format, Report, ReportColumn, Result
from projectflow.audit.export import FORMULA
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record

MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


async def record_export(db: Db, actor: Actor, report: Report, kind: Format) -> None:
    """Write down that numbers are taken away."""
    payload = {"format": kind, "is_shared": report.is_shared}
    change = Change("report.exported", "report", report.id, report.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)


def file_name(result: Result, kind: Format) -> str:
    """Under which a result is saved. A report's own name may hold anything."""
    return f"report-{result.as_of:%Y-%m-%d}.{kind}"


def written(name: str, result: Result, kind: Format) -> bytes:
    """The file. Takes up to seconds of CPU: run it in a thread."""
    match kind:
        case "csv":
            return _as_csv(result)
        case "xlsx":
            return _as_workbook(name, result)
        case "pdf":
            return as_pdf(name, result)


def _as_csv(result: Result) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_table(result))
    return text.getvalue().encode()


def _as_workbook(name: str, result: Result) -> bytes:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Report")
    for row in _table(result):
        sheet.append(row)
    about: Any = book.create_sheet("About")
    about.append([harmless(name)])
    about.append(["As of", result.as_of.isoformat()])
    about.append(["Time zone", result.time_zone])
    for note in result.notes:
        about.append([harmless(note)])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _table(result: Result) -> list[list[Any]]:
    """Headings, groups, and the total where there are groups; numbers stay numbers."""
    headings = [*result.dimensions, *result.measures]
    rows: list[list[Any]] = [[harmless(heading(each, result)) for each in headings]]
    rows += [[*(harmless(key.label) for key in row.keys), *row.values] for row in result.rows]
    labels = ["Total", *[""] * (len(result.dimensions) - 1)] if result.dimensions else []
    return [*rows, [*labels, *result.totals]]


def heading(column: ReportColumn, result: Result) -> str:
    """A column's name with what it is measured in."""
    match column.unit:
        case "days":
            return f"{column.label} (days)"
        case "percent":
            return f"{column.label} (%)"
        case "money":
            return f"{column.label} ({result.currency})"
        case _:
            return column.label


def harmless(text: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; after an apostrophe it shows it.

    A workbook's cell holds 32,767 characters, and no control characters.
    """
    plain = "".join(c for c in text[:32_000] if c >= " " or c in "\t\n\r")
    return f"'{plain}" if plain.startswith(FORMULA) else plain
