"""Where one is signed in: seen, and ended at once in every process."""

import pytest
from litestar import Litestar
from tests.auth.accounts import Account, NewDevice, SignedIn, running, soon
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.settings import Settings

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def test_devices_are_listed_with_the_one_in_use_marked(
    account: Account, device: NewDevice
) -> None:
    phone, laptop = device(name="Phone"), device(name="Laptop")
    for each in (phone, laptop):
        await each.sign_in(account)

    items = (await laptop.client.get("/me/sessions")).json()["items"]

    assert [(i["user_agent"], i["is_current"]) for i in items] == [
        ("Laptop", True),
        ("Phone", False),
    ]
    assert all(i["expires_at"] > i["last_used_at"] >= i["created_at"] for i in items)
    assert items[0].keys() == {
        "id", "is_current", "user_agent", "created_at", "last_used_at", "expires_at",
    }  # fmt: skip


async def test_ending_one_device_signs_it_out_at_once_and_no_other(
    account: Account, device: NewDevice
) -> None:
    here, lost, third = device(), device(name="Lost"), device()
    for each in (here, lost, third):
        await each.sign_in(account)
    items = (await here.client.get("/me/sessions")).json()["items"]
    (lost_id,) = [i["id"] for i in items if i["user_agent"] == "Lost"]

    answer = await here.client.delete(f"/me/sessions/{lost_id}")

    assert answer.status_code == 204
    assert [await d.me() for d in (here, lost, third)] == [200, 401, 200]
    assert (await lost.refresh()).status_code == 401
    assert len((await here.client.get("/me/sessions")).json()["items"]) == 2
    assert (await here.client.delete(f"/me/sessions/{lost_id}")).status_code == 404


async def test_ending_the_others_keeps_the_one_in_use(
    account: Account, signed_in: SignedIn
) -> None:
    here, *others = [await signed_in(account) for _ in range(3)]

    assert (await here.client.delete("/me/sessions")).status_code == 204

    assert await here.me() == 200
    assert [await d.me() for d in others] == [401, 401]
    assert [(await d.refresh()).status_code for d in others] == [401, 401]
    assert [i["is_current"] for i in (await here.client.get("/me/sessions")).json()["items"]] == [
        True
    ]


async def test_nobody_ends_the_session_of_somebody_else(
    owner: Person, account: Account, signed_in: SignedIn
) -> None:
    here, admin = await signed_in(account), await owner.colleague("admin")
    (session,) = (await here.client.get("/me/sessions")).json()["items"]

    for session_id in (session["id"], uuid7()):
        answer = await admin.delete(f"/me/sessions/{session_id}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/session-not-found")
    assert await here.me() == 200


async def test_another_process_refuses_an_ended_device_at_once(
    settings: Settings, account: Account, device: NewDevice
) -> None:
    async with running(settings) as second:
        here, lost = device(), device(of=second)
        await here.sign_in(account)
        await lost.sign_in(account)
        assert await lost.me() == 200

        assert (await here.client.delete("/me/sessions")).status_code == 204

        assert await soon(lost.me, 401)


async def test_a_process_that_starts_later_knows_what_was_ended(
    settings: Settings, account: Account, device: NewDevice
) -> None:
    here, lost = device(), device()
    for each in (here, lost):
        await each.sign_in(account)
    await here.client.delete("/me/sessions")

    async with running(settings) as second:
        copy = device(of=second)
        copy.client.headers["Authorization"] = lost.client.headers["Authorization"]
        here_too = device(of=second)
        here_too.client.headers["Authorization"] = here.client.headers["Authorization"]

        assert (await copy.me(), await here_too.me()) == (401, 200)


async def test_revocations_are_forgotten_once_no_token_is_left_to_refuse(app: Litestar) -> None:
    revocations, ended = app.state.revocations, uuid7()
    await revocations.revoke(ended)
    assert await app.state.redis.zscore("auth:revoked", str(ended)) is not None
    await app.state.redis.zadd("auth:revoked", {str(ended): 1.0})

    await revocations.revoke(uuid7())

    assert await app.state.redis.zscore("auth:revoked", str(ended)) is None
