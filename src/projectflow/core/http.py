"""What every HTTP answer has in common: problems, request ids, logs, versions, headers."""

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any, TypeVar, cast

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import HeaderParameter
from litestar.types import ASGIApp, Message, Method, Receive, Scope, Send
from msgspec import UNSET, UnsetType
from uuid_utils.compat import uuid7
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from projectflow.core.metrics import Metrics
from projectflow.core.problems import (
    MEDIA_TYPE,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    NotFound,
    Problem,
    ProblemDetails,
    Unavailable,
    problem_of_database_error,
)

log = structlog.get_logger()
T = TypeVar("T")

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description='The version you have read, as in "3"'),
]


def expected_version(if_match: str | None, version: int | UnsetType = UNSET) -> int | None:
    """The version that the caller has read, from the header or the body; None for any.

    Raises:
        InvalidInput: the header is no version, or the two differ.
    """
    if if_match is None or if_match == "*":
        return None if version is UNSET else version
    # An entity tag of core/answers.py leads with the version.
    matched = re.fullmatch(r'(?:W/)?"?(\d{1,9})(?:-[0-9a-f]{18})?"?', if_match.strip())
    if matched is None:
        raise InvalidInput.of("If-Match", 'must be a version, as in "3"')
    expected = int(matched[1])
    if version is not UNSET and version != expected:
        raise InvalidInput.of("version", "differs from the If-Match header")
    return expected


def answer_problem(request: Request[Any, Any, State], error: Exception) -> Response[ProblemDetails]:
    """Turn whatever was raised into an RFC 9457 answer. What we did not foresee is logged."""
    problem = problem_of(error)
    if problem is None:
        log.error("unforeseen_error", exc_info=error, path=loggable(request.url.path))
        problem = Unforeseen()
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 405:
        headers["Allow"] = ", ".join(_methods_of(request))
    return Response(
        problem.details(request.url.path),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def _methods_of(request: Request[Any, Any, State]) -> list[str]:
    """What an address can be asked, for the answer to what it cannot."""
    router, path = request.app.asgi_router, request.url.path
    methods: list[Method] = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    allowed: list[str] = []
    for method in methods:
        with suppress(HTTPException):
            router.handle_routing(path=path, method=method)
            allowed.append(method)
    return allowed


class Unforeseen(Problem):
    """Something went wrong on our side. It was logged with this request's id."""

    status = 500


class MethodNotAllowed(Problem):
    """This address does not know this method."""

    status = 405


class TooLarge(Problem):
    """The request's body is too large."""

    status = 413


class UnsupportedMediaType(Problem):
    """This address takes another kind of content."""

    status = 415


BY_STATUS: dict[int, type[Problem]] = {
    400: MalformedRequest,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    409: Conflict,
    413: TooLarge,
    415: UnsupportedMediaType,
}


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error is; None where we did not foresee it."""
    match error:
        case Problem():
            return error
        case ValidationException():
            return _invalid(error)
        case asyncpg.PostgresError():
            return problem_of_database_error(error)
        case asyncpg.InterfaceError() | asyncpg.InternalClientError() | OSError() | TimeoutError():
            return Unavailable("The database is away for the moment.", retry_after=2)
        case HTTPException() if error.status_code in BY_STATUS:
            kind = BY_STATUS[error.status_code]
            return kind() if error.status_code in {404, 405, 413} else kind(error.detail)
        case msgspec.ValidationError():
            return _problem_of_fields([_field_error("", str(error))])
        case msgspec.DecodeError() | RecursionError():
            return MalformedRequest(f"The body is not valid JSON: {error}.")
        case _:
            return None


def _invalid(error: ValidationException) -> Problem:
    """Litestar names the argument, msgspec the path inside it."""
    extra = cast("list[dict[str, str]]", error.extra if isinstance(error.extra, list) else [])
    if not extra:
        return MalformedRequest(error.detail)
    return _problem_of_fields(
        [
            _field_error("" if item.get("key") == "data" else item.get("key", ""), item["message"])
            for item in extra
        ]
    )


def _problem_of_fields(errors: list[FieldError]) -> InvalidInput:
    return InvalidInput("; ".join(f"{e.field}: {e.message}" for e in errors), errors=errors)


def _field_error(argument: str, message: str) -> FieldError:
    """Msgspec says `Expected … - at `$.title``; people want `title` and what is wrong with it."""
    if message == "'data'":  # what Litestar says of a body that is not there
        return FieldError("body", "is missing")
    reason, _, path = message.partition(" - at `")
    inner = path.rstrip("`").removeprefix("$").removeprefix(".")
    missing = re.fullmatch(r"Object missing required field `(\w+)`", reason)
    unknown = re.fullmatch(r"Object contains unknown field `(\w+)`", reason)
    name = ""
    if found := missing or unknown:
        name = found[1]
        reason = "is missing" if missing else "is not a known field"
    field = ".".join(part for part in (argument, inner, name) if part)
    return FieldError(field or "body", reason)


CONTENT_SECURITY_POLICY = (
    b"default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data: blob: https:;"
    b" connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none';"
    b" form-action 'self'; frame-ancestors 'none'"
)
"""The seed's, without its 'unsafe-inline' for styles."""
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
]
API_PATHS = ("/api/", "/scim/", "/mcp", "/graphql")
ONLY_TLS = (b"strict-transport-security", b"max-age=63072000")
NOT_KEPT = (b"cache-control", b"no-store")
"""What the API answers is for whoever asked, and for no cache between."""
REPLACEABLE = frozenset(name for name, _ in [*SECURITY_HEADERS, NOT_KEPT])
"""An answer that says one of these itself knows better."""


