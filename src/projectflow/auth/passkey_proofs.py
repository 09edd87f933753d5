"""Proving who one is with a passkey (Web Authentication Level 3, section 7.2)."""

import hashlib
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import webauthn
from msgspec import Meta, Struct, field
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from projectflow.auth.challenges import CHALLENGE_TTL, ChallengeToken
from projectflow.core.db import Db
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings

MALFORMED: Final = (
    WebAuthnException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What the library raises for a credential that is wrong, or not one at all."""
CEREMONY_MS: Final = int(CHALLENGE_TTL.total_seconds() * 1000)

Encoded = Annotated[str, Meta(max_length=100_000, description="base64url")]
CredentialId = Annotated[str, Meta(max_length=1400, description="base64url")]


class PasskeyRefused(Problem):
    """This passkey does not open this workspace."""

    status = 401


class AssertionResponse(Struct, frozen=True, omit_defaults=True):
    """What an authenticator signed."""

    client_data_json: Encoded = field(name="clientDataJSON")
    authenticator_data: Encoded = field(name="authenticatorData")
    signature: Encoded
    user_handle: CredentialId | None = field(name="userHandle", default=None)


class Assertion(Struct, frozen=True):
    """AuthenticationResponseJSON: `navigator.credentials.get()`, then `toJSON()`."""

    id: CredentialId
    raw_id: CredentialId = field(name="rawId")
    type: Annotated[str, Meta(max_length=20)]
    response: AssertionResponse


class NoData(Struct, frozen=True):
    """A ceremony keeps nothing: its challenge follows from its token."""


class RelyingParty(Struct, frozen=True):
    """Whom passkeys are made for: the site at our address, and no other."""

    id: str
    origins: list[str]


def relying_party(settings: Settings) -> RelyingParty:
    """The address that people open, and the pages that may also call us."""
    parts = urlsplit(settings.url)
    own = f"{parts.scheme}://{parts.netloc}"
    return RelyingParty(parts.hostname or "localhost", [own, *settings.allowed_origins])


def challenge_of(token: ChallengeToken) -> bytes:
    """What an authenticator signs: made of the token's secret, so it is new and counts as often."""
    return hashlib.sha256(f"webauthn {token.id} {token.secret}".encode()).digest()


def sign_in_options(party: RelyingParty, token: ChallengeToken) -> dict[str, Any]:
    """Ask for any passkey of this site, by finger, face or PIN."""
    return _options(party, token, [], UserVerificationRequirement.REQUIRED)


async def second_factor_options(
    db: Db, party: RelyingParty, token: ChallengeToken, user_id: UUID
) -> dict[str, Any]:
    """Ask for one of a person's passkeys.

    Raises:
        PasskeyRefused: they have none.
    """
    allowed = await descriptors_of(db, token.tenant_id, user_id)
    if not allowed:
        raise PasskeyRefused
    return _options(party, token, allowed, UserVerificationRequirement.PREFERRED)


async def descriptors_of(
    db: Db, tenant_id: UUID, user_id: UUID
) -> list[PublicKeyCredentialDescriptor]:
    """A person's passkeys, as browsers are told of them."""
    rows = await db.fetch(
        """
        SELECT credential_id, transports FROM passkeys
        WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at
        """,
        tenant_id,
        user_id,
    )
    return [
        PublicKeyCredentialDescriptor(
            id=row["credential_id"],
            transports=[AuthenticatorTransport(each) for each in row["transports"]],
        )
        for row in rows
    ]


def _options(
    party: RelyingParty,
    token: ChallengeToken,
    allowed: list[PublicKeyCredentialDescriptor],
    verification: UserVerificationRequirement,
) -> dict[str, Any]:
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge_of(token),
        timeout=CEREMONY_MS,
        allow_credentials=allowed,
        user_verification=verification,
    )
    return msgspec.json.decode(webauthn.options_to_json(options))


async def use_passkey(
    db: Db, party: RelyingParty, token: ChallengeToken, assertion: Assertion, *, user_id: UUID
) -> bool:
    """Whether a person's own passkey signed the challenge, as the second factor."""
    owner = await owner_of(db, token.tenant_id, assertion.id)
    return owner == user_id and await _verify(db, party, token, assertion, user_id, alone=False)


async def use_passkey_alone(
    db: Db, party: RelyingParty, token: ChallengeToken, assertion: Assertion, *, user_id: UUID
) -> bool:
    """Whether a person's passkey signed the challenge, having checked that it is they.

    It has to name the person too: nobody said before who they are.
    """
    return assertion.response.user_handle is not None and await _verify(
        db, party, token, assertion, user_id, alone=True
    )


async def owner_of(db: Db, tenant_id: UUID, credential_id: str) -> UUID | None:
    """Whose passkey this is; None for one that this workspace does not know."""
    try:
        credential = base64url_to_bytes(credential_id)
    except ValueError:
        return None
    return await db.fetchval(
        "SELECT user_id FROM passkeys WHERE tenant_id = $1 AND credential_id = $2",
        tenant_id,
        credential,
    )


async def _verify(
    db: Db,
    party: RelyingParty,
    token: ChallengeToken,
    assertion: Assertion,
    user_id: UUID,
    *,
    alone: bool,
) -> bool:
    passkey = await db.fetchrow(
        """
        SELECT id, public_key, sign_count FROM passkeys
        WHERE tenant_id = $1 AND credential_id = $2 AND user_id = $3 FOR UPDATE
        """,
        token.tenant_id,
        base64url_to_bytes(assertion.id),
        user_id,
    )
    if passkey is None:
        return False
    try:
        verified = webauthn.verify_authentication_response(
            credential=msgspec.to_builtins(assertion),
            expected_challenge=challenge_of(token),
            expected_rp_id=party.id,
            expected_origin=party.origins,
            credential_public_key=passkey["public_key"],
            credential_current_sign_count=passkey["sign_count"],
            require_user_verification=alone,
        )
        handle = assertion.response.user_handle
        if handle is not None and base64url_to_bytes(handle) != user_id.bytes:
            return False
    except MALFORMED:
        return False
    await db.execute(
        """
        UPDATE passkeys SET sign_count = $3, is_backed_up = $4, last_used_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        token.tenant_id,
        passkey["id"],
        verified.new_sign_count,
        verified.credential_backed_up,
    )
    return True
