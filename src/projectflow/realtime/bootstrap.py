"""A whole workspace, or one project, as somebody sees it, and the event number at which it is so.

It is read in one snapshot, a page at a time, into a file, and sent from there: so the snapshot
lasts as long as the database takes, however slow the reader is, and memory holds a page.
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator
from tempfile import SpooledTemporaryFile
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.service import ProjectNotFound
from projectflow.realtime.sync import take_snapshot
from projectflow.realtime.sync_models import MODELS, Found, models_of, read_rows, sees_all_tasks
from projectflow.tasks.service import VISIBLE

PAGE: Final = 500
"""Rows that are in memory at a time."""
IN_MEMORY: Final = 4 * 1024 * 1024
"""Bytes of an answer that are kept in memory; a larger one is on disk until it is sent."""
CHUNK: Final = 64 * 1024
GZIP: Final = 16 + zlib.MAX_WBITS
"""What has zlib write gzip (its manual, `deflateInit2`)."""
AFTER: Final[dict[str, LiteralString]] = {
    "uuid": "($6::uuid)",
    "text": "($6::text)",
    "uuid, uuid": "($6::uuid, $7::uuid)",
}
"""By the types of a model's key: where the next page begins."""
ENCODER: Final = msgspec.json.Encoder()


class Head(Struct, frozen=True):
    """What a bootstrap holds: how many rows of which models, as of which event."""

    seq: int
    counts: dict[str, int]
    models: list[str]


class Line(Struct, frozen=True):
    """One row."""

    model: str
    id: str
    row: Any


class Bootstrap:
    """Everything that somebody sees, read and not yet sent."""

    def __init__(self, seq: int, models: list[str]) -> None:
        """Without a row; true at event number `seq`."""
        self.head = Head(seq, dict.fromkeys(models, 0), models)
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it is sent

    async def add(self, model: str, rows: list[Found]) -> None:
        """Put rows at the end."""
        self.head.counts[model] += len(rows)
        lines = ENCODER.encode_lines([Line(model, row_id, row) for row_id, row in rows])
        await asyncio.to_thread(self._file.write, lines)

    def close(self) -> None:
        """Throw it away."""
        self._file.close()

    async def sent(self, *, compressed: bool) -> AsyncGenerator[bytes]:
        """The answer's bytes, compressed by gzip if the reader takes that."""
        packer = zlib.compressobj(level=1, wbits=GZIP) if compressed else None
        try:
            async for chunk in self._plain():
                if packer is None:
                    yield chunk
                elif packed := await asyncio.to_thread(packer.compress, chunk):
                    yield packed
            if packer is not None:
                yield packer.flush()
        finally:
            self.close()

    async def _plain(self) -> AsyncGenerator[bytes]:
        yield ENCODER.encode({"bootstrap": self.head}) + b"\n"
        self._file.seek(0)
        while chunk := await asyncio.to_thread(self._file.read, CHUNK):
            yield chunk
        yield ENCODER.encode({"end": {"rows": sum(self.head.counts.values())}}) + b"\n"


async def read_bootstrap(db: Db, actor: Actor, project_id: UUID | None) -> Bootstrap:
    """Read all that somebody sees, of one project where it is named.

    `db` is a transaction of its own, in which nothing was asked yet.

    Raises:
        ProjectNotFound: there is no such project, or the actor may not see it.
    """
    await take_snapshot(db)
    seq: int = await db.fetchval(
        "SELECT last_seq FROM event_counters WHERE tenant_id = $1", actor.tenant_id
    )
    models = models_of(actor)
    if project_id is not None:
        models = [name for name in models if MODELS[name].within is not None]
        await _check_project(db, actor, project_id)
    made = Bootstrap(seq, models)
    try:
        for name in models:
            if name == "task":
                projects = await _with_tasks(db, actor, project_id)
            else:
                projects = [project_id]
            for each in projects:
                await _add_pages(db, actor, made, name, each)
    except BaseException:
        made.close()
        raise
    return made


async def _check_project(db: Db, actor: Actor, project_id: UUID) -> None:
    seen = MODELS["project"].may(actor) and await read_rows(
        db, actor, "project", "p.id = $4", project_id
    )
    if not seen:
        raise ProjectNotFound


async def _with_tasks(db: Db, actor: Actor, project_id: UUID | None) -> list[UUID | None]:
    """The projects whose tasks are seen: tasks are read project by project, in their order."""
    rows = await db.fetch(
        f"""
        SELECT p.id FROM projects p
        WHERE p.tenant_id = $1 AND {VISIBLE} AND ($4::uuid IS NULL OR p.id = $4) ORDER BY p.id
        """,
        actor.tenant_id,
        sees_all_tasks(actor),
        actor.user_id,
        project_id,
    )
    return [row["id"] for row in rows]


async def _add_pages(
    db: Db, actor: Actor, made: Bootstrap, name: str, project_id: UUID | None
) -> None:
    model = MODELS[name]
    scope: LiteralString = "$4::uuid[] IS NULL"
    if project_id is not None and model.within is not None:
        scope = model.within
    scoped = None if project_id is None else [project_id]
    beyond: LiteralString = "true"
    after: list[Any] = []
    while True:
        condition = f"{scope} AND {beyond} ORDER BY {model.key} LIMIT $5"
        rows = await read_rows(db, actor, name, condition, scoped, PAGE, *after)
        await made.add(name, rows)
        if len(rows) < PAGE:
            return
        beyond = f"({model.key}) > {AFTER[model.cast]}"
        last = rows[-1][1]
        after = [getattr(last, column.split(".")[1]) for column in model.key.split(", ")]
