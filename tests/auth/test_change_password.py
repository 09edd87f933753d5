"""Changing one's password: who knows the current one, and every other device is signed out."""

import pytest
from tests.auth.accounts import NEW_PASSWORD, PASSWORD, Account, NewDevice, SignedIn
from tests.people import Person

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def test_the_new_password_counts_and_other_devices_are_signed_out_at_once(
    account: Account, signed_in: SignedIn, device: NewDevice
) -> None:
    here, elsewhere = await signed_in(account), await signed_in(account)

    answer = await here.client.post(
        "/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    )

    assert answer.status_code == 204
    assert (await here.me(), await elsewhere.me()) == (200, 401)
    assert (await elsewhere.refresh()).status_code == 401
    assert (await here.refresh()).status_code == 200
    assert (await device().sign_in(account, PASSWORD)).status_code == 401
    assert (await device().sign_in(account, NEW_PASSWORD)).status_code == 200


async def test_a_wrong_current_password_changes_nothing(
    account: Account, signed_in: SignedIn, device: NewDevice
) -> None:
    here, elsewhere = await signed_in(account), await signed_in(account)

    answer = await here.client.post(
        "/me/password", json={"current_password": "wrong", "new_password": NEW_PASSWORD}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "current_password", "message": "is wrong"}]
    assert (await here.me(), await elsewhere.me()) == (200, 200)
    assert (await device().sign_in(account)).status_code == 200


@pytest.mark.parametrize("password", ["", "x" * 9, "x" * 73, "ü" * 37, "ten chars\x00 and more"])
async def test_a_new_password_keeps_the_rules_and_is_no_guess(
    account: Account, signed_in: SignedIn, password: str
) -> None:
    here = await signed_in(account)
    for _ in range(6):
        answer = await here.client.post(
            "/me/password", json={"current_password": PASSWORD, "new_password": password}
        )

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "new_password"


async def test_the_current_password_is_not_guessed_with_a_stolen_token(
    account: Account, signed_in: SignedIn, device: NewDevice
) -> None:
    here = await signed_in(account)
    thieves = [device() for _ in range(7)]
    for thief in thieves:
        thief.client.headers["Authorization"] = here.client.headers["Authorization"]

    statuses = [
        (
            await thief.client.post(
                "/me/password", json={"current_password": "guess", "new_password": NEW_PASSWORD}
            )
        ).status_code
        for thief in thieves
    ]

    assert statuses == [422] * 5 + [429] * 2


async def test_a_changed_password_is_in_the_log_by_name_alone(
    owner: Person, account: Account, signed_in: SignedIn
) -> None:
    here = await signed_in(account)
    await here.client.post(
        "/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    )

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, payload::text AS payload FROM events WHERE tenant_id = $1 ORDER BY seq",
            owner.tenant_id,
        )
    assert rows[-1]["type"] == "user.password_changed"
    assert not any(PASSWORD in r["payload"] or NEW_PASSWORD in r["payload"] for r in rows)
