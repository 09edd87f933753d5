"""Serve the built web app from memory: it is small, and never changes while we run."""

import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

FOLDER = Path(__file__).parent.parent / "webapp"
FOREVER = "public, max-age=31536000, immutable"
SMALLEST_WORTH_PACKING = 1024
API_PREFIXES = ("api/", "schema/", ".well-known/", "assets/", "docs-assets/", "avatars/", "files/")


class WebFile(Struct, frozen=True):
    """One file of the web app, plain and packed."""

    content: bytes
    packed: bytes | None
    media_type: str
    etag: str
    cache_control: str


def load_webapp(folder: Path = FOLDER) -> dict[str, WebFile]:
    """Read the built web app; empty where it was not built."""
    if not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): _load(path, folder)
        for path in folder.rglob("*")
        if path.is_file()
    }


def _load(path: Path, folder: Path) -> WebFile:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = media_type.startswith("text/") or media_type.endswith(("javascript", "json", "xml"))
    packs = text and len(content) >= SMALLEST_WORTH_PACKING
    hashed = path.relative_to(folder).parts[0] == "assets"
    return WebFile(
        content,
        gzip.compress(content, mtime=0) if packs else None,
        f"{media_type}; charset=utf-8" if text else media_type,
        f'"{hashlib.sha256(content).hexdigest()[:20]}"',
        FOREVER if hashed else "no-cache",
    )


@get(["/", "/{path:path}"], include_in_schema=False)
async def serve_webapp(
    request: Request[Any, Any, State], path: FromPath[str] = ""
) -> Response[bytes]:
    """A file of the web app, or its page: the address is then the app's own affair."""
    files: dict[str, WebFile] = request.app.state.webapp
    name = path.lstrip("/")
    file = files.get(name)
    if file is None and not name.startswith(API_PREFIXES):
        file = files.get("index.html")
    if file is None:
        raise NotFoundException
    headers = {"ETag": file.etag, "Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=headers)
    content = file.content
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content = file.packed
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=file.media_type, headers=headers)
