"""Who gets a report by mail."""

from uuid import UUID

from msgspec.structs import replace

from projectflow.analytics.reports.rows import (
    REPORT_COLUMNS,
    ReportNotFound,
    log_report,
    report_of,
)
from projectflow.analytics.reports.types import MAX_RECIPIENTS, Schedule
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.projects.membership import must_be_allowed_in
from projectflow.users.types import check_time_zone


async def check_schedule(
    db: Db, actor: Actor, schedule: Schedule | None, project_id: UUID | None
) -> None:
    """Refuse people who are not of the workspace, and mail to others by those who only read.

    Raises:
        InvalidInput, Forbidden: as it says.
    """
    if schedule is None:
        return
    try:
        check_time_zone(schedule.time_zone)
    except InvalidInput as error:
        raise InvalidInput.of("schedule.time_zone", error.errors[0].message) from None
    people = set(schedule.recipients)
    if len(people) > MAX_RECIPIENTS:
        raise InvalidInput.of("schedule.recipients", f"are at most {MAX_RECIPIENTS}")
    if people != {actor.user_id}:
        await must_write(db, actor, project_id)
    found: int = await db.fetchval(
        """
        SELECT count(*) FROM users
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND is_active AND deleted_at IS NULL
        """,
        actor.tenant_id,
        sorted(people),
    )
    if found < len(people):
        raise InvalidInput.of("schedule.recipients", "are people of this workspace")


async def set_recipients(db: Db, actor: Actor, report_id: UUID, schedule: Schedule | None) -> None:
    people = sorted(set(schedule.recipients)) if schedule is not None else []
    await db.execute(
        "DELETE FROM report_recipients WHERE tenant_id = $1 AND report_id = $2",
        actor.tenant_id,
        report_id,
    )
    await db.execute(
        "INSERT INTO report_recipients (tenant_id, report_id, user_id)"
        " SELECT $1, $2, * FROM unnest($3::uuid[])",
        actor.tenant_id,
        report_id,
        people,
    )


async def must_write(db: Db, actor: Actor, project_id: UUID | None) -> None:
    """Refuse those who only read.

    Raises:
        Forbidden: they do.
    """
    if project_id is not None:
        await must_be_allowed_in(db, actor, project_id, "task", "create")
    else:
        actor.must_be_allowed("task", "create", "in_project")


async def leave_report(db: Db, actor: Actor, report_id: UUID) -> None:
    """Get a report no more; who gets it may say so without seeing it.

    Raises:
        ReportNotFound: the actor does not get it.
    """
    row = await db.fetchrow(
        f"""
        SELECT {REPORT_COLUMNS} FROM reports r
        WHERE r.tenant_id = $1 AND r.id = $2 AND EXISTS (
            SELECT FROM report_recipients c
            WHERE c.tenant_id = $1 AND c.report_id = $2 AND c.user_id = $3)
        FOR UPDATE OF r
        """,
        actor.tenant_id,
        report_id,
        actor.user_id,
    )
    if row is None:
        raise ReportNotFound
    report = report_of(row)
    await db.execute(
        "DELETE FROM report_recipients WHERE tenant_id = $1 AND report_id = $2 AND user_id = $3",
        actor.tenant_id,
        report_id,
        actor.user_id,
    )
    is_last = row["recipients"] == [actor.user_id]
    await db.execute(
        """
        UPDATE reports SET version = version + 1, updated_at = now(),
            schedule = CASE WHEN NOT $3 THEN schedule END,
            next_run_at = CASE WHEN NOT $3 THEN next_run_at END
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        report_id,
        is_last,
    )
    after = replace(report, version=report.version + 1)
    await log_report(db, actor, "report.updated", after, ("schedule",))
