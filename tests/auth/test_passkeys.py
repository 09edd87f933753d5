"""Passkeys: made, used as the second factor and alone, named, removed; and every way to cheat."""

import asyncio
from collections.abc import Callable

import pytest
from tests.auth.accounts import Account, Device, NewDevice, SignedIn, give_password
from tests.auth.authenticator import JUNK, Authenticator, text
from tests.auth.second_factors import (
    add_passkey,
    ask,
    begin,
    change_workspace,
    enter,
    events_of,
    prove,
    show,
)
from tests.people import Person
from uuid_utils.compat import uuid7

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


async def test_a_passkey_alone_signs_in(
    account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator
) -> None:
    phone = device()
    asked = await ask(phone, account.workspace.upper())
    answer = await show(phone, asked["challenge"], authenticator.get(asked["options"]))

    assert asked["options"]["userVerification"] == "required"
    assert asked["options"].get("allowCredentials", []) == []
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["email"] == account.email
    assert answer.cookies["projectflow_session"]
    assert await phone.me() == 200
    (passkey,) = (await laptop.client.get("/me/second-factors")).json()["passkeys"]
    assert passkey["last_used_at"] is not None


async def test_a_passkey_alone_is_enough_where_a_second_factor_is_required(
    owner: Person,
    account: Account,
    laptop: Device,
    device: NewDevice,
    authenticator: Authenticator,
) -> None:
    await change_workspace(owner, factor=True)
    phone = device()

    assert (await enter(phone, account.workspace, authenticator)).status_code == 200
    assert (await phone.refresh()).status_code == 200
    assert (await laptop.refresh()).status_code == 200


async def test_a_passkey_is_a_second_factor(
    owner: Person, account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator
) -> None:
    phone = device()
    needed = await begin(phone, account)
    asked = await phone.client.post(
        "/auth/second-factor/passkey", json={"challenge": needed["challenge"]}
    )
    authenticator.verifies = False  # a touch is enough: the password was the first factor
    options = asked.json()["options"]
    answer = await prove(phone, needed, passkey=authenticator.get(options))

    assert needed["methods"] == ["passkey", "recovery_code"]
    assert options["userVerification"] == "preferred"
    assert [c["id"] for c in options["allowCredentials"]] == [text(authenticator.credential_id)]
    assert answer.status_code == 200, answer.text
    signed_in = [payload for kind, payload in await events_of(owner) if kind == "user.signed_in"]
    assert signed_in[-1]["methods"] == ["password", "passkey"]


Lie = Callable[[Authenticator], None]


def _elsewhere(liar: Authenticator) -> None:
    liar.origin = "http://localhost.evil.example"


def _other_port(liar: Authenticator) -> None:
    liar.origin = "http://localhost:8401"


def _for_another_site(liar: Authenticator) -> None:
    liar.rp_id = "evil.example"


def _cloned(liar: Authenticator) -> None:
    liar.count = 0


def _another_key(liar: Authenticator) -> None:
    liar.key = Authenticator().key


def _somebody_else(liar: Authenticator) -> None:
    liar.user_handle = uuid7().bytes


def _unknown(liar: Authenticator) -> None:
    liar.credential_id = b"never seen"


def _unverified(liar: Authenticator) -> None:
    liar.verifies = False


def _nobody(liar: Authenticator) -> None:
    liar.user_handle = None


LIES = [_elsewhere, _other_port, _for_another_site, _cloned, _another_key, _somebody_else, _unknown]


@pytest.mark.parametrize("lie", [*LIES, _unverified, _nobody])
async def test_a_passkey_that_lies_signs_nobody_in(
    owner: Person,
    account: Account,
    laptop: Device,
    device: NewDevice,
    authenticator: Authenticator,
    lie: Lie,
) -> None:
    assert (await enter(device(), account.workspace, authenticator)).status_code == 200
    lie(authenticator)
    phone = device()

    answer = await enter(phone, account.workspace, authenticator)

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/passkey-refused")
    assert "set-cookie" not in answer.headers
    failed = [payload for kind, payload in await events_of(owner) if kind == "user.sign_in_failed"]
    assert failed == ([] if lie is _unknown else [{"method": "passkey"}])


@pytest.mark.parametrize("lie", LIES)
async def test_a_passkey_that_lies_is_no_second_factor(
    account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator, lie: Lie
) -> None:
    assert (await enter(device(), account.workspace, authenticator)).status_code == 200
    phone = device()
    needed = await begin(phone, account)
    path, body = "/auth/second-factor/passkey", {"challenge": needed["challenge"]}
    options = (await phone.client.post(path, json=body)).json()["options"]
    count = authenticator.count
    lie(authenticator)

    refused = await prove(phone, needed, passkey=authenticator.get(options))

    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/wrong-code")
    assert count == 1


