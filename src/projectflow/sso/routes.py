"""HTTP for single sign-on."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.datastructures import Cookie, ResponseHeader, State
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.browser import (
    AnyRequest,
    comes_from_elsewhere,
    device_of,
    placed,
    with_session_cookie,
)
from projectflow.auth.challenges import CHALLENGE_TTL, ChallengeExpired, ChallengeToken
from projectflow.auth.edge import identify, reads, writes
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, decode_body, expected_version
from projectflow.sso.sign_in import Arrival, SingleSignOn
from projectflow.sso.types import IdentityProvider, ProviderSettings, SsoFailed

COOKIE: Final = "projectflow_sso"
COOKIE_PATH: Final = "/api/v1/auth/sso"
"""One cookie a visit, so that two tabs do not disturb each other."""
LOCATION: Final = ResponseHeader(
    name="Location", value="/", description="Where to go on", documentation_only=True
)


@get(
    "/auth/sso/{slug:str}/start",
    tags=["Single sign-on"],
    operation_id="startSso",
    status_code=302,
    response_headers=[LOCATION],
)
async def start(
    request: AnyRequest, slug: FromPath[str], return_to: FromQuery[str | None] = None
) -> Response[None]:
    """Go to the workspace's identity provider; for a browser's address bar."""
    slug = slug.lower()
    if comes_from_elsewhere(request):
        # Nobody is signed in because a page of another site says so: they choose it themselves.
        return _redirect(f"/sign-in?{urlencode({'workspace': slug})}")
    try:
        departure = await _service(request).begin(slug, return_to)
    except SsoFailed as failure:
        return _to_sign_in(slug, failure)
    cookie = Cookie(
        value=f"{slug}.{departure.browser_secret}",
        httponly=True,
        samesite="lax",
        # Outlives the visit: who comes back too late is sent to the workspace all the same.
        max_age=6 * int(CHALLENGE_TTL.total_seconds()),
        **_placed(request, departure.id),
    )
    return _redirect(departure.url, cookie)


@get(
    "/auth/sso/callback",
    tags=["Single sign-on"],
    operation_id="finishSso",
    status_code=302,
    response_headers=[LOCATION],
)
async def finish(
    request: AnyRequest,
    code: FromQuery[str | None] = None,
    iss: FromQuery[str | None] = None,
    error: FromQuery[str | None] = None,
    returned: Annotated[str | None, QueryParameter(name="state")] = None,
) -> Response[None]:
    """Come back from the identity provider (RFC 6749 §4.1.2), and be signed in."""
    slug = ""
    gone: list[Cookie] = []
    try:
        token = _token(returned)
        where = _placed(request, token.id)
        slug, _, browser_secret = request.cookies.get(where["key"], "").partition(".")
        gone = [Cookie(value="", httponly=True, samesite="lax", max_age=0, **where)]
        arrival = Arrival(token, code, error, iss, browser_secret, device_of(request))
        signed_in, return_to = await _service(request).finish(arrival)
    except SsoFailed as failure:
        return _to_sign_in(slug, failure, *gone)
    return _redirect(return_to, *with_session_cookie(request, signed_in).cookies, *gone)


@get("/identity-provider", tags=["Single sign-on"], operation_id="readIdentityProvider")
@reads
async def read_identity_provider(db: Db, actor: Actor, state: State) -> IdentityProvider:
    """The system that this workspace's people sign in with."""
    service: SingleSignOn = state.sso
    return await service.providers.read(db, actor)


@put("/identity-provider", tags=["Single sign-on"], operation_id="saveIdentityProvider")
async def save_identity_provider(
    request: AnyRequest, data: JSONBody[ProviderSettings], if_match: IfMatch = None
) -> IdentityProvider:
    """Set the system that this workspace's people sign in with; it is asked before it is saved."""
    del data  # Litestar has read it laxly; it is declared for the OpenAPI document.
    actor = await identify(request, None)
    wanted = await decode_body(request, ProviderSettings)
    expected = expected_version(if_match, wanted.version)
    return await _service(request).providers.save(actor, wanted, expected)


@delete("/identity-provider", tags=["Single sign-on"], operation_id="deleteIdentityProvider")
@writes
async def delete_identity_provider(db: Db, actor: Actor, state: State) -> None:
    """Remove the system that this workspace's people sign in with."""
    service: SingleSignOn = state.sso
    await service.providers.delete(db, actor)


def _token(state: str | None) -> ChallengeToken:
    try:
        return ChallengeToken.parse(state or "")
    except ChallengeExpired:
        raise SsoFailed("expired") from None


def _placed(request: AnyRequest, visit_id: UUID) -> dict[str, Any]:
    return placed(request, f"{COOKIE}_{visit_id.hex[-12:]}", COOKIE_PATH)


def _to_sign_in(slug: str, failure: SsoFailed, *cookies: Cookie) -> Response[None]:
    asked = {"workspace": slug} if slug else {}
    return _redirect(f"/sign-in?{urlencode({**asked, 'sso_error': failure.code})}", *cookies)


def _redirect(to: str, *cookies: Cookie) -> Response[None]:
    headers = {"Location": to, "Cache-Control": "no-store"}
    return Response(None, status_code=302, headers=headers, cookies=list(cookies))


def _service(request: AnyRequest) -> SingleSignOn:
    return request.app.state.sso


handlers: list[ControllerRouterHandler] = [
        start, finish, read_identity_provider, save_identity_provider, delete_identity_provider,
]  # fmt: skip
