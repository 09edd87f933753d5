"""HTTP for calendars, resources and timelines."""

from litestar.types import ControllerRouterHandler

from projectflow.planning import calendar_routes, export_routes, resource_routes, timeline_routes

handlers: list[ControllerRouterHandler] = [
    *calendar_routes.handlers, *resource_routes.handlers, *timeline_routes.handlers,
    *export_routes.handlers,
]  # fmt: skip
