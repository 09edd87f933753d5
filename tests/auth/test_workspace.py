"""What a workspace decides for its people."""

from typing import Any

import asyncpg
import pytest
from tests.people import Person


@pytest.fixture
async def secured(owner: Person) -> Person:
    """The owner, signed in with a second factor."""
    return await owner.signed_in_by("password", "totp")


async def test_settings_are_changed_and_logged(secured: Person) -> None:
    changed = await secured.patch(
        "/workspace",
        {"name": "Acme", "require_second_factor": True, "audit_retention_days": 365},
    )

    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    assert (await secured.get("/workspace")).json() == changed.json()
    async with secured.app.state.database.tenant(secured.tenant_id) as db:
        payload = await db.fetchval(
            "SELECT payload FROM events WHERE type = 'workspace.settings_changed'"
        )
    assert '"require_second_factor": true' in payload


async def test_nothing_changed_is_no_event(secured: Person) -> None:
    before = (await secured.get("/workspace")).json()

    assert (await secured.patch("/workspace", {"require_sso": False})).json() == before


async def test_only_an_owner_changes_them_and_everybody_reads_them(owner: Person) -> None:
    for role in ("admin", "manager", "member", "viewer"):
        person = await (await owner.colleague(role)).signed_in_by("passkey")
        assert (await person.patch("/workspace", {"name": "Mine"})).status_code == 403
        assert (await person.get("/workspace")).status_code == 200


async def test_an_owner_does_not_lock_themselves_out(owner: Person) -> None:
    person = await owner.signed_in_by("password")

    answer = await person.patch("/workspace", {"require_second_factor": True})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "require_second_factor"


async def test_single_sign_on_needs_a_provider(secured: Person) -> None:
    answer = await secured.patch("/workspace", {"require_sso": True})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "require_sso"


async def test_it_takes_somebody_who_has_just_proven_who_they_are(
    secured: Person, superuser_url: str
) -> None:
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = $1",
        secured.actor.session_id,
    )
    await connection.close()

    answer = await secured.patch("/workspace", {"name": "Acme"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/confirmation-needed"


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("name", {"name": "  "}),
        ("audit_retention_days", {"audit_retention_days": 29}),
        ("audit_retention_days", {"audit_retention_days": 99_999}),
        ("require_sso", {"require_sso": "yes"}),
        ("plan_type", {"plan_type": "pro"}),
    ],
)
async def test_what_is_wrong_is_named(secured: Person, field: str, body: dict[str, Any]) -> None:
    answer = await secured.patch("/workspace", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_an_older_version_is_not_overwritten(secured: Person) -> None:
    await secured.patch("/workspace", {"name": "Acme"})

    answer = await secured.patch("/workspace", {"name": "Other", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["current"]["name"] == "Acme"
