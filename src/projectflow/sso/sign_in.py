"""Signing in with the workspace's provider: there, and back (OpenID Connect Core 1.0 §3.1)."""

import hashlib
import hmac
import re
import secrets
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from msgspec import Struct

from projectflow.auth import challenges
from projectflow.auth.challenges import ChallengeExpired, ChallengeToken
from projectflow.auth.revocations import Revocations
from projectflow.auth.service import AuthService
from projectflow.auth.sessions import Device, SignedIn
from projectflow.core.crypto import CannotDecrypt, Keyring
from projectflow.core.db import Database
from projectflow.core.events import Change, record
from projectflow.core.outbound import Outbound
from projectflow.core.settings import Settings
from projectflow.sso.people import admit, read_claims
from projectflow.sso.provider import Provider, ProviderFailed, Secrets
from projectflow.sso.service import Configured, IdentityProviderNotFound, Providers
from projectflow.sso.types import Claims, SsoFailed

ATTEMPTS: Final = 3
"""Two first visits of one person at once: the second finds whom the first has created."""
log = structlog.get_logger()


class Visit(Struct, frozen=True):
    """What is kept while somebody is at the provider."""

    provider_id: UUID
    provider_version: int
    nonce: str
    verifier: str
    browser: str
    """A hash of what the cookie of the browser holds that the visit began in."""
    return_to: str


class Departure(Struct, frozen=True):
    """Where to send the browser, and what it must keep to be known again."""

    url: str
    id: UUID
    browser_secret: str


class Arrival(Struct, frozen=True):
    """What the browser brings from the provider (RFC 6749 §4.1.2, RFC 9207 §2)."""

    state: ChallengeToken
    code: str | None
    error: str | None
    issuer: str | None
    browser_secret: str
    device: Device


