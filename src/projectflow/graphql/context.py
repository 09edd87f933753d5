"""What resolvers stand on: who asks, the transaction, the loaders."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID

import asyncpg
import strawberry
from strawberry.types import Info as StrawberryInfo

from projectflow.auth.permissions import Permission, Resource
from projectflow.auth.scopes import Scope, check_scope
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, TenantTransaction
from projectflow.core.problems import InvalidInput, NotFound

if TYPE_CHECKING:
    from projectflow.graphql.loaders import Loaders


class Serial:
    """A transaction's connection for resolvers that run side by side: one statement at a time."""

    def __init__(self, db: Db) -> None:
        """Counts the statements, so that tests can."""
        self._db = db
        self._turn = asyncio.Lock()
        self.statements = 0

    async def fetch(self, query: LiteralString, /, *args: Any) -> list[asyncpg.Record]:
        """As `Db.fetch`."""
        async with self._turn:
            self._begin(args)
            return await self._db.fetch(query, *args)

    async def fetchrow(self, query: LiteralString, /, *args: Any) -> asyncpg.Record | None:
        """As `Db.fetchrow`."""
        async with self._turn:
            self._begin(args)
            return await self._db.fetchrow(query, *args)

    async def fetchval(self, query: LiteralString, /, *args: Any) -> Any:
        """As `Db.fetchval`."""
        async with self._turn:
            self._begin(args)
            return await self._db.fetchval(query, *args)

    async def execute(self, query: LiteralString, /, *args: Any) -> str:
        """As `Db.execute`."""
        async with self._turn:
            self._begin(args)
            return await self._db.execute(query, *args)

    def _begin(self, args: Sequence[Any]) -> None:
        """Refuse what PostgreSQL cannot store before it aborts the transaction for all others."""
        self.statements += 1
        if any("\x00" in str(each) for each in args if isinstance(each, str | list)):
            raise InvalidInput("A text contains a NUL character, which cannot be stored.")


class Context:
    """Of one execution."""

    __slots__ = ("_database", "_db", "actor", "loaders")

    def __init__(
        self,
        actor: Actor,
        database: Database,
        db: Serial | None = None,
        loaders: "Loaders | None" = None,
    ) -> None:
        """A subscription has no transaction while it waits."""
        self.actor = actor
        self._database = database
        self._db = db
        self.loaders = loaders

    def reading(self) -> TenantTransaction:
        """A transaction of its own, for a subscription that begins."""
        actor = self.actor
        return self._database.tenant(actor.tenant_id, read_only=True, projects=actor.project_ids)

    @property
    def db(self) -> Serial:
        """The transaction."""
        if self._db is None:
            raise LookupError("this execution has no transaction")
        return self._db

    def opened_by(self, resource: Resource, *, everywhere: bool = False) -> Actor:
        """Who asks; an API key needs the scope to read this, as for the same in REST.

        Raises:
            Forbidden: the key lacks it.
        """
        if self.actor.is_key:
            check_scope(self.actor, Scope(Permission(resource, "read"), everywhere))
        return self.actor


Info = StrawberryInfo[Context, None]


class NodeNotFound(NotFound):
    """Nothing here has this id."""


def parse_id(text: strawberry.ID | str, field: str = "id") -> UUID:
    """Read an id.

    Raises:
        InvalidInput: it is no UUID.
    """
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of(field, "must be a UUID") from None
