"""The permission matrix as data, and the one question asked of it.

The first rows are the seed's, word for word, with their conditions. The rows after the marker
fill what the seed leaves open (docs/decisions/0004).
"""

import functools
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, get_args

Role = Literal["owner", "admin", "manager", "member", "viewer"]
ProjectRole = Literal["manager", "member", "viewer"]
"""What somebody is in one project."""
Resource = Literal[
    "*", "project", "task", "user", "comment", "import", "workspace", "team", "role", "api_key",
    "audit", "time_entry", "calendar", "absence", "rate", "webhook", "export", "workspace_export",
]  # fmt: skip
Action = Literal["*", "read", "create", "update", "delete"]
RESOURCES: Final[tuple[Resource, ...]] = tuple(r for r in get_args(Resource) if r != "*")
ACTIONS: Final[tuple[Action, ...]] = tuple(a for a in get_args(Action) if a != "*")
Condition = Literal["is_member", "in_project", "is_assignee", "not_owner", "is_author", "is_self"]


CONDITIONS_OF: Final[dict[tuple[Resource, Action], tuple[Condition, ...]]] = {
    ("project", "read"): ("is_member",),
    ("project", "create"): (),
    ("project", "update"): ("is_member",),
    ("project", "delete"): (),
    ("task", "read"): ("in_project",),
    ("task", "create"): ("in_project",),
    ("task", "update"): ("in_project", "is_assignee"),
    ("task", "delete"): ("in_project", "is_assignee"),
    ("comment", "read"): ("in_project",),
    ("comment", "create"): ("in_project",),
    ("comment", "update"): ("in_project", "is_author"),
    ("comment", "delete"): ("in_project", "is_author"),
    ("time_entry", "read"): ("in_project", "is_author"),
    ("time_entry", "create"): ("in_project",),
    ("time_entry", "update"): ("in_project", "is_author"),
    ("time_entry", "delete"): ("in_project", "is_author"),
    ("absence", "read"): ("is_self",),
    ("absence", "create"): ("is_self",),
    ("absence", "update"): ("is_self",),
    ("absence", "delete"): ("is_self",),
    ("rate", "read"): ("in_project",),
    ("rate", "create"): (),
    ("rate", "update"): (),
    ("rate", "delete"): (),
    ("calendar", "read"): (),
    ("calendar", "update"): (),
    ("user", "read"): (),
    ("user", "create"): (),
    ("user", "update"): ("not_owner",),
    ("user", "delete"): ("not_owner",),
    ("team", "read"): (),
    ("team", "create"): (),
    ("team", "update"): (),
    ("team", "delete"): (),
    ("import", "read"): (),
    ("import", "create"): (),
    ("export", "create"): ("in_project",),
    ("workspace_export", "create"): (),
    ("role", "read"): (),
    ("api_key", "read"): (),
    ("api_key", "delete"): (),
    ("audit", "read"): (),
    ("workspace", "read"): (),
    ("workspace", "update"): (),
    ("webhook", "read"): (),
    ("webhook", "create"): (),
    ("webhook", "update"): (),
    ("webhook", "delete"): (),
    ("role", "create"): (),
    ("role", "update"): (),
    ("role", "delete"): (),
}
"""Everything that is ever asked, with the conditions that can hold for it."""
DESCRIPTIONS: Final[dict[Condition, str]] = {
    "is_member": "in projects they belong to",
    "in_project": "in projects they belong to",
    "is_assignee": "when they are assigned",
    "is_author": "when they wrote it",
    "is_self": "for themselves",
    "not_owner": "except owners and admins",
}


PLURALS: Final[dict[Resource, str]] = {
    "*": "all", "time_entry": "time entries", "rate": "rates and costs",
}  # fmt: skip


class Permission(NamedTuple):
    """A role may do `action` to `resource`, always or where `condition` holds."""

    resource: Resource
    action: Action
    condition: Condition | None = None

    def covers(self, resource: Resource, action: Action) -> bool:
        """Whether this is about doing `action` to `resource`."""
        return self.resource in {"*", resource} and self.action in {"*", action}

    @property
    def description(self) -> str:
        """In words: `Update tasks when they are assigned`."""
        noun = PLURALS.get(self.resource, f"{self.resource.replace('_', ' ')}s")
        verb = "Do anything with" if self.action == "*" else self.action.capitalize()
        where = "" if self.condition is None else f" {DESCRIPTIONS[self.condition]}"
        return f"{verb} {noun}{where}"

    def __str__(self) -> str:
        """The form in which a token carries it: `task:update:is_assignee`."""
        return ":".join(part for part in self if part)


