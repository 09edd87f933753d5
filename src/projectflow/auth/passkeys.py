"""One's own passkeys: made (Web Authentication Level 3, section 7.1), named, removed."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import webauthn
from msgspec import Meta, Struct, field
from uuid_utils.compat import uuid7
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from projectflow.auth.challenges import ChallengeExpired, ChallengeToken, begin, finish
from projectflow.auth.confirmation import require_confirmed
from projectflow.auth.passkey_proofs import (
    CEREMONY_MS,
    MALFORMED,
    CredentialId,
    Encoded,
    NoData,
    RelyingParty,
    challenge_of,
    descriptors_of,
)
from projectflow.auth.recovery_codes import forget_codes, make_first_codes
from projectflow.auth.second_factor import ChallengeText, factors_of, lock_person, session_proved
from projectflow.auth.types import Actor, Name
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound

MAX_PASSKEYS: Final = 20
_COLUMNS: Final = "id, name, is_backed_up, created_at, last_used_at"


class PasskeyNotFound(NotFound):
    """There is no such passkey of yours."""


class TooManyPasskeys(Conflict):
    """You have twenty passkeys already. Remove one that you no longer use."""


class PasskeyTaken(Conflict):
    """This passkey is in use in this workspace already."""


CONSTRAINTS["passkeys_credential_unique"] = PasskeyTaken


class Passkey(Struct, frozen=True):
    """A passkey, as its owner sees it."""

    id: UUID
    name: str
    is_backed_up: bool
    """Whether it is kept beside its device, in an account of the maker's."""
    created_at: datetime
    last_used_at: datetime | None


class PasskeyCeremony(Struct, frozen=True):
    """What the browser is asked for, and the challenge to send back with its answer."""

    challenge: str
    options: dict[str, Any]


class AttestationResponse(Struct, frozen=True, omit_defaults=True):
    """What an authenticator made."""

    client_data_json: Encoded = field(name="clientDataJSON")
    attestation_object: Encoded = field(name="attestationObject")
    transports: Annotated[list[Annotated[str, Meta(max_length=30)]], Meta(max_length=10)] = []


class Attestation(Struct, frozen=True):
    """RegistrationResponseJSON: `navigator.credentials.create()`, then `toJSON()`."""

    id: CredentialId
    raw_id: CredentialId = field(name="rawId")
    type: Annotated[str, Meta(max_length=20)]
    response: AttestationResponse


