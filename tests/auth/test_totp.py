"""Authenticator apps: set up, used once a code, turned off; and the recovery codes beside them."""

import asyncio
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import pytest
from tests.auth.accounts import Account, NewDevice, SignedIn, give_password
from tests.auth.second_factors import (
    App,
    Clock,
    begin,
    change_workspace,
    events_of,
    make_session_old,
    prove,
    set_up_app,
)
from tests.people import Person

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def test_an_app_is_set_up_with_a_secret_that_it_can_scan(
    account: Account, signed_in: SignedIn, clock: Clock
) -> None:
    laptop = await signed_in(account)

    made = (await laptop.client.post("/me/totp")).json()

    uri = urlsplit(made["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == f"/ProjectFlow:{account.workspace}: {account.email}"
    said = parse_qs(uri.query)
    assert (said["issuer"], said["secret"]) == (["ProjectFlow"], [made["secret"]])
    assert len(made["secret"]) * 5 == 160
    assert made["qr_svg"].startswith("<svg")


async def test_once_confirmed_a_sign_in_asks_for_its_code(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, codes = await set_up_app(await signed_in(account), clock)

    phone = device()
    needed = await begin(phone, account)
    answer = await prove(phone, needed, totp=app.code())

    assert codes is not None
    assert len(set(codes)) == 10
    assert (needed["methods"], needed["must_enroll"]) == (["totp", "recovery_code"], False)
    assert needed["expires_in"] == 600
    assert answer.status_code == 200
    assert answer.cookies["projectflow_session"]
    assert await phone.me() == 200
    assert (await phone.refresh()).status_code == 200


async def test_an_unconfirmed_secret_counts_for_nothing(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop = await signed_in(account)
    first = App((await laptop.client.post("/me/totp")).json()["secret"], clock)
    second = App((await laptop.client.post("/me/totp")).json()["secret"], clock)

    assert (await device().sign_in(account)).json()["access_token"]
    refused = await laptop.client.post("/me/totp/confirm", json={"totp": first.code()})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "totp")
    assert (await laptop.client.get("/me/second-factors")).json()["totp"] is None
    assert (await device().sign_in(account)).json()["access_token"]
    confirmed = await laptop.client.post("/me/totp/confirm", json={"totp": second.code()})
    assert confirmed.status_code == 200
    assert "user.totp_enabled" in [kind for kind, _ in await events_of(owner)]


@pytest.mark.parametrize(("ahead", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_code_counts_one_step_early_and_late(
    account: Account,
    signed_in: SignedIn,
    device: NewDevice,
    clock: Clock,
    ahead: int,
    status: int,
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    clock.step += 2
    phone = device()
    needed = await begin(phone, account)
    shown = app.code(ahead)

    assert (await prove(phone, needed, totp=f" {shown[:3]} {shown[3:]} ")).status_code == status


async def test_a_code_counts_once_also_for_another_sign_in(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop = await signed_in(account)
    app, _ = await set_up_app(laptop, clock)
    first, second = device(), device()
    here, there = await begin(first, account), await begin(second, account)

    assert (await prove(first, here, totp=app.code())).status_code == 200
    again = await prove(second, there, totp=app.code())
    before = await prove(second, there, totp=app.code(-1))

    assert (again.status_code, again.json()["type"]) == (401, "/problems/wrong-code")
    assert before.status_code == 401
    clock.step += 1
    assert (await prove(second, there, totp=app.code())).status_code == 200


async def test_of_two_who_send_the_same_code_at_once_one_gets_in(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, codes = await set_up_app(await signed_in(account), clock)
    assert codes is not None
    for proof in ({"totp": app.code()}, {"recovery_code": codes[0]}):
        devices = [device() for _ in range(3)]
        begun = [await begin(each, account) for each in devices]

        answers = await asyncio.gather(
            *(prove(d, b, **proof) for d, b in zip(devices, begun, strict=True))
        )

        assert sorted(a.status_code for a in answers) == [200, 401, 401], proof


async def test_the_code_that_confirmed_signs_nobody_in(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    clock.step -= 1
    phone = device()

    assert (await prove(phone, await begin(phone, account), totp=app.code())).status_code == 401


async def test_a_new_phone_takes_the_old_ones_place_once_it_is_confirmed(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop = await signed_in(account)
    old, _ = await set_up_app(laptop, clock)
    await change_workspace(owner, factor=True)

    new = App((await laptop.client.post("/me/totp")).json()["secret"], clock)
    meanwhile = device()
    assert (await prove(meanwhile, await begin(meanwhile, account), totp=new.code())).is_error
    entered = await prove(meanwhile, await begin(meanwhile, account), totp=old.code())
    assert entered.status_code == 200
    confirmed = await laptop.client.post("/me/totp/confirm", json={"totp": new.code()})
    clock.step += 1

    assert confirmed.json() == {"recovery_codes": None}
    after = device()
    needed = await begin(after, account)
    assert (await prove(after, needed, totp=old.code())).status_code == 401
    assert (await prove(after, needed, totp=new.code())).status_code == 200


async def test_a_secret_lies_sealed_for_its_row(
    owner: Person, account: Account, signed_in: SignedIn, clock: Clock, superuser_url: str
) -> None:
    app, codes = await set_up_app(await signed_in(account), clock)
    connection = await asyncpg.connect(superuser_url)
    sealed, hashes = await connection.fetchrow(
        "SELECT (SELECT secret_encrypted FROM totp_factors WHERE user_id = $1),"
        " (SELECT string_agg(code_hash, '') FROM recovery_codes WHERE user_id = $1)",
        owner.id,
    )
    log = await connection.fetchval(
        "SELECT string_agg(payload::text, ' ') FROM events WHERE tenant_id = $1", owner.tenant_id
    )
    await connection.close()

    assert app.totp.secret.encode() not in sealed
    assert codes is not None
    for code in codes:
        assert code.encode() not in hashes
        assert code not in log
    assert app.totp.secret not in log


async def test_a_recovery_code_counts_once_however_it_is_typed(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop = await signed_in(account)
    _, codes = await set_up_app(laptop, clock)
    assert codes is not None
    phone = device()

    typed = codes[3].upper().replace("-", " ").replace("0", "O").replace("1", "l")
    first = await prove(phone, await begin(phone, account), recovery_code=typed)
    again = await prove(phone, await begin(phone, account), recovery_code=codes[3])

    assert [first.status_code, again.status_code] == [200, 401]
    factors = (await laptop.client.get("/me/second-factors")).json()
    assert factors["recovery_codes_left"] == 9


async def test_new_recovery_codes_take_the_place_of_the_old(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop = await signed_in(account)
    nothing = await laptop.client.post("/me/recovery-codes")
    _, old = await set_up_app(laptop, clock)
    new = (await laptop.client.post("/me/recovery-codes")).json()["recovery_codes"]
    phone = device()

    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/no-second-factor")
    assert old is not None
    assert not set(old) & set(new)
    needed = await begin(phone, account)
    assert (await prove(phone, needed, recovery_code=old[0])).status_code == 401
    assert (await prove(phone, needed, recovery_code=new[0])).status_code == 200
    kinds = [kind for kind, _ in await events_of(owner)]
    assert kinds.count("user.recovery_codes_made") == 2


async def test_one_persons_codes_are_not_anothers(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    other = await give_password(await owner.colleague("member"))
    app, codes = await set_up_app(await signed_in(account), clock)
    await set_up_app(await signed_in(other), clock)
    assert codes is not None
    phone = device()
    needed = await begin(phone, other)

    assert (await prove(phone, needed, totp=app.code())).status_code == 401
    assert (await prove(phone, needed, recovery_code=codes[0])).status_code == 401


async def test_turning_the_app_off_takes_the_codes_too_and_other_sessions_stay(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop, tablet = await signed_in(account), await signed_in(account)
    await set_up_app(laptop, clock)

    off = await laptop.client.delete("/me/totp")
    again = await laptop.client.delete("/me/totp")

    assert [off.status_code, again.status_code] == [204, 404]
    factors = (await laptop.client.get("/me/second-factors")).json()
    assert factors == {
        "has_password": True,
        "required": False,
        "totp": None,
        "passkeys": [],
        "recovery_codes_left": 0,
    }
    assert (await device().sign_in(account)).json()["access_token"]
    assert (await tablet.refresh()).status_code == 200
    assert (await events_of(owner))[-2][0] == "user.totp_disabled"


async def test_the_last_factor_stays_where_one_is_required(
    owner: Person, account: Account, signed_in: SignedIn, clock: Clock
) -> None:
    laptop = await signed_in(account)
    await set_up_app(laptop, clock)
    await change_workspace(owner, factor=True)

    refused = await laptop.client.delete("/me/totp")

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/second-factor-required"
    factors = (await laptop.client.get("/me/second-factors")).json()
    assert factors["required"] is True
    assert factors["totp"] is not None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/me/totp", None),
        ("POST", "/me/totp/confirm", {"totp": "000000"}),
        ("DELETE", "/me/totp", None),
        ("POST", "/me/recovery-codes", None),
        ("POST", "/me/passkeys/options", None),
    ],
)
async def test_an_open_laptop_changes_nothing_without_the_password(
    owner: Person,
    account: Account,
    signed_in: SignedIn,
    clock: Clock,
    method: str,
    path: str,
    body: dict[str, str] | None,
) -> None:
    laptop = await signed_in(account)
    await set_up_app(laptop, clock)
    await make_session_old(laptop, owner)

    refused = await laptop.client.request(method, path, json=body)
    wrong = await laptop.client.post("/me/confirm", json={"password": "a guess"})
    right = await laptop.client.post("/me/confirm", json={"password": account.password})
    then = await laptop.client.request(method, path, json=body)

    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/confirmation-needed"
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "password")
    assert right.status_code == 204
    assert then.status_code != 403


async def test_guessing_the_password_of_an_open_laptop_is_limited(
    owner: Person, account: Account, signed_in: SignedIn
) -> None:
    laptop = await signed_in(account)
    await make_session_old(laptop, owner)

    guesses = [
        (await laptop.client.post("/me/confirm", json={"password": f"guess {n}"})).status_code
        for n in range(6)
    ]
    right = await laptop.client.post("/me/confirm", json={"password": account.password})

    assert guesses == [422] * 5 + [429]
    assert right.status_code == 429


async def test_somebody_without_a_password_is_told_to_sign_in_again(owner: Person) -> None:
    answers = [await owner.post("/me/confirm", {"password": "!"}) for _ in range(7)]

    assert {a.status_code for a in answers} == {422}
    assert answers[0].json()["type"] == "/problems/password-not-set"
    assert (await owner.get("/me/second-factors")).json()["has_password"] is False
