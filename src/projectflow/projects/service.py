"""Projects: create, read, change. Who may see one decides every query here."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.projects.budget import check_budget
from projectflow.projects.keys import suggest_key
from projectflow.projects.membership import ProjectArchived, must_be_allowed_in
from projectflow.projects.types import (
    DEFAULT_WORKFLOW,
    PROJECT_COLUMNS,
    STATE_COLUMNS,
    NewProject,
    NewState,
    Project,
    ProjectDetails,
    ProjectPatch,
    ProjectStatus,
    ProjectSummary,
    State,
)

PATCHABLE = (
    "name", "key", "description", "status", "start_date", "end_date", "budget_amount",
    "budget_currency",
)  # fmt: skip


class ProjectNotFound(NotFound):
    """There is no such project."""


class ProjectKeyTaken(Conflict):
    """Another project of this workspace has this key."""


class ProjectExists(Conflict):
    """A project with this id exists."""


CONSTRAINTS["projects_pkey"] = ProjectExists
CONSTRAINTS["projects_key_unique"] = lambda: ProjectKeyTaken(
    errors=[FieldError("key", "is taken by another project")]
)
CONSTRAINTS["projects_dates_ordered"] = lambda: InvalidInput.of(
    "end_date", "is before the start date"
)


async def create_project(db: Db, actor: Actor, new: NewProject) -> Project:
    """Create a project with the default workflow; its creator owns it and is its first member.

    Raises:
        Forbidden: the role may not create projects.
        ProjectKeyTaken: the key is used by another project.
        InvalidInput: the dates are out of order or the budget is out of range.
    """
    actor.must_be_allowed("project", "create")
    project = await insert_project(db, actor, new, DEFAULT_WORKFLOW)
    await record(db, actor.tenant_id, actor.user_id, project_created(project))
    return project


def project_created(project: Project) -> Change:
    """The event that a project's creation writes."""
    return Change(
        "project.created",
        "project",
        project.id,
        payload={"after": project},
        project_id=project.id,
    )


async def insert_project(
    db: Db, actor: Actor, new: NewProject, workflow: Sequence[NewState]
) -> Project:
    """Write a project with its workflow, counter and first member; its event is the caller's."""
    check_budget(new.budget_amount)
    project_id = uuid7() if new.id is UNSET else new.id
    key = await suggest_key(db, actor, new.name) if new.key is UNSET else new.key
    row = await db.fetchrow(
        f"""
        INSERT INTO projects AS p (tenant_id, id, key, name, description, start_date, end_date,
                                   budget_amount, budget_currency, owner_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {PROJECT_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
        key,
        new.name.strip(),
        new.description,
        new.start_date,
        new.end_date,
        new.budget_amount,
        new.budget_currency,
        actor.user_id,
    )
    project = Project(*only(row))
    await db.execute(
        "INSERT INTO project_counters (tenant_id, project_id) VALUES ($1, $2)",
        actor.tenant_id,
        project_id,
    )
    await add_members(db, actor, project_id, [actor.user_id], role="manager")
    await add_states(db, actor, project_id, workflow)
    return project


async def add_members(
    db: Db, actor: Actor, project_id: UUID, user_ids: list[UUID], *, role: str
) -> None:
    """Make people members of a project; those who are already keep their role."""
    await db.execute(
        """
        INSERT INTO project_members (tenant_id, project_id, user_id, role)
        SELECT $1, $2, user_id, $4 FROM unnest($3::uuid[]) AS user_id
        ON CONFLICT (tenant_id, project_id, user_id) DO NOTHING
        """,
        actor.tenant_id,
        project_id,
        user_ids,
        role,
    )


async def add_states(
    db: Db, actor: Actor, project_id: UUID, workflow: Sequence[NewState]
) -> list[State]:
    """Append states to a project's workflow, in the order given."""
    rows = await db.fetch(
        f"""
        INSERT INTO workflow_states AS s (tenant_id, id, project_id, key, name, category, color,
                                          position)
        SELECT $1, n.id, $2, n.key, n.name, n.category, n.color,
               n.place + coalesce((SELECT max(position) FROM workflow_states
                                   WHERE tenant_id = $1 AND project_id = $2), 0)
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
            WITH ORDINALITY AS n (id, key, name, category, color, place)
        RETURNING {STATE_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
        [uuid7() for _ in workflow],
        [state.key for state in workflow],
        [state.name for state in workflow],
        [state.category for state in workflow],
        [state.color for state in workflow],
    )
    return [State(*row) for row in rows]


SUMMARY_COLUMNS: Final = (
    f"{PROJECT_COLUMNS}, counts.total, counts.open, EXISTS (SELECT FROM project_favourites f"
    " WHERE f.tenant_id = $1 AND f.user_id = $3 AND f.project_id = p.id)"
)
"""The columns of `ProjectSummary`, where $1 is the tenant, $3 who asks, and `COUNTS` is joined."""
COUNTS: Final = """
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(n.tasks), 0)::bigint AS total,
               coalesce(sum(n.tasks) FILTER (
                   WHERE s.category NOT IN ('completed', 'cancelled')), 0)::bigint AS open
        FROM task_tallies n JOIN workflow_states s
            ON s.tenant_id = $1 AND s.project_id = p.id AND s.key = n.status
        WHERE n.tenant_id = $1 AND n.project_id = p.id
    ) counts
