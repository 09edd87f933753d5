"""`projectflow workspace export` and `import`: a whole workspace, past the HTTP API."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import anyio

from projectflow.core.crypto import Keyring
from projectflow.core.db import Database, connect
from projectflow.core.events import Change, record
from projectflow.core.files import Files, open_files
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal
from projectflow.exports.types import Extent, Manifest
from projectflow.exports.workspaces_in import WorkspaceIn, bring_in_workspace
from projectflow.exports.writing import write_archive

SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,48}[a-z0-9])")


class WorkspaceRefused(Refusal):
    """There is no such workspace, or it cannot be brought in."""


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[tuple[Database, Files]]:
    database = await connect(settings)
    try:
        yield database, open_files(settings)
    finally:
        await database.close()


async def export_to(settings: Settings, slug: str, path: Path) -> Manifest:
    """Write a workspace into a new file.

    Raises:
        WorkspaceRefused: there is no workspace with this address, or the file exists.
    """
    if await anyio.Path(path).exists():
        raise WorkspaceRefused(f"{path} exists")
    async with _opened(settings) as (database, files):
        async with database.without_tenant() as db:
            tenant_id: UUID | None = await db.fetchval("SELECT id FROM find_workspace($1)", slug)
        if tenant_id is None:
            raise WorkspaceRefused(f"there is no workspace {slug}")
        half = path.with_name(f"{path.name}.part")
        try:
            manifest = await write_archive(database, files, Extent(tenant_id), half, _silent)
            half.rename(path)
        finally:
            half.unlink(missing_ok=True)
        async with database.tenant(tenant_id) as db:
            payload = {"after": {"kind": "workspace", "tables": manifest.tables}}
            change = Change("export.finished", "workspace", tenant_id, payload=payload)
            await record(db, tenant_id, None, change)
        return manifest


async def _silent(done: int, total: int, phase: str) -> None:
    del done, total, phase


async def import_from(settings: Settings, slug: str, path: Path) -> WorkspaceIn:
    """Make a new workspace of an export.

    Raises:
        WorkspaceRefused: the address is taken or malformed, or the file is no such export.
    """
    if not SLUG.fullmatch(slug):
        raise WorkspaceRefused(f"{slug} is no address: 3 to 50 of a-z, 0-9 and -")
    async with _opened(settings) as (database, files):
        try:
            return await bring_in_workspace(
                database, files, Keyring(settings), path, slug, lambda _: None
            )
        except Problem as problem:
            raise WorkspaceRefused(problem.detail) from problem