class SingleSignOn:
    """Sends people to their workspace's provider, and lets in whom it proves."""

    def __init__(
        self,
        database: Database,
        auth: AuthService,
        revocations: Revocations,
        keyring: Keyring,
        outbound: Outbound,
        settings: Settings,
    ) -> None:
        """One a process."""
        self._database = database
        self._auth = auth
        self._revocations = revocations
        self._provider = Provider(outbound)
        self.providers = Providers(database, self._provider, keyring, settings)

    async def begin(self, slug: str, return_to: str | None) -> Departure:
        """Begin a visit to the provider of the workspace at this address.

        Raises:
            SsoFailed: there is no such workspace, it has no provider, or that does not answer.
        """
        if "\x00" in slug:  # the one character that PostgreSQL does not take
            raise SsoFailed("provider")
        async with self._database.without_tenant() as db:
            tenant_id: UUID | None = await db.fetchval("SELECT id FROM find_workspace($1)", slug)
        if tenant_id is None:
            raise SsoFailed("provider")
        try:
            async with self._database.tenant(tenant_id, read_only=True) as db:
                configured = await self.providers.find(db, tenant_id)
        except IdentityProviderNotFound:
            raise SsoFailed("provider") from None
        kept = Secrets(nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48))
        browser_secret = secrets.token_urlsafe(32)
        visit = Visit(
            provider_id=configured.provider.id,
            provider_version=configured.provider.version,
            nonce=kept.nonce,
            verifier=kept.verifier,
            browser=_hash(browser_secret),
            return_to=ours(return_to) or f"/w/{slug}",
        )
        try:
            # Asked first: nothing is kept for a provider that does not answer.
            await self._provider.discover(tenant_id, configured.provider.issuer)
            async with self._database.tenant(tenant_id) as db:
                token = await challenges.begin(db, tenant_id, "sso", data=visit)
            client = self.providers.client(tenant_id, configured)
            url = await self._provider.authorization_url(client, str(token), kept)
        except (ProviderFailed, CannotDecrypt) as error:
            raise _failed(tenant_id, error) from None
        return Departure(url, token.id, browser_secret)

    async def finish(self, arrival: Arrival) -> tuple[SignedIn, str]:
        """Sign in whoever comes back; gives also where they wanted to go.

        Raises:
            SsoFailed: they are not let in. It is in the log of their workspace.
            Unavailable: their role cannot be changed safely while Redis is away.
        """
        tenant_id = arrival.state.tenant_id
        try:
            async with self._database.tenant(tenant_id) as db:
                # Used up whatever comes of it: no answer counts twice.
                challenge = await challenges.finish(db, "sso", arrival.state)
        except ChallengeExpired:
            raise SsoFailed("expired") from None
        visit = challenge.as_(Visit)
        try:
            if not hmac.compare_digest(_hash(arrival.browser_secret), visit.browser):
                raise SsoFailed("expired")  # noqa: TRY301
            configured, claims = await self._prove(arrival, visit)
            signed_in = await self._let_in(tenant_id, configured, claims, arrival.device)
        except SsoFailed as failure:
            await self._record(tenant_id, failure)
            raise
        return signed_in, visit.return_to

    async def _prove(self, arrival: Arrival, visit: Visit) -> tuple[Configured, Claims]:
        tenant_id = arrival.state.tenant_id
        if arrival.error is not None:
            raise SsoFailed("cancelled" if arrival.error == "access_denied" else "provider")
        if arrival.code is None:
            raise SsoFailed("provider")
        try:
            async with self._database.tenant(tenant_id, read_only=True) as db:
                configured = await self.providers.find(db, tenant_id)
        except IdentityProviderNotFound:
            raise SsoFailed("expired") from None
        provider = configured.provider
        if (provider.id, provider.version) != (visit.provider_id, visit.provider_version):
            raise SsoFailed("expired")
        wanted = {"email", "given_name"} | (
            {provider.group_claim} if provider.roles_by_group else set[str]()
        )
        try:
            proven = await self._provider.redeem(
                self.providers.client(tenant_id, configured),
                arrival.code,
                arrival.issuer,
                Secrets(visit.nonce, visit.verifier),
                wanted,
            )
            return configured, read_claims(proven, provider.group_claim)
        except (ProviderFailed, CannotDecrypt) as error:
            raise _failed(tenant_id, error) from None

    async def _let_in(
        self, tenant_id: UUID, configured: Configured, claims: Claims, device: Device
    ) -> SignedIn:
        for attempt in range(ATTEMPTS):
            try:
                async with self._database.tenant(tenant_id) as db:
                    user_id = await admit(
                        db, tenant_id, configured.provider, claims, self._revocations
                    )
                    return await self._auth.open_session(
                        db, tenant_id, user_id, device, methods=("sso",)
                    )
            except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
                if attempt == ATTEMPTS - 1:
                    raise
            except asyncpg.ForeignKeyViolationError:  # the provider was removed just now
                raise SsoFailed("expired") from None
        raise AssertionError("unreachable")

    async def _record(self, tenant_id: UUID, failure: SsoFailed) -> None:
        payload = {"method": "sso", "reason": failure.code}
        kind, entity = ("user", failure.user_id) if failure.user_id else ("workspace", tenant_id)
        async with self._database.tenant(tenant_id) as db:
            change = Change("user.sign_in_failed", kind, entity, payload=payload)
            await record(db, tenant_id, None, change)


def ours(return_to: str | None) -> str | None:
    """The path, if it is one of the web app's inside a workspace; None for any other address."""
    if return_to is None or len(return_to) > 1000 or "/.." in return_to:
        return None
    return return_to if re.fullmatch(r"/w/[!#-\[\]-~]+", return_to) else None


def _failed(tenant_id: UUID, error: Exception) -> SsoFailed:
    """What was wrong is for the operator's log; in our words, not the provider's."""
    log.warning("sso_failed", tenant=str(tenant_id), reason=str(error))
    return SsoFailed("provider")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
