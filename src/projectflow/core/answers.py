"""The usual answer, a Struct as JSON, without what Litestar's own prepares for every other kind."""

from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

_encode: Final = msgspec.json.Encoder().encode


class JsonAnswer(ASGIResponse):
    """Status, length and body, encoded already."""

    __slots__ = ("_body", "_start")

    def __init__(self, status_code: int, body: bytes) -> None:
        """Ready to be sent."""
        self._start: Any = {
            "type": "http.response.start",
            "status": status_code,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
            ],
        }
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        del scope, receive
        await send(self._start)
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


class JsonResponse(Response[Any]):
    """What a route's return value becomes: the short way where nothing but JSON is to be said."""

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **options: Any) -> Any:
        """Encode the content; pages, and what has headers or cookies, go the long way."""
        said = self.headers or self.cookies or self.background
        if said or not isinstance(self.content, msgspec.Struct) or any(options.values()):
            return super().to_asgi_response(app, request, **options)
        return JsonAnswer(self.status_code or 200, _encode(self.content))
