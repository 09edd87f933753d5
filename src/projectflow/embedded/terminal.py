"""What `up` says to the person who started it."""

import json
import re
import sys
import time
from collections.abc import Iterable

LOUD = {"warning", "error", "critical"}
_LOUD_TEXT = re.compile(r"\b(WARNING|ERROR|CRITICAL|Traceback)\b")


class Terminal:
    """Progress lines with the seconds since the start."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    def step(self, text: str) -> None:
        """Say what is done now, so that no one waits before a silent screen."""
        write(f"{time.monotonic() - self._started:6.1f} s  {text}")

    def warnings_of(self, name: str, lines: Iterable[str]) -> None:
        """Show the lines of a log that are warnings or worse."""
        for line in lines:
            if _is_loud(line):
                write(f"{name}: {line}")


def write(text: str) -> None:
    """Write a line; a closed terminal is no reason to stop serving."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except (BrokenPipeError, OSError):
        return


def _is_loud(line: str) -> bool:
    if line.startswith("{"):
        try:
            level = json.loads(line).get("level", "")
        except (ValueError, AttributeError):
            return False
        return str(level).lower() in LOUD
    return _LOUD_TEXT.search(line) is not None
