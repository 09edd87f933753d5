"""Rows of reports, and what is written down of their changes."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import msgspec

from projectflow.analytics.reports.types import Report, Schedule
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import NotFound

REPORT_COLUMNS: Final = (
    "r.id, r.name, r.configuration, r.is_shared, r.project_id, r.owner_id, r.schedule,"
    " ARRAY(SELECT c.user_id FROM report_recipients c"
    " WHERE c.tenant_id = $1 AND c.report_id = r.id ORDER BY c.user_id) AS recipients,"
    " r.next_run_at, r.version, r.created_at, r.updated_at"
)


class ReportNotFound(NotFound):
    """There is no such report."""


def report_of(row: asyncpg.Record) -> Report:
    """The report of a row of `REPORT_COLUMNS`."""
    values: dict[str, Any] = dict(row)
    values |= msgspec.json.decode(values.pop("configuration"), type=dict[str, Any])
    recipients = values.pop("recipients")
    if values["schedule"] is not None:
        said = msgspec.json.decode(values["schedule"], type=dict[str, Any])
        values["schedule"] = Schedule(recipients=recipients, **said)
    return Report(**values)


async def log_report(
    db: Db, actor: Actor, event: str, report: Report, changed: Sequence[str]
) -> None:
    """Write down a change; names and queries are people's own words, which are not logged."""
    payload = {"after": {"is_shared": report.is_shared}, "changed": changed}
    change = Change(event, "report", report.id, report.version, payload, report.project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
