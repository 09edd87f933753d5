"""People's pictures: whatever was uploaded becomes one small WebP that holds nothing but pixels."""

import io
import re
import secrets
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import anyio
from PIL import Image, ImageOps

from projectflow.auth.types import USER_COLUMNS, Actor, User
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record
from projectflow.core.files import Files, delete_later
from projectflow.core.http import TooLarge, UnsupportedMediaType
from projectflow.core.problems import InvalidInput, NotFound
from projectflow.users.leaving import avatar_file
from projectflow.users.service import lock_user

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
SIDE: Final = 256
"""Width and height of what is stored, in pixels."""
MAX_SCANS: Final = 100
"""Of a JPEG. A progressive one has about ten; each takes as long as decoding all of the picture."""
SCAN: Final = b"\xff\xda"
"""Begins a scan (ITU-T T.81, table B.1); does not occur inside of one."""
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
MEDIA_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
NAME: Final = re.compile(r"[0-9a-f]{32}\.webp")
AT_ONCE: Final = anyio.CapacityLimiter(2)
"""Pictures decoded side by side in a process: one of 40 megapixels takes 160 MB meanwhile."""


class AvatarNotFound(NotFound):
    """There is no such picture."""


def check_media_type(content_type: str) -> None:
    """Refuse early what is not said to be a picture of a kind that we read.

    Raises:
        UnsupportedMediaType: the header names another kind.
    """
    if content_type.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"This address takes {', '.join(sorted(MEDIA_TYPES))}.")


async def receive(chunks: AsyncIterator[bytes]) -> bytes:
    """Take a picture in, stop as soon as it is too large, and make an avatar of it.

    Raises:
        TooLarge: it has more than 5 MB.
        InvalidInput: it is no picture of a kind that we read, is damaged, or has too many pixels.
    """
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > MAX_BYTES:
            raise TooLarge(f"The picture is larger than {MAX_BYTES // 1024 // 1024} MB.")
    return await anyio.to_thread.run_sync(make_avatar, bytes(content), limiter=AT_ONCE)


def make_avatar(content: bytes) -> bytes:
    """Turn upright, cut out the middle square, and write 256 by 256 pixels as WebP.

    The metadata (place, camera, thumbnail) is not taken along; of an animation, the first frame.

    Raises:
        InvalidInput: as for `receive`.
    """
    try:
        return _squared(content)
    except InvalidInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # noqa: BLE001 - of damaged files, Pillow's decoders raise whatever there is
        message = "is not a PNG, JPEG, WebP or GIF picture, or damaged"
        raise InvalidInput.of("body", message) from None


def _squared(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:  # known from the header: nothing is decoded yet
            raise _too_many_pixels()
        if opened.format == "JPEG" and content.count(SCAN) > MAX_SCANS:
            raise InvalidInput.of("body", f"has more than {MAX_SCANS} scans")
        opened.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than is needed
        plain = opened.mode in {"RGB", "RGBA"} and "transparency" not in opened.info
        square = ImageOps.fit(opened if plain else opened.convert("RGBA"), (SIDE, SIDE))
        upright = ImageOps.exif_transpose(square).convert("RGBA")
        # Of the pixels alone, so that nothing else comes along.
        clean = Image.frombytes("RGBA", upright.size, upright.tobytes())
        written = io.BytesIO()
        clean.save(written, "WEBP", quality=85, method=4)
        return written.getvalue()


def _too_many_pixels() -> InvalidInput:
    return InvalidInput.of("body", f"has more than {MAX_PIXELS // 1_000_000} million pixels")


async def set_avatar(database: Database, files: Files, actor: Actor, avatar: bytes) -> User:
    """Give the actor this picture; the one before is deleted.

    Raises:
        UserNotFound: the actor was deleted meanwhile.
    """
    name = f"{secrets.token_hex(16)}.webp"
    stored = avatar_file(name)
    await files.put(actor.tenant_id, stored, avatar)
    try:
        async with database.tenant(actor.tenant_id) as db:
            return await _change(db, actor, name)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await files.delete(actor.tenant_id, stored)
        raise


async def remove_avatar(db: Db, actor: Actor) -> User:
    """Take the actor's picture away; without one, nothing changes.

    Raises:
        UserNotFound: the actor was deleted meanwhile.
    """
    return await _change(db, actor, None)


async def _change(db: Db, actor: Actor, name: str | None) -> User:
    user = await lock_user(db, actor, actor.user_id)
    if name is None and user.avatar_url is None:
        return user
    row = await db.fetchrow(
        f"""
        UPDATE users u SET avatar = $3, version = u.version + 1, updated_at = now()
        WHERE u.tenant_id = $1 AND u.id = $2 RETURNING {USER_COLUMNS}
        """,
        actor.tenant_id,
        actor.user_id,
        name,
    )
    saved = User(*only(row))
    if user.avatar_url is not None:
        await delete_later(db, actor.tenant_id, avatar_file(user.avatar_url))
    payload = {"changed": ["avatar_url"]}
    change = Change("user.updated", "user", saved.id, saved.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
    return saved


async def read_avatar(files: Files, tenant_id: UUID, name: str) -> bytes:
    """The picture of this name, which only they know who have seen its person.

    Raises:
        AvatarNotFound: there is none; also for what cannot be a picture's name.
    """
    if not NAME.fullmatch(name):
        raise AvatarNotFound
    try:
        return await files.get(tenant_id, avatar_file(name))
    except FileNotFoundError:
        raise AvatarNotFound from None
