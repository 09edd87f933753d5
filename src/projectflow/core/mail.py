"""Mail: through `SMTP_URL`, else into files of the home, so that none is silently lost."""

import os
import ssl
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
import anyio
import structlog
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.core.settings import Settings

SMTP_TIMEOUT = 20.0
"""Seconds for each step of the conversation with the mail server."""

log = structlog.get_logger()


class Attachment(Struct, frozen=True):
    """A file that goes with a mail. Its name is ours: plain ASCII."""

    name: str
    media_type: str
    content: bytes


class Mail(Struct, frozen=True):
    """One message to one person, in text and in HTML."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str | None = None
    """The part before the @, for a mail that may be sent again; else it is made up."""
    headers: dict[str, str] = {}
    """More of them, such as List-Unsubscribe."""
    attachments: tuple[Attachment, ...] = ()


class Mailer:
    """Sends mail, or keeps it where an operator finds it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected until a mail is sent."""
        self._smtp_url = settings.smtp_url
        self._sender = settings.mail_from
        self._folder = settings.home / "mail"

    async def send(self, mail: Mail) -> None:
        """Give a mail to the mail server; without one, write it to a file.

        Raises:
            OSError, TimeoutError, aiosmtplib.SMTPException: the server did not take it.
        """
        if self._smtp_url is None:
            await self.keep(mail)
            return
        url = urlsplit(self._smtp_url)
        secure = url.scheme == "smtps"
        await aiosmtplib.send(
            self._message(mail),
            hostname=url.hostname or "localhost",
            port=url.port or (465 if secure else 587),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=secure,
            start_tls=None if not secure else False,
            tls_context=ssl.create_default_context(),
            timeout=SMTP_TIMEOUT,
        )

    async def keep(self, mail: Mail) -> Path:
        """Write a mail to a file that only we can read; its name goes to the log."""
        path = self._folder / f"{uuid7()}.eml"
        await anyio.to_thread.run_sync(_write_private, path, bytes(self._message(mail)))
        log.info("mail_kept", file=str(path))
        return path

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        domain = self._sender.rpartition("@")[2].strip(">")
        own = f"<{mail.message_id}@{domain}>" if mail.message_id else None
        message["Message-ID"] = own or make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"
        for name, value in mail.headers.items():
            message[name] = value
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        for file in mail.attachments:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
        return message


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
