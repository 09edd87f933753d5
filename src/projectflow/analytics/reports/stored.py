"""Reports that people keep, of their own or shared with others."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import asdict, replace
from uuid_utils.compat import uuid7

from projectflow.analytics.reports.recipients import check_schedule, must_write, set_recipients
from projectflow.analytics.reports.rows import REPORT_COLUMNS, ReportNotFound, log_report, report_of
from projectflow.analytics.reports.running import check_configuration
from projectflow.analytics.reports.schedule import next_run
from projectflow.analytics.reports.types import (
    MAX_REPORTS,
    Configuration,
    NewReport,
    Report,
    ReportPatch,
    Schedule,
)
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import to_json
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    Forbidden,
    InvalidInput,
    Problem,
    VersionConflict,
)
from projectflow.projects.access import require_project
from projectflow.tasks.service import VISIBLE

CONFIGURED: Final = Configuration.__struct_fields__
CHANGEABLE: Final = ("name", *CONFIGURED, "is_shared", "project_id", "schedule")
SEEN_REPORTS: Final = (
    "r.tenant_id = $1 AND (r.owner_id = $3 OR (r.is_shared AND (r.project_id IS NOT NULL OR $4)))"
    " AND (r.project_id IS NULL"
    " OR EXISTS (SELECT FROM projects p WHERE p.tenant_id = $1 AND p.id = r.project_id"
    f" AND {VISIBLE}))"
)
"""Whether somebody sees report `r`: $2 and $3 as in `VISIBLE`, $4 that they are no viewer."""


class ReportExists(Conflict):
    """A report with this id exists."""


class TooManyReports(Conflict):
    """A person may keep 200 reports."""


CONSTRAINTS["reports_pkey"] = ReportExists


def _bind(actor: Actor) -> tuple[UUID, bool, UUID, bool]:
    return actor.tenant_id, actor.sees_all_projects, actor.user_id, actor.role != "viewer"


async def list_reports(
    db: Db, actor: Actor, *, project_id: UUID | None, limit: int, cursor: str | None
) -> Page[Report]:
    """The reports that somebody sees, by name: their own and those shared with them.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("task", "read", "in_project")
    after = decode_cursor(cursor, tuple[str, UUID]) or ("", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {REPORT_COLUMNS} FROM reports r
        WHERE {SEEN_REPORTS} AND ($5::uuid IS NULL OR r.project_id = $5)
          AND (r.name, r.id) > ($6, $7)
        ORDER BY r.name, r.id LIMIT $8
        """,
        *_bind(actor),
        project_id,
        *after,
        limit + 1,
    )
    return page_of([report_of(row) for row in rows], limit, lambda r: encode_cursor(r.name, r.id))


async def read_report(db: Db, actor: Actor, report_id: UUID) -> Report:
    """One report.

    Raises:
        Forbidden: the role may not read tasks.
        ReportNotFound: it does not exist, or the actor does not see it.
    """
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"SELECT {REPORT_COLUMNS} FROM reports r WHERE {SEEN_REPORTS} AND r.id = $5",
        *_bind(actor),
        report_id,
    )
    if row is None:
        raise ReportNotFound
    return report_of(row)


async def create_report(db: Db, actor: Actor, new: NewReport) -> Report:
    """Keep a report. Whoever reads tasks may; to share it or to mail it to others takes more.

    Raises:
        Forbidden: the role may not.
        InvalidQuery, InvalidInput: name the field that is wrong.
        ReportExists: the client's id was used before.
        TooManyReports: the actor keeps 200.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await check_configuration(db, actor, new)
    await _check_place(db, actor, new.project_id, shared=new.is_shared)
    await check_schedule(db, actor, new.schedule, new.project_id)
    # Two at once would both be the last that fits.
    await db.fetchval(
        "SELECT id FROM users WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        actor.user_id,
    )
    kept: int = await db.fetchval(
        "SELECT count(*) FROM reports WHERE tenant_id = $1 AND owner_id = $2",
        actor.tenant_id,
        actor.user_id,
    )
    if kept >= MAX_REPORTS:
        raise TooManyReports
    report_id = uuid7() if new.id is UNSET else new.id
    await db.execute(
        """
        INSERT INTO reports (tenant_id, id, project_id, owner_id, name, is_shared, configuration,
                             schedule, next_run_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        actor.tenant_id,
        report_id,
        new.project_id,
        actor.user_id,
        new.name.strip(),
        new.is_shared,
        _stored(new),
        _timed(new.schedule),
        _next(new.schedule),
    )
    await set_recipients(db, actor, report_id, new.schedule)
    report = await _reread(db, actor, report_id)
    await log_report(db, actor, "report.created", report, CHANGEABLE)
    return report


async def update_report(
    db: Db, actor: Actor, report_id: UUID, patch: ReportPatch, expected: int | None
) -> Report:
    """Change a report; nothing is written when nothing differs.

    Raises:
        ReportNotFound, VersionConflict: as their names say; the latter carries it as it is.
        Forbidden: it is somebody else's.
        InvalidQuery, InvalidInput: name the field that is wrong.
    """
    report = await _lock(db, actor, report_id, expected)
    changes = {f: v for f in CHANGEABLE if (v := getattr(patch, f)) is not UNSET}
    if "name" in changes:
        changes["name"] = changes["name"].strip()
    if changes.get("schedule") is not None:
        people = sorted(set(changes["schedule"].recipients))
        changes["schedule"] = replace(changes["schedule"], recipients=people)
    wanted = replace(report, **changes)
    changed = [f for f in CHANGEABLE if getattr(report, f) != getattr(wanted, f)]
    if not changed:
        return report
    await check_configuration(db, actor, wanted)
    if {"is_shared", "project_id"} & set(changed):
        await _check_place(db, actor, wanted.project_id, shared=wanted.is_shared)
    due_at = report.next_run_at
    if "schedule" in changed:
        await check_schedule(db, actor, wanted.schedule, wanted.project_id)
        due_at = _next(wanted.schedule)
    await db.execute(
        """
        UPDATE reports SET project_id = $3, name = $4, is_shared = $5, configuration = $6,
            schedule = $7, next_run_at = $8, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        report_id,
        wanted.project_id,
        wanted.name,
        wanted.is_shared,
        _stored(wanted),
        _timed(wanted.schedule),
        due_at,
    )
    if "schedule" in changed:
        await set_recipients(db, actor, report_id, wanted.schedule)
    after = await _reread(db, actor, report_id)
    await log_report(db, actor, "report.updated", after, changed)
    return after


async def delete_report(db: Db, actor: Actor, report_id: UUID, expected: int | None) -> None:
    """Remove a report; what it counted stays.

    Raises:
        ReportNotFound, VersionConflict, Forbidden: as for a change.
    """
    report = await _lock(db, actor, report_id, expected)
    await db.execute(
        "DELETE FROM reports WHERE tenant_id = $1 AND id = $2", actor.tenant_id, report_id
    )
    gone = replace(report, version=report.version + 1)
    await log_report(db, actor, "report.deleted", gone, ())


async def _lock(db: Db, actor: Actor, report_id: UUID, expected: int | None) -> Report:
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"""
        SELECT {REPORT_COLUMNS} FROM reports r
        WHERE {SEEN_REPORTS} AND r.id = $5 FOR UPDATE OF r
        """,
        *_bind(actor),
        report_id,
    )
    if row is None:
        raise ReportNotFound
    report = report_of(row)
    if report.owner_id != actor.user_id and not actor.may_always("task", "update"):
        raise Forbidden("This report is somebody else's.")
    if expected is not None and expected != report.version:
        raise VersionConflict(current=report)
    return report


async def _reread(db: Db, actor: Actor, report_id: UUID) -> Report:
    row = await db.fetchrow(
        f"SELECT {REPORT_COLUMNS} FROM reports r WHERE r.tenant_id = $1 AND r.id = $2",
        actor.tenant_id,
        report_id,
    )
    return report_of(only(row))


async def _check_place(db: Db, actor: Actor, project_id: UUID | None, *, shared: bool) -> None:
    """Refuse a project that the actor does not see, and sharing by those who only read."""
    if project_id is not None:
        try:
            await require_project(db, actor, project_id)
        except Problem:
            raise InvalidInput.of("project_id", "is not a project of yours") from None
    if shared:
        await must_write(db, actor, project_id)


def _stored(report: Configuration) -> str:
    return to_json({field: getattr(report, field) for field in CONFIGURED})


def _timed(schedule: Schedule | None) -> str | None:
    if schedule is None:
        return None
    return to_json({f: v for f, v in asdict(schedule).items() if f != "recipients"})


def _next(schedule: Schedule | None) -> datetime | None:
    return None if schedule is None else next_run(schedule, datetime.now(UTC))
