"""Signed addresses of files: whoever has one may read one file for some minutes.

An address is bound to its tenant, its attachment, what of it is given out, and when it ends. It is
not bound to the person who asked for it: browsers and mail programs fetch it without a token. What
it names is looked up each time, so it ends at once when the attachment or its task is deleted, and
within minutes for somebody who may no longer see the task.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from projectflow.core.problems import Forbidden, NotFound
from projectflow.tasks.attachment_types import Attachment, StoredAttachment

Part = Literal["file", "download", "preview"]
"""The file, shown where that is safe; the file, to be saved; its small picture."""
LAST_SECOND: Final = 10**11


class FileNotFound(NotFound):
    """There is no such file."""


class AddressExpired(Forbidden):
    """This address worked for some minutes. Ask for the list of attachments again."""


class FileLinks:
    """Makes and checks signatures with keys derived from those that sign access tokens."""

    def __init__(self, key_material: Callable[[], list[bytes]], lifetime: int) -> None:
        """`key_material` is secret and the same on every node; `lifetime` is in seconds."""
        self._material = key_material
        self._lifetime = lifetime
        self._derived: dict[bytes, bytes] = {}

    def shown(self, tenant_id: UUID, row: StoredAttachment) -> Attachment:
        """An attachment with the addresses of its file."""
        is_file = row.url is None
        ready = row.preview == "ready"
        return Attachment(
            row.id,
            row.task_id,
            row.uploader_id,
            "file" if is_file else "link",
            row.name,
            self.address(tenant_id, row.id, "file") if is_file else row.url,
            self.address(tenant_id, row.id, "download") if is_file else None,
            row.preview,
            self.address(tenant_id, row.id, "preview") if ready else None,
            row.content_type,
            row.size_bytes,
            row.version,
            row.created_at,
            row.updated_at,
        )

    def address(self, tenant_id: UUID, attachment_id: UUID, part: Part) -> str:
        """Where the file is read; the same for a while, so that browsers keep what they have."""
        # Ends with the lifetime after this one: works for one lifetime at least, two at most.
        expires = (int(time.time()) // self._lifetime + 2) * self._lifetime
        signature = self._sign(self._material()[0], tenant_id, attachment_id, part, expires)
        path = f"/files/{tenant_id}/{attachment_id}/{part}"
        return f"{path}?expires={expires}&signature={signature}"

    def check(
        self, tenant_id: UUID, attachment_id: UUID, part: Part, expires: int, signature: str
    ) -> datetime:
        """Until when an address works.

        Raises:
            FileNotFound: we did not sign it.
            AddressExpired: we did, and its time is over.
        """
        said = signature.encode()
        signed = [
            self._sign(material, tenant_id, attachment_id, part, expires).encode()
            for material in self._material()
        ]
        if not any(hmac.compare_digest(each, said) for each in signed):
            raise FileNotFound
        if expires < time.time():
            raise AddressExpired
        return datetime.fromtimestamp(min(expires, LAST_SECOND), UTC)

    def _sign(
        self, material: bytes, tenant_id: UUID, attachment_id: UUID, part: Part, expires: int
    ) -> str:
        message = f"{tenant_id.hex}.{attachment_id.hex}.{part}.{expires}".encode()
        digest = hmac.digest(self._key(material), message, "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def _key(self, material: bytes) -> bytes:
        if material not in self._derived:
            hkdf = HKDF(SHA256(), length=32, salt=None, info=b"projectflow file links v1")
            self._derived[material] = hkdf.derive(material)
        return self._derived[material]