ROLE_PERMISSIONS: Final[dict[Role, tuple[Permission, ...]]] = {
    "owner": (Permission("*", "*"),),
    "admin": (
        Permission("project", "*"),
        Permission("task", "*"),
        Permission("user", "read"),
        Permission("user", "update", "not_owner"),
        # beyond the seed
        Permission("user", "create"),
        Permission("user", "delete", "not_owner"),
        Permission("comment", "*"),
        Permission("import", "*"),
        Permission("workspace", "read"),
        Permission("team", "*"),
        Permission("role", "read"),
        Permission("api_key", "*"),
        Permission("audit", "read"),
        Permission("time_entry", "*"),
        Permission("calendar", "*"),
        Permission("absence", "*"),
        Permission("rate", "*"),
        Permission("webhook", "*"),
        Permission("export", "create"),
    ),
    "manager": (
        Permission("project", "read"),
        Permission("project", "update", "is_member"),
        Permission("task", "*", "in_project"),
        Permission("user", "read"),
        # beyond the seed
        Permission("project", "create"),
        Permission("comment", "create", "in_project"),
        Permission("comment", "read", "in_project"),
        Permission("comment", "update", "is_author"),
        Permission("comment", "delete", "in_project"),
        Permission("time_entry", "*", "in_project"),
        Permission("time_entry", "read", "is_author"),
        Permission("calendar", "read"),
        Permission("absence", "*"),
        Permission("rate", "read", "in_project"),
        Permission("import", "create"),
        Permission("import", "read"),
        Permission("export", "create", "in_project"),
        Permission("team", "read"),
    ),
    "member": (
        Permission("project", "read", "is_member"),
        Permission("task", "read", "in_project"),
        Permission("task", "update", "is_assignee"),
        Permission("user", "read"),
        # beyond the seed
        Permission("task", "create", "in_project"),
        Permission("comment", "create", "in_project"),
        Permission("comment", "read", "in_project"),
        Permission("comment", "update", "is_author"),
        Permission("comment", "delete", "is_author"),
        Permission("time_entry", "create", "in_project"),
        Permission("time_entry", "read", "is_author"),
        Permission("time_entry", "update", "is_author"),
        Permission("time_entry", "delete", "is_author"),
        Permission("calendar", "read"),
        Permission("absence", "read"),
        Permission("absence", "create", "is_self"),
        Permission("absence", "update", "is_self"),
        Permission("absence", "delete", "is_self"),
        Permission("team", "read"),
    ),
    "viewer": (
        Permission("project", "read", "is_member"),
        Permission("task", "read", "in_project"),
        # beyond the seed
        Permission("comment", "read", "in_project"),
        Permission("time_entry", "read", "is_author"),
        Permission("calendar", "read"),
        Permission("absence", "read", "is_self"),
    ),
}


class Grants:
    """What somebody may do: by resource and action, the conditions under which."""

    def __init__(self, permissions: Iterable[Permission], scopes: Iterable[Permission]) -> None:
        """`scopes` narrow the permissions; `Permission("*", "*")` leaves them as they are."""
        permissions, scopes = tuple(permissions), tuple(scopes)
        self._conditions: dict[tuple[Resource, Action], frozenset[Condition | None]] = {}
        for resource in RESOURCES:
            for action in ACTIONS:
                if any(scope.covers(resource, action) for scope in scopes):
                    covering = (p for p in permissions if p.covers(resource, action))
                    self._conditions[resource, action] = frozenset(p.condition for p in covering)

    def conditions(self, resource: Resource, action: Action) -> frozenset[Condition | None]:
        """Under which conditions this is allowed: None in it means always, empty means never."""
        return self._conditions.get((resource, action), frozenset())


EVERYTHING: Final = (Permission("*", "*"),)


@functools.lru_cache(maxsize=4096)
def grants_of(
    role: Role,
    custom: tuple[str, ...] | None,
    scopes: tuple[str, ...] | None,
    project_role: ProjectRole,
) -> Grants:
    """What a role, or a custom role's permissions, allow within a project and a key's scopes.

    A project's viewer only reads there, whatever they may do elsewhere. A project's manager may
    there what the role manager may, except that a viewer stays one.
    """
    permissions = ROLE_PERMISSIONS[role]
    if custom is not None:
        permissions = tuple(map(parse_permission, custom))
    if project_role == "viewer":
        permissions = tuple(filter(None, map(_reading, permissions)))
    elif project_role == "manager" and role != "viewer":
        permissions += tuple(p for p in ROLE_PERMISSIONS["manager"] if p.condition is not None)
    return Grants(permissions, EVERYTHING if scopes is None else map(parse_permission, scopes))


def _reading(permission: Permission) -> Permission | None:
    """What is left of a permission for somebody who only reads in a project."""
    if permission.condition is None or permission.action == "read":
        return permission
    if permission.action == "*":
        return permission._replace(action="read")
    return None


def parse_permission(text: str) -> Permission:
    """Read `task:update:is_assignee`, or a key's scope such as `task:*`.

    Raises:
        ValueError: it names something that does not exist.
    """
    resource, _, rest = text.partition(":")
    action, _, condition = rest.partition(":")
    known = resource in {*RESOURCES, "*"} and action in {*ACTIONS, "*"}
    if not known or (condition and condition not in get_args(Condition)):
        raise ValueError(text)
    return Permission(resource, action, condition or None)  # pyright: ignore[reportArgumentType]
