"""`projectflow import …`: gives a file to the HTTP API and waits for the report."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from projectflow.embedded.refusal import Refusal

POLL_SECONDS = 0.5
LONGEST_IMPORT = 3600.0
TIMEOUT = httpx.Timeout(60.0, connect=5.0)


class ImportRefused(Refusal):
    """The service refused the sign-in or the file, or the import failed."""


TYPES = {
    "trello": "application/json",
    "github": "application/json",
    "jira": "text/csv",
    "linear": "text/csv",
    "msproject": "application/xml",
    "table": "application/octet-stream",
    "projectflow": "application/zip",
}
"""The tools whose files can be brought in, and the media type that each is sent as."""


class Skipped(Struct):
    """Something of the file that was not taken over, and why."""

    kind: str
    name: str
    reason: str


class Report(Struct):
    """What an import did."""

    project_key: str
    counts: dict[str, int]
    created: int
    updated: int
    unchanged: int
    skipped: list[Skipped]


class Progress(Struct):
    """How far an import is."""

    done: int
    total: int
    phase: str


class Import(Struct):
    """An import, as the API tells of it."""

    id: str
    status: str
    progress: Progress | None = None
    report: Report | None = None
    error: str | None = None


def sign_in(address: str, workspace: str, email: str, password: str) -> str:
    """Sign in and return an access token.

    Raises:
        ImportRefused: Wrong password, or the service does not answer.
    """
    body = {"workspace": workspace, "email": email, "password": password}
    with _client(address) as client:
        answer = _send(client, "POST", "/auth/login", json=body)
    return str(answer.json()["access_token"])


def import_file(
    address: str,
    token: str,
    source: str,
    file: Path,
    params: dict[str, str],
    progress: Callable[[str], object],
) -> str:
    """Upload the file, wait for the import, and return its report as text.

    Args:
        address: Of the service, e.g. `http://localhost:8400`.
        token: An access token.
        source: One of `TYPES`.
        file: What the tool exported.
        params: Parameters of the API's route for this source.
        progress: Told each new phase.

    Raises:
        ImportRefused: Not such a file, too large, not permitted, or the import failed.
    """
    with _client(address, token) as client:
        answer = _send(
            client,
            "POST",
            f"/imports/{source}",
            params={"file_name": file.name, **params},
            content=_pieces(file),
            headers={"Content-Type": TYPES[source]},
        )
        found = _wait(client, _decode(answer), progress)
    if found.status != "succeeded" or found.report is None:
        raise ImportRefused(f"the import failed: {found.error or found.status}")
    return _as_text(found.report)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(1024 * 1024):
            yield piece


def _wait(client: httpx.Client, found: Import, progress: Callable[[str], object]) -> Import:
    deadline = time.monotonic() + LONGEST_IMPORT
    said = ""
    while found.status in {"queued", "running"}:
        if time.monotonic() > deadline:
            raise ImportRefused("the import takes over an hour; it goes on by itself")
        state = found.progress
        text = f"{state.phase}: {state.done} of {state.total}" if state else found.status
        if text != said:
            progress(text)
            said = text
        time.sleep(POLL_SECONDS)
        found = _decode(_send(client, "GET", f"/imports/{found.id}"))
    return found


def _as_text(report: Report) -> str:
    lines = [f"Project {report.project_key}"]
    lines += [f"  {what}: {getattr(report, what)}" for what in ("created", "updated", "unchanged")]
    lines += [f"  {name.replace('_', ' ')}: {count}" for name, count in report.counts.items()]
    lines += [f"  skipped {one.kind} {one.name!r}: {one.reason}" for one in report.skipped]
    return "\n".join(lines)


def _client(address: str, token: str | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=TIMEOUT)


def _send(client: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    try:
        answer = client.request(method, path, **options)
    except httpx.TransportError as error:
        raise ImportRefused(f"{client.base_url} does not answer: {error}") from error
    if answer.is_success:
        return answer
    try:
        problem = answer.json()
        reason = problem.get("detail") or problem.get("title")
    except (ValueError, AttributeError):
        reason = answer.reason_phrase
    raise ImportRefused(f"{method} {path}: {answer.status_code} {reason}")


def _decode(answer: httpx.Response) -> Import:
    try:
        return msgspec.json.decode(answer.content, type=Import)
    except msgspec.DecodeError as error:
        raise ImportRefused(f"the service's answer cannot be read: {error}") from error
