"""Access tokens: what is in them, and every forgery refused."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from litestar import Litestar
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.auth.links import Links
from projectflow.auth.permissions import ROLE_PERMISSIONS
from projectflow.auth.tokens import NotSignedIn, Tokens, load_tokens, new_key, rotate_keys
from projectflow.core.settings import InvalidSetting, Settings

KEY_PEM = new_key()
KEY = serialization.load_pem_private_key(KEY_PEM, password=None)
assert isinstance(KEY, rsa.RSAPrivateKey)
ISSUER = "http://issuer.test"


@pytest.fixture
def tokens() -> Tokens:
    settings = Settings(jwt_private_key=KEY_PEM.decode(), public_url=ISSUER)
    return load_tokens(settings)


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {
        "sub": str(uuid7()), "tenant": str(uuid7()), "role": "owner", "permissions": ["*:*"],
        "iat": now, "exp": now + 900, "aud": "projectflow", "iss": ISSUER, "sid": str(uuid7()),
        "jti": str(uuid7()),
    }  # fmt: skip
    return {k: v for k, v in {**made, **changed}.items() if v is not None}


def signed(tokens: Tokens, payload: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    kid = tokens.jwks()["keys"][0]["kid"]
    headers = {k: v for k, v in {"kid": kid, **header}.items() if v is not None}
    return jwt.encode(payload, key, algorithm="RS256", headers=headers)


def by_hand(header: dict[str, Any], payload: dict[str, Any], secret: bytes | None) -> str:
    parts = [_b64(json.dumps(part).encode()) for part in (header, payload)]
    body = ".".join(parts)
    if secret is None:
        return f"{body}."
    return f"{body}.{_b64(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_token_has_the_seeds_claims_and_verifies(tokens: Tokens) -> None:
    user, tenant, session = uuid7(), uuid7(), uuid7()

    token = tokens.issue(user, tenant, "member", session)

    payload = jwt.decode(token, options={"verify_signature": False})
    assert payload.keys() == {
        "sub", "tenant", "role", "permissions", "iat", "exp", "aud", "iss", "sid", "jti",
        "plan", "custom",
    }  # fmt: skip
    assert (payload["sub"], payload["tenant"]) == (str(user), str(tenant))
    assert isinstance(payload["iat"], float)
    assert abs(payload["iat"] - time.time()) < 5
    assert payload["exp"] - int(payload["iat"]) == 900
    assert payload["permissions"] == [str(p) for p in ROLE_PERMISSIONS["member"]]
    assert "task:update:is_assignee" in payload["permissions"]
    actor = tokens.verify(token)
    assert (actor.user_id, actor.tenant_id, actor.session_id) == (user, tenant, session)
    assert tokens.verify(token) is actor


async def test_the_published_keys_verify_a_token(
    app: Litestar, owner: Person, visitor: httpx.AsyncClient
) -> None:
    issued: Tokens = app.state.tokens
    token = issued.issue(owner.id, owner.tenant_id, "owner", uuid7())

    answer = await visitor.get("/.well-known/jwks.json")

    assert answer.json()["keys"][0].keys() == {"kty", "n", "e", "kid", "use", "alg", "key_ops"}
    assert "d" not in answer.json()["keys"][0]
    keys = jwt.PyJWKSet.from_dict(answer.json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    payload = jwt.decode(token, key, algorithms=["RS256"], audience="projectflow")
    assert payload["sub"] == str(owner.id)


OTHER_KEY_PEM = new_key()
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
FORGERIES: dict[str, Any] = {
    "no algorithm": lambda t, k: by_hand({"alg": "none", "kid": k}, claims(), None),
    "None in capitals": lambda t, k: by_hand({"alg": "NONE", "kid": k}, claims(), b""),
    "HMAC with the public key": lambda t, k: by_hand({"alg": "HS256", "kid": k}, claims(), PUBLIC),
    "another key": lambda t, k: signed(t, claims(), OTHER_KEY),
    "another key id": lambda t, k: signed(t, claims(), kid="other"),
    "no key id": lambda t, k: signed(t, claims(), kid=None),
    "another audience": lambda t, k: signed(t, claims(aud="elsewhere")),
    "no audience": lambda t, k: signed(t, claims(aud=None)),
    "another issuer": lambda t, k: signed(t, claims(iss="https://evil.example")),
    "expired": lambda t, k: signed(t, claims(exp=int(time.time()) - 1)),
    "never expires": lambda t, k: signed(t, claims(exp=None)),
    "not yet issued": lambda t, k: signed(t, claims(iat=int(time.time()) + 600)),
    "expires in text": lambda t, k: signed(t, claims(exp="tomorrow")),
    "no tenant": lambda t, k: signed(t, claims(tenant=None)),
    "tenant is no id": lambda t, k: signed(t, claims(tenant="' OR true --")),
    "unknown role": lambda t, k: signed(t, claims(role="root")),
    "tampered payload": lambda t, k: tampered(signed(t, claims(role="viewer"))),
    "no signature": lambda t, k: signed(t, claims()).rpartition(".")[0] + ".",
    "cut off": lambda t, k: signed(t, claims())[:-20],
    "key in the header": lambda t, k: signed(t, claims(), OTHER_KEY, jwk=json.loads(_jwk())),
    "key at an address": lambda t, k: signed(t, claims(), OTHER_KEY, jku="https://evil.example"),
    "nothing": lambda t, k: "",
    "three dots": lambda t, k: "...",
    "very long": lambda t, k: "x" * 100_000,
    "not ASCII": lambda t, k: "é.è.ê",
}  # fmt: skip


def _jwk() -> str:
    key: Any = OTHER_KEY.public_key()
    return RSAAlgorithm.to_jwk(key)


def tampered(token: str) -> str:
    header, payload, signature = token.split(".")
    content = base64.urlsafe_b64decode(payload + "==").replace(b"viewer", b"owner")
    return ".".join([header, _b64(content), signature])


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_nobody(tokens: Tokens, name: str) -> None:
    token = FORGERIES[name](tokens, tokens.jwks()["keys"][0]["kid"])

    for _ in range(2):  # the second time past the cache
        with pytest.raises(NotSignedIn):
            tokens.verify(token)


def test_a_token_made_as_the_forgeries_are_is_accepted_when_right(tokens: Tokens) -> None:
    assert tokens.verify(signed(tokens, claims())).role == "owner"


def test_a_remembered_token_ends_when_it_expires(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.issue(uuid7(), uuid7(), "owner", uuid7())
    tokens.verify(token)

    later = time.time() + 901
    monkeypatch.setattr(time, "time", lambda: later)

    with pytest.raises(NotSignedIn):
        tokens.verify(token)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Token x", "Bearer a b", "\xff"]
)
async def test_a_header_that_is_no_token_is_401(visitor: httpx.AsyncClient, header: str) -> None:
    raw = [(b"authorization", header.encode("latin-1"))]

    answer = await visitor.get("/api/v1/me", headers=raw)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "/problems/not-signed-in"


def test_after_a_rotation_old_and_new_tokens_count(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    running = load_tokens(settings)
    before = running.issue(uuid7(), uuid7(), "member", uuid7())

    rotate_keys(settings, drop_old=False)
    after = running.issue(uuid7(), uuid7(), "member", uuid7())

    fresh = load_tokens(settings)
    old, new = (jwt.get_unverified_header(token)["kid"] for token in (before, after))
    assert old != new
    assert [key["kid"] for key in fresh.jwks()["keys"]] == [new, old]
    assert fresh.verify(before)
    assert fresh.verify(after)
    assert running.jwks() == fresh.jwks()


def test_a_dropped_key_signs_nobody_in(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    before = load_tokens(settings).issue(uuid7(), uuid7(), "member", uuid7())

    assert rotate_keys(settings, drop_old=True) == 0

    with pytest.raises(NotSignedIn):
        load_tokens(settings).verify(before)


def test_a_mailed_link_outlives_a_rotation(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    links = Links(load_tokens(settings).secret_material)
    made = links.make("invitation", uuid7(), uuid7())

    rotate_keys(settings, drop_old=False)

    assert links.make("invitation", made.tenant_id, made.row_id) != made
    assert links.read("invitation", str(made)) == made
    assert links.again("invitation", made.tenant_id, made.row_id, made.hash) == made


def test_keys_of_a_setting_are_not_rotated_by_us(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, jwt_private_key=KEY_PEM.decode())

    with pytest.raises(InvalidSetting, match="PROJECTFLOW_JWT_PRIVATE_KEY"):
        rotate_keys(settings, drop_old=False)


def test_a_setting_may_hold_the_key_before_too(tmp_path: Path) -> None:
    newer = new_key().decode()
    before = load_tokens(Settings(jwt_private_key=KEY_PEM.decode()))
    both = load_tokens(Settings(jwt_private_key=newer + KEY_PEM.decode()))

    assert both.verify(before.issue(uuid7(), uuid7(), "member", uuid7()))
    assert both.jwks()["keys"][1:] == before.jwks()["keys"]
