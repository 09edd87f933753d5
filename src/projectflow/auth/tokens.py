"""Access tokens: RS256 JWTs (RFC 7519) with the seed's claims, and the keys that sign them."""

import hashlib
import math
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import ROLE_PERMISSIONS, Role
from projectflow.auth.types import Actor
from projectflow.core import keyfiles
from projectflow.core.problems import Problem
from projectflow.core.settings import InvalidSetting, Settings

AUDIENCE = "projectflow"
ALGORITHM = "RS256"
KEY_BITS = 2048
KEPT_KEYS = 5
"""Keys that the file holds at most. Tokens live for minutes, mailed links for days."""
LOOK_EVERY = 1.0
"""Seconds between two looks at whether the keys were rotated."""
PEM = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
CACHED_TOKENS = 50_000
MAX_TOKEN_LENGTH = 8_192


class NotSignedIn(Problem):
    """Sign in first: the access token is missing, invalid or expired."""

    status = 401


class Header(Struct, frozen=True):
    """What is read of a token's header before its signature is checked."""

    kid: str = ""


class Claims(Struct, frozen=True):
    """The payload of an access token."""

    sub: UUID
    tenant: UUID
    role: Role
    permissions: list[str]
    iat: float
    exp: int
    aud: str
    iss: str
    sid: UUID
    jti: UUID
    plan: str = "free"
    custom: bool = False
    """Whether `permissions` are a custom role's, and not those that `role` has."""


class KeyFile:
    """The signing keys by their ids, the first signs. Read again when their file changes."""

    def __init__(self, settings: Settings) -> None:
        """Take those of the setting, else those of the home, made there on first use."""
        self._path = path_of(settings)
        self._read_at = 0
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self._fixed = settings.jwt_private_key is not None
        if settings.jwt_private_key is not None:
            self._keys = parse_keys(settings.jwt_private_key, "PROJECTFLOW_JWT_PRIVATE_KEY")
        else:
            if not self._path.exists():
                keyfiles.create_once(self._path, new_key())
            self.read()

    def read(self) -> dict[str, rsa.RSAPrivateKey]:
        """The keys as they are now."""
        if not self._fixed and (changed_at := self._path.stat().st_mtime_ns) != self._read_at:
            self._keys = parse_keys(self._path.read_text(), str(self._path))
            self._read_at = changed_at
        return self._keys


