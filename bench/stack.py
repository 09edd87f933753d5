"""A whole ProjectFlow, started as a user starts it, in a home of its own that goes afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from projectflow.core.settings import Settings
from projectflow.embedded.running import Running, find_running

START_SECONDS = 120


class Stack(msgspec.Struct, frozen=True):
    """What runs: its addresses and its settings."""

    running: Running
    settings: Settings

    def resident_kb(self) -> int:
        """Proportional resident memory (PSS) of the supervisor and all below it, in kB."""
        return _pss(self.running.pid)


@contextmanager
def running_stack(**environment: str) -> Generator[Stack]:
    """Run `projectflow up` for the length of a block; settings go by their environment names."""
    home = Path(tempfile.mkdtemp(prefix="pf-bench-", dir="/tmp"))
    home.chmod(0o711)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {"PROJECTFLOW_HOME": str(home), "PROJECTFLOW_PORT": str(port), **environment}
    command = [sys.executable, "-m", "projectflow", "up"]
    process = subprocess.Popen(command, env=os.environ | variables, stdout=subprocess.PIPE)
    try:
        running = _wait_until_ready(process, home)
        settings = Settings(
            home=home,
            host="127.0.0.1",
            port=port,
            database_url=running.database_url,
            database_owner_url=running.database_owner_url,
            redis_url=running.redis_url,
        )
        yield Stack(running, settings)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        elsewhere = home / "engines-at"
        if elsewhere.exists():
            shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(process: "subprocess.Popen[bytes]", home: Path) -> Running:
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    for line in process.stdout:
        if b"ready" in line:
            break
        if time.monotonic() > deadline:
            raise SystemExit("projectflow up did not get ready")
    running = find_running(home)
    if running is None:
        raise SystemExit("projectflow up did not start; its words are above")
    return running


def _pss(pid: int) -> int:
    """A process and all below it. PSS shares common pages fairly; see proc_pid_smaps(5)."""
    total = 0
    for each in [pid, *_descendants(pid)]:
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, children) for each in (child, *_descendants(child))]
