"""What sign-in owes to browsers: the cookie of the refresh token, and who may send it."""

from ipaddress import IPv6Address, IPv6Network
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie, State
from litestar.params import QueryParameter

from projectflow.auth.limits import Limits
from projectflow.auth.second_factor import SecondFactorNeeded
from projectflow.auth.sessions import Device, SignedIn
from projectflow.auth.types import AuthResult
from projectflow.core.http import answer_with
from projectflow.core.problems import Forbidden
from projectflow.core.settings import Settings

COOKIE: Final = "projectflow_session"
COOKIE_PATH: Final = "/api/v1/auth"
HOST_ONLY: Final = "__Host-"
"""Begins the name of a cookie that nobody but this host can set, over TLS and for all paths."""

NOT_STORED: Final = {"Cache-Control": "no-store"}

Remember = Annotated[
    bool,
    QueryParameter(
        name="remember", description="Stay signed in on this device when its window is closed"
    ),
]
AnyRequest = Request[Any, Any, State]
Body = TypeVar("Body")


def client_address(request: AnyRequest) -> str:
    """The address that the request came from, for counting tries.

    Of IPv6 the /64, which is what one household or machine has of it (RFC 6177).
    """
    return household(request.client.host if request.client else "unknown")


def household(host: str) -> str:
    """An address, of IPv6 the /64."""
    if ":" not in host:
        return host
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


def device_of(request: AnyRequest, *, remember: bool = False) -> Device:
    """Where this request comes from, and whether to keep it signed in."""
    return Device(request.headers.get("user-agent"), remember)


def answer_sign_in(
    request: AnyRequest, outcome: SignedIn | SecondFactorNeeded
) -> Response[AuthResult | SecondFactorNeeded]:
    """Answer the first step: signed in, or what is needed next, which needs no cookie."""
    if isinstance(outcome, SignedIn):
        return with_cookie_of(request, outcome, outcome.result)
    return Response(outcome, status_code=200, headers=NOT_STORED)


async def count_visitor(request: AnyRequest) -> None:
    """Before a route that anybody may ask: count the request by its address.

    Raises:
        TooManyRequests: as `count_address`.
    """
    if not getattr(request.route_handler.fn, "counts_people", False):
        await count_address(request)


async def count_address(request: AnyRequest) -> None:
    """Count a request of somebody of whom nothing is known but the address.

    Raises:
        TooManyRequests: the address has made too many.
    """
    limits: Limits = request.app.state.limits
    allowance = await limits.visitor(client_address(request))
    answer_with(request, allowance.headers())


def with_session_cookie(
    request: AnyRequest, signed_in: SignedIn, *, status_code: int = 200
) -> Response[AuthResult]:
    """Answer a sign-in: the access token in the body, the refresh token in its cookie."""
    return with_cookie_of(request, signed_in, signed_in.result, status_code=status_code)


def with_cookie_of(
    request: AnyRequest, signed_in: SignedIn, body: Body, *, status_code: int = 200
) -> Response[Body]:
    """Answer with the refresh token in its cookie, whatever else the body says."""
    settings: Settings = request.app.state.settings
    cookie = Cookie(
        value=str(signed_in.refresh_token),
        httponly=True,
        samesite="strict",
        max_age=settings.refresh_token_ttl if signed_in.is_remembered else None,
        **placed(request, COOKIE, COOKIE_PATH),
    )
    return Response(body, status_code=status_code, cookies=[cookie], headers=NOT_STORED)


def placed(request: AnyRequest, name: str, path: str) -> dict[str, Any]:
    """Name, path and security of a cookie: over TLS no other host of the domain can plant it."""
    settings: Settings = request.app.state.settings
    if settings.url.startswith("https://"):
        return {"key": HOST_ONLY + name, "path": "/", "secure": True}
    return {"key": name, "path": path, "secure": False}


def session_cookie(request: AnyRequest) -> str | None:
    """The refresh token that this browser holds."""
    return request.cookies.get(placed(request, COOKIE, COOKIE_PATH)["key"])


def without_session_cookie(request: AnyRequest) -> Response[None]:
    """An answer that takes the refresh token from the browser."""
    gone = Cookie(
        value="",
        httponly=True,
        samesite="strict",
        max_age=0,
        **placed(request, COOKIE, COOKIE_PATH),
    )
    return Response(None, status_code=204, cookies=[gone])


def comes_from_elsewhere(request: AnyRequest) -> bool:
    """Whether a page of another site sent this browser here, as far as the browser says so."""
    return request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def refuse_other_origins(request: AnyRequest) -> None:
    """A page of another site must not use this browser's cookie, nor plant one (CSRF).

    Raises:
        Forbidden: the browser says that the request comes from another site.
    """
    settings: Settings = request.app.state.settings
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is not None:
        # Without TLS browsers tell the origin alone.
        ours = {request.headers.get("host"), urlsplit(settings.url).netloc}
        site = "same-origin" if urlsplit(origin).netloc in ours else "cross-site"
    if site in {"cross-site", "same-site"} and origin not in settings.allowed_origins:
        raise Forbidden("This request comes from a page of another site.")
