"""Who may see a project's tasks: asked of people who are not asking themselves."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from projectflow.auth.permissions import ProjectRole, Role, grants_of
from projectflow.core.db import Db

STANDING_COLUMNS: Final = "u.role, r.permissions, m.role AS project_role"
STANDING_JOINS: Final = (
    "LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id"
    " LEFT JOIN project_members m ON m.tenant_id = $1 AND m.project_id = $2 AND m.user_id = u.id"
)
"""What somebody, user `u`, is in the workspace and in project $2."""

EMPLOYED: Final = "u.deleted_at IS NULL AND u.deactivated_at IS NULL"
"""Also somebody who is invited and has not come yet."""


def may_see_tasks(
    role: Role, permissions: Sequence[str] | None, project_role: ProjectRole | None
) -> bool:
    """Whether somebody of this standing may read the project's tasks."""
    custom = None if permissions is None else tuple(permissions)
    conditions = grants_of(role, custom, None, project_role or "viewer").conditions("task", "read")
    return None in conditions or (project_role is not None and "in_project" in conditions)


async def who_may_see(
    db: Db, tenant_id: UUID, project_id: UUID, people: Sequence[UUID]
) -> list[UUID]:
    """Which of these people may see the project's tasks, in the order of their ids."""
    if not people:
        return []
    rows = await db.fetch(
        f"""
        SELECT u.id, {STANDING_COLUMNS} FROM users u {STANDING_JOINS}
        WHERE u.tenant_id = $1 AND u.id = ANY ($3::uuid[]) AND {EMPLOYED}
        ORDER BY u.id
        """,
        tenant_id,
        project_id,
        list(people),
    )
    return [user_id for user_id, *standing in rows if may_see_tasks(*standing)]
