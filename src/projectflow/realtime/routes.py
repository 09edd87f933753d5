"""HTTP of what follows the event log."""

from litestar.types import ControllerRouterHandler

from projectflow.realtime import sync_routes, webhook_routes

handlers: list[ControllerRouterHandler] = [*webhook_routes.handlers, *sync_routes.handlers]
