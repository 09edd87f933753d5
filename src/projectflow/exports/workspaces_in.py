"""Bringing a whole workspace in, as a new one: everything keeps its id."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.sign_up import SlugTaken
from projectflow.core.crypto import Keyring
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.files import Files
from projectflow.exports.attachments_in import AttachmentsIn, take_room
from projectflow.exports.bringing_in import FilesIn, batches, bring_in_table, decoded, raw
from projectflow.exports.catalog import TABLES
from projectflow.exports.reading import Archive, NotAnExport, Rows
from projectflow.exports.tables import Table
from projectflow.exports.types import Manifest
from projectflow.exports.writing import is_null
from projectflow.realtime.webhooks import SECRET_BYTES, place_of, shown
from projectflow.users.avatars import NAME

ONE_OF_EACH: Final = frozenset({"tenants", "event_counters"})


class Webhook(Struct, frozen=True):
    """A webhook that came in, switched off, with the secret that it signs with from now on."""

    name: str
    url: str
    secret: str


class WorkspaceIn(Struct, frozen=True):
    """A workspace that has come in."""

    tenant_id: UUID
    manifest: Manifest
    webhooks: list[Webhook]
    left_out: list[str]
    """What of its attachments could not come, a line each."""


async def bring_in_workspace(
    database: Database,
    files: Files,
    keyring: Keyring,
    path: Path,
    slug: str,
    tell: Callable[[str], object],
) -> WorkspaceIn:
    """Make a workspace of an export, under an address of its own.

    Nobody can sign in with the password they had: an export holds none. Whoever is active asks for
    a new one by mail.

    Raises:
        NotAnExport: it is no export of a workspace, or is damaged.
        SlugTaken: there is a workspace with this address.
    """
    with Archive(path, "workspace") as archive:
        async with database.without_tenant() as db:
            if await db.fetchrow("SELECT id FROM find_workspace($1)", slug) is not None:
                raise SlugTaken
        made = WorkspaceIn(uuid7(), archive.manifest, [], [])
        stored = FilesIn(files, made.tenant_id, archive)
        try:
            async with database.tenant(made.tenant_id) as db:
                coming = _Coming(db, archive, made, stored, keyring, slug)
                for table in TABLES:
                    tell(table.name)
                    await coming.bring_in(table)
                counts = dict(archive.manifest.tables)
                payload = {"after": {"slug": slug, "counts": counts}}
                change = Change("workspace.imported", "workspace", made.tenant_id, payload=payload)
                await record(db, made.tenant_id, None, change)
        except BaseException:
            await stored.take_back()
            raise
        return made


class _Coming(Struct, frozen=True):
    db: Db
    archive: Archive
    made: WorkspaceIn
    stored: FilesIn
    keyring: Keyring
    slug: str

    async def bring_in(self, table: Table) -> None:
        tenant_id = self.made.tenant_id
        if table.name == "attachments":
            attachments = AttachmentsIn(
                self.db, tenant_id, self.archive, self.stored, self._left_out
            )
            await attachments.run(lambda row: row)
            if attachments.size:
                await take_room(self.db, tenant_id, attachments.size)
            return
        written = await bring_in_table(
            self.db, tenant_id, self.archive, table, lambda row: self._changed(table, row)
        )
        if table.name in ONE_OF_EACH and written != 1:
            raise NotAnExport("The export is damaged: it does not hold one workspace.")
        if table.name == "users":
            await self._bring_in_pictures(table)

    def _left_out(self, name: str, reason: str) -> None:
        self.made.left_out.append(f"{name}: {reason}")

    def _changed(self, table: Table, row: Rows) -> Rows:
        match table.name:
            case "tenants":
                return {**row, "id": raw(self.made.tenant_id), "subdomain": raw(self.slug)}
            case "webhooks":
                secret = secrets.token_bytes(SECRET_BYTES)
                place = place_of(self.made.tenant_id, decoded(row, "id", UUID))
                sealed = self.keyring.seal(secret, place)
                url, name = str(decoded(row, "url", str)), str(decoded(row, "name", str))
                self.made.webhooks.append(Webhook(name, url, shown(secret)))
                return {**row, "secret_encrypted": raw(f"\\x{sealed.hex()}")}
            case _:
                return row

    async def _bring_in_pictures(self, table: Table) -> None:
        async for batch in batches(self.archive, table):
            for row in batch:
                if not is_null(row["avatar"]):
                    picture = str(decoded(row, "avatar", str))
                    if not NAME.fullmatch(picture):
                        raise NotAnExport("The export is damaged: a picture has no name.")
                    await self.stored.avatar(picture)
