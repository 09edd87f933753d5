"""A workspace for a browser to show: opened by its API, filled by rows."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from playwright.async_api import APIRequestContext

from projectflow.core.db import Database

BATCH: Final = 2_500
ROWS: Final = """
    INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status, priority,
                       reporter_id, assignee_id, start_date, due_date, estimated_hours, tags,
                       position, completed_at)
    SELECT $1, gen_random_uuid(), $2, n,
           (ARRAY['Bake', 'Order', 'Clean', 'Measure', 'Ship', 'Plan'])[n % 6 + 1] || ' the '
               || (ARRAY['rye bread', 'oven of the second shop', 'flour', 'counter'])[n % 4 + 1]
               || ', part ' || n,
           'What somebody wrote about it. ' || repeat(md5(n::text) || ' ', 6),
           (ARRAY['pending', 'in_progress', 'in_review', 'completed', 'cancelled'])[n % 5 + 1],
           (ARRAY['low', 'medium', 'high', 'urgent'])[n % 4 + 1],
           $3, CASE WHEN n % 3 > 0 THEN $3::uuid END,
           current_date + n % 60, now() + (n % 60 + 3) * interval '1 day', n % 16 + 1,
           ARRAY['tag-' || n % 12], rank_of(n), CASE WHEN n % 5 = 3 THEN now() END
    FROM generate_series($4::int + 1, $4::int + $5) n
"""


class Workspace(NamedTuple):
    """Whoever is signed in on a page, and where."""

    base: str
    slug: str
    tenant_id: UUID
    user_id: UUID
    token: str

    def address(self, path: str) -> str:
        """The full address of one of its pages."""
        return f"{self.base}/w/{self.slug}/{path}"


async def open_workspace(requests: APIRequestContext, base: str, slug: str) -> Workspace:
    """Create a workspace as its first person, who is then signed in in its browser."""
    answer = await requests.post(
        f"{base}/api/v1/workspaces",
        data={
            "name": "Corner Bakery",
            "slug": slug,
            "owner": {
                "first_name": "Ada",
                "last_name": "Lovelace",
                "email": f"ada@{slug}.example",
                "password": "eleven loaves of rye",
            },
        },
    )
    if not answer.ok:
        raise SystemExit(await answer.text())
    made = await answer.json()
    token = made["access_token"]
    return Workspace(base, slug, UUID(made["workspace"]["id"]), UUID(made["user"]["id"]), token)


async def call(
    requests: APIRequestContext, workspace: Workspace, method: str, path: str, body: Any = None
) -> Any:
    """Ask the API as whoever the token is of."""
    answer = await requests.fetch(
        f"{workspace.base}/api/v1{path}",
        method=method,
        data=body,
        headers={"Authorization": f"Bearer {workspace.token}"},
    )
    if not answer.ok:
        raise SystemExit(f"{method} {path}: {await answer.text()}")
    return await answer.json() if answer.status != 204 else None


async def add_tasks(database: Database, workspace: Workspace, project_id: UUID, size: int) -> None:
    """Give a project as many tasks, in all its columns."""
    for first in range(0, size, BATCH):
        async with database.tenant(workspace.tenant_id) as db:
            await db.execute(
                ROWS,
                workspace.tenant_id,
                project_id,
                workspace.user_id,
                first,
                min(BATCH, size - first),
            )
    async with database.tenant(workspace.tenant_id) as db:
        await db.execute(
            "UPDATE project_counters SET last_number = $3 WHERE tenant_id = $1 AND project_id = $2",
            workspace.tenant_id,
            project_id,
            size,
        )
