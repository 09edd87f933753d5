"""HTTP for everything that leaves."""

from litestar.types import ControllerRouterHandler

from projectflow.exports import calendar_routes, export_routes

handlers: list[ControllerRouterHandler] = [*export_routes.handlers, *calendar_routes.handlers]
