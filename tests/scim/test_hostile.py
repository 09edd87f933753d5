"""Whatever is sent, the answer is a SCIM error that says so, never a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scim.provider import ERROR, PATCH, SCIM_JSON, USER, Provider

NAMES = st.sampled_from(
    ["userName", "name", "givenName", "active", "roles", "emails", "members", "schemas", "value",
     "Operations", "op", "path", "locale", "timezone", "externalId", "displayName", "id", "meta"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["add", "replace", "remove", "a@example.org", 'emails[type eq "work"].value',
                       "roles[value eq 1]", "members", "admin", "\x00", "\ud800", PATCH, USER]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def check(answer: Any) -> None:
    assert answer.status_code != 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith(SCIM_JSON)
        assert answer.json()["schemas"] == [ERROR]
        assert answer.json()["status"] == str(answer.status_code)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=VALUES)
async def test_no_body_breaks_it(provider: Provider, body: Any) -> None:
    text = json.dumps(body).encode()
    operations = {"schemas": [PATCH], "Operations": [body]}
    user = (await provider.find("/Users")).json()["Resources"][0]["id"]
    for path in ("/Users", "/Groups", "/.search", "/Users/.search"):
        check(await provider.send("POST", path, text))
    for path in (f"/Users/{user}", "/Groups/x"):
        check(await provider.send("PUT", path, text))
        check(await provider.send("PATCH", path, text))
        check(await provider.send("PATCH", path, json.dumps(operations).encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b'{"userName": "a@example.org"',
        b"[" * 100_000, b'{"a":' * 50_000, b'{"userName": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"userName": "a\\u0000@example.org"}', b'{"userName": "a@example.org", "active": 7}',
        b'{"userName": "not an address"}', b'{"userName": "a@example.org", "timezone": "Mars"}',
        b'{"userName": "a@example.org", "locale": "not a tag"}',
        b'{"userName": "' + b"a" * 400 + b'@example.org"}',
        b'{"userName": "a@example.org", "name": {"givenName": "' + b"a" * 101 + b'"}}',
        b'{"userName": "a@example.org", "externalId": "' + b"a" * 256 + b'"}',
        b'{"userName": "a@example.org", "externalId": "\\u0000"}',
        b'{"userName": "a@example.org", "roles": [{"value": "admin"}, {"value": "viewer"}]}',
        b'{"userName": "a@example.org", "roles": "admin"}',
    ],
)  # fmt: skip
async def test_a_person_that_cannot_be_is_refused(provider: Provider, body: bytes) -> None:
    answer = await provider.send("POST", "/Users", body)

    check(answer)
    assert answer.status_code == 400
    assert answer.json()["scimType"] in {"invalidSyntax", "invalidValue"}
    assert (await provider.find("/Users")).json()["totalResults"] == 1


async def test_a_body_that_is_too_large_is_refused(provider: Provider) -> None:
    answer = await provider.send("POST", "/Users", b" " * (2 * 1024 * 1024 + 1))

    check(answer)
    assert answer.status_code == 413


async def test_what_is_not_json_is_refused(provider: Provider) -> None:
    body = b'{"userName": "a@example.org"}'
    answer = await provider.send("POST", "/Users", body, Content_Type="text/xml")
    check(answer)
    assert answer.status_code == 415
    plain = await provider.send("POST", "/Users", body, Content_Type="application/json")
    assert plain.status_code == 201
    assert plain.headers["content-type"].startswith(SCIM_JSON)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/Bulk", 501), ("GET", "/Me", 501), ("GET", "/Nonsense", 404),
        ("GET", "/Users/not-an-id", 404), ("GET", "/Users/a/b", 404), ("PUT", "/Users", 405),
        ("DELETE", "/ServiceProviderConfig", 405), ("GET", "/Schemas/nonsense", 404),
        ("GET", "/ServiceProviderConfig?filter=id%20pr", 403), ("GET", "/Users?count=x", 400),
        ("GET", "/Users?attributes=%00%5B", 400), ("GET", "/Users/%00", 404),
        ("GET", "/Users?attributes=id&excludedAttributes=id", 400),
    ],
)  # fmt: skip
async def test_what_is_not_there_says_so(
    provider: Provider, method: str, path: str, status: int
) -> None:
    answer = await provider.send(method, path, {} if method == "POST" else None)

    check(answer)
    assert answer.status_code == status
