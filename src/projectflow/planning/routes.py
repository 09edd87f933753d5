"""HTTP for calendars and resources."""

from litestar.types import ControllerRouterHandler

from projectflow.planning import calendar_routes, resource_routes

handlers: list[ControllerRouterHandler] = [*calendar_routes.handlers, *resource_routes.handlers,
]  # fmt: skip
