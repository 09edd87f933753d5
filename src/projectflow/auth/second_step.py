"""Finishing a sign-in: the second factor, or a passkey alone."""

import secrets
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.challenges import (
    ChallengeExpired,
    ChallengeToken,
    begin,
    finish,
    look_up,
)
from projectflow.auth.passkey_proofs import (
    Assertion,
    NoData,
    PasskeyRefused,
    owner_of,
    relying_party,
    second_factor_options,
    sign_in_options,
    use_passkey,
    use_passkey_alone,
)
from projectflow.auth.passkeys import PasskeyCeremony
from projectflow.auth.recovery_codes import make_codes, use_code
from projectflow.auth.second_factor import (
    ChallengeText,
    FirstStep,
    Method,
    digest_of,
    factors_of,
    record_refusal,
)
from projectflow.auth.service import AuthService
from projectflow.auth.sessions import Device, SignedIn
from projectflow.auth.totp import (
    TotpCode,
    TotpSecret,
    accept_secret,
    begin_totp,
    record_enabled,
    use_totp,
)
from projectflow.auth.types import WITHOUT_NUL
from projectflow.core.crypto import Keyring
from projectflow.core.db import Database, Db
from projectflow.core.problems import InvalidInput, Problem
from projectflow.core.settings import Settings


class WrongCode(Problem):
    """This code does not count. Try again with the one that is shown now."""

    status = 401


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    """The second factor: exactly one of the three."""

    challenge: ChallengeText
    totp: TotpCode | UnsetType = UNSET
    recovery_code: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    passkey: Assertion | UnsetType = UNSET

    @property
    def method(self) -> Method:
        """Which of them it is.

        Raises:
            InvalidInput: none, or several.
        """
        given: list[Method] = []
        if self.totp is not UNSET:
            given.append("totp")
        if self.recovery_code is not UNSET:
            given.append("recovery_code")
        if self.passkey is not UNSET:
            given.append("passkey")
        if len(given) != 1:
            raise InvalidInput.of("totp", "send one of totp, recovery_code and passkey")
        return given[0]


