"""HTTP for agents: their messages, and their runs."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.types import (
    ASGIApp,
    ControllerRouterHandler,
    HTTPReceiveMessage,
    HTTPRequestEvent,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from projectflow.agents import runs
from projectflow.agents.server import MAX_MESSAGE, AgentServer, open_session, read_session
from projectflow.agents.types import Agent, AgentRun, RunUndone
from projectflow.auth.edge import identify_key, reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import MethodNotAllowed
from projectflow.core.paging import Limit, Page
from projectflow.core.problems import MEDIA_TYPE, Forbidden, NotFound, ProblemDetails
from projectflow.core.settings import Settings

SESSION: Final = "mcp-session-id"
UNNAMED: Final = "unnamed"


class AgentSessionNotFound(NotFound):
    """There is no such session: initialize another one."""


@post("/mcp", include_in_schema=False, status_code=200, request_max_body_size=MAX_MESSAGE)
async def answer_agent(request: Request[Any, Any, State]) -> ASGIApp:
    """Answer one message of an agent (MCP over streamable HTTP).

    Raises:
        Forbidden: a browser sends it for a page that is not ours.
        NotSignedIn, TooManyRequests: as `identify_key`.
        AgentSessionNotFound: its session is none of ours.
    """
    _refuse_other_pages(request)
    actor = await identify_key(request)
    said = request.headers.get(SESSION)
    session = None if said is None else read_session(said)
    if said is not None and session is None:
        raise AgentSessionNotFound
    body = await request.body()
    opened = None if session else open_session(body)
    agent = Agent(
        actor,
        session.client if session else UNNAMED,
        session.run_id if session else None,
    )
    server: AgentServer = request.app.state.agents

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        waiting = [body]

        async def replay() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            if waiting:
                return HTTPRequestEvent(type="http.request", body=waiting.pop(), more_body=False)
            return await receive()

        async def send_with_session(message: Message) -> None:
            if opened and message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"] = [*message["headers"], (SESSION.encode(), str(opened).encode())]
            await send(message)

        await server.answer(agent, scope, replay, send_with_session)

    return answer


@get("/mcp", include_in_schema=False)
async def keep_no_stream(request: Request[Any, Any, State]) -> Response[ProblemDetails]:
    """There is no stream to open: nothing is sent that was not asked for, as MCP allows."""
    problem = MethodNotAllowed("Messages are sent by POST; this server opens no stream.")
    return Response(
        problem.details(request.url.path),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Allow": "POST"},
    )


def _refuse_other_pages(request: Request[Any, Any, State]) -> None:
    """A page whose name leads here (DNS rebinding) has an origin of its own; agents have none."""
    settings: Settings = request.app.state.settings
    origin = request.headers.get("origin")
    if origin is not None and origin not in {settings.url.rstrip("/"), *settings.allowed_origins}:
        raise Forbidden("This request comes from a page of another site.")


@get("/agent-runs", tags=["Agents"], operation_id="listAgentRuns")
@reads
@scope("task", "read")
async def list_runs(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[AgentRun]:
    """What your agents changed, run by run, the latest first; of all agents for admins."""
    return await runs.list_runs(db, actor, limit=limit, cursor=cursor)


@post(
    "/agent-runs/{run_id:uuid}/undo",
    tags=["Agents"],
    operation_id="undoAgentRun",
    status_code=200,
)
@writes
@scope("task", "update")
async def undo_run(db: Db, actor: Actor, run_id: FromPath[UUID]) -> RunUndone:
    """Take back all that an agent changed in a run: all of it, or nothing and why not."""
    return await runs.undo_run(db, actor, run_id)


handlers: list[ControllerRouterHandler] = [list_runs, undo_run]
root_handlers: list[ControllerRouterHandler] = [answer_agent, keep_no_stream]
