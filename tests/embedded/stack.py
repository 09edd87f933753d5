"""A `projectflow up` started as a user would, in a home of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

READY_SECONDS = 60


class Stack:
    """`projectflow up` and what can be asked of it."""

    def __init__(self, home: Path, prefix: tuple[str, ...] = (), **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self._prefix = prefix
        self._extra = environment
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PROJECTFLOW_", "DATABASE_", "REDIS_", "STORAGE_"))
        }
        return kept | {
            "PROJECTFLOW_HOME": str(self.home),
            "PROJECTFLOW_PORT": str(self.port),
            **self._extra,
        }

    def run(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run another command of the same home to its end."""
        return subprocess.run(
            [*self._prefix, sys.executable, "-m", "projectflow", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            input=stdin,
        )

    def up(self) -> "Stack":
        self.start()
        self.wait_ready()
        return self

    def start(self) -> None:
        with (self.home.parent / f"{self.home.name}.out").open("a") as out:
            self._process = subprocess.Popen(
                [*self._prefix, sys.executable, "-m", "projectflow", "up"],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def wait_ready(self) -> None:
        wait_until(self._ready, READY_SECONDS, self.said)

    def _ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"up ended ({self.process.returncode}):\n{self.said()}")
        return self.answers() and self._tells_of_itself()

    def _tells_of_itself(self) -> bool:
        """Not what a killed predecessor left, whose children answer for a moment longer."""
        try:
            return self.told()["pid"] == self.process.pid
        except (FileNotFoundError, json.JSONDecodeError):
            return False

    def answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def said(self) -> str:
        """What `up` wrote to its terminal."""
        return (self.home.parent / f"{self.home.name}.out").read_text()

    def told(self) -> dict[str, Any]:
        return json.loads((self.home / "run" / "engines.json").read_text())

    def pid(self, name: str) -> int:
        return self.told()["pids"][name]

    def pids(self) -> set[int]:
        """The supervisor and everything below it."""
        return {self.process.pid, *descendants(self.process.pid)}

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)

    def kill_everything(self) -> None:
        for pid in self.pids():
            kill(pid)
        self.process.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true: Any, seconds: float, otherwise: Any = str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def alive(pids: set[int]) -> dict[int, str]:
    """Those that run, with their command lines."""
    return {pid: line for pid in pids if (line := command_line(pid))}


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descendants(pid: int) -> set[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found: set[int] = set()
    newly = {pid}
    while newly:
        newly = {child for child, parent in parents.items() if parent in newly} - found
        found |= newly
    return found


def user_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid
