"""Names of files: what is kept of one that somebody sends, and how a browser is told it."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

LONGEST: Final = 255
"""In bytes of UTF-8: what file systems take."""
NEVER: Final = re.compile(
    # Controls, and what turns the direction of writing: `gpj.exe` could read as `exe.jpg`.
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
SEPARATORS: Final = re.compile(r"[/\\]")
AWKWARD: Final = re.compile(r'[<>:"|?*]')
"""Means something on some file system."""
UNNAMED: Final = "file"


def clean_name(name: str) -> str:
    """The last part of a path, of what every file system takes; `file` where nothing is left."""
    plain = NEVER.sub("", unicodedata.normalize("NFC", name))
    last = SEPARATORS.split(plain)[-1]
    return _cut(AWKWARD.sub("_", last).strip(" .")) or UNNAMED


def _cut(name: str) -> str:
    """At most 255 bytes, with the ending if that is a short one."""
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = name, "", ""
    room = LONGEST - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending


def content_disposition(name: str, *, inline: bool) -> str:
    """The header for a file of this name (RFC 6266; RFC 8187 for what is not ASCII)."""
    kind = "inline" if inline else "attachment"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    plain = re.sub(r'["\\%]', "_", plain)
    said = f'{kind}; filename="{plain}"'
    if plain != name:
        said += f"; filename*=UTF-8''{quote(name, safe='')}"
    return said
