"""Which facts an event changed, for a store that keeps a copy of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from projectflow.analytics.facts import Blocked, Span, Step, TaskFacts
from projectflow.analytics.postgres_facts import quarter_of
from projectflow.core.db import Db


class Changed:
    """What was written in one transaction of the feed, by its keys."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.tasks: set[tuple[UUID, UUID]] = set()
        """Each by its project: before, and after."""
        self.moved: set[UUID] = set()
        """Tasks that are new, or went to another project: their tracked time goes with them."""
        self.spanned: set[UUID] = set()
        self.ended: set[Span] = set()
        """Spans that are no longer, or no longer so."""
        self.waiting: set[UUID] = set()
        self.waited: set[Blocked] = set()
        """What was said of those."""
        self.entries: set[UUID] = set()
        self.flow: set[tuple[UUID, datetime]] = set()
        self.usage: set[tuple[datetime, UUID, str]] = set()

    def add_task(self, task_id: UUID, before: TaskFacts, after: TaskFacts) -> None:
        """A task was told on, or again."""
        projects = {facts.head.project_id for facts in (before, after) if facts.head is not None}
        self.tasks |= {(project_id, task_id) for project_id in projects}
        if before.head is None or len(projects) > 1:
            self.moved.add(task_id)

    def add_spans(self, gone: Iterable[Span], made: Iterable[Span]) -> None:
        """Spans took the place of others."""
        self.ended |= set(gone)
        self.spanned |= {span.task_id for spans in (gone, made) for span in spans}

    def add_steps(self, steps: Iterable[Step]) -> None:
        """Rolled-up changes, by the quarters of an hour that they are in."""
        self.flow |= {(step.project_id, quarter_of(step.at)) for step in steps}


class Copies(Protocol):
    """A second place of facts, which a change reaches before its transaction ends."""

    async def copy(self, db: Db, tenant_id: UUID, changed: Changed, begun: int) -> None:
        """Write what changed; all, where the log was counted up to `begun` and nothing is there.

        What a transaction wrote that was then undone is written over when it comes again.

        Raises:
            Unavailable: the place is away.
        """
        ...

    async def renew(self, db: Db, tenant_id: UUID) -> None:
        """Write all of a workspace, and take away what is no longer.

        Raises:
            Unavailable: the place is away.
        """
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
