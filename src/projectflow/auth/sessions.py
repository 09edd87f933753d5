"""What a session is made of: its refresh token, the device it is on, and how it begins."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Final, Self
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct
from msgspec.structs import replace

from projectflow.auth.types import AuthResult
from projectflow.core.problems import Problem

FAMILY_BYTES: Final = 16
FAMILY_LENGTH: Final = 22
"""Characters of so many bytes in base 64."""


class SessionEnded(Problem):
    """Your session has ended; sign in again."""

    status = 401


class RefreshToken(Struct, frozen=True):
    """What the cookie holds: which session, and the secret that proves it."""

    tenant_id: UUID
    session_id: UUID
    secret: str

    @property
    def family(self) -> str:
        """What all tokens of a session begin with: who knows it has held one of them."""
        return self.secret[:FAMILY_LENGTH]

    @classmethod
    def first(cls, tenant_id: UUID, session_id: UUID) -> Self:
        """The token that a session begins with."""
        family = secrets.token_urlsafe(FAMILY_BYTES)
        return cls(tenant_id, session_id, family + secrets.token_urlsafe(32))

    def next(self, material: bytes) -> Self:
        """The token that takes this one's place: the same one for all tabs that ask at once."""
        hkdf = HKDF(SHA256(), length=32, salt=None, info=b"projectflow refresh tokens v1")
        made = hmac.digest(hkdf.derive(material), self.secret.encode(), "sha256")
        return replace(self, secret=self.family + urlsafe_b64encode(made).decode().rstrip("="))

    def __str__(self) -> str:
        """The cookie's text."""
        return f"{self.tenant_id}.{self.session_id}.{self.secret}"

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Read a cookie.

        Raises:
            SessionEnded: there is none, or it is not ours.
        """
        try:
            tenant_id, session_id, secret = (text or "").split(".")
            return cls(UUID(tenant_id), UUID(session_id), secret)
        except ValueError:
            raise SessionEnded from None


class Device(Struct, frozen=True):
    """Where somebody signs in."""

    user_agent: str | None = None
    is_remembered: bool = False
    """They asked to be kept signed in there."""


class SignedIn(Struct, frozen=True):
    """An answer to sign-in, and the refresh token for its cookie."""

    result: AuthResult
    refresh_token: RefreshToken
    is_remembered: bool
    """Whether the cookie outlives the browser's window."""
