"""The usual answer, a Struct as JSON, without what Litestar's own prepares for every other kind.

An answer to GET has an entity tag (RFC 9110 §8.8.3), made of what it says: whoever sends it back
in If-None-Match is told 304 where nothing has changed, for them.
"""

from hashlib import blake2b
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

_encode: Final = msgspec.json.Encoder().encode
JSON: Final = (b"content-type", b"application/json")
Headers = list[tuple[bytes, bytes]]


class JsonAnswer(ASGIResponse):
    """Status, headers and body, encoded already."""

    __slots__ = ("_body", "_start")

    def __init__(self, status_code: int, body: bytes, headers: Headers) -> None:
        """Ready to be sent."""
        self._start: Any = {
            "type": "http.response.start",
            "status": status_code,
            "headers": [*headers, (b"content-length", b"%d" % len(body))] if body else headers,
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
        content = self.content
        plain = isinstance(content, msgspec.Struct | msgspec.Raw)
        if said or not plain or any(options.values()):
            return super().to_asgi_response(app, request, **options)
        status, body = self.status_code or 200, _encode(content)
        if request.scope["method"] != "GET" or status != 200:
            return JsonAnswer(status, body, [JSON])
        tag = entity_tag(body, getattr(content, "version", None))
        if _is_known(tag, request.scope):
            return JsonAnswer(304, b"", [(b"etag", tag)])
        return JsonAnswer(status, body, [JSON, (b"etag", tag)])


def entity_tag(body: bytes, version: int | None) -> bytes:
    """The tag of an answer; it leads with the version where there is one, to serve If-Match too."""
    digest = blake2b(body, digest_size=9).hexdigest()
    return f'"{digest}"'.encode() if version is None else f'"{version}-{digest}"'.encode()


def _is_known(tag: bytes, scope: Scope) -> bool:
    """Whether If-None-Match names the tag; compared weakly (RFC 9110 §13.1.2): W/ says nothing."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            sent = (each.strip().removeprefix(b"W/") for each in value.split(b","))
            if value.strip() == b"*" or tag in sent:
                return True
    return False
