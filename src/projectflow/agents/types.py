"""Who works through MCP, and the runs that their changes belong to."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor

MAX_CLIENT: Final = 200
"""Characters of a program's name."""


class Agent(Struct, frozen=True):
    """A program that asks with a person's API key."""

    actor: Actor
    client: str
    """What it calls itself: its name and version. Nothing proves it."""
    session_run: UUID | None
    """The run of its session; None where the protocol's version has no sessions."""


class AgentRun(Struct, frozen=True):
    """What an agent changed in one go. `client` is what it calls itself."""

    id: UUID
    user_id: UUID
    """In whose name."""
    key_id: UUID
    key_name: str
    client: str
    changes: int
    """Events; undoing a run is not among its changes."""
    started_at: datetime
    last_active_at: datetime
    undone_by: int | None
    """The first event of what undid it, while it is undone: undo that to have the run back."""


RUN_COLUMNS: Final = (
    "r.id, r.user_id, r.key_id, k.name AS key_name, r.client, r.changes, r.started_at,"
    " r.last_active_at, CASE WHEN EXISTS (SELECT FROM undone_events u"
    " WHERE u.tenant_id = $1 AND u.undone_by = r.undone_by) THEN r.undone_by END AS undone_by"
)
"""The columns of `AgentRun` in its order, where `r` is a run and `k` its key."""


class RunUndone(Struct, frozen=True):
    """A run that was undone, and by what: undo the event `undone_by` to have it back."""

    run: AgentRun
    undone_by: int
    events: int
    """How many changes were taken back."""


def clean_client(said: str) -> str:
    """A program's name as it may stand in a log and on a page."""
    shown = "".join(c for c in said if c.isprintable()).strip()
    return shown[:MAX_CLIENT] or "unnamed"
