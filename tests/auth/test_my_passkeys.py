"""One's own passkeys: made, named, removed; and what is not kept."""

import asyncio

import pytest
from tests.auth.accounts import Account, Device, NewDevice, SignedIn, give_password
from tests.auth.authenticator import JUNK, Authenticator, plain, text
from tests.auth.second_factors import (
    Clock,
    add_passkey,
    begin,
    change_workspace,
    events_of,
    set_up_app,
)
from tests.people import Person

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator()


@pytest.fixture
async def laptop(account: Account, signed_in: SignedIn, authenticator: Authenticator) -> Device:
    """The owner is signed in here, and has a passkey."""
    made = await signed_in(account)
    added = await add_passkey(made, authenticator)
    assert added.status_code == 201, added.text
    return made


async def test_a_passkey_is_made_and_shown(
    owner: Person, account: Account, signed_in: SignedIn, authenticator: Authenticator
) -> None:
    laptop = await signed_in(account)
    options = (await laptop.client.post("/me/passkeys/options")).json()["options"]
    added = await add_passkey(laptop, authenticator, " My laptop ")

    assert options["rp"] == {"id": "localhost", "name": "ProjectFlow"}
    assert plain(options["user"]["id"]) == owner.id.bytes
    assert options["user"]["name"] == f"{account.workspace}: {account.email}"
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert added.status_code == 201
    passkey = added.json()["passkey"]
    assert (passkey["name"], passkey["is_backed_up"]) == ("My laptop", True)
    assert len(added.json()["recovery_codes"]) == 10
    factors = (await laptop.client.get("/me/second-factors")).json()
    assert factors["passkeys"] == [passkey]
    log = dict(await events_of(owner))
    assert log["user.passkey_added"] == {"passkey_id": passkey["id"]}
    again = (await laptop.client.post("/me/passkeys/options")).json()["options"]
    assert again["excludeCredentials"] == [
        {
            "id": text(authenticator.credential_id),
            "type": "public-key",
            "transports": ["hybrid", "internal"],
        }
    ]


async def test_a_colleagues_registration_cannot_be_finished(
    owner: Person, laptop: Device, signed_in: SignedIn
) -> None:
    colleague = await signed_in(await give_password(await owner.colleague("member")))
    begun = (await colleague.client.post("/me/passkeys/options")).json()
    credential = Authenticator().create(begun["options"])
    body = {"challenge": begun["challenge"], "name": "Mine", "credential": credential}

    refused = await laptop.client.post("/me/passkeys", json=body)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "challenge")
    assert (await colleague.client.post("/me/passkeys", json=body)).status_code == 201


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [
        ("http://localhost.evil.example", "localhost"),
        ("http://localhost:8401", "localhost"),
        ("http://localhost:8400", "evil.example"),
    ],
)
async def test_a_passkey_of_another_site_is_not_kept(
    account: Account, signed_in: SignedIn, authenticator: Authenticator, origin: str, rp_id: str
) -> None:
    laptop = await signed_in(account)
    authenticator.origin, authenticator.rp_id = origin, rp_id

    refused = await add_passkey(laptop, authenticator)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "credential")
    assert (await laptop.client.get("/me/second-factors")).json()["passkeys"] == []


async def test_a_passkey_gets_another_name_and_goes(
    owner: Person, account: Account, laptop: Device, device: NewDevice, clock: Clock
) -> None:
    (passkey,) = (await laptop.client.get("/me/second-factors")).json()["passkeys"]
    path = f"/me/passkeys/{passkey['id']}"

    renamed = await laptop.client.patch(path, json={"name": "Old laptop"})
    too_long = await laptop.client.patch(path, json={"name": "x" * 101})
    await change_workspace(owner, factor=True)
    kept = await laptop.client.delete(path)
    await set_up_app(laptop, clock)
    gone = await laptop.client.delete(path)
    again = await laptop.client.delete(path)

    assert renamed.json() == {**passkey, "name": "Old laptop"}
    assert too_long.status_code == 422
    assert (kept.status_code, kept.json()["type"]) == (409, "/problems/second-factor-required")
    assert [gone.status_code, again.status_code] == [204, 404]
    factors = (await laptop.client.get("/me/second-factors")).json()
    assert (factors["passkeys"], factors["recovery_codes_left"]) == ([], 10)
    assert (await begin(device(), account))["methods"] == ["totp", "recovery_code"]
    removed = [payload for kind, payload in await events_of(owner) if kind.endswith("key_removed")]
    assert removed == [{"passkey_id": passkey["id"]}]


async def test_of_the_last_two_factors_removed_at_once_one_stays(
    owner: Person, laptop: Device
) -> None:
    await add_passkey(laptop, Authenticator())
    await change_workspace(owner, factor=True)
    passkeys = (await laptop.client.get("/me/second-factors")).json()["passkeys"]

    answers = await asyncio.gather(
        *(laptop.client.delete(f"/me/passkeys/{each['id']}") for each in passkeys)
    )

    assert sorted(a.status_code for a in answers) == [204, 409]


async def test_the_same_passkey_is_kept_once(
    owner: Person, laptop: Device, signed_in: SignedIn, authenticator: Authenticator
) -> None:
    colleague = await signed_in(await give_password(await owner.colleague("member")))

    for device in (laptop, colleague):
        taken = await add_passkey(device, authenticator)
        assert (taken.status_code, taken.json()["type"]) == (409, "/problems/passkey-taken")


async def test_twenty_passkeys_are_enough(laptop: Device) -> None:
    begun = (await laptop.client.post("/me/passkeys/options")).json()
    for n in range(19):
        assert (await add_passkey(laptop, Authenticator(), f"Key {n}")).status_code == 201

    more = await laptop.client.post("/me/passkeys/options")
    credential = Authenticator().create(begun["options"])
    body = {"challenge": begun["challenge"], "name": "21", "credential": credential}
    late = await laptop.client.post("/me/passkeys", json=body)

    assert [more.status_code, late.status_code] == [409, 409]
    assert late.json()["type"] == "/problems/too-many-passkeys"


async def test_what_is_no_credential_is_refused_by_its_field(laptop: Device) -> None:
    for junk in JUNK:
        for part in ("clientDataJSON", "attestationObject", "id"):
            begun = (await laptop.client.post("/me/passkeys/options")).json()
            made = Authenticator().create(begun["options"])
            spoilt = {**made, "response": {**made["response"], part: junk}}
            if part == "id":
                spoilt = {**made, "id": junk}
            body = {"challenge": begun["challenge"], "name": "x", "credential": spoilt}
            answer = await laptop.client.post("/me/passkeys", json=body)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "credential")
