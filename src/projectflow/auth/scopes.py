"""Which routes an API key may use."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct

from projectflow.auth.permissions import Action, Permission, Resource, parse_permission
from projectflow.auth.types import Actor
from projectflow.core.problems import Forbidden

P = ParamSpec("P")
R = TypeVar("R")


class Scope(Struct, frozen=True):
    """What opens a route to API keys."""

    needed: Permission
    everywhere: bool
    """Whether the route reaches beyond single projects: closed to keys limited to some."""


def scope(
    resource: Resource, action: Action, *, everywhere: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a route to API keys that have this scope. Without it a route is for people alone."""

    def mark(route: Callable[P, R]) -> Callable[P, R]:
        route.scope = Scope(Permission(resource, action), everywhere)  # pyright: ignore[reportFunctionMemberAccess]
        return route

    return mark


def scope_of(route: Callable[..., Any]) -> Scope | None:
    """What opens a route to API keys; None for a route that nothing opens."""
    return getattr(route, "scope", None)


def check_scope(actor: Actor, opened_by: Scope | None) -> None:
    """Refuse a key that a route is not open to.

    Raises:
        Forbidden: says why.
    """
    if opened_by is None:
        actor.must_be_in_person()
        return
    needed = opened_by.needed
    held = (parse_permission(text) for text in actor.scopes or ())
    if not any(each.covers(needed.resource, needed.action) for each in held):
        raise Forbidden(f"This API key lacks the scope {needed}.")
    if opened_by.everywhere and actor.project_ids is not None:
        raise Forbidden("This API key is limited to some projects.")
