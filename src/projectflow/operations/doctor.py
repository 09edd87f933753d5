"""`projectflow doctor`: looks at everything, changes nothing, says how to mend."""

import platform
import shutil
import stat
import sys
from pathlib import Path

from projectflow.core.settings import Settings
from projectflow.embedded.binaries import find_postgres, find_valkey
from projectflow.embedded.refusal import Refusal
from projectflow.embedded.running import find_running, with_running_engines
from projectflow.embedded.service import PortTaken, answers, refuse_taken_port
from projectflow.operations.analytics_checks import check_analytics
from projectflow.operations.database_checks import check_database
from projectflow.operations.event_checks import check_events
from projectflow.operations.findings import Finding, failed, ok, warn
from projectflow.operations.redis_checks import check_redis
from projectflow.operations.search_checks import check_search

OLDEST_PYTHON = (3, 11)
LITTLE_DISK = 2 * 1024**3
NO_DISK = 200 * 1024**2
PRIVATE_FOLDERS = ("secrets", "keys")


async def examine(settings: Settings) -> list[Finding]:
    """Look at the machine, the home, the engines and the running service."""
    findings = [_python(), *_home(settings.home), _web_app(), *_private_files(settings.home)]
    if settings.database_url is None:
        findings.append(_postgres_programs())
    if settings.redis_url is None:
        findings.append(_valkey_program())
    findings.append(await _address(settings))
    engines = with_running_engines(settings)
    running = find_running(settings.home)
    if engines.database_url:
        findings += await check_database(engines, running)
        findings += await check_events(engines)
    if engines.redis_url:
        findings += await check_redis(engines.redis_url)
    findings += await check_search(engines)
    findings += await check_analytics(engines)
    if not (engines.database_url and engines.redis_url):
        findings.append(
            warn("engines", "not running, so not looked at", "start them: `projectflow up`")
        )
    return findings


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return failed("Python", version, "install Python 3.11 or later and run bin/setup")
    return ok("Python", version)


def _home(home: Path) -> list[Finding]:
    existing = next(path for path in (home, *home.parents) if path.exists())
    if not existing.is_dir() or not _writable(existing):
        return [failed("home", f"{home} cannot be written", "set PROJECTFLOW_HOME to your own")]
    free = shutil.disk_usage(existing).free
    text = f"{home}, {free / 1024**3:.1f} GB free"
    if free < NO_DISK:
        return [
            failed("home", text, "free some disk space now: the database stops when it is full")
        ]
    if free < LITTLE_DISK:
        return [warn("home", text, "free some disk space, or move the home to a larger disk")]
    return [ok("home", text)]


def _writable(folder: Path) -> bool:
    probe = folder / ".projectflow-doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _web_app() -> Finding:
    page = Path(__file__).parent.parent / "webapp" / "index.html"
    if page.is_file():
        return ok("web app", "built")
    return warn("web app", "not built: the API works, the pages do not", "run bin/setup")


def _private_files(home: Path) -> list[Finding]:
    """Secrets and keys must be readable by their owner alone."""
    open_to_others = [
        path
        for name in PRIVATE_FOLDERS
        for path in sorted((home / name).rglob("*"))
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        return [
            failed("file modes", f"others may read {path}", f"chmod 600 {path}")
            for path in open_to_others
        ]
    return [ok("file modes", "secrets and keys are readable by their owner alone")]


def _postgres_programs() -> Finding:
    try:
        found = find_postgres()
    except Refusal as refusal:
        return failed("PostgreSQL programs", str(refusal), "run bin/setup")
    return ok("PostgreSQL programs", f"{found.version} in {found.folder}")


def _valkey_program() -> Finding:
    try:
        return ok("Valkey program", str(find_valkey()))
    except Refusal as refusal:
        return failed("Valkey program", str(refusal), "run bin/setup")


async def _address(settings: Settings) -> Finding:
    running = find_running(settings.home)
    if running:
        host = "127.0.0.1" if running.host in {"0.0.0.0", "::"} else running.host  # noqa: S104
        if await answers(host, running.port, "/ready"):
            return ok("address", f"{running.address} answers (pid {running.pid})")
        logs = settings.home / "logs" / "api.log"
        return failed("address", f"{running.address} does not answer", f"look at {logs}")
    try:
        refuse_taken_port(settings.host, settings.port)
    except PortTaken as error:
        return failed("address", str(error), "stop what uses it, or set PROJECTFLOW_PORT")
    return ok("address", f"{settings.host}:{settings.port} is free")
