"""Starting and stopping the shim, and reading what was sent to it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from msgspec import Struct

ROOT = Path(__file__).parents[2]


class Sent(Struct, frozen=True):
    """A statement that came to the engine."""

    query: str
    parameters: dict[str, str]
    bytes: int


class Engine:
    """ClickHouse's engine behind a port of this machine."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("NO_PROXY", "127.0.0.1")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.analytics.clickhouse_shim", str(folder)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        port = self._process.stdout.readline().strip()
        assert port, "chDB did not start"
        self.url = f"http://127.0.0.1:{port}"

    def sent(self) -> list[Sent]:
        """All statements so far."""
        lines = (self._folder / "statements.jsonl").read_text().splitlines()
        return [Sent(**each) for line in lines if (each := _read(line))]

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def _read(line: str) -> dict[str, Any]:
    return json.loads(line)
