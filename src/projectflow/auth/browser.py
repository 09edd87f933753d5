"""What sign-in owes to browsers: the cookie of the refresh token, and who may send it."""

from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import Cookie, State

from projectflow.auth.service import SignedIn
from projectflow.auth.types import AuthResult
from projectflow.core.problems import Forbidden
from projectflow.core.settings import Settings

COOKIE: Final = "projectflow_session"
COOKIE_PATH: Final = "/api/v1/auth"

AnyRequest = Request[Any, Any, State]


def client_address(request: AnyRequest) -> str:
    """The address that the request came from, for counting tries."""
    return request.client.host if request.client else "unknown"


def with_session_cookie(
    request: AnyRequest, signed_in: SignedIn, *, status_code: int = 200
) -> Response[AuthResult]:
    """Answer a sign-in: the access token in the body, the refresh token in its cookie."""
    settings: Settings = request.app.state.settings
    cookie = Cookie(
        key=COOKIE,
        value=str(signed_in.refresh_token),
        path=COOKIE_PATH,
        httponly=True,
        secure=settings.url.startswith("https://"),
        samesite="strict",
        max_age=settings.refresh_token_ttl,
    )
    return Response(
        signed_in.result,
        status_code=status_code,
        cookies=[cookie],
        headers={"Cache-Control": "no-store"},
    )


def refuse_other_origins(request: AnyRequest) -> None:
    """A page of another site must not use this browser's cookie, nor plant one (CSRF).

    Raises:
        Forbidden: the browser says that the request comes from another site.
    """
    if request.headers.get("sec-fetch-site", "same-origin") in {"cross-site", "same-site"}:
        settings: Settings = request.app.state.settings
        if request.headers.get("origin") not in settings.allowed_origins:
            raise Forbidden("This request comes from a page of another site.")
