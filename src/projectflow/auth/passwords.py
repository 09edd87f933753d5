"""Passwords: bcrypt at cost 12, off the event loop."""

import anyio
import bcrypt

from projectflow.core.problems import InvalidInput

COST = 12
MIN_CHARACTERS = 10
MAX_BYTES = 72
"""bcrypt reads no further; a longer password is refused, never cut."""

UNUSABLE = "!"
"""The stored hash of somebody who cannot sign in yet: no password matches it."""

_DUMMY = bcrypt.hashpw(b"nobody has this password", bcrypt.gensalt(COST))
_at_once = anyio.CapacityLimiter(2)


def check_password_rules(password: str, field: str) -> None:
    """Refuse a password that is too short or that bcrypt would cut.

    Raises:
        InvalidInput: names `field`.
    """
    if len(password) < MIN_CHARACTERS:
        raise InvalidInput.of(field, f"needs at least {MIN_CHARACTERS} characters")
    if len(password.encode()) > MAX_BYTES:
        raise InvalidInput.of(field, f"is longer than {MAX_BYTES} bytes")
    if "\x00" in password:
        raise InvalidInput.of(field, "contains a NUL character")


async def hash_password(password: str) -> str:
    """The bcrypt hash to store; takes about 0.2 s of one core."""
    hashed = await anyio.to_thread.run_sync(
        bcrypt.hashpw, password.encode(), bcrypt.gensalt(COST), limiter=_at_once
    )
    return hashed.decode()


async def verify_password(password: str, hashed: str | None) -> bool:
    """Whether the password is the one that was hashed.

    With no hash, or an unusable one, it takes as long as with one, so that the time of an
    answer does not tell whether an account exists.
    """
    usable = hashed is not None and hashed != UNUSABLE
    secret = password.encode()[:MAX_BYTES]
    stored = hashed.encode() if hashed is not None and usable else _DUMMY
    matches = await anyio.to_thread.run_sync(bcrypt.checkpw, secret, stored, limiter=_at_once)
    return matches and usable and len(password.encode()) <= MAX_BYTES
