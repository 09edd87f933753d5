"""The first hop of a request: who asks, and the transaction that it all happens in.

`@reads` and `@writes` stand between Litestar and a route. The route is written as
`(db, actor, …)`; Litestar sees it with `request` in their place.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from hashlib import blake2b
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, get_args

import asyncpg
import msgspec
import structlog
from litestar import Request
from litestar.datastructures import State

from projectflow.auth.api_keys import MARK, KeyHolders
from projectflow.auth.browser import count_address
from projectflow.auth.idempotency import repeatable
from projectflow.auth.limits import Limits
from projectflow.auth.revocations import Revocations
from projectflow.auth.scopes import Scope, check_scope, scope_of
from projectflow.auth.tokens import NotSignedIn, Tokens
from projectflow.auth.types import Actor
from projectflow.core.cache import Cache, Kind
from projectflow.core.db import Database, Db
from projectflow.core.http import answer_with, decode_body
from projectflow.core.metrics import Metrics
from projectflow.core.problems import InvalidInput

P = ParamSpec("P")
R = TypeVar("R")
Route = Callable[Concatenate[Db, Actor, P], Awaitable[R]]

ATTEMPTS = 3
"""A transaction that lost a deadlock or serialization race changed nothing: it is run again."""


def reads(route: Route[P, R]) -> Callable[..., Awaitable[R]]:
    """Run a route that changes nothing, for a signed-in person, inside their tenant."""
    opened_by, kind = scope_of(route), kept_as(route)

    async def answer(request: Request[Any, Any, State], actor: Actor, arguments: Any) -> R:
        database: Database = request.app.state.database
        try:
            async with database.tenant(
                actor.tenant_id, read_only=True, projects=actor.project_ids
            ) as db:
                return await route(db, actor, **arguments)  # pyright: ignore[reportCallIssue]
        except asyncpg.CharacterNotInRepertoireError:
            raise unstorable(arguments) from None

    @functools.wraps(route)
    async def run(request: Request[Any, Any, State], **arguments: Any) -> R:
        actor = await identify(request, opened_by)
        if kind is None:
            return await answer(request, actor, arguments)

        async def load() -> bytes:
            return msgspec.json.encode(await answer(request, actor, arguments))

        cache: Cache = request.app.state.cache
        body = await cache.read(actor.tenant_id, kind, _name_of(request, actor), load)
        return cast("R", msgspec.Raw(body))

    return _as_litestar_sees(run, route)


def kept(kind: Kind) -> Callable[[Route[P, R]], Route[P, R]]:
    """Keep a route's answers until something changes in the workspace: for what takes long."""

    def mark(route: Route[P, R]) -> Route[P, R]:
        route.kept_as = kind  # pyright: ignore[reportFunctionMemberAccess]
        return route

    return mark


def kept_as(route: Callable[..., Any]) -> Kind | None:
    """How a route's answers are kept; None for a route that is asked each time."""
    return getattr(route, "kept_as", None)


def _name_of(request: Request[Any, Any, State], actor: Actor) -> str:
    """All that an answer depends on but the workspace's rows: who asks, as what, for what."""
    asker = msgspec.structs.replace(actor, issued_at=0.0, session_id=actor.user_id)
    asked = [asker, request.scope["path"], request.scope["query_string"]]
    return blake2b(msgspec.msgpack.encode(asked), digest_size=16).hexdigest()


def writes(route: Route[P, R]) -> Callable[..., Awaitable[R]]:
    """Run a route that changes things: all of it and its events, or nothing."""
    body, opened_by = _body_of(route), scope_of(route)

    @functools.wraps(route)
    async def run(request: Request[Any, Any, State], **arguments: Any) -> R:
        actor = await identify(request, opened_by)
        if body is not None:
            # Litestar has read it laxly; it keeps the declaration for the OpenAPI document.
            arguments["data"] = await decode_body(request, body)
        again = await repeatable(request, actor)
        database: Database = request.app.state.database
        for attempt in range(ATTEMPTS):
            try:
                async with database.tenant(actor.tenant_id, projects=actor.project_ids) as db:
                    act = functools.partial(route, db, actor, **arguments)  # pyright: ignore[reportCallIssue]
                    return await (act() if again is None else again.answer(db, act))  # pyright: ignore[reportReturnType] - Litestar sends a Response as it is
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                if attempt == ATTEMPTS - 1:
                    raise
            except (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError):
                raise unstorable(arguments) from None
        raise AssertionError("unreachable")

    run.answers_once = True  # pyright: ignore[reportAttributeAccessIssue] - see core/openapi.py
    return _as_litestar_sees(run, route)