async def test_a_challenge_counts_once_and_for_one_thing(
    account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator
) -> None:
    phone = device()
    asked = await ask(phone, account.workspace)
    assertion = authenticator.get(asked["options"])
    needed = await begin(phone, account)
    registration = (await laptop.client.post("/me/passkeys/options")).json()

    assert (await show(phone, asked["challenge"], assertion)).status_code == 200
    for challenge, signed in (
        (asked["challenge"], assertion),
        (asked["challenge"], authenticator.get(asked["options"])),
        (needed["challenge"], assertion),
        (registration["challenge"], authenticator.get(registration["options"])),
    ):
        again = await show(device(), challenge, signed)
        assert (again.status_code, again.json()["type"]) == (401, "/problems/challenge-expired")
    other = await ask(device(), account.workspace)
    replayed = await show(device(), other["challenge"], assertion)
    assert replayed.json()["type"] == "/problems/passkey-refused"


async def test_a_failed_try_uses_the_challenge_up(
    account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator
) -> None:
    asked = await ask(device(), account.workspace)
    authenticator.verifies = False
    assert (await show(device(), asked["challenge"], authenticator.get(asked["options"]))).is_error
    authenticator.verifies = True

    again = await show(device(), asked["challenge"], authenticator.get(asked["options"]))

    assert again.json()["type"] == "/problems/challenge-expired"


async def test_of_two_who_show_the_same_answer_at_once_one_gets_in(
    account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator
) -> None:
    asked = await ask(device(), account.workspace)
    assertion = authenticator.get(asked["options"])

    answers = await asyncio.gather(
        *(show(device(), asked["challenge"], assertion) for _ in range(4))
    )

    assert sorted(a.status_code for a in answers) == [200, 401, 401, 401]


async def test_another_workspaces_passkeys_and_challenges_open_nothing(
    stranger: Person,
    account: Account,
    laptop: Device,
    device: NewDevice,
    signed_in: SignedIn,
    authenticator: Authenticator,
) -> None:
    theirs, their_account = Authenticator(), await give_password(stranger)
    their_laptop = await signed_in(their_account)
    assert (await add_passkey(their_laptop, theirs)).status_code == 201

    refused = await enter(device(), account.workspace, theirs)
    asked = await ask(device(), their_account.workspace)
    mixed = await show(device(), asked["challenge"], authenticator.get(asked["options"]))
    ours = await ask(device(), account.workspace)
    swapped = ours["challenge"].replace(
        ours["challenge"].split(".")[0], asked["challenge"].split(".")[0]
    )
    moved = await show(device(), swapped, theirs.get(ours["options"]))
    begun = (await their_laptop.client.post("/me/passkeys/options")).json()
    fresh = Authenticator()
    credential = fresh.create(begun["options"])
    body = {"challenge": begun["challenge"], "name": "Mine", "credential": credential}
    added = await laptop.client.post("/me/passkeys", json=body)

    assert refused.json()["type"] == "/problems/passkey-refused"
    assert mixed.json()["type"] == "/problems/passkey-refused"
    assert moved.json()["type"] == "/problems/challenge-expired"
    assert (added.status_code, added.json()["errors"][0]["field"]) == (422, "challenge")


async def test_what_is_no_credential_is_refused(
    account: Account, laptop: Device, device: NewDevice
) -> None:
    for junk in JUNK:
        authenticator = Authenticator()  # failures are counted by passkey
        assert (await add_passkey(laptop, authenticator)).status_code == 201
        for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
            asked = await ask(device(), account.workspace)
            signed = authenticator.get(asked["options"])
            spoilt = {**signed, "response": {**signed["response"], part: junk}}
            assert (await show(device(), asked["challenge"], spoilt)).status_code == 401, junk
        asked = await ask(device(), account.workspace)
        unnamed = {**authenticator.get(asked["options"]), "id": junk, "rawId": junk}
        assert (await show(device(), asked["challenge"], unnamed)).status_code == 401, junk
        assert (await enter(device(), account.workspace, authenticator)).status_code == 200


async def test_an_unknown_workspace_asks_for_a_passkey_like_any_other(
    account: Account, laptop: Device, device: NewDevice, authenticator: Authenticator
) -> None:
    real = await ask(device(), account.workspace)
    made_up = await ask(device(), "no-such-workspace")

    assert real.keys() == made_up.keys()
    assert real["options"].keys() == made_up["options"].keys()
    assert [len(part) for part in real["challenge"].split(".")] == [
        len(part) for part in made_up["challenge"].split(".")
    ]
    answer = await show(device(), made_up["challenge"], authenticator.get(made_up["options"]))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/challenge-expired")


async def test_a_passkey_of_somebody_who_left_opens_nothing(
    owner: Person, device: NewDevice, signed_in: SignedIn, authenticator: Authenticator
) -> None:
    colleague = await owner.colleague("member")
    account = await give_password(colleague)
    await add_passkey(await signed_in(account), authenticator)
    assert (await owner.post(f"/users/{colleague.id}/deactivate")).status_code == 200

    refused = await enter(device(), account.workspace, authenticator)
    await owner.post(f"/users/{colleague.id}/activate")
    back = await enter(device(), account.workspace, authenticator)

    assert [refused.status_code, back.status_code] == [401, 200]
