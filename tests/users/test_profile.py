"""What people change of themselves."""

from typing import Any

import pytest
from tests.people import Person


async def test_anybody_changes_their_own_name_and_time_zone(owner: Person) -> None:
    viewer = await owner.colleague("viewer")

    answer = await viewer.patch(
        "/me", {"first_name": " Vi ", "last_name": "Ewer", "time_zone": "Europe/Berlin"}
    )

    assert answer.status_code == 200
    user = answer.json()
    assert (user["first_name"], user["last_name"]) == ("Vi", "Ewer")
    assert (user["time_zone"], user["version"]) == ("Europe/Berlin", 2)
    assert (await viewer.get("/me")).json()["user"] == user
    assert (await owner.get(f"/users/{viewer.id}")).json() == user


@pytest.mark.parametrize(
    "zone", ["", "Berlin", "Europe/Nowhere", "europe/berlin", "../etc/passwd", "UTC\x00", 1, None]
)
async def test_what_is_no_time_zone_is_refused_by_name(owner: Person, zone: Any) -> None:
    answer = await owner.patch("/me", {"time_zone": zone})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "time_zone")
    assert (await owner.get("/me")).json()["user"]["time_zone"] == "UTC"


@pytest.mark.parametrize(
    "field", ["role", "email", "is_active", "tenant_id", "id", "password_hash", "invited_at"]
)
async def test_nobody_makes_themselves_more_than_they_are(owner: Person, field: str) -> None:
    viewer = await owner.colleague("viewer")

    answer = await viewer.patch("/me", {field: "owner", "first_name": "Eve"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await viewer.get("/me")).json()["user"]["role"] == "viewer"


async def test_saving_what_there_is_already_is_no_change(owner: Person) -> None:
    before = (await owner.get("/me")).json()["user"]

    answer = await owner.patch("/me", {"first_name": before["first_name"], "time_zone": "UTC"})

    assert answer.json() == before


async def test_a_profile_that_was_changed_elsewhere_is_told(owner: Person) -> None:
    await owner.patch("/me", {"first_name": "One"})

    answer = await owner.patch("/me", {"first_name": "Two"}, **{"If-Match": '"1"'})

    assert answer.status_code == 409
    assert answer.json()["current"]["first_name"] == "One"
