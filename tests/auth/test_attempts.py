"""Guessing passwords: five failures an address and an account, whatever process counts them."""

import asyncio

import pytest
from msgspec.structs import replace
from tests.auth.accounts import NEW_PASSWORD, Account, NewDevice, give_password, running
from tests.people import Person

from projectflow.core.settings import Settings

pytestmark = pytest.mark.usefixtures("quick_passwords")
DEAD = "redis://127.0.0.1:1/0"


async def test_after_five_failures_an_address_waits(
    owner: Person, account: Account, device: NewDevice
) -> None:
    here, other = device(), await give_password(await owner.colleague("member"))

    failures = [(await here.sign_in(account, "wrong")).status_code for _ in range(5)]
    refused = await here.sign_in(other)

    assert failures == [401] * 5
    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/too-many-attempts"
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert (await device().sign_in(other)).status_code == 200


async def test_after_five_failures_from_anywhere_an_account_waits(
    account: Account, device: NewDevice
) -> None:
    failures = [(await device().sign_in(account, "wrong")).status_code for _ in range(5)]

    assert failures == [401] * 5
    assert (await device().sign_in(account)).status_code == 429
    assert (await device().sign_in(account, "wrong")).status_code == 429


async def test_an_account_that_does_not_exist_waits_like_one_that_does(
    account: Account, device: NewDevice
) -> None:
    nobody = Account(account.workspace, f"nobody.{account.email}")

    statuses = [(await device().sign_in(nobody)).status_code for _ in range(7)]

    assert statuses == [401] * 5 + [429] * 2


async def test_spelling_an_account_otherwise_is_no_way_around(
    account: Account, device: NewDevice
) -> None:
    spelt = Account(account.workspace.upper(), account.email.upper())
    for each in (account, spelt, account, spelt, account):
        assert (await device().sign_in(each, "wrong")).status_code == 401

    assert (await device().sign_in(spelt, "wrong")).status_code == 429


async def test_success_does_not_count(account: Account, device: NewDevice) -> None:
    here = device()

    assert [(await here.sign_in(account)).status_code for _ in range(8)] == [200] * 8


async def test_success_does_not_wipe_the_failures_of_an_address(
    owner: Person, account: Account, device: NewDevice
) -> None:
    here, own = device(), await give_password(await owner.colleague("member"))
    for _ in range(4):
        await here.sign_in(account, "wrong")

    assert (await here.sign_in(own)).status_code == 200
    assert (await here.sign_in(account, "wrong")).status_code == 401
    assert (await here.sign_in(account, "wrong")).status_code == 429


async def test_the_owner_gets_in_where_they_were_before_while_others_hammer(
    account: Account, device: NewDevice
) -> None:
    home = device()
    assert (await home.sign_in(account)).status_code == 200
    for _ in range(8):
        await device().sign_in(account, "wrong")

    assert (await home.sign_in(account)).status_code == 200
    assert (await device().sign_in(account)).status_code == 429


async def test_a_known_address_has_five_failures_too(account: Account, device: NewDevice) -> None:
    home = device()
    await home.sign_in(account)

    statuses = [(await home.sign_in(account, "wrong")).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]


async def test_failures_are_counted_across_processes(
    settings: Settings, account: Account, device: NewDevice
) -> None:
    async with running(settings) as second:
        here = device()
        there = device(of=second, address=here.address)
        statuses = [(await d.sign_in(account, "wrong")).status_code for d in [here, there] * 3]

    assert statuses == [401] * 5 + [429]


async def test_many_guesses_at_once_get_no_further_than_five(
    account: Account, device: NewDevice
) -> None:
    here = device()
    guesses = ["wrong"] * 29 + [account.password]

    answers = await asyncio.gather(*(here.sign_in(account, guess) for guess in guesses))

    statuses = [a.status_code for a in answers]
    assert statuses.count(401) == 5
    assert 200 not in statuses


async def test_without_redis_a_process_counts_for_itself(
    settings: Settings, account: Account, device: NewDevice
) -> None:
    async with running(replace(settings, redis_url=DEAD)) as alone:
        here = device(of=alone)
        first = (await here.sign_in(account)).status_code
        statuses = [(await here.sign_in(account, "wrong")).status_code for _ in range(7)]

    assert first == 200
    assert statuses == [401] * 5 + [429] * 2


async def test_neither_address_nor_account_lies_in_redis(
    owner: Person, account: Account, device: NewDevice
) -> None:
    here = device()
    await here.sign_in(account, "wrong")
    await here.sign_in(account)

    redis = owner.app.state.redis
    keys = " ".join([key.decode() async for key in redis.scan_iter("*auth:*")])

    assert "auth:account:" in keys
    assert "auth:known:" in keys
    for secret in (here.address, account.email, account.workspace, NEW_PASSWORD):
        assert secret not in keys
