from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.people import Person

from projectflow.imports.types import ImportJob
from projectflow.imports.worker import run_import

Bring = Callable[[Person, Any], Awaitable[dict[str, Any]]]


@pytest.fixture
def bring_in() -> Bring:
    """Upload a board through the API, do the worker's work here, give the import as it ended."""

    async def bring(person: Person, board: Any) -> dict[str, Any]:
        content = board if isinstance(board, bytes) else msgspec.json.encode(board)
        answer = await person.client.post("/imports/trello", content=content)
        assert answer.status_code == 202, answer.text
        state = person.app.state
        job = ImportJob(person.tenant_id, UUID(answer.json()["id"]))
        await run_import(state.database, state.files, job, attempt=0)
        return (await person.get(f"/imports/{answer.json()['id']}")).json()

    return bring


BringFile = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def bring_file() -> BringFile:
    """The same for a file of any tool: `await bring_file(person, "jira", content, **params)`."""

    async def bring(person: Person, source: str, content: Any, **params: Any) -> dict[str, Any]:
        body = content.encode() if isinstance(content, str) else content
        answer = await person.client.post(f"/imports/{source}", content=body, params=params)
        assert answer.status_code == 202, answer.text
        state = person.app.state
        job = ImportJob(person.tenant_id, UUID(answer.json()["id"]))
        await run_import(state.database, state.files, job, attempt=0)
        done = (await person.get(f"/imports/{answer.json()['id']}")).json()
        assert done["status"] == "succeeded", done
        return done

    return bring
