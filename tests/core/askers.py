"""Somebody whom schemathesis asks as: a workspace of their own, and requests that reach into it."""

import asyncio
import ipaddress
from base64 import b64decode
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

import schemathesis
from litestar import Litestar
from tests.auth.accounts import NEW_PASSWORD, PASSWORD, give_password
from tests.isolation.rows import gathered, named
from tests.isolation.samples import API, SAMPLES, filled
from tests.isolation.worlds import furnish
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.auth.sessions import RefreshToken

Case = schemathesis.Case[Any]
Kind = Literal["owner", "viewer", "key"]
AVATAR: Final = f"{0:032x}.webp"
PIXEL: Final = b64decode("R0lGODdhAQABAIEAAAAAAAAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw==")

QUERIES: Final = {
    "assignee_id": "person", "actor_id": "user", "entity_id": "task", **gathered("QUERIES"),
}  # fmt: skip
"""What a parameter of a query may name; what one of a path names, the sample tells."""

OTHERS: Final = {"user_id": ("user", "invited"), "task_id": ("trashed",)}
"""What else a parameter of a path may name: the person who asks, too."""

SPENDING: Final = {
    "POST /auth/logout", "POST /me/totp/confirm", "POST /users/{user_id}/deactivate",
    "POST /invitations/{token}/accept", "PUT /users/{user_id}/role", "PATCH /users/{user_id}",
    "PATCH /workspace", "POST /tasks/{task_id}/restore", *named("SPENDING"),
}  # fmt: skip
"""After these, as after every DELETE, a world is not what it was."""

