"""A passkey's device in software: "none" attestation and ES256, as Web Authentication says."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN: Final = "http://localhost:8400"
"""What the tests' settings call their own address."""
PRESENT, VERIFIED, BACKED_UP, ATTESTED = 0x01, 0x04, 0x18, 0x40


class Authenticator:
    """Holds one passkey. Its attributes are what a test makes it lie about."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.origin = ORIGIN
        self.rp_id = "localhost"
        self.verifies = True
        self.count = 0
        self.user_handle: bytes | None = b""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the passkey that a site asks for: RegistrationResponseJSON."""
        self.user_handle = plain(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        size = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + size + self.credential_id + cose
        data = self._data(ATTESTED | BACKED_UP) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": text(self._client_data("webauthn.create", options)),
                "attestationObject": text(attestation),
                "transports": ["internal", "hybrid", "of-the-future"],
            }
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Sign a site's challenge: AuthenticationResponseJSON."""
        self.count += 1
        data = self._data(BACKED_UP)
        client_data = self._client_data("webauthn.get", options)
        signed = data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": text(client_data),
            "authenticatorData": text(data),
            "signature": text(self.key.sign(signed, ec.ECDSA(SHA256()))),
        }
        if self.user_handle is not None:
            response["userHandle"] = text(self.user_handle)
        return self._credential(response)

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = text(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


def text(data: bytes) -> str:
    """As base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def plain(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


JUNK: Final = ("", "!", "AA", text(b"{}"), text(b"\xff" * 40), "ü", "A" * 1000)
"""What is no part of a credential."""