def _body_of(route: Callable[..., Any]) -> type[Any] | None:
    """The Struct that a route takes as its body."""
    data = inspect.signature(route).parameters.get("data")
    return None if data is None else get_args(data.annotation)[0]


async def identify(request: Request[Any, Any, State], opened_by: Scope | None) -> Actor:
    """Who asks, in person or by an API key whose scopes hold this route; counts the request.

    Raises:
        NotSignedIn: no token or key, or one that does not count.
        Forbidden: the route is not open to keys, or not to this one.
        TooManyRequests: as `Limits.request`.
    """
    actor = await admit(request)
    if actor.is_key:
        check_scope(actor, opened_by)
    return actor


async def identify_key(request: Request[Any, Any, State]) -> Actor:
    """Who asks by an API key, whose scopes are still to be checked; counts the request.

    Raises:
        NotSignedIn: there is no key, or one that does not count.
        TooManyRequests: as `Limits.request`.
    """
    actor = await admit(request)
    if not actor.is_key:
        raise NotSignedIn("This address takes API keys alone.")
    return actor


async def admit(request: Request[Any, Any, State]) -> Actor:
    """Who asks, in person or by an API key whose scopes are still to be checked; counts.

    Raises:
        NotSignedIn: no token or key, or one that does not count.
        TooManyRequests: as `Limits.request`.
    """
    try:
        actor = await recognise(request.app.state, _credentials(request))
    except NotSignedIn:
        await count_address(request)
        raise
    limits: Limits = request.app.state.limits
    allowance = await limits.request(actor)
    answer_with(request, allowance.headers())
    metrics: Metrics = request.app.state.metrics
    metrics.person(actor.tenant_id, actor.user_id)
    return actor


async def recognise(state: State, credentials: str) -> Actor:
    """Who holds this access token or API key.

    Raises:
        NotSignedIn: it does not count, or not any more.
    """
    if credentials.startswith(MARK):
        holders: KeyHolders = state.key_holders
        actor = await holders.find(credentials)
        structlog.contextvars.bind_contextvars(tenant=str(actor.tenant_id))
    else:
        actor = _verify(state, credentials)
    return actor


def authenticate(request: Request[Any, Any, State]) -> Actor:
    """Who sent this request, in person: API keys do not count here.

    Raises:
        NotSignedIn: no token, or one that does not count.
    """
    return _verify(request.app.state, _credentials(request))


def _credentials(request: Request[Any, Any, State]) -> str:
    # Read from the scope: making Litestar's headers takes longer than checking the token.
    said = next((v for k, v in request.scope["headers"] if k == b"authorization"), b"")
    scheme, _, credentials = said.partition(b" ")
    if scheme.lower() != b"bearer":
        raise NotSignedIn
    return credentials.decode("latin-1")


def _verify(state: State, token: str) -> Actor:
    tokens: Tokens = state.tokens
    actor = tokens.verify(token)
    revocations: Revocations = state.revocations
    if revocations.refuses(actor):
        raise NotSignedIn
    structlog.contextvars.bind_contextvars(tenant=str(actor.tenant_id))
    return actor


def _as_litestar_sees(
    run: Callable[..., Awaitable[R]], route: Callable[..., Any]
) -> Callable[..., Awaitable[R]]:
    """Give the wrapper the route's signature, with the request instead of db and actor."""
    run.counts_people = True  # pyright: ignore[reportFunctionMemberAccess] - see count_visitor
    signature = inspect.signature(route)
    _db, _actor, *parameters = signature.parameters.values()
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request[Any, Any, State]
    )
    run.__signature__ = signature.replace(parameters=[request, *parameters])  # pyright: ignore[reportFunctionMemberAccess]
    run.__annotations__ = {
        "request": Request[Any, Any, State],
        **{p.name: p.annotation for p in parameters},
        "return": signature.return_annotation,
    }
    return run


def unstorable(arguments: Mapping[str, Any]) -> InvalidInput:
    """Name the input that holds a NUL, the one character that PostgreSQL cannot store."""
    fields = msgspec.to_builtins({k: v for k, v in arguments.items() if k not in {"data", "state"}})
    if "data" in arguments:
        fields |= msgspec.to_builtins(arguments["data"])
    for name, value in fields.items():
        if "\x00" in str(value) or "\\x00" in repr(value):
            return InvalidInput.of(name, "contains a NUL character, which cannot be stored")
    return InvalidInput("A text contains a character that cannot be stored.")
