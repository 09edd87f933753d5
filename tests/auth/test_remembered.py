"""How long a session lives that is not used: an hour, or where somebody asked for it, 14 days."""

from datetime import datetime, timedelta

import msgspec
import pytest
from tests.auth.accounts import Account, NewDevice

from projectflow.core.settings import Settings

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def lifetime(new_device: NewDevice, account: Account, query: str) -> tuple[timedelta, str]:
    """How long the session lives after its last use, and what the browser is told."""
    device = new_device()
    typed = msgspec.to_builtins(account)
    answer = await device.client.post(f"/auth/login{query}", json=typed)
    assert answer.status_code == 200, answer.text
    refreshed = await device.refresh()
    sessions = (await device.client.get("/me/sessions")).json()["items"]
    current = next(session for session in sessions if session["is_current"])
    ends, used = (datetime.fromisoformat(current[k]) for k in ("expires_at", "last_used_at"))
    return ends - used, refreshed.headers["set-cookie"]


async def test_a_session_that_is_not_used_ends_after_an_hour(
    device: NewDevice, account: Account
) -> None:
    lives, cookie = await lifetime(device, account, "")

    assert lives == timedelta(seconds=Settings().session_ttl) == timedelta(hours=1)
    assert "max-age" not in cookie.lower()


async def test_who_asks_for_it_stays_signed_in(device: NewDevice, account: Account) -> None:
    lives, cookie = await lifetime(device, account, "?remember=true")

    assert lives == timedelta(days=14)
    assert "max-age=1209600" in cookie.lower()
