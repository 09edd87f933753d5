"""Secret links that are mailed: invitations and password resets.

A link's token is an HMAC over its row's identity, so nothing secret is stored: whoever holds the
key can make it again, the database alone cannot.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

Purpose = Literal["invitation", "password_reset"]


class Link(Struct, frozen=True):
    """What a token names: a row of a tenant, and the secret that proves that we made it."""

    tenant_id: UUID
    row_id: UUID
    secret: str

    def __str__(self) -> str:
        """The token, as it stands in an address."""
        return f"{self.tenant_id.hex}.{self.row_id.hex}.{self.secret}"

    @property
    def hash(self) -> bytes:
        """What is stored of it."""
        return hashlib.sha256(str(self).encode()).digest()


class Links:
    """Makes and checks tokens with a key derived from the one that signs access tokens."""

    def __init__(self, key_material: bytes) -> None:
        """`key_material` is secret and the same on every node."""
        hkdf = HKDF(SHA256(), length=32, salt=None, info=b"projectflow links v1")
        self._key = hkdf.derive(key_material)

    def make(self, purpose: Purpose, tenant_id: UUID, row_id: UUID) -> Link:
        """The token of a row; always the same one."""
        message = f"{purpose}.{tenant_id.hex}.{row_id.hex}".encode()
        digest = hmac.digest(self._key, message, "sha256")
        return Link(tenant_id, row_id, urlsafe_b64encode(digest).decode().rstrip("="))

    def read(self, purpose: Purpose, token: str) -> Link | None:
        """What a token names; None where we did not make it for this purpose."""
        try:
            tenant, row, secret = token.split(".")
            link = self.make(purpose, UUID(tenant), UUID(row))
        except ValueError:
            return None
        return link if hmac.compare_digest(link.secret.encode(), secret.encode()) else None
