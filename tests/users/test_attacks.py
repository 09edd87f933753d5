"""Ways to more rights, or to other people's data, that were open once."""

import io
from typing import Any

import pytest
from PIL import Image
from tests.auth.test_custom_roles import give, make_role, renewed
from tests.people import Person

from projectflow.core.problems import InvalidInput
from projectflow.users.avatars import make_avatar


def somebody(role: str = "member") -> dict[str, Any]:
    return {
        "email": f"{role}@example.org", "first_name": "A", "last_name": "B", "role": role,
    }  # fmt: skip


@pytest.mark.parametrize("version", [{"version": 99}, {}])
async def test_an_old_version_tells_nothing_to_who_may_not_change_a_person(
    owner: Person, version: dict[str, int]
) -> None:
    viewer = await owner.colleague("viewer")

    for answer in (
        await viewer.patch(f"/users/{owner.id}", {"first_name": "x", **version}),
        await viewer.client.put(f"/users/{owner.id}/role", json={"role": "viewer", **version}),
    ):
        assert answer.status_code == 403
        assert "example.org" not in answer.text


@pytest.mark.parametrize("role", ["owner", "admin"])
async def test_a_key_makes_nobody_an_owner_or_admin_and_removes_none(
    owner: Person, role: Any
) -> None:
    key = await (await owner.signed_in_by("password")).key("user:*")
    member, above = await owner.colleague("member"), await owner.colleague(role)

    statuses = [
        (await key.ask("POST", "/users", somebody(role))).status_code,
        (await key.ask("PUT", f"/users/{member.id}/role", {"role": role})).status_code,
        (await key.ask("PATCH", f"/users/{member.id}", {"role": role})).status_code,
        (await key.ask("POST", f"/users/{above.id}/deactivate")).status_code,
        (await key.ask("DELETE", f"/users/{above.id}")).status_code,
    ]

    assert statuses == [403] * 5
    assert (await key.ask("POST", "/users", somebody("manager"))).status_code == 201


async def test_who_invites_by_a_custom_role_takes_no_strong_ones_place(owner: Person) -> None:
    host = await owner.colleague("member")
    rights = ["user:read", "user:create", "user:update:not_owner"]
    await give(owner, host, await make_role(owner, "Host", rights))
    await renewed(host)
    invited = (await owner.post("/users", somebody())).json()["user"]
    strong = await make_role(owner, "Strong", ["project:delete", "audit:read"])
    choice = {"role_id": strong["id"]}
    assert (await owner.client.put(f"/users/{invited['id']}/role", json=choice)).status_code == 200

    again = await host.post(f"/users/{invited['id']}/invite", {"email": "host@example.org"})

    assert again.status_code == 403


async def test_a_team_shows_its_people_to_who_may_see_people(owner: Person) -> None:
    team = (await owner.post("/teams", {"name": "Design"})).json()
    await owner.client.put(f"/teams/{team['id']}/members/{owner.id}")
    reader = await owner.colleague("member")
    await give(owner, reader, await make_role(owner, "Reader", ["team:read"]))
    await renewed(reader)
    key = await (await owner.signed_in_by("password")).key("team:read")

    assert (await reader.get("/teams")).status_code == 200
    for answer in (
        await reader.get(f"/teams/{team['id']}/members"),
        await key.get(f"/teams/{team['id']}/members"),
    ):
        assert answer.status_code == 403


def test_a_photograph_of_very_many_scans_is_refused_before_it_is_decoded() -> None:
    file = io.BytesIO()
    Image.new("L", (64, 64)).save(file, "JPEG", progressive=True)
    plain = file.getvalue()
    last_scan = plain[plain.rindex(b"\xff\xda") : -2]

    # Each takes as long as the whole picture: five megabytes of them take an hour.
    with pytest.raises(InvalidInput):
        make_avatar(plain[:-2] + last_scan * 100 + plain[-2:])

    assert make_avatar(plain)
