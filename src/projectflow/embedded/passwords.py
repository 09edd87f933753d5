"""Passwords of the embedded engines: random, one file each, readable by the owner alone."""

import os
import secrets
from pathlib import Path


def engine_password(home: Path, name: str) -> str:
    """Read the password of that name, or make it on first use.

    Args:
        home: PROJECTFLOW_HOME.
        name: File name under `secrets/`.
    """
    folder = home / "secrets"
    path = folder / name
    if path.exists():
        return path.read_text().strip()
    password = secrets.token_hex(24)
    write_private(path, password + "\n")
    return password


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all."""
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
