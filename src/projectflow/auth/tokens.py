"""Access tokens: RS256 JWTs (RFC 7519) with the seed's claims, and the keys that sign them."""

import hashlib
import math
import time
from collections.abc import Sequence
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
CACHED_TOKENS = 50_000
MAX_TOKEN_LENGTH = 8_192


class NotSignedIn(Problem):
    """Sign in first: the access token is missing, invalid or expired."""

    status = 401


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


class Tokens:
    """Issues and verifies access tokens with one key pair."""

    def __init__(self, key: rsa.RSAPrivateKey, issuer: str, ttl: int) -> None:
        """`ttl` is a token's life in seconds."""
        self._key = key
        self._public_key = key.public_key()
        self._issuer = issuer
        self.ttl = ttl
        self._key_id = _thumbprint(self._public_key)
        self._verified: dict[bytes, tuple[Actor, int]] = {}

    def secret_material(self) -> bytes:
        """The private key's bytes, for deriving other keys that every node must agree on."""
        return self._key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

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
        return jwt.encode(
            msgspec.to_builtins(claims),
            self._key,
            algorithm=ALGORITHM,
            headers={"kid": self._key_id},
        )

    def verify(self, token: str) -> Actor:
        """Who holds this token. A token is verified once, then remembered until it expires.

        Raises:
            NotSignedIn: the token is not one that this service issued and that still counts.
        """
        digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=16).digest()
        remembered = self._verified.get(digest)
        if remembered is not None:
            actor, expires_at = remembered
            if expires_at > time.time():
                return actor
            del self._verified[digest]
            raise NotSignedIn
        if len(token) > MAX_TOKEN_LENGTH:
            raise NotSignedIn
        claims = self._decode(token)
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
        self._verified[digest] = (actor, claims.exp)
        return actor

    def _decode(self, token: str) -> Claims:
        try:
            if jwt.get_unverified_header(token).get("kid") != self._key_id:
                raise NotSignedIn
            payload: dict[str, Any] = jwt.decode(
                token,
                self._public_key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
            return msgspec.convert(payload, Claims)
        except (jwt.PyJWTError, msgspec.ValidationError, UnicodeError):
            raise NotSignedIn from None

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        key = RSAAlgorithm.to_jwk(self._public_key, as_dict=True)
        return {"keys": [{**key, "kid": self._key_id, "use": "sig", "alg": ALGORITHM}]}


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    return digest.finalize().hex()[:16]


def load_tokens(settings: Settings) -> Tokens:
    """Use the key of the setting, else the one in the home, made there on first use.

    Raises:
        InvalidSetting: PROJECTFLOW_JWT_PRIVATE_KEY is not an RSA key in PEM.
    """
    if settings.jwt_private_key is not None:
        key = _parse_key(settings.jwt_private_key.encode(), "PROJECTFLOW_JWT_PRIVATE_KEY")
    else:
        path = settings.home / "keys" / "jwt.pem"
        if not path.exists():
            keyfiles.create_once(path, _new_key())
        key = _parse_key(path.read_bytes(), str(path))
    return Tokens(key, settings.url, settings.access_token_ttl)


def _parse_key(pem: bytes, name: str) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise InvalidSetting(f"{name} is not a private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidSetting(f"{name} is not an RSA key")
    return key


def _new_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
