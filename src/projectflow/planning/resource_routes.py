"""HTTP for resources."""

from litestar.types import ControllerRouterHandler

handlers: list[ControllerRouterHandler] = []
