"""A workspace's identity provider: read, set, remove."""

from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.confirmation import require_confirmed
from projectflow.auth.types import Actor
from projectflow.core.crypto import Keyring, Place
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, difference, record, to_json
from projectflow.core.problems import Conflict, InvalidInput, NotFound, VersionConflict
from projectflow.core.settings import Settings
from projectflow.sso.provider import Client, Provider, ProviderFailed
from projectflow.sso.types import IdentityProvider, ProviderSettings, check_scopes

CALLBACK_PATH: Final = "/api/v1/auth/sso/callback"
CHANGEABLE: Final = (
    "name", "issuer", "client_id", "scopes", "group_claim", "roles_by_group", "default_role",
    "creates_users", "email_domains",
)  # fmt: skip
COLUMNS: Final = (
    "p.id, p.name, p.issuer, p.client_id, p.scopes, p.group_claim, p.roles_by_group,"
    " p.default_role, p.creates_users, p.email_domains, p.version"
)


class IdentityProviderNotFound(NotFound):
    """This workspace has no identity provider."""


class SsoStillRequired(Conflict):
    """Everybody must sign in with this provider: end that in the workspace's settings first."""


class Configured(Struct, frozen=True):
    """A provider with its sealed secret."""

    provider: IdentityProvider
    sealed: bytes