class Begun(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign-in that was begun."""

    challenge: ChallengeText


class Enrolment(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the authenticator app that was set up just now."""

    challenge: ChallengeText
    totp: TotpCode


class PasskeyOptions(Struct, frozen=True):
    """What the browser is asked for."""

    options: dict[str, object]


class WorkspaceOfPasskey(Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody wants to sign in with a passkey."""

    workspace: Annotated[str, Meta(max_length=50, pattern=WITHOUT_NUL)]


class PasskeySignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey's answer to the challenge."""

    challenge: ChallengeText
    credential: Assertion


class SecondStep:
    """What comes after the right password, and what needs none."""

    def __init__(
        self, database: Database, auth: AuthService, keyring: Keyring, settings: Settings
    ) -> None:
        """Cheap: holds nothing of its own."""
        self._database = database
        self._auth = auth
        self._keyring = keyring
        self._party = relying_party(settings)

    async def account_of(self, token: ChallengeToken) -> str:
        """How tries of the person whose sign-in this is are counted.

        Raises:
            ChallengeExpired: the sign-in has to be started again.
        """
        async with self._database.tenant(token.tenant_id) as db:
            challenge = await look_up(db, "second_factor", token)
        return f"{token.tenant_id} {challenge.user_id}"

    async def finish(self, token: ChallengeToken, proof: Proof, device: Device) -> SignedIn:
        """Sign in whoever began this and proves the second factor.

        Raises:
            ChallengeExpired: the sign-in has to be started again.
            WrongCode: the proof does not count; the refusal is recorded.
            SsoRequired: the workspace now lets in by its identity provider alone.
            InvalidInput: there is no proof, or several.
        """
        method = proof.method
        signed_in = None
        async with self._database.tenant(token.tenant_id) as db:
            user_id, first = await self._continue(db, token)
            if await self._prove(db, token, user_id, proof):
                await finish(db, "second_factor", token)
                signed_in = await self._auth.open_session(
                    db, token.tenant_id, user_id, device, [*first.methods, method]
                )
            else:
                await record_refusal(db, token.tenant_id, user_id, method)
        if signed_in is None:
            raise WrongCode
        return signed_in

    async def _continue(self, db: Db, token: ChallengeToken) -> tuple[UUID, FirstStep]:
        """Whose sign-in this is. They must be as they were when their password was right."""
        challenge = await look_up(db, "second_factor", token)
        first = challenge.as_(FirstStep)
        row = await db.fetchrow(
            """
            SELECT id, password_hash FROM users
            WHERE tenant_id = $1 AND id = $2 AND is_active FOR UPDATE
            """,
            token.tenant_id,
            challenge.user_id,
        )
        if row is None or digest_of(row["password_hash"]) != first.password_digest:
            raise ChallengeExpired
        # Asked again: it may be required since.
        await self._auth.refuse_without_sso(db, token.tenant_id, row["id"])
        return row["id"], first

    async def _prove(self, db: Db, token: ChallengeToken, user_id: UUID, proof: Proof) -> bool:
        tenant_id = token.tenant_id
        if proof.passkey is not UNSET:
            return await use_passkey(db, self._party, token, proof.passkey, user_id=user_id)
        if proof.recovery_code is not UNSET:
            return await use_code(db, tenant_id, user_id, proof.recovery_code)
        assert proof.totp is not UNSET
        return await use_totp(db, self._keyring, tenant_id, user_id, proof.totp)

    async def passkey_options(self, token: ChallengeToken) -> PasskeyOptions:
        """What to ask the browser for, as the second factor.

        Raises:
            ChallengeExpired: the sign-in has to be started again.
            PasskeyRefused: this person has no passkey.
        """
        async with self._database.tenant(token.tenant_id) as db:
            user_id, _ = await self._continue(db, token)
            options = await second_factor_options(db, self._party, token, user_id)
        return PasskeyOptions(options)

    async def enroll(self, token: ChallengeToken) -> TotpSecret:
        """A secret for somebody who has to set a second factor up before they get in.

        Raises:
            ChallengeExpired: the sign-in has to be started again, or they have a factor.
        """
        async with self._database.tenant(token.tenant_id) as db:
            user_id = await self._must_enroll(db, token)
            return await begin_totp(db, self._keyring, token.tenant_id, user_id)

    async def _must_enroll(self, db: Db, token: ChallengeToken) -> UUID:
        user_id, first = await self._continue(db, token)
        # Asked again: whoever set one up meanwhile keeps it.
        if not first.must_enroll or (await factors_of(db, token.tenant_id, user_id)).methods:
            raise ChallengeExpired
        return user_id

    async def confirm_enrolment(
        self, token: ChallengeToken, code: str, device: Device
    ) -> tuple[SignedIn, list[str]]:
        """Let the new secret count, and sign its holder in; gives the recovery codes too.

        Raises:
            ChallengeExpired: as for `enroll`.
            WrongCode: the code is not the app's.
        """
        async with self._database.tenant(token.tenant_id) as db:
            user_id = await self._must_enroll(db, token)
            if not await accept_secret(db, self._keyring, token.tenant_id, user_id, code):
                raise WrongCode
            await finish(db, "second_factor", token)
            await record_enabled(db, token.tenant_id, user_id)
            codes = await make_codes(db, token.tenant_id, user_id)
            methods = ("password", "totp")
            signed_in = await self._auth.open_session(db, token.tenant_id, user_id, device, methods)
        return signed_in, codes

    async def begin_passkey(self, workspace: str) -> PasskeyCeremony:
        """Ask for any passkey. An unknown workspace gets an answer of the same shape."""
        async with self._database.without_tenant() as db:
            tenant_id: UUID | None = await db.fetchval(
                "SELECT id FROM find_workspace($1)", workspace.lower()
            )
        if tenant_id is None:
            token = ChallengeToken(uuid7(), uuid7(), secrets.token_urlsafe(32))
        else:
            async with self._database.tenant(tenant_id) as db:
                token = await begin(db, tenant_id, "passkey_sign_in", data=NoData())
        return PasskeyCeremony(str(token), sign_in_options(self._party, token))

    async def finish_with_passkey(
        self, token: ChallengeToken, assertion: Assertion, device: Device
    ) -> SignedIn:
        """Sign in with a passkey alone: the device, and that it knew its owner, are two factors.

        The challenge is used up in any case.

        Raises:
            ChallengeExpired: it was used, is too old, or is not ours.
            PasskeyRefused: the passkey is not one of this workspace's, or did not prove it.
            SsoRequired: the workspace lets in by its identity provider alone.
        """
        signed_in = None
        async with self._database.tenant(token.tenant_id) as db:
            await finish(db, "passkey_sign_in", token)
            user_id = await self._active_owner(db, token, assertion)
            if user_id is not None:
                if await use_passkey_alone(db, self._party, token, assertion, user_id=user_id):
                    await self._auth.refuse_without_sso(db, token.tenant_id, user_id)
                    signed_in = await self._auth.open_session(
                        db, token.tenant_id, user_id, device, ("passkey",)
                    )
                else:
                    await record_refusal(db, token.tenant_id, user_id, "passkey")
        if signed_in is None:
            raise PasskeyRefused
        return signed_in

    async def _active_owner(
        self, db: Db, token: ChallengeToken, assertion: Assertion
    ) -> UUID | None:
        return await db.fetchval(
            "SELECT id FROM users WHERE tenant_id = $1 AND id = $2 AND is_active FOR UPDATE",
            token.tenant_id,
            await owner_of(db, token.tenant_id, assertion.id),
        )
