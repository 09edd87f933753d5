"""A POST that is sent twice changes things once: the Idempotency-Key header.

By draft-ietf-httpapi-idempotency-key-header. Whoever does not know whether a request arrived sends
it again with the same key, and gets the answer of the first. The answer is written in the
transaction of the change; a refusal changes nothing, so it is not kept: its repeat is tried again.
"""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.crypto import Keyring, Place
from projectflow.core.db import Db
from projectflow.core.problems import Conflict, InvalidInput

R = TypeVar("R")
HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
COLUMN: Final = "idempotency_keys.answer_encrypted"
KEY: Final = re.compile(rb'"[\x20-\x21\x23-\x5b\x5d-\x7e]{1,255}"|[\x21\x23-\x5b\x5d-\x7e]{1,255}')
"""A string of RFC 8941 without escapes, as the draft has it, or the same without its quotes."""


class KeyUsedOtherwise(InvalidInput):
    """This Idempotency-Key came with another request before."""


class StillRunning(Conflict):
    """The first request with this Idempotency-Key has no answer yet; ask again soon."""


class Kept(Struct, frozen=True):
    """An answer as it is kept. It has no headers of its own: routes that write give a Struct."""

    status: int
    body: bytes


class Repeatable:
    """A request that may come again: where its answer is kept, and what it must look like."""

    def __init__(
        self, keyring: Keyring, actor: Actor, scope: bytes, fingerprint: bytes, status: int
    ) -> None:
        """Use `repeatable` to make one."""
        self._keyring = keyring
        self._actor = actor
        self._digest = sha256(scope).digest()
        self._place = Place(COLUMN, actor.tenant_id, UUID(bytes=self._digest[:16]))
        self._fingerprint = sha256(scope + b"\n" + fingerprint).digest()
        self._status = status

    async def answer(self, db: Db, act: Callable[[], Awaitable[R]]) -> R | Response[Any]:
        """The answer of the first request, or what `act` gives, which is kept with its change.

        Raises:
            StillRunning, KeyUsedOtherwise: as their names say.
        """
        kept = await self._kept(db)
        if kept is not None:
            return kept
        answer = await act()
        await self._keep(db, answer)
        return answer

    async def _kept(self, db: Db) -> Response[Any] | None:
        """The answer of the first request; None for the first one, which has the key from here."""
        # Not in one statement with the reading: that would look at the time before the lock.
        free = await db.fetchval(
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1::text || $2::text, 0))",
            str(self._actor.tenant_id),
            self._digest.hex(),
        )
        if not free:
            raise StillRunning(retry_after=1)
        row = await db.fetchrow(
            """
            SELECT fingerprint, answer_encrypted FROM idempotency_keys
            WHERE tenant_id = $1 AND id = $2 AND created_at > now() - interval '24 hours'
            """,
            self._actor.tenant_id,
            self._place.row_id,
        )
        if row is None:
            return None
        if row["fingerprint"] != self._fingerprint:
            raise KeyUsedOtherwise
        answer = self._keyring.open(row["answer_encrypted"], self._place)
        kept = msgspec.msgpack.decode(answer, type=Kept)
        return Response(
            kept.body,
            status_code=kept.status,
            media_type="application/json",
            headers={REPLAYED: "true"},
        )

    async def _keep(self, db: Db, answer: Any) -> None:
        kept = Kept(self._status, b"" if answer is None else msgspec.json.encode(answer))
        await db.execute(
            """
            INSERT INTO idempotency_keys (tenant_id, id, user_id, fingerprint, answer_encrypted)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, id) DO UPDATE SET fingerprint = $4, answer_encrypted = $5,
                created_at = now()
            """,
            self._actor.tenant_id,
            self._place.row_id,
            self._actor.user_id,
            self._fingerprint,
            self._keyring.seal(msgspec.msgpack.encode(kept), self._place),
        )


async def repeatable(
    request: Request[Any, Any, State], actor: Actor, body: bytes | None = None
) -> Repeatable | None:
    """What a POST with an Idempotency-Key is; None for every other request.

    The key belongs to the person, or to the API key, that asks, and to the address asked. `body`
    is given where it was read from the stream.

    Raises:
        InvalidInput: the header says no key, or several.
    """
    scope: Any = request.scope
    if scope["method"] != "POST":
        return None
    # As in the edge: making Litestar's headers takes longer than looking through them.
    said = [value for name, value in scope["headers"] if name == b"idempotency-key"]
    if not said:
        return None
    if len(said) > 1 or not KEY.fullmatch(said[0]):
        raise InvalidInput.of(HEADER, "must be one text of 1 to 255 printable ASCII characters")
    asker = actor.session_id if actor.is_key else actor.user_id
    path = scope["path"].encode()
    if_match = next((value for name, value in scope["headers"] if name == b"if-match"), b"")
    return Repeatable(
        request.app.state.keyring,
        actor,
        b"\n".join([asker.bytes, b"POST", path, said[0].strip(b'"')]),
        b"\n".join(
            [scope["query_string"], if_match, await request.body() if body is None else body]
        ),
        request.route_handler.status_code,  # pyright: ignore[reportAttributeAccessIssue]
    )
