"""Keys replaced by command under a running service."""

from collections.abc import Callable
from pathlib import Path

import httpx
import jwt
import pytest
from tests.embedded.conftest import folder, home, new_stack
from tests.embedded.stack import Stack, wait_until

from projectflow.core.crypto import path_of, read_keys
from projectflow.core.settings import Settings

__all__ = ["folder", "home", "new_stack"]
NewStack = Callable[..., Stack]
pytestmark = pytest.mark.stack
PASSWORD = "correct horse battery staple"
OWNER = {"email": "ada@example.org", "password": PASSWORD, "first_name": "Ada", "last_name": "L"}


def key_id(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_nobody_notices_a_rotation(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()
    with httpx.Client(base_url=f"http://127.0.0.1:{stack.port}/api/v1", timeout=30) as client:
        new = {"slug": "acme", "name": "Acme", "owner": OWNER}
        before = client.post("/workspaces", json=new).json()["access_token"]
        old_keys = read_keys(path_of(Settings(home=stack.home)))

        assert stack.run("keys", "rotate-tokens").returncode == 0
        resealed = stack.run("keys", "rotate-encryption")
        dropped = stack.run("keys", "rotate-encryption", "--drop-old")

        after = client.post("/auth/refresh").json()["access_token"]
        for token in (before, after):
            assert client.get("/me", headers=bearer(token)).status_code == 200
        assert key_id(before) != key_id(after)
        published = client.get(f"http://127.0.0.1:{stack.port}/.well-known/jwks.json").json()
        assert [key["kid"] for key in published["keys"]] == [key_id(after), key_id(before)]
        assert "1 older keys are kept" in resealed.stdout
        assert "0 older keys are kept" in dropped.stdout
        assert not set(read_keys(path_of(Settings(home=stack.home)))) & set(old_keys)

        assert stack.run("keys", "rotate-tokens", "--drop-old").returncode == 0
        wait_until(lambda: client.get("/me", headers=bearer(after)).status_code == 401, 10)
        fresh = client.post("/auth/refresh").json()["access_token"]
        assert client.get("/me", headers=bearer(fresh)).status_code == 200
    assert stack.stop() == 0
