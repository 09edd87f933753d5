"""docs/permissions.md, made from the matrix and the routes themselves."""

from collections.abc import Iterator
from typing import Final

from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from projectflow.app import create_app
from projectflow.auth.custom_roles import BUILT_IN
from projectflow.auth.permissions import (
    CONDITIONS_OF,
    DESCRIPTIONS,
    ROLE_PERMISSIONS,
    Action,
    Condition,
    ProjectRole,
    Resource,
    Role,
    grants_of,
)
from projectflow.auth.scopes import scope_of
from projectflow.core.settings import Settings

HEAD: Final = """# Permissions

Made by `projectflow permissions` from `src/projectflow/auth/permissions.py` and the routes;
`bin/check` fails when this page is older than they are. What is not in a cell is refused. Where the
seed is silent, [0004](decisions/0004-permission-rows.md) says why a row was added.
"""
ROLES_TEXT: Final = """
A workspace makes roles of its own from the same permissions (`GET /api/v1/permissions`). Whoever
has one ranks as a member: it never holds what is an owner's alone, and never gives roles.

## The matrix

What each role may do; a condition says where.
"""
PROJECT_TEXT: Final = """
Beside the matrix: only an owner makes, changes or removes owners and admins, and the last active
owner stays; only owners and admins give roles. A manager's own project list holds every project,
their tasks only where they are a member.

## In a project

Somebody's role in a project changes what they may do there. `manager` adds what the role manager
may do in its projects, except to viewers; `viewer` leaves reading alone, except to owners and
admins, who need no project. What a member of the workspace may do, by their role in the project:
"""
KEYS_TEXT: Final = """
## API keys

A key does what its scopes and its person's role both allow. Routes that are not in this table are
for people alone: what keeps an account or the workspace safe. A key limited to projects is refused
where "all projects" stands, and finds nothing of another project.

| route | scope | reach |
| --- | --- | --- |
"""


def permission_page() -> str:
    """The page, as Markdown."""
    return "".join(
        [
            HEAD,
            "\n## Roles\n\n| role | what it is for |\n| --- | --- |\n",
            *(f"| {role} | {text} |\n" for role, text in BUILT_IN.items()),
            ROLES_TEXT,
            _table(("resource", "action", *ROLE_PERMISSIONS), _matrix()),
            PROJECT_TEXT,
            _table(("resource", "action", *PROJECT_ROLES), _in_project()),
            KEYS_TEXT,
            *(f"| `{route}` | `{needed}` | {reach} |\n" for route, needed, reach in _key_routes()),
        ]
    )


PROJECT_ROLES: Final[tuple[ProjectRole, ...]] = ("manager", "member", "viewer")


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _matrix() -> Iterator[tuple[str, ...]]:
    for resource, action in CONDITIONS_OF:
        cells = (_cell(role, "member", resource, action) for role in ROLE_PERMISSIONS)
        yield (resource.replace("_", " "), action, *cells)


def _in_project() -> Iterator[tuple[str, ...]]:
    for resource, action in CONDITIONS_OF:
        if resource in {"project", "task", "comment"} and (resource, action) != (
            "project",
            "create",
        ):
            cells = (_cell("member", within, resource, action) for within in PROJECT_ROLES)
            yield (resource, action, *cells)


def _cell(role: Role, within: ProjectRole, resource: Resource, action: Action) -> str:
    conditions = grants_of(role, None, None, within).conditions(resource, action)
    if None in conditions:
        return "yes"
    words = {_words(condition) for condition in conditions if condition}
    return " or ".join(sorted(words))


def _words(condition: Condition) -> str:
    return DESCRIPTIONS[condition].replace("projects they belong to", "their projects")


def _key_routes() -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for route in create_app(Settings()).routes:
        if isinstance(route, HTTPRoute):
            found += [
                row for handler in route.route_handlers if (row := _key_route(route, handler))
            ]
    return sorted(found, key=lambda row: row[0].split()[::-1])


def _key_route(route: HTTPRoute, handler: HTTPRouteHandler) -> tuple[str, str, str] | None:
    opened_by = scope_of(handler.fn)
    if opened_by is None:
        return None
    method = next(iter(handler.http_methods))
    reach = "all projects" if opened_by.everywhere else ""
    return f"{method} {route.path_format}", str(opened_by.needed), reach
