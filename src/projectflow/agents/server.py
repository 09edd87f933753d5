"""The MCP server: the SDK's, without a state of its own, so that any process answers any message.

Specification: modelcontextprotocol.io/specification. The revision of 2026-07-28 has no sessions:
each message says who asks. Of earlier ones the session's id is made here, and says it: the run that
the session's changes belong to, and the client's name.
"""

import asyncio
import base64
import binascii
import re
from importlib.metadata import version
from typing import Any, Final
from uuid import UUID

import mcp_types
import msgspec
from litestar.types import Receive, Scope, Send
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.agents.calls import Calls
from projectflow.agents.tools import TOOLS
from projectflow.agents.types import Agent, clean_client
from projectflow.auth.scopes import check_scope
from projectflow.core.db import Database
from projectflow.core.problems import Forbidden
from projectflow.search.service import Search

MAX_MESSAGE: Final = 1024 * 1024
"""Bytes of a message: a task's description of 100,000 characters fits."""
AGENT: Final = "projectflow.agent"
"""Where a message's scope says who asks."""
INSTRUCTIONS: Final = (
    "ProjectFlow keeps a team's projects and tasks. Tasks are named by their key (WEB-42) or id."
    " What you change is logged as your person's, with your name. Use dry_run where you are not"
    " sure. Pass one run_id (a UUID that you make) to all changes of one job, so that people can"
    " undo them at once."
)


class AgentServer:
    """The SDK's server in this process."""

    def __init__(self, database: Database, search: Search) -> None:
        """One a process; it answers from `start` to `stop`."""
        self._calls = Calls(database, search)
        server: Server[Any] = Server(
            "ProjectFlow",
            version=version("projectflow"),
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            get_tool_input_schema=_input_schema,
        )
        self._manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=MAX_MESSAGE
        )
        self._started, self._stopping = asyncio.Event(), asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._running = asyncio.create_task(self._run())
        await self._started.wait()

    async def _run(self) -> None:
        # In a task of its own: what it opens must be closed by the task that opened it.
        async with self._manager.run():
            self._started.set()
            await self._stopping.wait()

    async def stop(self) -> None:
        """Answer no more."""
        self._stopping.set()
        if self._running is not None:
            await self._running

    async def answer(self, agent: Agent, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message."""
        asked: Any = {**scope, AGENT: agent}
        await self._manager.handle_request(asked, receive, send)  # pyright: ignore[reportArgumentType] - ASGI by Starlette's names

    async def _list_tools(
        self,
        context: ServerRequestContext[Any, Any],
        params: mcp_types.PaginatedRequestParams | None,
    ) -> mcp_types.ListToolsResult:
        del params  # they fit one page
        agent = _agent_of(context)
        return mcp_types.ListToolsResult(
            tools=[tool.listed for tool in TOOLS.values() if _is_open(agent, tool.listed.name)]
        )

    async def _call_tool(
        self, context: ServerRequestContext[Any, Any], params: mcp_types.CallToolRequestParams
    ) -> mcp_types.CallToolResult:
        return await self._calls.call(_agent_of(context), params.name, params.arguments or {})


def _input_schema(name: str) -> dict[str, Any] | None:
    found = TOOLS.get(name)
    return None if found is None else found.listed.input_schema


def _is_open(agent: Agent, name: str) -> bool:
    """Whether the key's scopes hold a tool."""
    try:
        check_scope(agent.actor, TOOLS[name].scope)
    except Forbidden:
        return False
    return True


def _agent_of(context: ServerRequestContext[Any, Any]) -> Agent:
    """Who sent a message, by the name that the message says where it says one."""
    assert context.request is not None
    agent: Agent = context.request.scope[AGENT]
    said = context.session.client_params
    if said is None:
        return agent
    return replace(
        agent, client=clean_client(f"{said.client_info.name} {said.client_info.version}")
    )


class Session(msgspec.Struct, frozen=True):
    """What the id of a session says. It gives no right: those are the key's."""

    run_id: UUID
    client: str

    def __str__(self) -> str:
        """The id: visible ASCII, as the specification wants it."""
        name = base64.urlsafe_b64encode(self.client.encode()).decode().rstrip("=")
        return f"{self.run_id.hex}.{name}"


def open_session(body: bytes) -> Session | None:
    """The session that a message opens, if it is one that does."""
    try:
        message = msgspec.json.decode(body, type=_Opening)
    except (msgspec.MsgspecError, RecursionError):
        return None
    info = message.params.client_info
    return Session(uuid7(), clean_client(f"{info.name} {info.version}"))


class _Info(msgspec.Struct):
    name: str = ""
    version: str = ""


class _Params(msgspec.Struct, rename="camel"):
    client_info: _Info = msgspec.field(default_factory=_Info)


class _Opening(msgspec.Struct, tag_field="method", tag="initialize"):
    params: _Params = msgspec.field(default_factory=_Params)


def read_session(text: str) -> Session | None:
    """What a session's id says; None where it is none of ours."""
    matched = re.fullmatch(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{1,1200})", text)
    if matched is None:
        return None
    try:
        name = base64.urlsafe_b64decode(matched[2] + "=" * (-len(matched[2]) % 4)).decode()
    except (binascii.Error, UnicodeError):
        return None
    return Session(UUID(hex=matched[1]), clean_client(name))
