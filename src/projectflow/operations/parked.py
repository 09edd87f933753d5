"""`projectflow events parked`: what consumers could not process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from uuid import UUID

import msgspec

from projectflow.core.db import Database, connect
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal
from projectflow.realtime.parking import ParkedEvent, ReplayJob, ask_replay, find_parked
from projectflow.realtime.parking import drop as drop_one


class NotParked(Refusal):
    """A name is none, or names nothing that is parked."""


async def parked_report(settings: Settings, consumer: str | None, *, as_json: bool) -> str:
    """All parked events, as text for people or as one JSON document."""
    database = await connect(settings)
    try:
        found = [each async for each in find_parked(database, consumer=consumer)]
    finally:
        await database.close()
    if as_json:
        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    return "\n".join(map(_line, found)) or "No event is parked."


def _line(parked: ParkedEvent) -> str:
    when = parked.parked_at.isoformat(timespec="seconds")
    return f"{parked.name}  {parked.type}  {parked.error}, {parked.attempts} attempts, {when}"


async def replay(
    settings: Settings, names: Sequence[str], consumer: str | None, *, everything: bool
) -> int:
    """Enqueue a replay of each; how many.

    Raises:
        NotParked: a name names nothing that is parked, or nothing is named.
    """
    return await _with_each(settings, ask_replay, names, consumer, everything=everything)


async def drop(
    settings: Settings, names: Sequence[str], consumer: str | None, *, everything: bool
) -> int:
    """Remove each from what is parked; how many.

    Raises:
        NotParked: a name names nothing that is parked, or nothing is named.
    """
    return await _with_each(settings, drop_one, names, consumer, everything=everything)


async def _with_each(
    settings: Settings,
    act: Callable[[Database, ReplayJob], Awaitable[bool]],
    names: Sequence[str],
    consumer: str | None,
    *,
    everything: bool,
) -> int:
    if not (names or consumer or everything):
        raise NotParked("say which: names as `list` prints them, --consumer or --all")
    chosen = [_parse(name) for name in names]
    count = 0
    database = await connect(settings)
    try:
        async for job in _jobs(database, chosen, consumer):
            if await act(database, job):
                count += 1
            elif chosen:
                raise NotParked(f"{job.tenant_id}/{job.consumer}/{job.seq} is not parked")
    finally:
        await database.close()
    return count


async def _jobs(
    database: Database, chosen: list[ReplayJob], consumer: str | None
) -> AsyncIterator[ReplayJob]:
    for job in chosen:
        yield job
    if not chosen:
        async for parked in find_parked(database, consumer=consumer):
            yield ReplayJob(parked.tenant_id, parked.consumer, parked.seq)


def _parse(name: str) -> ReplayJob:
    try:
        tenant_id, consumer, seq = name.split("/")
        return ReplayJob(UUID(tenant_id), consumer, int(seq))
    except ValueError:
        raise NotParked(f"{name} is not a name as `events parked list` prints them") from None
