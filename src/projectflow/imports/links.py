"""Which of our rows a thing of the source became, so that importing twice does not double it."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from msgspec import Struct

from projectflow.core.db import Db


class Link(Struct, frozen=True):
    """Our row for an external id, and what the source looked like when it was taken."""

    entity_id: UUID
    content_hash: bytes


class Links:
    """The links of one source in one scope: a project, or the tenant."""

    def __init__(self, db: Db, tenant_id: UUID, source: LiteralString, scope_id: UUID) -> None:
        """Bound to the import's transaction."""
        self._db = db
        self._key = (tenant_id, source, scope_id)

    async def of(self, entity_type: str) -> dict[str, Link]:
        """All links of one kind, by external id."""
        rows = await self._db.fetch(
            """
            SELECT external_id, entity_id, content_hash FROM import_links
            WHERE tenant_id = $1 AND source = $2 AND scope_id = $3 AND entity_type = $4
            """,
            *self._key,
            entity_type,
        )
        return {row["external_id"]: Link(row["entity_id"], row["content_hash"]) for row in rows}

    async def remember(self, entity_type: str, links: Mapping[str, Link]) -> None:
        """Write links, over older ones of the same external ids."""
        await self._db.execute(
            """
            INSERT INTO import_links (tenant_id, source, scope_id, entity_type, external_id,
                                      entity_id, content_hash)
            SELECT $1, $2, $3, $4, n.external_id, n.entity_id, n.content_hash
            FROM unnest($5::text[], $6::uuid[], $7::bytea[])
                AS n (external_id, entity_id, content_hash)
            ON CONFLICT (tenant_id, source, scope_id, entity_type, external_id)
                DO UPDATE SET entity_id = excluded.entity_id, content_hash = excluded.content_hash
            """,
            *self._key,
            entity_type,
            list(links),
            [link.entity_id for link in links.values()],
            [link.content_hash for link in links.values()],
        )
