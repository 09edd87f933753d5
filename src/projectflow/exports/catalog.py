"""What an export holds: each table of a workspace, in the order in which it can be brought in.

A new table gets an entry here or in project_tables.py, or a reason in `LEFT_OUT`;
tests/exports/test_catalog.py fails until it has one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from projectflow.auth.passwords import UNUSABLE
from projectflow.exports.project_tables import PROJECT_TABLES
from projectflow.exports.tables import ID, PROJECT, USER, Rows, Table, of_workspace
from projectflow.planning.types import WorkspaceCalendar, check_settings


def read_workspace_calendar(content: bytes) -> WorkspaceCalendar:
    """When a workspace works, checked as when somebody sets it."""
    calendar = msgspec.json.decode(content, type=WorkspaceCalendar)
    check_settings(calendar)
    return calendar


TABLES: Final[Sequence[Table]] = (
    Table("tenants", Rows("tenants t WHERE t.id = $1", (ID,))),
    Table(
        "event_counters",
        of_workspace("event_counters", ("t.last_seq", "bigint")),
        # Whatever follows the log there has seen nothing of it.
        given={"is_unsettled": True},
    ),
    Table("roles", of_workspace("roles", ID)),
    Table(
        "users",
        of_workspace("users", ID),
        without=("password_hash",),
        given={"password_hash": UNUSABLE},
    ),
    Table("teams", of_workspace("teams", ID)),
    Table("team_members", of_workspace("team_members", ("t.team_id", "uuid"), USER)),
    Table(
        "workspace_calendars",
        of_workspace("workspace_calendars", ("t.version", "int")),
        documents={"calendar": read_workspace_calendar},
    ),
    Table("absences", of_workspace("absences", ID)),
    Table("rates", of_workspace("rates", ID)),
    *PROJECT_TABLES,
    Table("project_favourites", of_workspace("project_favourites", USER, PROJECT)),
    Table(
        "webhooks",
        of_workspace("webhooks", ID),
        without=("secret_encrypted",),
        # The workspace that it was made for goes on sending to its address.
        given={"is_active": False},
    ),
    Table("imports", of_workspace("imports", ID)),
    Table("events", of_workspace("events", ("t.seq", "bigint"))),
    Table("undone_events", of_workspace("undone_events", ("t.seq", "bigint"))),
    # A mail that waits is sent from here, if at all.
    Table("notifications", of_workspace("notifications", ID), without=("mail", "mail_id")),
    Table("notification_rules", of_workspace("notification_rules", ("t.user_id", "uuid"))),
)
EXPORTED: Final[Mapping[str, Table]] = {table.name: table for table in TABLES}

LEFT_OUT: Final[Mapping[str, str]] = {
    "agent_runs": "what agents with keys of this installation did; their changes are events",
    "analytics_blocked": "derived: counted of the event log",
    "analytics_flow": "derived: counted of the event log",
    "analytics_gaps": "derived: counted of the event log",
    "analytics_links": "derived: counted of the event log",
    "analytics_positions": "derived: counted of the event log",
    "analytics_spans": "derived: counted of the event log",
    "analytics_tasks": "derived: counted of the event log",
    "analytics_time": "derived: counted of the event log",
    "analytics_usage": "derived: counted of the event log",
    "api_key_projects": "belongs to API keys",
    "api_keys": "secrets: whoever holds one is not moved with the workspace",
    "calendar_feeds": "secrets: an address that was given out for this workspace",
    "challenges": "under way for ten minutes at most",
    "consumer_positions": "how far this installation's consumers are in its log",
    "exports": "what was taken out before; its files are not kept",
    "idempotency_keys": "answers to repeated requests, kept for a day",
    "identity_providers": "secrets: the provider knows this installation's address",
    "invitations": "secrets: links that were mailed from here",
    "parked_events": "what this installation's consumers failed at",
    "due_notices": "what was told of dates here; told again at the next date",
    "notification_causes": "keeps events from being told twice; those of an import are not told",
    "notification_mails": "mails that wait are sent from here, if at all",
    "passkeys": "bound to this installation's address",
    "password_resets": "secrets: links that were mailed from here",
    "recovery_codes": "secrets",
    "report_recipients": "mail that people here asked for; see reports",
    "reports": "not taken along yet: the receivers of a schedule would come with it",
    "scenarios": "tried out against this workspace's plan, by the versions of its tasks",
    "scim_tokens": "secrets",
    "search_entries": "derived: kept by triggers of what can be found",
    "sessions": "secrets: signed in here, not there",
    "storage_usage": "derived: added up of the attachments that come in",
    "task_tallies": "derived: counted by a trigger of tasks",
    "totp_factors": "secrets, sealed with this installation's keys",
    "unread_counts": "derived: counted by a trigger of notifications",
    "user_identities": "belongs to the identity provider",
    "webhook_deliveries": "what was sent from here",
}
"""Tables that no export holds, and why."""
