"""The web application: chosen modules, composed."""

import gc
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any, Final

import msgspec
import uvicorn
from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from projectflow.agents.server import AgentServer
from projectflow.analytics.stores import open_store
from projectflow.auth.api_keys import KeyHolders
from projectflow.auth.attempts import Attempts
from projectflow.auth.browser import count_visitor
from projectflow.auth.limits import Limits
from projectflow.auth.links import Links
from projectflow.auth.password_reset import PasswordResets
from projectflow.auth.revocations import Revocations
from projectflow.auth.service import AuthService
from projectflow.auth.tokens import load_tokens
from projectflow.core import health, mailbox
from projectflow.core.answers import JsonResponse
from projectflow.core.cache import Cache
from projectflow.core.crypto import Keyring
from projectflow.core.db import connect
from projectflow.core.files import open_files
from projectflow.core.http import answer_problem, behind, observed
from projectflow.core.logs import configure_logging
from projectflow.core.metrics import Metrics, watch, watch_pool
from projectflow.core.openapi import document_idempotency, document_problems, openapi_config
from projectflow.core.outbound import Outbound
from projectflow.core.redis import connect_redis
from projectflow.core.settings import InvalidSetting, Settings, load_settings
from projectflow.core.wakeups import Wakeups
from projectflow.core.webapp import load_webapp, serve_webapp
from projectflow.graphql.draining import Draining
from projectflow.graphql.execution import Engine
from projectflow.graphql.hub import Hub
from projectflow.graphql.sockets import with_sockets
from projectflow.notifications.presence import PresenceBoard
from projectflow.search.engines import open_index
from projectflow.search.service import Search
from projectflow.sso.sign_in import SingleSignOn
from projectflow.tasks.file_links import FileLinks
from projectflow.users.invitations import Invitations

MODULES: Final = (
    "auth", "users", "scim", "sso", "projects", "tasks", "planning", "search", "audit", "imports",
    "exports", "analytics", "notifications", "realtime", "graphql", "agents",
)  # fmt: skip
"""What `projectflow serve` can run: each a service of its own behind a gateway, or all in one."""

MAX_BODY = 2 * 1024 * 1024
MAX_MESSAGE: Final = 256 * 1024
"""Bytes of a WebSocket's message from a client."""
API_PREFIX: Final = "/api/v1"
GRACE = 10
"""Seconds that requests under way get to finish when the process is asked to stop."""


def serve(settings: Settings, modules: Sequence[str] = ()) -> None:
    """Serve HTTP until SIGTERM or Ctrl-C; `settings.workers` equal processes."""
    os.environ["PROJECTFLOW_MODULES"] = ",".join(modules or settings.modules or MODULES)
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PROJECTFLOW_HOME": str(settings.home),
    }.items():
        if value is not None:
            os.environ[name] = value
    configure_logging(settings)
    uvicorn.run(
        "projectflow.app:create_app_from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws=Draining,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,
    )


def create_app_from_environment() -> Litestar:
    """What each server process makes of the environment."""
    settings = load_settings()
    configure_logging(settings)
    return create_app(settings, settings.modules)


