"""Custom reports."""

from typing import Final
from uuid import UUID

from tests.isolation.sample import Sample
from tests.people import Person

MEASURES: Final = ["tasks", "completed", "lead_days_p85"]
SAMPLES: Final = {
    "GET /reports": Sample("/reports"),
    "POST /reports": Sample("/reports", {"name": "New", "measures": MEASURES}),
    "POST /reports/run": Sample("/reports/run", {"measures": MEASURES, "dimensions": ["assignee"]}),
    "GET /reports/{report_id}": Sample("/reports/{report}"),
    "PATCH /reports/{report_id}": Sample("/reports/{report}", {"name": "{random}"}),
    "DELETE /reports/{report_id}": Sample("/reports/{report}"),
    "DELETE /reports/{report_id}/recipients/me": Sample("/reports/{report}/recipients/me"),
    "GET /reports/{report_id}/result": Sample("/reports/{report}/result"),
    "GET /reports/{report_id}/file": Sample("/reports/{report}/file"),
}
EXPECTED: Final = {
    # route                                       own adm man far-m asg mem far viw far-v
    "GET /reports":                              "200 200 200 200 200 200 200 200 200",
    "POST /reports":                             "201 201 201 201 201 201 201 201 201",
    "POST /reports/run":                         "200 200 200 200 200 200 200 200 200",
    "GET /reports/{report_id}":                  "200 200 200 404 200 200 404 200 404",
    "PATCH /reports/{report_id}":                "200 200 403 404 403 403 404 403 404",
    "DELETE /reports/{report_id}":               "204 204 403 404 403 403 404 403 404",
    "DELETE /reports/{report_id}/recipients/me": "204 404 404 404 404 404 404 404 404",
    "GET /reports/{report_id}/result":           "200 200 200 404 200 200 404 200 404",
    "GET /reports/{report_id}/file":             "200 200 200 404 200 200 404 200 404",
}  # fmt: skip


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """A report of the project, shared, and mailed to the owner."""
    report = {
        "name": f"Report {mark}",
        "measures": MEASURES,
        "dimensions": ["status", "created_week"],
        "is_shared": True,
        "project_id": ids["project"],
        "schedule": {"every": "week", "recipients": [str(owner.id)]},
    }
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        # Somebody keeps 200 at most, and a world is furnished more often than that.
        await db.execute(
            """
            DELETE FROM reports WHERE tenant_id = $1 AND id IN (
                SELECT id FROM reports WHERE tenant_id = $1 ORDER BY created_at DESC OFFSET 50)
            """,
            owner.tenant_id,
        )
    answer = await owner.post("/reports", report)
    assert answer.status_code == 201, answer.text
    return {"report": str(UUID(answer.json()["id"]))}
