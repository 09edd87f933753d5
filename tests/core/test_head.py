"""HEAD, and what the log says of an address."""

import httpx
from tests.people import Person

from projectflow.core.http import loggable


async def test_head_is_get_without_the_body(owner: Person) -> None:
    asked = await owner.client.get("/me")
    head = await owner.client.head("/me")

    assert head.status_code == asked.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == asked.headers["content-type"]


async def test_head_of_what_only_takes_writes_is_refused(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.head("/api/v1/auth/login")).status_code == 405


def test_a_token_in_an_address_is_not_logged() -> None:
    token = f"{'a' * 32}.{'b' * 32}.{'c' * 43}"

    assert loggable(f"/api/v1/invitations/{token}/accept") == "/api/v1/invitations/…/accept"
    assert loggable("/api/v1/tasks/019ab100-0000-7000-8000-000000000001").endswith("000000000001")
