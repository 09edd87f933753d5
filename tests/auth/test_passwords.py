"""Passwords are hashed slowly, with a salt, and compared whole."""

import asyncio

import bcrypt
import pytest

from projectflow.auth.passwords import UNUSABLE, hash_password, verify_password


async def test_a_password_is_hashed_with_bcrypt_at_cost_12_and_a_salt_of_its_own() -> None:
    one, other = await asyncio.gather(hash_password("the same"), hash_password("the same"))

    assert one.startswith("$2b$12$")
    assert one != other
    assert await verify_password("the same", one)
    assert not await verify_password("the samE", one)


@pytest.mark.parametrize("stored", [None, UNUSABLE])
@pytest.mark.parametrize("password", ["", UNUSABLE, "nobody has this password"])
async def test_without_a_usable_hash_no_password_fits(password: str, stored: str | None) -> None:
    assert not await verify_password(password, stored)


async def test_an_unknown_account_costs_the_same_work_as_a_known_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return check(password, hashed)

    monkeypatch.setattr("projectflow.auth.passwords.bcrypt.checkpw", counted)
    hashed = await hash_password("the right one")

    for stored in (hashed, None, UNUSABLE):
        assert not await verify_password("the wrong one", stored)

    assert [each[:7] for each in compared] == [b"$2b$12$"] * 3


async def test_hashing_leaves_the_event_loop_free() -> None:
    hashing = asyncio.create_task(hash_password("a long one"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 5