SAID = "projectflow.headers"
"""Where a request's scope keeps headers for its answer."""


def observed(app: ASGIApp, *, over_tls: bool, metrics: Metrics) -> ASGIApp:
    """Give each request an id, security headers, one line in the log, and measure it.

    `over_tls` says that people reach us by https, so that browsers may insist on it from now on.
    """
    always = [*SECURITY_HEADERS, ONLY_TLS] if over_tls else SECURITY_HEADERS
    of_api = [*always, NOT_KEPT]

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0
        only_head = scope["method"] == "HEAD"
        said: list[tuple[bytes, bytes]] = []
        cast("dict[str, Any]", scope)[SAID] = said

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*message["headers"], *said]
                more = of_api if scope["path"].startswith(API_PATHS) else always
                if any(name in REPLACEABLE for name, _ in own):
                    names = {name for name, _ in own}
                    more = [header for header in more if header[0] not in names]
                message["headers"] = [*own, *more, (b"x-request-id", request_id.encode())]
            elif only_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        # HEAD is GET without the body (RFC 9110 §9.3.2); routes need not know.
        asked = cast("Scope", {**scope, "method": "GET"}) if only_head else scope
        await app(asked, receive, send_observed)
        seconds = time.perf_counter() - started
        route = cast("dict[str, Any]", asked).get("path_template", "")
        metrics.request(scope["method"], route, status, seconds)
        log.info(
            "request",
            method=scope["method"],
            path=loggable(scope["path"]),
            status=status,
            ms=round(seconds * 1000, 1),
        )

    return run


def answer_with(request: Request[Any, Any, State], headers: list[tuple[bytes, bytes]]) -> None:
    """Add headers to the answer to a request, whatever the answer becomes."""
    cast("dict[str, Any]", request.scope)[SAID] += headers


def behind(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """Believe what these proxies say of whom they ask for: X-Forwarded-For and -Proto."""
    return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), list(proxies)))


def loggable(path: str) -> str:
    """A path as it may be logged: an invitation's token is a long segment of one."""
    return re.sub(r"[^/]{65,}", "…", path)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and re.fullmatch(rb"[A-Za-z0-9_.-]{1,64}", value):
            return value.decode()
    return uuid7().hex


async def decode_body(request: Request[Any, Any, State], shape: type[T]) -> T:
    """Read a JSON body strictly: no number passes for a time, no text for a truth.

    Raises:
        UnsupportedMediaType: it is said to be something else than JSON.
        msgspec.DecodeError: it is not JSON, or not of this shape; becomes a problem at the edge.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType("This address takes application/json.")
    body = await request.body()
    if not body:
        raise InvalidInput.of("body", "is missing")
    return msgspec.json.decode(body, type=shape)
