"""Passwords that cost a test nothing."""

from collections.abc import Iterator

import bcrypt
import pytest

from projectflow.auth import passwords


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Hash at bcrypt's lowest cost: the real one takes a quarter of a second of CPU each time."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "COST", 4)
    patch.setattr(passwords, "_DUMMY", bcrypt.hashpw(b"nobody", bcrypt.gensalt(4)))
    yield
    patch.undo()
