"""The mails that would be sent, as pages: for as long as no `SMTP_URL` is set.

They hold links that let people in, so the pages open only with a key, which `projectflow up` and
`projectflow mailbox` print.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from typing import Any, Final

import anyio
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jinja2 import Environment, PackageLoader
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from projectflow.core.problems import NotFound
from projectflow.core.settings import Settings

MOST_SHOWN: Final = 100
NAME: Final = re.compile(r"[0-9a-f-]{36}\.eml")
LINK: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
IN_NEW_TABS: Final = '<!doctype html><base target="_blank">'
"""Before a mail: its links do not open inside its frame."""
HEADERS: Final = {
    # The page runs no script and loads nothing; neither does the mail in its frame, which inherits.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_templates = Environment(
    loader=PackageLoader("projectflow.core"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


class Kept(Struct, frozen=True):
    """A mail that lies in the folder: what its list says of it."""

    file: str
    to: str
    subject: str
    kept_at: datetime


class Shown(Struct, frozen=True):
    """A mail with its content: its HTML, else its text in pieces, of which some are links."""

    mail: Kept
    html: str | None
    text: list[tuple[str, bool]]


class Mailbox:
    """The folder of kept mails, and the key that opens it."""

    def __init__(self, settings: Settings, material: Callable[[], list[bytes]]) -> None:
        """`material` gives secrets that are the same on every node, the newest first."""
        self._material = material
        self._folder = settings.home / "mail"
        self._url = settings.url
        self.is_used = settings.smtp_url is None
        """Whether mails are kept here, and not sent."""

    @property
    def url(self) -> str:
        """The address that opens it."""
        return f"{self._url}/mailbox?key={_key(self._material()[0])}"

    def opens_with(self, key: str) -> bool:
        """Whether this is the key, and there is anything to open."""
        keys = [_key(material) for material in self._material()] if self.is_used else []
        return any(hmac.compare_digest(each.encode(), key.encode()) for each in keys)

    def newest(self) -> list[Kept]:
        """The last hundred mails, the newest first. Reads files: run it in a thread."""
        if not self._folder.is_dir():
            return []
        # A name is a UUIDv7: the order of names is that of time.
        paths = sorted((p for p in self._folder.iterdir() if NAME.fullmatch(p.name)), reverse=True)
        return [_kept(path) for path in paths[:MOST_SHOWN]]

    def read(self, file: str) -> Shown:
        """One mail. Reads a file: run it in a thread.

        Raises:
            NotFound: there is none of this name.
        """
        path = self._folder / file
        if not NAME.fullmatch(file) or not path.is_file():
            raise NotFound
        message = message_from_bytes(path.read_bytes(), policy=default)
        html, text = message.get_body(("html",)), message.get_body(("plain",))
        return Shown(
            _of(message, path),
            IN_NEW_TABS + html.get_content() if html is not None else None,
            _with_links(text.get_content()) if text is not None else [],
        )


def _key(material: bytes) -> str:
    hkdf = HKDF(SHA256(), length=24, salt=None, info=b"projectflow mailbox v1")
    return urlsafe_b64encode(hkdf.derive(material)).decode()


def _kept(path: Path) -> Kept:
    with path.open("rb") as file:
        return _of(BytesHeaderParser(policy=default).parse(file), path)


def _of(message: EmailMessage, path: Path) -> Kept:
    kept_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Kept(path.name, str(message["To"]), str(message["Subject"]), kept_at)


def _with_links(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address to click on."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for found in LINK.finditer(text):
        pieces += [(text[end : found.start()], False), (found[0], True)]
        end = found.end()
    return [*pieces, (text[end:], False)]


@get("/mailbox", include_in_schema=False)
async def show_mailbox(
    request: Request[Any, Any, State], key: FromQuery[str] = ""
) -> Response[str]:
    """The newest mails."""
    mailbox = _opened(request, key)
    mails = await anyio.to_thread.run_sync(mailbox.newest)
    return _page("mailbox.html.j2", mails=mails, most=MOST_SHOWN, key=key)


@get("/mailbox/{file:str}", include_in_schema=False)
async def show_mail(
    request: Request[Any, Any, State], file: FromPath[str], key: FromQuery[str] = ""
) -> Response[str]:
    """One mail."""
    mailbox = _opened(request, key)
    shown = await anyio.to_thread.run_sync(mailbox.read, file)
    return _page("mail.html.j2", shown=shown, mail=shown.mail, key=key)


def _opened(request: Request[Any, Any, State], key: str) -> Mailbox:
    mailbox: Mailbox = request.app.state.mailbox
    if not mailbox.opens_with(key):
        raise NotFound
    return mailbox


def _page(template: str, **values: Any) -> Response[str]:
    page = _templates.get_template(template).render(values)
    return Response(page, media_type=MediaType.HTML, headers=HEADERS)


handlers: list[ControllerRouterHandler] = [show_mailbox, show_mail]
