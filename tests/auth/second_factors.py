"""People with authenticator apps and passkeys, and the clock that codes go by."""

from typing import Any

import httpx
import msgspec
from msgspec import Struct
from pyotp.totp import TOTP
from tests.auth.accounts import Account, Device
from tests.auth.authenticator import Authenticator
from tests.people import Person


class Clock(Struct):
    """Thirty seconds pass when a test says `clock.step += 1`."""

    step: int = 50_000_000


class App:
    """An authenticator app that holds one secret."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self.totp = TOTP(secret)
        self.clock = clock

    def code(self, ahead: int = 0) -> str:
        """What it shows now, or so many steps away from now."""
        return self.totp.generate_otp(self.clock.step + ahead)

    def wrong_code(self) -> str:
        """Six digits that it does not show near now."""
        shown = {self.code(n) for n in range(-2, 3)}
        return next(code for n in range(9) if (code := str(n) * 6) not in shown)


async def set_up_app(device: Device, clock: Clock) -> tuple[App, list[str] | None]:
    """Turn an authenticator app on; gives it, and the recovery codes."""
    made = await device.client.post("/me/totp")
    assert made.status_code == 200, made.text
    app = App(made.json()["secret"], clock)
    confirmed = await device.client.post("/me/totp/confirm", json={"totp": app.code()})
    assert confirmed.status_code == 200, confirmed.text
    clock.step += 1  # the code that confirmed is used up
    return app, confirmed.json()["recovery_codes"]


async def add_passkey(
    device: Device, authenticator: Authenticator, name: str = "Laptop"
) -> httpx.Response:
    """Ask for the options, have the passkey made, and send it."""
    asked = await device.client.post("/me/passkeys/options")
    assert asked.status_code == 200, asked.text
    credential = authenticator.create(asked.json()["options"])
    body = {"challenge": asked.json()["challenge"], "name": name, "credential": credential}
    return await device.client.post("/me/passkeys", json=body)


async def begin(device: Device, account: Account) -> dict[str, Any]:
    """The right password; gives what is needed next."""
    answer = await device.client.post(
        "/auth/login",
        json={
            "workspace": account.workspace,
            "email": account.email,
            "password": account.password,
        },
    )
    assert answer.status_code == 200, answer.text
    needed = answer.json()
    assert "access_token" not in needed
    assert "set-cookie" not in answer.headers
    return needed


async def prove(device: Device, needed: dict[str, Any], **proof: Any) -> httpx.Response:
    """The second step."""
    body = {"challenge": needed["challenge"], **proof}
    return remember(device, await device.client.post("/auth/second-factor", json=body))


def remember(device: Device, answer: httpx.Response) -> httpx.Response:
    """Ask as whoever signed in from now on."""
    if answer.status_code == 200:
        body = answer.json()
        token = body.get("auth", body)["access_token"]
        device.client.headers["Authorization"] = f"Bearer {token}"
    return answer


async def change_workspace(person: Person, **settings: bool) -> None:
    """Turn requirements of the person's workspace on or off."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        for name, value in settings.items():
            column = {"factor": "require_second_factor", "sso": "require_sso"}[name]
            await db.execute(
                f"UPDATE tenants SET {column} = $2 WHERE id = $1", person.tenant_id, value
            )


async def events_of(person: Person) -> list[tuple[str, dict[str, Any]]]:
    """Types and payloads of a workspace's log, the oldest first."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, payload FROM events WHERE tenant_id = $1 ORDER BY seq", person.tenant_id
        )
    return [(row["type"], msgspec.json.decode(row["payload"])) for row in rows]


async def make_session_old(device: Device, person: Person) -> None:
    """The last confirmation of this person's sessions was eleven minutes ago."""
    async with device.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(
            "UPDATE sessions SET confirmed_at = now() - interval '11 minutes'"
            " WHERE tenant_id = $1 AND user_id = $2",
            person.tenant_id,
            person.id,
        )


async def ask(device: Device, workspace: str) -> dict[str, Any]:
    """A challenge and options, to sign in with a passkey alone."""
    answer = await device.client.post("/auth/passkey/options", json={"workspace": workspace})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def show(device: Device, challenge: str, credential: dict[str, Any]) -> httpx.Response:
    """Send a passkey's answer."""
    body = {"challenge": challenge, "credential": credential}
    return remember(device, await device.client.post("/auth/passkey", json=body))


async def enter(device: Device, workspace: str, authenticator: Authenticator) -> httpx.Response:
    """Sign in with a passkey alone."""
    asked = await ask(device, workspace)
    return await show(device, asked["challenge"], authenticator.get(asked["options"]))