"""
SEEN: Final = (
    "p.deleted_at IS NULL AND ($2 OR EXISTS (SELECT FROM project_members m"
    " WHERE m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $3))"
)
"""Whether an actor may see project `p`: $1 tenant, $2 sees all, $3 user."""


async def list_projects(
    db: Db,
    actor: Actor,
    *,
    status: ProjectStatus | None,
    templates: bool,
    limit: int,
    cursor: str | None,
) -> Page[ProjectSummary]:
    """The projects that the actor may see, newest first; archived ones where asked by status."""
    actor.must_be_allowed("project", "read", "is_member")
    before = decode_cursor(cursor, tuple[UUID])
    rows = await db.fetch(
        f"""
        SELECT {SUMMARY_COLUMNS} FROM projects p {COUNTS}
        WHERE p.tenant_id = $1 AND {SEEN} AND p.is_template = $7
          AND (p.status = $4 OR ($4::text IS NULL AND p.status <> 'archived'))
          AND ($5::uuid IS NULL OR p.id < $5)
        ORDER BY p.id DESC LIMIT $6
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        status,
        before[0] if before else None,
        limit + 1,
        templates,
    )
    projects = [ProjectSummary(*row) for row in rows]
    return page_of(projects, limit, lambda p: encode_cursor(p.id))


async def read_project(db: Db, actor: Actor, project_id: UUID) -> ProjectDetails:
    """A project with its states and counts.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    project = await read_visible(db, actor, project_id)
    rows = await db.fetch(
        f"""
        SELECT {STATE_COLUMNS}, coalesce(sum(n.tasks), 0)::bigint AS tasks,
            EXISTS (SELECT FROM project_favourites f WHERE f.tenant_id = $1 AND f.user_id = $3
                    AND f.project_id = $2) AS is_favourite
        FROM workflow_states s
        LEFT JOIN task_tallies n ON n.tenant_id = $1 AND n.project_id = $2 AND n.status = s.key
        WHERE s.tenant_id = $1 AND s.project_id = $2
        GROUP BY s.tenant_id, s.id ORDER BY s.position, s.id
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
    )
    return ProjectDetails(
        **asdict(project),
        states=[State(*row[:-2]) for row in map(tuple, rows)],
        task_counts={row["key"]: row["tasks"] for row in rows},
        is_favourite=any(row["is_favourite"] for row in rows),
    )


async def read_visible(db: Db, actor: Actor, project_id: UUID) -> Project:
    """A project that the actor may see.

    Raises:
        ProjectNotFound: it does not exist, or they may not.
    """
    actor.must_be_allowed("project", "read", "is_member")
    row = await db.fetchrow(
        f"""
        SELECT {PROJECT_COLUMNS} FROM projects p
        WHERE p.tenant_id = $1 AND p.id = $4 AND {SEEN}
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        project_id,
    )
    if row is None:
        raise ProjectNotFound
    return Project(*row)


async def list_states(db: Db, actor: Actor, project_id: UUID) -> list[State]:
    """A project's workflow in its order."""
    rows = await db.fetch(
        f"""
        SELECT {STATE_COLUMNS} FROM workflow_states s
        WHERE s.tenant_id = $1 AND s.project_id = $2 ORDER BY s.position, s.id
        """,
        actor.tenant_id,
        project_id,
    )
    return [State(*row) for row in rows]


async def update_project(
    db: Db, actor: Actor, project_id: UUID, patch: ProjectPatch, expected: int | None
) -> Project:
    """Change a project's fields.

    `expected` is the version that the caller has read; None changes whatever is there.

    Raises:
        ProjectNotFound, Forbidden, ProjectKeyTaken, InvalidInput: as their names say.
        VersionConflict: the project was changed since; carries it as it is now.
        ProjectArchived: it is archived.
    """
    project = await lock_to_change(db, actor, project_id, expected)
    check_budget(patch.budget_amount)
    changes = {f: v for f in PATCHABLE if (v := getattr(patch, f)) is not UNSET}
    wanted = msgspec.structs.replace(project, **changes)
    payload = difference(project, wanted, *PATCHABLE)
    if not payload["after"]:
        return project
    row = await db.fetchrow(
        f"""
        WITH p AS (
            UPDATE projects SET name = $4, key = $5, description = $6, status = $7,
                start_date = $8, end_date = $9, budget_amount = $10, budget_currency = $11,
                version = version + 1, updated_at = now()
            WHERE tenant_id = $1 AND id = $2 RETURNING *
        )
        SELECT {PROJECT_COLUMNS},
            record_event($1, 'project.updated', $3, 'project', p.id, p.id, p.version, $12)
        FROM p
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
        wanted.name.strip(),
        wanted.key,
        wanted.description,
        wanted.status,
        wanted.start_date,
        wanted.end_date,
        wanted.budget_amount,
        wanted.budget_currency,
        msgspec.json.encode(payload).decode(),
    )
    return Project(*tuple(only(row))[:-1])


async def lock_to_change(
    db: Db, actor: Actor, project_id: UUID, expected: int | None = None
) -> Project:
    """Lock a project whose fields, workflow, milestones or settings the actor is to change.

    Raises:
        ProjectNotFound, VersionConflict: as for `lock_project`.
        Forbidden: the role may not change it.
        ProjectArchived: nobody may while it is archived.
    """
    project = await lock_project(db, actor, project_id, expected)
    await must_be_allowed_in(db, actor, project_id, "project", "update")
    if project.status == "archived":
        raise ProjectArchived
    return project


async def lock_project(
    db: Db, actor: Actor, project_id: UUID, expected: int | None = None
) -> Project:
    """Keep others from changing a project until the transaction ends.

    `expected` is the version that the caller has read; None accepts any.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        VersionConflict: it was changed since; carries it as it is now.
    """
    await read_visible(db, actor, project_id)
    row = await db.fetchrow(
        f"""
        SELECT {PROJECT_COLUMNS} FROM projects p
        WHERE p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
    )
    if row is None:
        raise ProjectNotFound
    project = Project(*row)
    if expected is not None and expected != project.version:
        raise VersionConflict(current=project)
    return project