class Tokens:
    """Issues access tokens with the first of its keys, and verifies them with each."""

    def __init__(self, keys: KeyFile, issuer: str, ttl: int) -> None:
        """`ttl` is a token's life in seconds."""
        self._keys = keys
        self._issuer = issuer
        self.ttl = ttl
        self._verified: dict[bytes, tuple[Actor, int, str]] = {}
        self._verified_with = keys.read()
        self._looked_at = 0.0

    def secret_material(self) -> list[bytes]:
        """The private keys' bytes, for deriving other keys that every node must agree on."""
        return [
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            for key in self._keys.read().values()
        ]

    def issue(
        self,
        user_id: UUID,
        tenant_id: UUID,
        role: Role,
        session_id: UUID,
        *,
        permissions: Sequence[str] | None = None,
        plan: str = "free",
    ) -> str:
        """Sign a token for one person in one workspace; `permissions` are a custom role's."""
        # Rounded down: a token signed just before its session was ended must not look younger.
        now = math.floor(time.time() * 1000) / 1000
        claims = Claims(
            sub=user_id,
            tenant=tenant_id,
            role=role,
            permissions=[str(p) for p in ROLE_PERMISSIONS[role]]
            if permissions is None
            else list(permissions),
            iat=now,
            exp=int(now) + self.ttl,
            aud=AUDIENCE,
            iss=self._issuer,
            sid=session_id,
            jti=uuid7(),
            plan=plan,
            custom=permissions is not None,
        )
        key_id, key = next(iter(self._keys.read().items()))
        return jwt.encode(
            msgspec.to_builtins(claims), key, algorithm=ALGORITHM, headers={"kid": key_id}
        )

    def verify(self, token: str) -> Actor:
        """Who holds this token. A token is verified once, then remembered until it expires.

        Raises:
            NotSignedIn: the token is not one that this service issued and that still counts.
        """
        digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=16).digest()
        self._notice_rotation()
        remembered = self._verified.get(digest)
        if remembered is not None:
            actor, expires_at, key_id = remembered
            # Its key may have been dropped since, because somebody else had it.
            if expires_at > time.time() and key_id in self._keys.read():
                return actor
            del self._verified[digest]
            raise NotSignedIn
        if len(token) > MAX_TOKEN_LENGTH:
            raise NotSignedIn
        claims, key_id = self._decode(token)
        actor = Actor(
            claims.sub,
            claims.tenant,
            claims.role,
            claims.sid,
            claims.iat,
            permissions=tuple(claims.permissions) if claims.custom else None,
            plan=claims.plan,
        )
        if len(self._verified) >= CACHED_TOKENS:
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = (actor, claims.exp, key_id)
        return actor

    def expires_at(self, token: str) -> float:
        """When a token that counts ends, in seconds since 1970.

        Raises:
            NotSignedIn: it does not count.
        """
        self.verify(token)
        digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=16).digest()
        return self._verified[digest][1]

    def _notice_rotation(self) -> None:
        """Forget what was verified with keys that may be gone; looks once a second."""
        now = time.monotonic()
        if now - self._looked_at > LOOK_EVERY:
            self._looked_at = now
            keys = self._keys.read()
            if keys is not self._verified_with:
                self._verified_with = keys
                self._verified.clear()

    def _decode(self, token: str) -> tuple[Claims, str]:
        try:
            key_id = _key_named(token)
            key = self._keys.read().get(key_id)
            if key is None:
                raise NotSignedIn
            payload: dict[str, Any] = jwt.decode(
                token,
                key.public_key(),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
            return msgspec.convert(payload, Claims), key_id
        except (jwt.PyJWTError, msgspec.MsgspecError, ValueError):
            raise NotSignedIn from None

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JSON Web Key Set (RFC 7517); the one that signs comes first."""
        return {
            "keys": [
                {
                    **RSAAlgorithm.to_jwk(key.public_key(), as_dict=True),
                    "kid": key_id,
                    "use": "sig",
                    "alg": ALGORITHM,
                }
                for key_id, key in self._keys.read().items()
            ]
        }


def _key_named(token: str) -> str:
    """Which key a token says it is signed with. PyJWT reads all of a token to tell its header."""
    header = token.partition(".")[0]
    return msgspec.json.decode(urlsafe_b64decode(header + "=="), type=Header).kid


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    return digest.finalize().hex()[:16]


def load_tokens(settings: Settings) -> Tokens:
    """Use the keys of the setting, else those in the home, made there on first use.

    Raises:
        InvalidSetting: one is not an RSA key in PEM.
    """
    return Tokens(KeyFile(settings), settings.url, settings.access_token_ttl)


def parse_keys(text: str, name: str) -> dict[str, rsa.RSAPrivateKey]:
    """Private keys in PEM, one after the other, by their ids.

    Raises:
        InvalidSetting: there is none, or one is not an RSA key.
    """
    pems = [found[0] for found in PEM.finditer(text)]
    if not pems:
        raise InvalidSetting(f"{name} is not a private key in PEM")
    keys = [_parse_key(pem.encode(), name) for pem in pems]
    return {_thumbprint(key.public_key()): key for key in keys}


def _parse_key(pem: bytes, name: str) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise InvalidSetting(f"{name} is not a private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidSetting(f"{name} is not an RSA key")
    return key


def path_of(settings: Settings) -> Path:
    """The file of signing keys in the home."""
    return settings.home / "keys" / "jwt.pem"


def rotate_keys(settings: Settings, *, drop_old: bool) -> int:
    """Sign with a new key from now on; returns how many older ones still verify.

    Running processes notice by themselves. Tokens and mailed links of the last keys stay valid,
    unless `drop_old` says that those keys may be in the wrong hands.

    Raises:
        InvalidSetting: the keys are not ours to change: a setting holds them.
    """
    if settings.jwt_private_key is not None:
        raise InvalidSetting(
            "PROJECTFLOW_JWT_PRIVATE_KEY holds the keys: put a new one before the old one there"
        )
    path = path_of(settings)
    keyfiles.create_once(path, new_key())
    old = list(parse_keys(path.read_text(), str(path)).values())
    kept = [] if drop_old else old[: KEPT_KEYS - 1]
    keyfiles.replace(path, b"".join([new_key(), *map(_to_pem, kept)]))
    return len(kept)


def new_key() -> bytes:
    """A new private key in PEM."""
    return _to_pem(rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS))


def _to_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
