"""What a provider, or somebody who plays one, may not do."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from tests.sso.conftest import NewBrowser
from tests.sso.identity import CLIENT_ID, CLIENT_SECRET, ForgedProvider
from tests.sso.visitors import CALLBACK, Workspace, query_of, refused
from uuid_utils.compat import uuid7

from projectflow.core.outbound import MAX_ANSWER


async def test_a_good_token_lets_in(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser
) -> None:
    """The forged provider is believed, so that the refusals below are for what they change."""
    await workspace.uses(forged.issuer)
    someone = browser()

    assert await someone.forged(workspace, forged) == f"/w/{workspace.slug}"

    assert (await someone.user())["email"] == "forged@example.org"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another visit"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another client"]},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"aud": None},
        {"azp": "another client"},
        {"iss": "https://another.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": float("nan")},
        {"iat": 32_503_680_000},
        {"iat": None},
        {"at_hash": "bm90IHRoaXMgdG9rZW4"},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "with\x00nul"},
        {"sub": 7},
    ],
    ids=str,
)
async def test_a_token_for_somebody_or_something_else_is_refused(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser, claims: dict[str, Any]
) -> None:
    await workspace.uses(forged.issuer)
    forged.claims = claims

    assert await browser().forged(workspace, forged) == refused(workspace, "provider")

    assert await workspace.people() == []


def unsigned(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    head = _base64(b'{"alg":"none"}')
    return f"{head}.{forged.signed(claims).split('.')[1]}."


def without_signature(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    return forged.signed(claims).rpartition(".")[0] + "."


def with_the_shared_secret(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    key = OctKey.import_key(CLIENT_SECRET * 3)
    return jwt.encode({"alg": "HS256", "kid": forged.key.kid}, claims, key)


def with_the_public_key_as_secret(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    head = _base64(b'{"alg":"HS256","kid":"first"}')
    signed = f"{head}.{forged.signed(claims).split('.')[1]}"
    key = forged.key.as_pem(private=False)
    return f"{signed}.{_base64(hmac.digest(key, signed.encode(), 'sha256'))}"


def _base64(text: bytes) -> str:
    return urlsafe_b64encode(text).decode().rstrip("=")


def with_another_key(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    another = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": forged.key.kid}, claims, another)


def with_a_key_of_its_own(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    own = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims, own)


def of_another_body(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    head, _, signature = forged.signed(claims).split(".")
    body = forged.signed({**claims, "email": "owner@example.org"}).split(".")[1]
    return f"{head}.{body}.{signature}"


def nonsense(forged: ForgedProvider, claims: dict[str, Any]) -> str:
    return "not a token"


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        without_signature,
        with_the_shared_secret,
        with_the_public_key_as_secret,
        with_another_key,
        with_a_key_of_its_own,
        of_another_body,
        nonsense,
    ],
)
async def test_a_token_that_the_provider_has_not_signed_is_refused(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser, sign: Any
) -> None:
    await workspace.uses(forged.issuer)
    forged.sign = lambda claims: sign(forged, claims)

    assert await browser().forged(workspace, forged) == refused(workspace, "provider")


async def test_new_keys_of_the_provider_are_fetched(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser
) -> None:
    await workspace.uses(forged.issuer)
    await browser().forged(workspace, forged)
    forged.key = RSAKey.generate_key(2048, parameters={"kid": "second"})
    asked = forged.asked.count("/keys")

    assert await browser().forged(workspace, forged) == f"/w/{workspace.slug}"
    assert await browser().forged(workspace, forged) == f"/w/{workspace.slug}"

    assert forged.asked.count("/keys") == asked + 1


async def test_userinfo_of_another_person_is_not_believed(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser
) -> None:
    forged.metadata["userinfo_endpoint"] = f"{forged.issuer}/userinfo"
    await workspace.uses(forged.issuer)
    forged.claims = {"email": None}
    theirs = {"sub": "owner", "email": "owner@example.org", "email_verified": True}
    forged.documents["/userinfo"] = json.dumps(theirs).encode()

    assert await browser().forged(workspace, forged) == refused(workspace, "provider")


async def test_an_address_of_userinfo_is_not_proven_by_the_token(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser
) -> None:
    forged.metadata["userinfo_endpoint"] = f"{forged.issuer}/userinfo"
    await workspace.uses(forged.issuer)
    forged.claims = {"email": None, "email_verified": True}
    victim = await workspace.owner.colleague("member")
    said = {"sub": "forged", "email": f"{victim.id.hex}@example.org"}
    forged.documents["/userinfo"] = json.dumps(said).encode()

    assert await browser().forged(workspace, forged) == refused(workspace, "not_allowed")


@pytest.mark.parametrize("issuer", ["https://another.example", ""])
async def test_an_answer_that_another_issuer_sends_is_refused(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser, issuer: str
) -> None:
    forged.metadata["authorization_response_iss_parameter_supported"] = True
    await workspace.uses(forged.issuer)
    someone = browser()
    asked = query_of(await someone.leave(workspace))
    forged.expect(asked["nonce"])
    said = f"&iss={issuer}" if issuer else ""

    back = await someone.come_back(f"{CALLBACK}?code=c&state={asked['state']}{said}")

    assert back.headers["location"] == refused(workspace, "provider")
    assert "/token" not in forged.asked


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"{}", b'{"id_token": 7, "access_token": "a"}', b"\xff" * 20,
     b"[" * 100_000, b" " * (MAX_ANSWER + 1)],
    ids=["empty", "html", "list", "object", "number", "no text", "deep", "huge"],
)  # fmt: skip
async def test_an_answer_that_is_none_is_refused(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser, answer: bytes
) -> None:
    await workspace.uses(forged.issuer)
    someone = browser()
    state = query_of(await someone.leave(workspace))["state"]
    forged.documents["/token"] = answer

    back = await someone.come_back(f"{CALLBACK}?code=c&state={state}")

    assert back.headers["location"] == refused(workspace, "provider")


async def test_a_provider_that_is_down_says_so_on_our_page(
    workspace: Workspace, forged: ForgedProvider, browser: NewBrowser
) -> None:
    await workspace.uses(forged.issuer)
    someone = browser()
    state = query_of(await someone.leave(workspace))["state"]
    forged.stop()

    back = await someone.come_back(f"{CALLBACK}?code=c&state={state}")

    assert back.headers["location"] == refused(workspace, "provider")


async def test_a_providers_words_stand_neither_on_our_page_nor_in_the_log(
    workspace: Workspace,
    forged: ForgedProvider,
    browser: NewBrowser,
    capfd: pytest.CaptureFixture[str],
) -> None:
    await workspace.uses(forged.issuer)
    someone, words = browser(), uuid7().hex
    for path in ("error=server_error&error_description", "error", "code"):
        state = query_of(await someone.leave(workspace))["state"]
        forged.documents["/token"] = json.dumps({"error": words}).encode()

        back = await someone.come_back(f"{CALLBACK}?{path}={words}&state={state}")

        assert back.headers["location"] == refused(workspace, "provider")
    shown = capfd.readouterr()
    assert "sso_failed" in shown.out + shown.err
    assert words not in shown.out + shown.err
