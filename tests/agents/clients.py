"""Agents: the SDK's own client, with a key, over HTTP to a running server."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import uvicorn
from litestar import Litestar
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Implementation, TextContent
from tests.people import KeyHolder

MODERN = "2026-07-28"


@asynccontextmanager
async def served(app: Litestar) -> AsyncGenerator[str]:
    """The app behind a port of this machine; gives the address of its MCP server."""
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server._serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def connected(
    url: str, key: KeyHolder, mode: Any = MODERN, name: str = "Claude", on_request: Any = None
) -> AsyncGenerator[Client]:
    """A client of the SDK; `mode` is the protocol's version, or "legacy" for one with sessions."""
    hooks = {"request": [on_request] if on_request else []}
    headers = {"Authorization": f"Bearer {key.secret}"}
    async with (
        httpx2.AsyncClient(headers=headers, event_hooks=hooks) as http,
        Client(
            streamable_http_client(url, http_client=http),
            mode=mode,
            client_info=Implementation(name=name, version="1.0"),
        ) as client,
    ):
        yield client


async def use(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers, which must not be a problem."""
    result = await client.call_tool(tool, arguments)
    text = _text_of(result)
    assert not result.is_error, text
    assert result.structured_content == json.loads(text)
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The problem that a tool answers."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, _text_of(result)
    return json.loads(_text_of(result))


def _text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text
