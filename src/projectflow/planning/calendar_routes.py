"""HTTP for calendars."""

from litestar.types import ControllerRouterHandler

handlers: list[ControllerRouterHandler] = []
