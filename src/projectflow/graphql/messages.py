"""What clients say in graphql-transport-ws."""

from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from projectflow.auth.tokens import NotSignedIn

PROTOCOL: Final = "graphql-transport-ws"
MAX_CREDENTIALS: Final = 10_000


class Message(Struct, frozen=True):
    """One message of a client."""

    type: Literal["connection_init", "ping", "pong", "subscribe", "complete"]
    id: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


class Subscribe(Struct, frozen=True):
    """The payload of an operation."""

    query: str
    operationName: str | None = None  # noqa: N815 - the protocol's word
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


_messages = msgspec.json.Decoder(Message)


def read_message(text: Any) -> Message | None:
    """A client's message; None where it is none."""
    try:
        return _messages.decode(text) if isinstance(text, str) else None
    except (msgspec.MsgspecError, RecursionError):
        return None


def read_subscribe(payload: msgspec.Raw) -> Subscribe | None:
    """An operation's payload; None where it is none."""
    try:
        return msgspec.json.decode(payload, type=Subscribe)
    except (msgspec.MsgspecError, RecursionError):
        return None


def credentials_of(payload: msgspec.Raw) -> str:
    """What `connection_init` says of who it is.

    Raises:
        NotSignedIn: nothing.
    """
    try:
        said: Any = msgspec.json.decode(payload, type=dict[str, Any] | None) or {}
    except (msgspec.MsgspecError, RecursionError):
        raise NotSignedIn from None
    text = said.get("Authorization", said.get("authorization"))
    if not isinstance(text, str) or len(text) > MAX_CREDENTIALS:
        raise NotSignedIn
    scheme, _, credentials = text.partition(" ")
    if scheme.lower() != "bearer" or not credentials.isascii():
        raise NotSignedIn
    return credentials
