"""Secret links that are mailed: invitations, password resets, and to get no more mail.

A link's token is an HMAC over its row's identity, so nothing secret is stored: whoever holds the
key can make it again, the database alone cannot.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

Purpose = Literal["invitation", "password_reset", "unsubscribe"]


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
    """Makes and checks tokens with keys derived from those that sign access tokens."""

    def __init__(self, key_material: Callable[[], list[bytes]]) -> None:
        """`key_material` is secret and the same on every node; the first piece makes new links."""
        self._material = key_material
        self._derived: dict[bytes, bytes] = {}

    def make(self, purpose: Purpose, tenant_id: UUID, row_id: UUID) -> Link:
        """The token of a row; the same one until the keys are rotated."""
        return next(self._each(purpose, tenant_id, row_id))

    def again(self, purpose: Purpose, tenant_id: UUID, row_id: UUID, hashed: bytes) -> Link | None:
        """The token of a row whose hash is stored, whichever key made it."""
        links = self._each(purpose, tenant_id, row_id)
        return next((link for link in links if link.hash == hashed), None)

    def _each(self, purpose: Purpose, tenant_id: UUID, row_id: UUID) -> Iterator[Link]:
        message = f"{purpose}.{tenant_id.hex}.{row_id.hex}".encode()
        for material in self._material():
            digest = hmac.digest(self._key(material), message, "sha256")
            yield Link(tenant_id, row_id, urlsafe_b64encode(digest).decode().rstrip("="))

    def _key(self, material: bytes) -> bytes:
        if material not in self._derived:
            hkdf = HKDF(SHA256(), length=32, salt=None, info=b"projectflow links v1")
            self._derived[material] = hkdf.derive(material)
        return self._derived[material]

    def read(self, purpose: Purpose, token: str) -> Link | None:
        """What a token names; None where we did not make it for this purpose."""
        try:
            tenant, row, secret = token.split(".")
            links = list(self._each(purpose, UUID(tenant), UUID(row)))
        except ValueError:
            return None
        said = secret.encode()
        return next(
            (each for each in links if hmac.compare_digest(each.secret.encode(), said)), None
        )