class NewPasskey(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey that was made just now, and how its owner calls it."""

    challenge: ChallengeText
    name: Name
    credential: Attestation


class PasskeyPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Another name."""

    name: Name


class AddedPasskey(Struct, frozen=True):
    """The passkey, and recovery codes for somebody who had none."""

    passkey: Passkey
    recovery_codes: list[str] | None


async def list_passkeys(db: Db, actor: Actor) -> list[Passkey]:
    """The actor's passkeys, the oldest first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM passkeys WHERE tenant_id = $1 AND user_id = $2"
        " ORDER BY created_at, id",
        actor.tenant_id,
        actor.user_id,
    )
    return [Passkey(*row) for row in rows]


async def begin_passkey(db: Db, actor: Actor, party: RelyingParty) -> PasskeyCeremony:
    """What a browser needs to make a passkey.

    Raises:
        TooManyPasskeys: there are twenty.
    """
    person = await lock_person(db, actor.tenant_id, actor.user_id)
    have = await descriptors_of(db, actor.tenant_id, actor.user_id)
    if len(have) >= MAX_PASSKEYS:
        raise TooManyPasskeys
    token = await begin(
        db, actor.tenant_id, "passkey_registration", user_id=actor.user_id, data=NoData()
    )
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="ProjectFlow",
        user_id=actor.user_id.bytes,
        user_name=person.label,
        user_display_name=person.full_name,
        challenge=challenge_of(token),
        timeout=CEREMONY_MS,
        exclude_credentials=have,
        # A passkey that its device can find by itself also signs in alone; a plain security key
        # is still a second factor.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return PasskeyCeremony(str(token), msgspec.json.decode(webauthn.options_to_json(options)))


async def add_passkey(db: Db, actor: Actor, party: RelyingParty, new: NewPasskey) -> AddedPasskey:
    """Keep a passkey that the browser made.

    Raises:
        InvalidInput: the challenge is over or another's, or the credential does not answer it.
        TooManyPasskeys, PasskeyTaken: as their names say.
    """
    await lock_person(db, actor.tenant_id, actor.user_id)
    if (await factors_of(db, actor.tenant_id, actor.user_id)).passkeys >= MAX_PASSKEYS:
        raise TooManyPasskeys
    made = _verify(party, await _use_challenge(db, actor, new.challenge), new.credential)
    known = {each.value for each in AuthenticatorTransport}
    row = await db.fetchrow(
        f"""
        INSERT INTO passkeys (tenant_id, id, user_id, name, credential_id, public_key, sign_count,
                              transports, is_backed_up)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {_COLUMNS}
        """,
        actor.tenant_id,
        uuid7(),
        actor.user_id,
        new.name.strip(),
        made.credential_id,
        made.credential_public_key,
        made.sign_count,
        sorted(known.intersection(new.credential.response.transports)),
        made.credential_backed_up,
    )
    passkey = Passkey(*only(row))
    await session_proved(db, actor, "passkey")
    await _record(db, actor, "user.passkey_added", passkey.id)
    return AddedPasskey(passkey, await make_first_codes(db, actor.tenant_id, actor.user_id))


async def _use_challenge(db: Db, actor: Actor, text: str) -> ChallengeToken:
    expired = InvalidInput.of("challenge", "is over: start again")
    try:
        token = ChallengeToken.parse(text)
        if token.tenant_id != actor.tenant_id:
            raise expired
        challenge = await finish(db, "passkey_registration", token)
    except ChallengeExpired:
        raise expired from None
    if challenge.user_id != actor.user_id:
        raise expired
    return token


def _verify(
    party: RelyingParty, token: ChallengeToken, credential: Attestation
) -> VerifiedRegistration:
    try:
        return webauthn.verify_registration_response(
            credential=msgspec.to_builtins(credential),
            expected_challenge=challenge_of(token),
            expected_rp_id=party.id,
            expected_origin=party.origins,
        )
    except MALFORMED:
        raise InvalidInput.of("credential", "is not a passkey for this site") from None


async def rename_passkey(db: Db, actor: Actor, passkey_id: UUID, patch: PasskeyPatch) -> Passkey:
    """Call a passkey otherwise.

    Raises:
        PasskeyNotFound: it is not the actor's.
    """
    row = await db.fetchrow(
        f"""
        UPDATE passkeys SET name = $4 WHERE tenant_id = $1 AND id = $2 AND user_id = $3
        RETURNING {_COLUMNS}
        """,
        actor.tenant_id,
        passkey_id,
        actor.user_id,
        patch.name.strip(),
    )
    if row is None:
        raise PasskeyNotFound
    await _record(db, actor, "user.passkey_renamed", passkey_id)
    return Passkey(*row)


async def remove_passkey(db: Db, actor: Actor, passkey_id: UUID) -> None:
    """Forget a passkey; with the last factor the recovery codes go too.

    Raises:
        PasskeyNotFound: it is not the actor's.
        ConfirmationNeeded: the actor has to confirm first.
        SecondFactorRequired: the workspace requires a second factor, and this is the last.
    """
    person = await lock_person(db, actor.tenant_id, actor.user_id)
    factors = await factors_of(db, actor.tenant_id, actor.user_id)
    removed: UUID | None = await db.fetchval(
        "DELETE FROM passkeys WHERE tenant_id = $1 AND id = $2 AND user_id = $3 RETURNING id",
        actor.tenant_id,
        passkey_id,
        actor.user_id,
    )
    if removed is None:
        raise PasskeyNotFound
    await require_confirmed(db, actor)
    factors.must_leave_one(required=person.required)
    if factors.is_one:
        await forget_codes(db, actor.tenant_id, actor.user_id)
    await _record(db, actor, "user.passkey_removed", passkey_id)


async def _record(db: Db, actor: Actor, event: str, passkey_id: UUID) -> None:
    change = Change(event, "user", actor.user_id, payload={"passkey_id": passkey_id})
    await record(db, actor.tenant_id, actor.user_id, change)