class Providers:
    """Keeps the identity providers of workspaces."""

    def __init__(
        self, database: Database, provider: Provider, keyring: Keyring, settings: Settings
    ) -> None:
        """One a process."""
        self._database = database
        self._provider = provider
        self._keyring = keyring
        self._redirect_uri = f"{settings.url}{CALLBACK_PATH}"

    async def read(self, db: Db, actor: Actor) -> IdentityProvider:
        """The provider of the actor's workspace.

        Raises:
            Forbidden: only an owner may.
            IdentityProviderNotFound: it has none.
        """
        actor.must_be_allowed("workspace", "update")
        return (await self.find(db, actor.tenant_id)).provider

    async def find(self, db: Db, tenant_id: UUID) -> Configured:
        """The provider of a workspace, with its secret.

        Raises:
            IdentityProviderNotFound: it has none.
        """
        row = await db.fetchrow(
            f"""
            SELECT {COLUMNS}, p.client_secret_encrypted FROM identity_providers p
            WHERE p.tenant_id = $1
            """,
            tenant_id,
        )
        if row is None:
            raise IdentityProviderNotFound
        return self._configured(row)

    def client(self, tenant_id: UUID, configured: Configured) -> Client:
        """What we are to this provider.

        Raises:
            CannotDecrypt: the key of its secret is gone.
        """
        provider = configured.provider
        secret = self._keyring.open(configured.sealed, _place(tenant_id, provider.id))
        return Client(
            tenant_id=tenant_id,
            issuer=provider.issuer,
            client_id=provider.client_id,
            client_secret=secret.decode(),
            scopes=provider.scopes,
            redirect_uri=provider.redirect_uri,
        )

    async def save(
        self, actor: Actor, wanted: ProviderSettings, expected: int | None
    ) -> IdentityProvider:
        """Set the provider, once it answers as one. It is asked outside of any transaction.

        Raises:
            Forbidden, ConfirmationNeeded: only an owner may, who has just proven who they are.
            InvalidInput: a field is wrong, or nothing that is a provider answers at the issuer.
            VersionConflict: somebody changed it since; carries it as it is now.
        """
        actor.must_be_allowed("workspace", "update")
        check_scopes(wanted.scopes)
        async with self._database.tenant(actor.tenant_id, read_only=True) as db:
            await require_confirmed(db, actor, lasting=True)
        try:
            await self._provider.check(actor.tenant_id, wanted.issuer)
        except ProviderFailed as error:
            raise InvalidInput.of("issuer", str(error)) from None
        async with self._database.tenant(actor.tenant_id) as db:
            return await self._save(db, actor, wanted, expected)

    async def _save(
        self, db: Db, actor: Actor, wanted: ProviderSettings, expected: int | None
    ) -> IdentityProvider:
        # The workspace is locked, because there may be no provider yet to lock.
        await db.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", actor.tenant_id)
        try:
            before = await self.find(db, actor.tenant_id)
        except IdentityProviderNotFound:
            before = None
        if expected is not None and before is not None and before.provider.version != expected:
            raise VersionConflict(current=before.provider)
        provider = self._wanted(before, wanted)
        sealed = self._seal(actor.tenant_id, provider, wanted, before)
        payload = difference(
            before.provider if before else _nothing(provider), provider, *CHANGEABLE
        )
        payload["secret_changed"] = wanted.client_secret is not UNSET
        if before is not None and not payload["after"] and not payload["secret_changed"]:
            return before.provider
        await db.execute(
            """
            INSERT INTO identity_providers (tenant_id, id, name, issuer, client_id,
                client_secret_encrypted, scopes, group_claim, roles_by_group, default_role,
                creates_users, email_domains, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (tenant_id, id) DO UPDATE SET name = $3, issuer = $4, client_id = $5,
                client_secret_encrypted = $6, scopes = $7, group_claim = $8, roles_by_group = $9,
                default_role = $10, creates_users = $11, email_domains = $12, version = $13,
                updated_at = now()
            """,
            actor.tenant_id,
            provider.id,
            provider.name,
            provider.issuer,
            provider.client_id,
            sealed,
            list(provider.scopes),
            provider.group_claim,
            to_json(provider.roles_by_group),
            provider.default_role,
            provider.creates_users,
            list(provider.email_domains),
            provider.version,
        )
        if before is not None and before.provider.issuer != provider.issuer:
            # A subject means somebody at one issuer only; at another it may be somebody else.
            await db.execute(
                "DELETE FROM user_identities WHERE tenant_id = $1 AND provider_id = $2",
                actor.tenant_id,
                provider.id,
            )
        change = Change(
            "identity_provider.changed", "identity_provider", provider.id, provider.version, payload
        )
        await record(db, actor.tenant_id, actor.user_id, change)
        return provider

    def _wanted(self, before: Configured | None, wanted: ProviderSettings) -> IdentityProvider:
        return IdentityProvider(
            id=before.provider.id if before else uuid7(),
            name=wanted.name.strip(),
            issuer=wanted.issuer,
            client_id=wanted.client_id,
            scopes=tuple(dict.fromkeys(wanted.scopes)),
            group_claim=wanted.group_claim,
            roles_by_group=wanted.roles_by_group,
            default_role=wanted.default_role,
            creates_users=wanted.creates_users,
            email_domains=tuple(dict.fromkeys(each.lower() for each in wanted.email_domains)),
            version=before.provider.version + 1 if before else 1,
            redirect_uri=self._redirect_uri,
        )

    def _seal(
        self,
        tenant_id: UUID,
        provider: IdentityProvider,
        wanted: ProviderSettings,
        before: Configured | None,
    ) -> bytes:
        if wanted.client_secret is not UNSET:
            place = _place(tenant_id, provider.id)
            return self._keyring.seal(wanted.client_secret.encode(), place)
        if before is None:
            raise InvalidInput.of("client_secret", "is missing")
        if before.provider.issuer != provider.issuer:
            # The old secret must not be sent to whoever is at the new address.
            raise InvalidInput.of("client_secret", "is needed with another issuer")
        return before.sealed

    async def delete(self, db: Db, actor: Actor) -> None:
        """Remove the provider; whom it let in stays, and may set a password by mail.

        Raises:
            Forbidden, ConfirmationNeeded: only an owner may, who has just proven who they are.
            SsoStillRequired: people of this workspace could not sign in any more.
            IdentityProviderNotFound: there is none.
        """
        actor.must_be_allowed("workspace", "update")
        await require_confirmed(db, actor)
        required: bool = await db.fetchval(
            "SELECT require_sso FROM tenants WHERE id = $1 FOR NO KEY UPDATE", actor.tenant_id
        )
        provider = (await self.find(db, actor.tenant_id)).provider
        if required:
            raise SsoStillRequired
        await db.execute(
            "DELETE FROM identity_providers WHERE tenant_id = $1 AND id = $2",
            actor.tenant_id,
            provider.id,
        )
        change = Change(
            "identity_provider.deleted", "identity_provider", provider.id, provider.version
        )
        await record(db, actor.tenant_id, actor.user_id, change)

    def _configured(self, row: asyncpg.Record) -> Configured:
        *values, sealed = tuple[Any, ...](row)
        fields = dict(zip(IdentityProvider.__struct_fields__, values, strict=False))
        fields["roles_by_group"] = msgspec.json.decode(fields["roles_by_group"])
        provider = msgspec.convert({**fields, "redirect_uri": self._redirect_uri}, IdentityProvider)
        return Configured(provider, sealed)


def _place(tenant_id: UUID, provider_id: UUID) -> Place:
    return Place("identity_providers.client_secret_encrypted", tenant_id, provider_id)


def _nothing(provider: IdentityProvider) -> IdentityProvider:
    """Before the first time there was nothing: every field is new."""
    return replace(provider, **dict.fromkeys(CHANGEABLE))
