"""HTTP for one's own security: confirming who one is, second factors, passkeys."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth import confirmation, passkeys, recovery_codes, totp
from projectflow.auth.attempts import Attempts
from projectflow.auth.browser import AnyRequest, client_address
from projectflow.auth.confirmation import Confirmation, PasswordNotSet, require_confirmed
from projectflow.auth.edge import authenticate, reads, writes
from projectflow.auth.my_security import SecondFactors, read_second_factors
from projectflow.auth.passkey_proofs import relying_party
from projectflow.auth.passkeys import (
    AddedPasskey,
    NewPasskey,
    Passkey,
    PasskeyCeremony,
    PasskeyPatch,
)
from projectflow.auth.recovery_codes import FirstRecoveryCodes, RecoveryCodes
from projectflow.auth.totp import TotpConfirmation, TotpSecret
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput


@post("/me/confirm", tags=["Security"], operation_id="confirm", status_code=204)
async def confirm(request: AnyRequest, data: JSONBody[Confirmation]) -> None:
    """Enter the password once more; for ten minutes this session may do what asks for it."""
    actor = authenticate(request)
    attempts: Attempts = request.app.state.attempts
    address, account = client_address(request), f"{actor.tenant_id} {actor.user_id}"
    async with attempts.turn(address, account):
        try:
            await confirmation.confirm(request.app.state.database, actor, data)
        except PasswordNotSet:  # nothing to guess
            raise
        except InvalidInput:
            await attempts.failed(address, account)
            raise


@get("/me/second-factors", tags=["Security"], operation_id="readSecondFactors")
@reads
async def second_factors(db: Db, actor: Actor) -> SecondFactors:
    """What you have beside your password."""
    return await read_second_factors(db, actor)


@post("/me/totp", tags=["Security"], operation_id="beginTotp", status_code=200)
@writes
async def begin_totp(db: Db, actor: Actor, state: State) -> TotpSecret:
    """A secret for an authenticator app. It counts once it is confirmed."""
    await require_confirmed(db, actor)
    return await totp.begin_totp(db, state.keyring, actor.tenant_id, actor.user_id)


@post("/me/totp/confirm", tags=["Security"], operation_id="confirmTotp", status_code=200)
@writes
async def confirm_totp(
    db: Db, actor: Actor, data: JSONBody[TotpConfirmation], state: State
) -> FirstRecoveryCodes:
    """Let the authenticator app count; whoever has no recovery codes gets them now."""
    await require_confirmed(db, actor)
    return FirstRecoveryCodes(await totp.confirm_totp(db, state.keyring, actor, data))


@delete("/me/totp", tags=["Security"], operation_id="turnOffTotp")
@writes
async def turn_off_totp(db: Db, actor: Actor) -> None:
    """Forget the authenticator app."""
    await require_confirmed(db, actor)
    await totp.turn_off_totp(db, actor)


@post("/me/recovery-codes", tags=["Security"], operation_id="renewRecoveryCodes", status_code=200)
@writes
async def renew_recovery_codes(db: Db, actor: Actor) -> RecoveryCodes:
    """Ten new recovery codes; older ones no longer count."""
    await require_confirmed(db, actor)
    return await recovery_codes.renew_codes(db, actor)


@post("/me/passkeys/options", tags=["Security"], operation_id="beginPasskey", status_code=200)
@writes
async def begin_passkey(db: Db, actor: Actor, state: State) -> PasskeyCeremony:
    """What the browser needs to make a passkey."""
    await require_confirmed(db, actor)
    return await passkeys.begin_passkey(db, actor, relying_party(state.settings))


@post("/me/passkeys", tags=["Security"], operation_id="addPasskey")
@writes
async def add_passkey(
    db: Db, actor: Actor, data: JSONBody[NewPasskey], state: State
) -> AddedPasskey:
    """Keep the passkey that the browser made."""
    await require_confirmed(db, actor)
    return await passkeys.add_passkey(db, actor, relying_party(state.settings), data)


@patch("/me/passkeys/{passkey_id:uuid}", tags=["Security"], operation_id="renamePasskey")
@writes
async def rename_passkey(
    db: Db, actor: Actor, passkey_id: FromPath[UUID], data: JSONBody[PasskeyPatch]
) -> Passkey:
    """Call a passkey otherwise."""
    return await passkeys.rename_passkey(db, actor, passkey_id, data)


@delete("/me/passkeys/{passkey_id:uuid}", tags=["Security"], operation_id="removePasskey")
@writes
async def remove_passkey(db: Db, actor: Actor, passkey_id: FromPath[UUID]) -> None:
    """Forget a passkey."""
    await passkeys.remove_passkey(db, actor, passkey_id)


handlers: list[ControllerRouterHandler] = [
    confirm, second_factors, begin_totp, confirm_totp, turn_off_totp, renew_recovery_codes,
    begin_passkey, add_passkey, rename_passkey, remove_passkey,
]  # fmt: skip
