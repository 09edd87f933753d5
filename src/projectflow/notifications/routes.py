"""HTTP of notifications and presence."""

from litestar.types import ControllerRouterHandler

from projectflow.notifications import inbox_routes, presence_routes, unsubscribe

handlers: list[ControllerRouterHandler] = [*inbox_routes.handlers, *presence_routes.handlers]
root_handlers: list[ControllerRouterHandler] = [*unsubscribe.root_handlers]
