"""Passwords are hashed slowly, with a salt, and compared whole."""

import asyncio
import time

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


async def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    hashed = await hash_password("the right one")

    known = min([await _time_of(hashed) for _ in range(2)])
    unknown = min([await _time_of(None) for _ in range(2)])

    assert 0.5 < known / unknown < 2


async def _time_of(hashed: str | None) -> float:
    started = time.perf_counter()
    await verify_password("the wrong one", hashed)
    return time.perf_counter() - started


async def test_hashing_leaves_the_event_loop_free() -> None:
    hashing = asyncio.create_task(hash_password("a long one"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 5