BODIES: Final[dict[str, Any]] = {
    "POST /workspaces": {
        "slug": "w{random}",
        "name": "New",
        "owner": {
            "email": "{random}@example.org", "password": PASSWORD,
            "first_name": "New", "last_name": "Owner",
        },
    },
    "POST /auth/login": {"workspace": "{slug}", "email": "{email}", "password": PASSWORD},
    "POST /me/password": {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    "POST /me/confirm": {"password": PASSWORD},
    "POST /invitations/{token}/accept": {"password": PASSWORD},
    "PUT /identity-provider": {
        "name": "Keycloak", "issuer": "{issuer}", "client_id": "projectflow",
        "client_secret": "secret",
    },
    **gathered("BODIES"),
}  # fmt: skip
"""What gets past the door, where the samples of tests/isolation are there to be refused."""


FILES: Final[dict[str, Any]] = gathered("FILES")
"""What gets past the door where a body is a file."""


PROOFS: Final = {
    "POST /api/v1/auth/passkey", "POST /api/v1/auth/password-reset/confirm",
    "POST /api/v1/auth/second-factor", "POST /api/v1/auth/second-factor/enroll",
    "POST /api/v1/auth/second-factor/enroll/confirm", "POST /api/v1/auth/second-factor/passkey",
    "GET /files/{tenant_id}/{attachment_id}/{part}",  # takes a signature
    "GET /api/v1/sync",  # takes a place in the log that is new enough: tests/realtime
    "POST /api/v1/me/passkeys", "POST /api/v1/me/totp/confirm", "DELETE /api/v1/me/totp",
    *(f"{route.replace(' ', ' /api/v1', 1)}" for route in named("PROOFS")),
}  # fmt: skip
"""What takes a device or a mail to get past: tried too, but got past in tests/auth alone."""


class Asker:
    """An owner, a viewer, or a program with a key of an owner's; in a world that is made again."""

    def __init__(self, app: Litestar, kind: Kind, issuer: str) -> None:
        self.kind: Kind = kind
        self.cases = 0
        self.tried: set[str] = set()
        self.got_past: set[str] = set()
        self._app = app
        self._issuer = issuer
        self._loop = asyncio.get_running_loop()
        self._spent = True
        self._worn = False
        self._last = ""
        self._ids: dict[str, str] = {}
        self._authorization = ""
        self._cookie = ""

    def before_call(self, case: Case) -> None:
        """Sign the case in, and let two of three name what there is and say what is valid."""
        if self._spent or (self._worn and self._last != case.operation.label):
            asyncio.run_coroutine_threadsafe(self._make_world(), self._loop).result()
        self.cases += 1
        operation = case.operation.label
        # Until it is got past once; where that takes a proof, what is made up would never be sent.
        eager = operation not in self.got_past | PROOFS
        turn = 0 if eager else self.cases // 3
        headers = case.headers
        headers["Authorization"] = self._authorization
        # Somebody else's address each time: few tries are allowed from one.
        headers["X-Forwarded-For"] = str(ipaddress.IPv6Address(uuid7().int))
        if not self.cases % 3 and not eager:
            return
        headers["Cookie"] = self._cookie
        if "If-Match" in headers:
            headers["If-Match"] = '"1"' if turn % 2 else "*"
        self._name(case, turn)
        self._say(case, whole=eager or self.cases % 3 == 1)

    def after_call(self, case: Case, response: schemathesis.Response) -> None:
        """See whether the world is still whole."""
        operation, route = case.operation.label, _route(case)
        self.tried.add(operation)
        done = response.status_code < 400 and operation.startswith(f"{case.method} ")
        wears = done and (case.method == "DELETE" or route in SPENDING)
        first = done and operation not in self.got_past
        if done:
            self.got_past.add(operation)
        out = response.status_code in {401, 429} and self.kind != "key"
        out = out and route in SAMPLES and not SAMPLES[route].public
        # A new world takes a tenth of a second: at once the first time, later for what comes next.
        self._spent = out or (wears and first)
        self._worn = self._worn or wears
        self._last = operation

    def _name(self, case: Case, turn: int) -> None:
        """Put what there is in the place of what is of its kind: an invalid id stays invalid."""
        for parameter, value in dict(case.path_parameters).items():
            found = self._ids.get(_named(case, parameter), "")
            others = [self._ids[name] for name in OTHERS.get(parameter, ())]
            if found and _is_uuid(value) >= _is_uuid(found):
                case.path_parameters[parameter] = [found, found, *others][turn % (2 + len(others))]
        for parameter, value in dict(case.query).items():
            if parameter in QUERIES and _is_uuid(value):
                case.query[parameter] = self._ids[QUERIES[parameter]]

    def _say(self, case: Case, *, whole: bool) -> None:
        """Say what the sample says; all of it, or all but one field of what was generated."""
        route = _route(case)
        if case.media_type and case.media_type.startswith("image/"):
            case.body = PIXEL
        if route in FILES and whole:
            case.body = FILES[route]
            return
        body = BODIES.get(route) or (SAMPLES[route].body if route in SAMPLES else None)
        if not body or not isinstance(case.body, dict) or case.media_type != "application/json":
            return
        said = filled(body, self._ids)
        generated: dict[str, Any] = case.body
        kept = sorted(generated)[self.cases % len(generated)] if generated and not whole else None
        case.body = {**said, kept: generated[kept]} if kept else said

    async def _make_world(self) -> None:
        owner = await found_workspace(self._app)
        await owner.signed_in_by("passkey")
        # The last owner can do little to themselves.
        await owner.colleague("owner")
        self._ids = await furnish(owner, "ours", "OURS")
        asking = owner if self.kind != "viewer" else await owner.colleague("viewer")
        if asking is not owner:
            await asking.signed_in_by("passkey")
            await owner.join({"id": self._ids["project"]}, asking)
        account = await give_password(asking)
        self._ids |= {
            "user": str(asking.id), "email": account.email, "issuer": self._issuer,
            "tenant_id": str(owner.tenant_id), "name": AVATAR,
        }  # fmt: skip
        self._authorization = asking.client.headers["Authorization"]
        if self.kind == "key":
            self._authorization = f"Bearer {(await owner.key()).secret}"
        self._cookie = f"projectflow_session={await self._refresh_token(asking)}"
        self._worn = False
        await self._app.state.files.put(owner.tenant_id, f"avatars/{AVATAR}", PIXEL)

    async def _refresh_token(self, person: Person) -> RefreshToken:
        secret = "of-a-browser"
        async with self._app.state.database.tenant(person.tenant_id) as db:
            await db.execute(
                "UPDATE sessions SET refresh_hash = $3 WHERE tenant_id = $1 AND id = $2",
                person.tenant_id,
                person.actor.session_id,
                sha256(secret.encode()).digest(),
            )
        return RefreshToken(person.tenant_id, person.actor.session_id, secret)


def _route(case: Case) -> str:
    """The case's operation as the keys of SAMPLES; of another method, nothing's."""
    return f"{case.method} {case.operation.path.removeprefix(API)}"


def _named(case: Case, parameter: str) -> str:
    """Which of a world's things stands in the sample's path where the parameter stands."""
    route = f"{case.operation.method.upper()} {case.operation.path.removeprefix(API)}"
    if route not in SAMPLES:
        return parameter
    pattern, path = route.split()[1].split("/"), SAMPLES[route].path.split("/")
    return path[pattern.index(f"{{{parameter}}}")].strip("{}")


def _is_uuid(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
