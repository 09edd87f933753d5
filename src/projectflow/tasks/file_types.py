"""What a file is: what its sender claims, held against its content."""

import re
from typing import IO, Any, Final

import puremagic

from projectflow.core.problems import InvalidInput

UNKNOWN: Final = "application/octet-stream"
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""What previews are made of."""
SHOWN: Final = PICTURES | {"video/mp4", "video/webm", "text/plain"}
"""What a browser may show at our address; all else it is told to save."""
RECOGNISED: Final = SHOWN - {"text/plain"} | {"application/pdf", "application/zip"}
"""What content tells by itself, where nothing is claimed."""
OTHER_NAMES: Final = {
    "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
    "application/x-zip-compressed": "application/zip", "application/x-pdf": "application/pdf",
}  # fmt: skip
PACKED: Final = re.compile(
    r"application/(zip|vnd\.openxmlformats-officedocument\..*|vnd\.oasis\.opendocument\..*)"
)
"""Formats that are a ZIP archive."""
TEXT: Final = re.compile(r"text/.*|image/svg\+xml|application/(json|xml|javascript|.*\+(json|xml))")
ISO_MEDIA: Final = re.compile(r"video/(mp4|quicktime|x-m4v|3gpp2?)|image/(avif|hei[cf])")
"""Formats in boxes (ISO/IEC 14496-12), of which puremagic knows but some brands."""
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
HEAD: Final = 64 * 1024
"""How many bytes of a text are looked at."""
MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")


def decide_type(claimed: str, file: IO[bytes]) -> str:
    """The media type of a file: the claimed one, if the content does not contradict it.

    Without a claim, what the content tells, if that is sure.

    Raises:
        InvalidInput: the content is something else than is claimed.
    """
    said = claimed.partition(";")[0].strip().lower()
    said = OTHER_NAMES.get(said, said)
    file.seek(0)
    head = file.read(HEAD)
    if said in {"", UNKNOWN} or not MEDIA_TYPE.fullmatch(said):
        found = _found(file)
        return next((each for each in sorted(RECOGNISED) if each in found), UNKNOWN)
    if not _fits(said, head, file):
        raise InvalidInput.of("Content-Type", f"says {said}, which the file is not")
    return said


def _fits(said: str, head: bytes, file: IO[bytes]) -> bool:
    if PACKED.fullmatch(said):
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if TEXT.fullmatch(said):
        return b"\x00" not in head or head.startswith(UTF16)
    if ISO_MEDIA.fullmatch(said):
        return head[4:8] == b"ftyp"
    if said in RECOGNISED:
        return said in _found(file)
    if said.startswith(("image/", "video/")):
        family = said.partition("/")[0] + "/"
        return any(each.startswith(family) for each in _found(file))
    return True


def _found(file: IO[bytes]) -> set[str]:
    """The media types whose signature the file bears; of the surest signatures alone."""
    file.seek(0)
    try:
        matches: list[Any] = puremagic.magic_stream(file)  # pyright: ignore[reportArgumentType] - it only reads and seeks
    except (puremagic.PureError, ValueError):
        return set()
    finally:
        file.seek(0)
    surest = max(match.confidence for match in matches)
    return {match.mime_type for match in matches if match.confidence == surest}
