"""What only a device or a mail gets past answers as the OpenAPI document says.

Everything else is tried by tests/core/test_schema.py, where nobody can prove anything.
"""

from pathlib import Path

import httpx
import pytest
import schemathesis
from litestar import Litestar
from tests.auth.accounts import (
    NEW_PASSWORD,
    Account,
    Device,
    NewDevice,
    SignedIn,
    give_password,
    link_in,
    token_of,
    write_mails,
)
from tests.auth.authenticator import Authenticator
from tests.auth.second_factors import (
    App,
    Clock,
    add_passkey,
    begin,
    change_workspace,
    enter,
    prove,
    set_up_app,
)
from tests.core.askers import PROOFS
from tests.people import Person

pytestmark = pytest.mark.usefixtures("quick_passwords")


class Reader:
    """Compares what devices are answered with the document."""

    def __init__(self, app: Litestar) -> None:
        self.schema = schemathesis.openapi.from_dict(app.openapi_schema.to_schema())
        self.answered: set[str] = set()

    def follow(self, device: Device) -> Device:
        device.client.event_hooks = {"response": [self._read]}
        return device

    async def _read(self, answer: httpx.Response) -> None:
        await answer.aread()
        path, method = answer.request.url.path, answer.request.method
        self.schema[path][method].validate_response(answer)
        if answer.is_success:
            self.answered.add(f"{method} {path}")


async def test_proofs_are_answered_as_the_document_says(
    app: Litestar,
    owner: Person,
    account: Account,
    signed_in: SignedIn,
    device: NewDevice,
    clock: Clock,
    tmp_path: Path,
) -> None:
    reader = Reader(app)
    authenticator = Authenticator()
    laptop, phone = reader.follow(await signed_in(account)), reader.follow(device())

    await set_up_app(laptop, clock)
    await add_passkey(laptop, authenticator)
    await enter(phone, account.workspace, authenticator)
    needed = await begin(phone, account)
    asked = await phone.client.post(
        "/auth/second-factor/passkey", json={"challenge": needed["challenge"]}
    )
    await prove(phone, needed, passkey=authenticator.get(asked.json()["options"]))
    await laptop.client.delete("/me/totp")
    await change_workspace(owner, factor=True)
    await enroll(
        reader.follow(device()), await give_password(await owner.colleague("member")), clock
    )
    wanted = {"workspace": account.workspace, "email": account.email}
    await phone.client.post("/auth/password-reset", json=wanted)
    (mail,) = await write_mails(owner, tmp_path)
    new = {"token": token_of(link_in(mail)), "password": NEW_PASSWORD}
    await phone.client.post("/auth/password-reset/confirm", json=new)

    here = {
        proof for proof in PROOFS if proof.split()[1].startswith(("/api/v1/auth", "/api/v1/me"))
    }
    assert reader.answered >= here


async def enroll(device: Device, account: Account, clock: Clock) -> None:
    """Set up the factor that the workspace asks for, on the way in."""
    challenge = {"challenge": (await begin(device, account))["challenge"]}
    made = await device.client.post("/auth/second-factor/enroll", json=challenge)
    totp = App(made.json()["secret"], clock).code()
    await device.client.post("/auth/second-factor/enroll/confirm", json={**challenge, "totp": totp})
