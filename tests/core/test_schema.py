"""Everything that the OpenAPI document says, tried by schemathesis as several people.

No answer may be a 5xx or undocumented, and every refusal is a problem (RFC 9457).
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, get_args

import bcrypt
import msgspec
import pytest
import schemathesis
import uvicorn
from litestar import Litestar
from msgspec.structs import replace
from schemathesis import hooks
from schemathesis.engine import events, from_schema
from tests.auth.accounts import running
from tests.conftest import TOLD_AT_THE_END
from tests.core.askers import PROOFS, Asker, Case, Kind
from tests.sso.identity import ForgedProvider

from projectflow.auth import passwords
from projectflow.core.problems import MEDIA_TYPE, ProblemDetails
from projectflow.core.settings import Settings

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "refusals_are_problems",
)
EXAMPLES: Final = 3
"""How many cases an operation are made up at random, beside those of the coverage phase."""


@schemathesis.check
def refusals_are_problems(_: Any, response: schemathesis.Response, __: Case) -> None:
    if response.status_code >= 400:
        assert response.headers["content-type"] == [MEDIA_TYPE]
        problem = msgspec.json.decode(response.content, type=ProblemDetails)
        assert problem.status == response.status_code
        more = {"failures", "reason"}  # what BulkRefused and SyncReset say beside it
        assert set(response.json()) <= {*ProblemDetails.__struct_fields__, *more}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """An identity provider that answers."""
    provider = ForgedProvider()
    yield provider.issuer
    provider.stop()


class Server(uvicorn.Server):
    """Leaves Ctrl-C to pytest."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@pytest.fixture(scope="module")
async def served(settings: Settings) -> AsyncIterator[tuple[Litestar, str]]:
    """An app that may ask a provider on this machine, and its address."""
    async with running(replace(settings, private_networks=True)) as app:
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
        server = Server(config)
        # Whoever connects waits here until the server is up.
        door = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([door]))
        yield app, f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        await serving


@contextmanager
def asking_as(asker: Asker) -> Generator[None]:
    """Schemathesis knows hooks around a call only of a whole process."""

    def before_call(_: Any, case: Case, __: dict[str, Any]) -> None:
        asker.before_call(case)

    def after_call(_: Any, case: Case, response: schemathesis.Response) -> None:
        asker.after_call(case, response)

    schemathesis.hook(before_call)
    schemathesis.hook(after_call)
    yield
    hooks.unregister(before_call)
    hooks.unregister(after_call)


def found_in(schema: schemathesis.BaseSchema) -> Iterator[tuple[str, str]]:
    """Try all of it; what is not as the document says, and an example."""
    for event in from_schema(schema).execute():
        match event:
            case events.FatalError():
                raise event.exception
            case events.NonFatalError():
                yield event.label, str(event.info)
            case events.ScenarioFinished():
                for checks in event.recorder.checks.values():
                    for each in checks:
                        if each.failure_info is not None:
                            failure = each.failure_info.failure
                            example = f"{failure.message}\n{each.failure_info.code_sample}"
                            yield f"{event.label}: {failure.title}", example
            case _:
                pass


def operations_of(schema: schemathesis.BaseSchema) -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, item in schema.raw_schema["paths"].items()
        for method in item
    }


@pytest.mark.parametrize("kind", get_args(Kind))
async def test_every_answer_is_one_that_the_document_promises(
    served: tuple[Litestar, str],
    issuer: str,
    kind: Kind,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    app, base = served
    # A real hash takes a fifth of a second.
    monkeypatch.setattr(passwords, "COST", 4)
    monkeypatch.setattr(passwords, "_DUMMY", bcrypt.hashpw(b"nobody's", bcrypt.gensalt(4)))
    config = schemathesis.Config.from_dict(
        {
            "seed": 1,
            "base-url": base,
            "continue-on-failure": True,
            "max-redirects": 0,
            "request-timeout": 60,
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "generation": {
                "deterministic": True,
                "database": "none",
                "max-examples": EXAMPLES,
                "no-shrink": True,
                "with-security-parameters": False,
            },
            "phases": {
                "coverage": {"generation": {"mode": "all" if kind == "owner" else "positive"}},
                "fuzzing": {
                    "enabled": kind == "owner",
                    "extra-data-sources": {"responses": False},
                    "error-feedback": {"enabled": False},
                },
                "stateful": {"enabled": False},
            },
        }
    )
    schema = schemathesis.openapi.from_dict(app.openapi_schema.to_schema(), config=config)
    asker = Asker(app, kind, issuer)

    with asking_as(asker):
        found = await asyncio.to_thread(lambda: dict(found_in(schema)))

    counts = f"{asker.cases:,} cases over {len(asker.tried)} operations, as {kind}"
    record_property(TOLD_AT_THE_END, f"schemathesis: {counts}")
    assert not found, "\n\n".join(f"{what}\n{example}" for what, example in found.items())
    assert asker.tried == operations_of(schema)
    if kind == "owner":
        assert asker.tried - asker.got_past == PROOFS
