"""HTTP for a sign-in's second step, and for signing in with a passkey alone."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from litestar import Response, post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from projectflow.auth.attempts import Attempts, account_of
from projectflow.auth.browser import (
    AnyRequest,
    Remember,
    client_address,
    device_of,
    refuse_other_origins,
    with_cookie_of,
    with_session_cookie,
)
from projectflow.auth.challenges import ChallengeToken
from projectflow.auth.passkey_proofs import PasskeyRefused
from projectflow.auth.passkeys import PasskeyCeremony
from projectflow.auth.second_step import (
    Begun,
    Enrolment,
    PasskeyOptions,
    PasskeySignIn,
    Proof,
    SecondStep,
    WorkspaceOfPasskey,
    WrongCode,
)
from projectflow.auth.sessions import SignedIn
from projectflow.auth.totp import TotpSecret
from projectflow.auth.types import AuthResult

T = TypeVar("T")


class Enrolled(Struct, frozen=True):
    """Signed in, with the second factor that was set up just now."""

    auth: AuthResult
    recovery_codes: list[str]


@post("/auth/second-factor", tags=["Auth"], operation_id="proveSecondFactor", status_code=200)
async def prove_second_factor(
    request: AnyRequest, data: JSONBody[Proof], remember: Remember = False
) -> Response[AuthResult]:
    """Finish signing in with an app's code, a recovery code or a passkey."""
    refuse_other_origins(request)
    token, step = ChallengeToken.parse(data.challenge), _second_step(request)
    account = await step.account_of(token)
    device = device_of(request, remember=remember)
    signed_in = await _counted(request, account, lambda: step.finish(token, data, device))
    await _remember(request, signed_in)
    return with_session_cookie(request, signed_in)


@post(
    "/auth/second-factor/passkey",
    tags=["Auth"],
    operation_id="askForSecondPasskey",
    status_code=200,
)
async def ask_for_second_passkey(request: AnyRequest, data: JSONBody[Begun]) -> PasskeyOptions:
    """What to ask the browser for, when the second factor is a passkey."""
    return await _second_step(request).passkey_options(ChallengeToken.parse(data.challenge))


@post("/auth/second-factor/enroll", tags=["Auth"], operation_id="enroll", status_code=200)
async def enroll(request: AnyRequest, data: JSONBody[Begun]) -> TotpSecret:
    """Set up an authenticator app, where nobody gets in without a second factor."""
    return await _second_step(request).enroll(ChallengeToken.parse(data.challenge))


@post(
    "/auth/second-factor/enroll/confirm",
    tags=["Auth"],
    operation_id="confirmEnrolment",
    status_code=200,
)
async def confirm_enrolment(
    request: AnyRequest, data: JSONBody[Enrolment], remember: Remember = False
) -> Response[Enrolled]:
    """Finish signing in with the first code of the app that was set up."""
    refuse_other_origins(request)
    token, step = ChallengeToken.parse(data.challenge), _second_step(request)
    account = await step.account_of(token)
    device = device_of(request, remember=remember)
    signed_in, codes = await _counted(
        request, account, lambda: step.confirm_enrolment(token, data.totp, device)
    )
    await _remember(request, signed_in)
    return with_cookie_of(request, signed_in, Enrolled(signed_in.result, codes))


@post("/auth/passkey/options", tags=["Auth"], operation_id="askForPasskey", status_code=200)
async def ask_for_passkey(
    request: AnyRequest, data: JSONBody[WorkspaceOfPasskey]
) -> PasskeyCeremony:
    """What to ask the browser for, to sign in with a passkey alone."""
    return await _second_step(request).begin_passkey(data.workspace)


@post("/auth/passkey", tags=["Auth"], operation_id="signInWithPasskey", status_code=200)
async def sign_in_with_passkey(
    request: AnyRequest, data: JSONBody[PasskeySignIn], remember: Remember = False
) -> Response[AuthResult]:
    """Sign in with a passkey alone."""
    refuse_other_origins(request)
    token, step = ChallengeToken.parse(data.challenge), _second_step(request)
    device = device_of(request, remember=remember)
    signed_in = await _counted(
        request,
        f"passkey {token.tenant_id} {data.credential.id}",
        lambda: step.finish_with_passkey(token, data.credential, device),
    )
    await _remember(request, signed_in)
    return with_session_cookie(request, signed_in)


async def _counted(request: AnyRequest, account: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Have one try, and count it if it fails."""
    attempts: Attempts = request.app.state.attempts
    address = client_address(request)
    async with attempts.turn(address, account):
        try:
            outcome = await attempt()
        except (WrongCode, PasskeyRefused):
            await attempts.failed(address, account)
            raise
    await attempts.succeeded(address, account)
    return outcome


async def _remember(request: AnyRequest, signed_in: SignedIn) -> None:
    """The owner of this account has been at this address."""
    attempts: Attempts = request.app.state.attempts
    result = signed_in.result
    account = account_of(result.workspace.slug, result.user.email)
    await attempts.succeeded(client_address(request), account)


def _second_step(request: AnyRequest) -> SecondStep:
    state = request.app.state
    return SecondStep(state.database, state.auth, state.keyring, state.settings)


handlers: list[ControllerRouterHandler] = [
    prove_second_factor, ask_for_second_passkey, enroll, confirm_enrolment, ask_for_passkey,
    sign_in_with_passkey,
]  # fmt: skip
