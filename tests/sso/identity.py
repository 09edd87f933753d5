"""A real OpenID Connect provider, and a forged one that says whatever a test wants."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

HERE = Path(__file__).parent / "provider"
NODE = shutil.which("node") or str(Path(__file__).parents[2] / ".venv" / "bin" / "node")
CLIENT_ID = "projectflow"
CLIENT_SECRET = "s3cret of/the+client%"
REDIRECT_URI = "http://projectflow.test/api/v1/auth/sso/callback"


class RealProvider:
    """panva's oidc-provider in a process of its own."""

    def __init__(self, redirect_uri: str = REDIRECT_URI) -> None:
        client = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [redirect_uri],
        }
        self._process = subprocess.Popen(
            [NODE, "server.mjs", json.dumps([client])],
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout
        said = (line.strip() for line in self._process.stdout)
        self.issuer = next((line for line in said if line.startswith("http://127.")), "")
        assert self.issuer, "the provider did not start: is it installed (bin/setup --dev)?"

    async def person(self, subject: str, **claims: Any) -> None:
        """Make or change somebody there."""
        async with httpx.AsyncClient() as client:
            answer = await client.put(f"{self.issuer}/people/{subject}", json=claims)
        assert answer.status_code == 204

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


class ForgedProvider:
    """Answers as a provider would, except where a test changes `documents` or `sign`."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "first"})
        self.claims: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.documents: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.metadata: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def token(self, nonce: str) -> dict[str, Any]:
        """The claims of a good ID token, with what the test changes of them."""
        now = int(time.time())
        good = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "forged",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": "forged@example.org",
            "email_verified": True,
            "given_name": "For",
            "family_name": "Ged",
        }
        return {name: v for name, v in {**good, **self.claims}.items() if v is not None}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def expect(self, nonce: str) -> None:
        """Answer the next exchange with a token for this visit."""
        token = {
            "access_token": "a",
            "token_type": "Bearer",
            "id_token": self.sign(self.token(nonce)),
        }
        self.documents["/token"] = json.dumps(token).encode()

    def _document(self, path: str) -> bytes | None:
        if path in self.documents:
            return self.documents[path]
        if path == "/.well-known/openid-configuration":
            return json.dumps(self.metadata).encode()
        if path == "/keys":
            return json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                provider.asked.append(path)
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if path == "/never":
                    provider.released.wait(30)
                body = provider._document(path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        return Handler

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
