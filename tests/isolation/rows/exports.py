"""Exports of projects and workspaces, and calendars to subscribe to."""

from uuid import UUID

from tests.isolation.sample import Sample
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.auth.links import Link
from projectflow.exports.service import stored_name

THEIR_OWN = "200 404 404 404 404 404 404 404 404"
SAMPLES = {
    "POST /projects/{project_id}/export": Sample("/projects/{project}/export"),
    "POST /workspace/export": Sample("/workspace/export"),
    "GET /exports": Sample("/exports"),
    "GET /exports/{export_id}": Sample("/exports/{export}"),
    "GET /exports/{export_id}/file": Sample("/exports/{export}/file"),
    "DELETE /exports/{export_id}": Sample("/exports/{export}"),
    "GET /me/calendar-feeds": Sample("/me/calendar-feeds"),
    "POST /me/calendar-feeds": Sample("/me/calendar-feeds", {"name": "Work"}),
    "POST /me/calendar-feeds/{feed_id}/renew": Sample("/me/calendar-feeds/{feed}/renew"),
    "DELETE /me/calendar-feeds/{feed_id}": Sample("/me/calendar-feeds/{feed}"),
    "GET /calendar/{address}": Sample("/calendar/{address}", public=True),
    # No JSON is a ZIP: it is refused as what it is.
    "POST /imports/projectflow": Sample("/imports/projectflow", {}),
}
EXPECTED = {
    "POST /projects/{project_id}/export": "202 202 202 403 403 403 404 403 404",
    "POST /workspace/export": "202 403 403 403 403 403 403 403 403",
    "GET /exports": "200 200 200 200 200 200 200 200 200",
    "GET /exports/{export_id}": THEIR_OWN,
    "GET /exports/{export_id}/file": THEIR_OWN,
    "DELETE /exports/{export_id}": "204 404 404 404 404 404 404 404 404",
    "GET /me/calendar-feeds": "200 200 200 200 200 200 200 200 200",
    "POST /me/calendar-feeds": "201 201 201 201 201 201 201 201 201",
    "POST /me/calendar-feeds/{feed_id}/renew": THEIR_OWN,
    "DELETE /me/calendar-feeds/{feed_id}": "204 404 404 404 404 404 404 404 404",
    "POST /imports/projectflow": "422 422 422 422 403 403 403 403 403",
}
NOT_WHOLE = {"POST /imports/projectflow": {422}}
PROOFS = {"POST /imports/projectflow"}


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """An export with a file, and a calendar of all that the owner sees."""
    export_id = uuid7()
    content = mark.encode()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        # A workspace keeps so many at a time.
        await db.execute("DELETE FROM exports WHERE tenant_id = $1", owner.tenant_id)
        await db.execute(
            """
            INSERT INTO exports (tenant_id, id, project_id, requested_by, status, size_bytes)
            VALUES ($1, $2, $3, $4, 'succeeded', $5)
            """,
            owner.tenant_id,
            export_id,
            UUID(ids["project"]),
            owner.id,
            len(content),
        )
    await owner.app.state.files.put(owner.tenant_id, stored_name(export_id), content)
    link = Link(owner.tenant_id, uuid7(), "secret")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute("DELETE FROM calendar_feeds WHERE tenant_id = $1", owner.tenant_id)
        await db.execute(
            """
            INSERT INTO calendar_feeds (tenant_id, id, user_id, name, token_hash, shows, query)
            VALUES ($1, $2, $3, $4, $5, 'query', '')
            """,
            owner.tenant_id,
            link.row_id,
            owner.id,
            mark,
            link.hash,
        )
    return {"export": str(export_id), "feed": str(link.row_id), "address": f"{link}.ics"}