def create_app(settings: Settings, modules: Sequence[str] = ()) -> Litestar:
    """Compose the routes of the named modules; of all of them without a name.

    Raises:
        InvalidSetting: a name is not a module.
    """
    cors = CORSConfig(
        allow_origins=list(settings.allowed_origins),
        allow_credentials=True,
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-Request-ID",
        ],
        expose_headers=[
            "ETag",
            "X-Request-ID",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotency-Replayed",
        ],
    )
    app = Litestar(
        [
            *_routes(modules or MODULES),
            health.health,
            health.ready,
            *mailbox.handlers,
            serve_webapp,
        ],
        exception_handlers={Exception: answer_problem},
        lifespan=[_resources(settings)],
        openapi_config=openapi_config(),
        cors_config=cors if settings.allowed_origins else None,
        request_max_body_size=MAX_BODY,
        response_class=JsonResponse,
        logging_config=None,
    )
    # Around everything, also around what the router itself answers.
    app.state.metrics = Metrics(settings.metrics_tenants)
    over_tls = settings.url.startswith("https://")
    app.asgi_handler = observed(app.asgi_handler, over_tls=over_tls, metrics=app.state.metrics)
    if "graphql" in (modules or MODULES):
        app.asgi_handler = with_sockets(app.asgi_handler, app)
    if settings.trusted_proxies:
        app.asgi_handler = behind(app.asgi_handler, settings.trusted_proxies)
    document_idempotency(app)
    document_problems(app)
    return app


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of all modules, without a database."""
    app = create_app(Settings())
    return msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema()))


def _routes(modules: Sequence[str]) -> list[ControllerRouterHandler]:
    unknown = set(modules) - set(MODULES)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise InvalidSetting(f"no module {names}: there are {', '.join(MODULES)}")
    found = [import_module(f"projectflow.{name}.routes") for name in modules]
    api = [handler for module in found for handler in module.handlers]
    # One router for all: two modules may answer different methods of one address.
    root = [handler for module in found for handler in getattr(module, "root_handlers", [])]
    return [Router(API_PREFIX, route_handlers=api, before_request=count_visitor), *root]


def _resources(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Open what requests need, in the process that answers them, and close it at the end."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        state = app.state
        state.settings = settings
        state.tokens = load_tokens(settings)
        state.keyring = Keyring(settings)
        state.files = open_files(settings)
        state.webapp = load_webapp()
        state.redis = connect_redis(settings)
        is_watched = settings.metrics_port is not None
        state.database = await connect(settings, state.metrics.query if is_watched else None)
        state.cache = Cache(state.redis, settings.cache_bytes)
        wakeups = Wakeups(state.redis)
        state.database.after_commit += [wakeups.wake, state.cache.changed]
        state.mailbox = mailbox.Mailbox(settings, state.tokens.secret_material)
        state.links = Links(state.tokens.secret_material)
        state.file_links = FileLinks(state.tokens.secret_material, settings.file_link_ttl)
        state.revocations = Revocations(state.redis, settings.access_token_ttl)
        state.attempts = Attempts(state.redis, settings)
        state.limits = Limits(state.redis, settings)
        state.key_holders = KeyHolders(state.database, state.revocations)
        state.auth = AuthService(state.database, state.tokens, state.revocations, settings)
        state.resets = PasswordResets(state.database, state.links, state.revocations, settings)
        state.invitations = Invitations(state.database, state.links, state.auth, settings)
        state.presence = PresenceBoard(state.redis, state.database)
        state.search = Search(open_index(settings))
        state.analytics = open_store(settings)
        state.outbound = Outbound(settings)
        state.sso = SingleSignOn(
            state.database, state.auth, state.revocations, state.keyring, state.outbound, settings
        )
        state.agents = AgentServer(state.database, state.search)
        await state.agents.start()
        state.hub = Hub(state.database, state.redis, state.revocations, settings)
        state.graphql = Engine(state.database, settings)
        await state.revocations.start()
        _let_prometheus_look(state, settings)
        _spare_the_collector()
        try:
            yield
        finally:
            state.metrics.stop()
            await state.hub.stop()
            await state.revocations.stop()
            await state.agents.stop()
            await state.search.index.close()
            await state.analytics.close()
            await wakeups.stop()
            await state.cache.stop()
            await state.database.close()
            await state.redis.aclose()

    return lifespan


def _let_prometheus_look(state: State, settings: Settings) -> None:
    if settings.metrics_port is None:
        return
    metrics: Metrics = state.metrics
    watch_pool(state.database.pool)
    watch("live_connections", "Sockets that are open", lambda: state.hub.connections)
    metrics.serve(settings.metrics_host, settings.metrics_port, settings.workers)


def _spare_the_collector() -> None:
    """What is loaded now stays: not looking at it again gives a third more lists a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
