"""Encryption at rest: AES-256-GCM (NIST SP 800-38D) under keys that can be replaced.

A sealed value is `version (1 byte) | key id (4) | nonce (12) | ciphertext and tag (16)`. Its
associated data is where it belongs (table, column, tenant, row), so that a value copied into
another row does not open there.
"""

import os
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from projectflow.core import keyfiles
from projectflow.core.settings import InvalidSetting, Settings

VERSION: Final = b"\x01"
KEY_ID_BYTES: Final = 4
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
HEADER_BYTES: Final = len(VERSION) + KEY_ID_BYTES + NONCE_BYTES


class CannotDecrypt(Exception):
    """The value was sealed with a key that is gone, for another place, or was changed."""


class EncryptionKey(Struct, frozen=True):
    """An AES-256 key and the id that sealed values name it by."""

    id: bytes
    key: bytes

    def __str__(self) -> str:
        """How it stands in the file and in the setting: `<id in hex>:<key in base64>`."""
        return f"{self.id.hex()}:{b64encode(self.key).decode()}"


class Place(Struct, frozen=True):
    """Where a sealed value belongs."""

    column: str
    """`table.column`."""
    tenant_id: UUID
    row_id: UUID

    def __bytes__(self) -> bytes:
        """The associated data."""
        return f"{self.column}|{self.tenant_id}|{self.row_id}".encode()


class Keyring:
    """Seals with the first key, opens with each. Reads the keys' file again when it changes."""

    def __init__(self, settings: Settings) -> None:
        """Take the keys of the setting, else those of the home, made there on first use.

        Raises:
            InvalidSetting: they are not keys.
        """
        self._path = path_of(settings)
        self._fixed = bool(settings.encryption_keys)
        if self._fixed:
            self._keys = parse_keys(settings.encryption_keys, "PROJECTFLOW_ENCRYPTION_KEYS")
            self._read_at = 0
        else:
            keyfiles.create_once(self._path, f"{new_key()}\n".encode())
            self._read_file()

    def _read_file(self) -> None:
        self._read_at = self._path.stat().st_mtime_ns
        self._keys = read_keys(self._path)

    def _refresh(self) -> None:
        """Another process may have rotated the keys."""
        if not self._fixed and self._path.stat().st_mtime_ns != self._read_at:
            self._read_file()

    @property
    def current(self) -> bytes:
        """The id of the key that seals now."""
        self._refresh()
        return self._keys[0].id

    def seal(self, secret: bytes, place: Place) -> bytes:
        """Encrypt a secret for its place."""
        self._refresh()
        key, nonce = self._keys[0], os.urandom(NONCE_BYTES)
        sealed = AESGCM(key.key).encrypt(nonce, secret, bytes(place))
        return VERSION + key.id + nonce + sealed

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Decrypt what was sealed for this place.

        Raises:
            CannotDecrypt: its key is not here, or it is not what was sealed for this place.
        """
        self._refresh()
        key = next((k for k in self._keys if k.id == key_id_of(sealed)), None)
        if key is None or sealed[:1] != VERSION or len(sealed) < HEADER_BYTES:
            raise CannotDecrypt(f"no key {key_id_of(sealed).hex()} for {place.column}")
        nonce, text = sealed[HEADER_BYTES - NONCE_BYTES : HEADER_BYTES], sealed[HEADER_BYTES:]
        try:
            return AESGCM(key.key).decrypt(nonce, text, bytes(place))
        except InvalidTag:
            raise CannotDecrypt(f"{place.column} was changed or moved") from None


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that sealed a value."""
    return sealed[1 : 1 + KEY_ID_BYTES]


def new_key() -> EncryptionKey:
    """A random key."""
    return EncryptionKey(secrets.token_bytes(KEY_ID_BYTES), secrets.token_bytes(KEY_BYTES))


def path_of(settings: Settings) -> Path:
    """The keys' file in the home."""
    return settings.home / "keys" / "encryption.keys"


def read_keys(path: Path) -> list[EncryptionKey]:
    """Read a keys' file: one key a line, the first one seals.

    Raises:
        InvalidSetting: a line is not a key, or there is none.
    """
    return parse_keys([line for line in path.read_text().split() if line], str(path))


def write_keys(path: Path, keys: list[EncryptionKey]) -> None:
    """Replace a keys' file."""
    keyfiles.replace(path, "".join(f"{key}\n" for key in keys).encode())


def parse_keys(texts: tuple[str, ...] | list[str], name: str) -> list[EncryptionKey]:
    """Keys from their text.

    Raises:
        InvalidSetting: one is not `<8 hex digits>:<32 bytes in base64>`, or there is none.
    """
    try:
        keys = [_parse_key(text.strip()) for text in texts]
    except (ValueError, Base64Error):
        raise InvalidSetting(f"{name}: each key is <8 hex digits>:<32 bytes in base64>") from None
    if not keys:
        raise InvalidSetting(f"{name} holds no key")
    return keys


def _parse_key(text: str) -> EncryptionKey:
    key_id, _, key = text.partition(":")
    parsed = EncryptionKey(bytes.fromhex(key_id), b64decode(key, validate=True))
    if len(parsed.id) != KEY_ID_BYTES or len(parsed.key) != KEY_BYTES:
        raise ValueError(text)
    return parsed
