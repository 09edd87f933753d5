"""HTTP for everything that leaves."""

from litestar.types import ControllerRouterHandler

from projectflow.exports import calendar_routes, export_routes, plan_routes, sheet_routes

handlers: list[ControllerRouterHandler] = [
    *export_routes.handlers, *sheet_routes.handlers, *calendar_routes.handlers,
    *plan_routes.handlers,
]  # fmt: skip
