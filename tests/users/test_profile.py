"""What people change of themselves."""

from typing import Any

import asyncpg
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


async def test_language_and_working_hours_are_kept_exactly(owner: Person) -> None:
    viewer = await owner.colleague("viewer")
    assert (await viewer.get("/me")).json()["user"]["locale"] == "en"

    answer = await viewer.patch(
        "/me", {"locale": "ZH-hant-tw", "working_hours": [7.7, "7.70", 8, 0, "24", 0.25, 0]}
    )

    user = answer.json()
    assert answer.status_code == 200
    assert user["locale"] == "zh-Hant-TW"
    assert user["working_hours"] == ["7.70", "7.70", "8.00", "0.00", "24.00", "0.25", "0.00"]
    assert (await viewer.get("/me")).json()["user"] == user
    again = await viewer.patch(
        "/me", {"working_hours": user["working_hours"], "locale": "zh-Hant-TW"}
    )
    assert again.json() == user, "what there is already is no change"


@pytest.mark.parametrize("tag", ["en", "de-AT", "es-419", "sr-Latn-RS", "ca-ES-valencia",
                                 "sl-rozaj-1994", "de-DE-u-co-phonebk"])  # fmt: skip
async def test_any_language_tag_is_taken(owner: Person, tag: str) -> None:
    assert (await owner.patch("/me", {"locale": tag})).json()["locale"] == tag


@pytest.mark.parametrize(
    "tag", ["", "e", "english-", "en_US", "en-", "en-US-", "en US", "../en", "en\x00", "en\n", "é",
            "en-" + "abcde-" * 6 + "abcde", 1, None]
)  # fmt: skip
async def test_what_is_no_language_tag_is_refused_by_name(owner: Person, tag: Any) -> None:
    answer = await owner.patch("/me", {"locale": tag})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "locale")
    assert (await owner.get("/me")).json()["user"]["version"] == 1


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ([8] * 6, "working_hours"),
        ([8] * 8, "working_hours"),
        (8, "working_hours"),
        (None, "working_hours"),
        ([8, 8, 8, 8, 8, 0, 24.01], "working_hours[6]"),
        ([8, -0.01, 8, 8, 8, 0, 0], "working_hours[1]"),
        ([8, 8, "7.333", 8, 8, 0, 0], "working_hours[2]"),
        (["NaN", 8, 8, 8, 8, 0, 0], "working_hours[0]"),
        (["Infinity", 8, 8, 8, 8, 0, 0], "working_hours[0]"),
        (["1E-999999", 8, 8, 8, 8, 0, 0], "working_hours[0]"),
        (["1E+999999", 8, 8, 8, 8, 0, 0], "working_hours[0]"),
        ([8, 8, 8, "eight", 8, 0, 0], "working_hours[3]"),
        ([8, 8, 8, None, 8, 0, 0], "working_hours[3]"),
    ],
)
async def test_what_are_no_working_hours_is_refused_by_name(
    owner: Person, hours: Any, field: str
) -> None:
    answer = await owner.patch("/me", {"working_hours": hours})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await owner.get("/me")).json()["user"]["version"] == 1


async def test_the_log_says_which_fields_changed_and_no_more(
    owner: Person, superuser_url: str
) -> None:
    await owner.patch(
        "/me", {"first_name": "Grace", "locale": "fr-CH", "working_hours": ["7.77"] * 7}
    )

    connection = await asyncpg.connect(superuser_url)
    text = await connection.fetchval(
        "SELECT string_agg(payload::text, '') FROM events WHERE tenant_id = $1", owner.tenant_id
    )
    await connection.close()
    assert '"changed": ["first_name", "locale", "working_hours"]' in text
    assert not any(told in text for told in ("Grace", "fr-CH", "7.77"))
