"""One call of a tool: its arguments read, its transaction, its answer or the problem that it is."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog
from mcp_types import CallToolResult, TextContent
from msgspec import UNSET, Struct
from uuid_utils.compat import uuid7

from projectflow.agents import reading, writing
from projectflow.agents.runs import begin_run, end_run
from projectflow.agents.tools import TOOLS, Call, Effect, Tool, Written
from projectflow.agents.types import Agent
from projectflow.auth.edge import ATTEMPTS, unstorable
from projectflow.auth.scopes import check_scope
from projectflow.core.db import Database
from projectflow.core.http import Unforeseen, problem_of
from projectflow.core.problems import InvalidInput, NotFound, Problem
from projectflow.search.service import Search
from projectflow.tasks.undo.registry import Logged

PLACE: Final = "/mcp"
KEPT_TOOLS: Final = (reading, writing)
"""Being imported they have added their tools."""
log = structlog.get_logger()


class ToolNotFound(NotFound):
    """There is no such tool."""


class _RolledBack(Exception):
    """Ends a trial: leaves the transaction with what it would have answered."""

    def __init__(self, written: Written[Any]) -> None:
        super().__init__()
        self.written = written


class Calls:
    """Runs tools, each in a transaction of its own, as the edge runs routes."""

    def __init__(self, database: Database, search: Search) -> None:
        """One a process."""
        self._database = database
        self._search = search

    async def call(self, agent: Agent, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """What a tool answers; a problem is an answer that says so and names the fields."""
        try:
            found = _find(agent, name)
            given = _read(arguments, found.takes)
            return _answer(await self._run(agent, found, given))
        except Exception as error:  # noqa: BLE001 - as the edge does: whatever is raised is answered
            return _refusal(error, name)

    async def _run(self, agent: Agent, found: Tool, given: Struct) -> Any:
        run = self._write if found.writes else self._ask
        try:
            return await run(agent, found, given)
        except (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError):
            raise unstorable(msgspec.to_builtins(given)) from None

    async def _ask(self, agent: Agent, found: Tool, given: Struct) -> Any:
        actor = agent.actor
        async with self._database.tenant(
            actor.tenant_id, read_only=True, projects=actor.project_ids
        ) as db:
            return await found.run(Call(db, actor, self._search), given)

    async def _write(self, agent: Agent, found: Tool, given: Any) -> Written[Any]:
        said = given.run_id if found.joins_run else UNSET
        run_id = said if said is not UNSET else agent.session_run or uuid7()

        async def attempt() -> Written[Any]:
            return await self._change(agent, found, given, run_id)

        try:
            return await _again_where_lost(attempt)
        except _RolledBack as trial:
            return trial.written

    async def _change(self, agent: Agent, found: Tool, given: Any, run_id: UUID) -> Written[Any]:
        actor = agent.actor
        async with self._database.tenant(actor.tenant_id, projects=actor.project_ids) as db:
            await begin_run(db, agent, run_id)
            result = await found.run(Call(db, actor, self._search), given)
            changes = [_effect(each) for each in await end_run(db, actor, run_id)]
            written = Written(run_id, given.dry_run, changes, result)
            if given.dry_run:
                raise _RolledBack(written)
        return written


def _find(agent: Agent, name: str) -> Tool:
    found = TOOLS.get(name)
    if found is None:
        raise ToolNotFound(f"There is no tool {name[:60]!r}.")
    check_scope(agent.actor, found.scope)
    return found


async def _again_where_lost(attempt: Callable[[], Awaitable[Written[Any]]]) -> Written[Any]:
    """A transaction that lost a deadlock or serialization race changed nothing."""
    for number in range(ATTEMPTS):
        try:
            return await attempt()
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if number == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _read(arguments: dict[str, Any], shape: type[Struct]) -> Struct:
    """The arguments, as strictly as a body is read."""
    try:
        # The SDK's parser lets numbers, texts and depths through that JSON of ours does not have.
        text = msgspec.json.encode(arguments)
    except (UnicodeError, OverflowError, RecursionError, msgspec.MsgspecError, TypeError):
        raise InvalidInput.of("arguments", "hold what JSON cannot say") from None
    return msgspec.json.decode(text, type=shape)


def _effect(event: Logged) -> Effect:
    payload = event.payload
    before, after = payload.get("before"), payload.get("after")
    return Effect(event.type, event.entity_type, event.entity_id, before, after)


def _answer(result: Any) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(text=msgspec.json.encode(result).decode())],
        structured_content=msgspec.to_builtins(result),
    )


def _refusal(error: Exception, name: str) -> CallToolResult:
    problem: Problem | None = problem_of(error)
    if problem is None:
        log.error("unforeseen_error", exc_info=error, path=PLACE, tool=name)
        problem = Unforeseen()
    said = msgspec.json.encode(problem.details(PLACE)).decode()
    return CallToolResult(content=[TextContent(text=said)], is_error=True)
