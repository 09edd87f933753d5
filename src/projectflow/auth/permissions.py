"""The permission matrix as data, and the one question asked of it.

The first rows are the seed's, word for word, with their conditions. The rows after the marker
fill what the seed leaves open (docs/decisions/0004).
"""

from typing import Final, Literal, NamedTuple, get_args

Role = Literal["owner", "admin", "manager", "member", "viewer"]
Resource = Literal[
    "*", "project", "task", "user", "comment", "import", "workspace", "team", "role", "api_key",
    "audit",
]  # fmt: skip
Action = Literal["*", "read", "create", "update", "delete"]
Condition = Literal["is_member", "in_project", "is_assignee", "not_owner", "is_author"]


class Permission(NamedTuple):
    """A role may do `action` to `resource`, always or where `condition` holds."""

    resource: Resource
    action: Action
    condition: Condition | None = None

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
        Permission("import", "create"),
        Permission("import", "read"),
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
        Permission("team", "read"),
    ),
    "viewer": (
        Permission("project", "read", "is_member"),
        Permission("task", "read", "in_project"),
        # beyond the seed
        Permission("comment", "read", "in_project"),
    ),
}


def conditions_of(role: Role, resource: Resource, action: Action) -> frozenset[Condition | None]:
    """Under which conditions the role may do this: None in it means always, empty means never."""
    return _CONDITIONS.get((role, resource, action), frozenset())


def _expand() -> dict[tuple[Role, Resource, Action], frozenset[Condition | None]]:
    resources: tuple[Resource, ...] = get_args(Resource)
    actions: tuple[Action, ...] = get_args(Action)
    return {
        (role, resource, action): frozenset(
            p.condition
            for p in permissions
            if p.resource in {"*", resource} and p.action in {"*", action}
        )
        for role, permissions in ROLE_PERMISSIONS.items()
        for resource in resources
        for action in actions
    }


_CONDITIONS = _expand()
