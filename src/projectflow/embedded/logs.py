"""Logs of child processes: appended to by the child itself, bounded by us, last run kept."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

LOG_BYTES = 10 * 1024 * 1024


class LogFile:
    """`<name>.log`, and `<name>.log.1` with what went before."""

    def __init__(self, path: Path) -> None:
        """Begin a new file; the last run's becomes `.1`."""
        self.path = path
        self._older = path.with_name(path.name + ".1")
        self._read = 0
        if path.exists() and path.stat().st_size:
            path.replace(self._older)

    @contextmanager
    def appending(self) -> Generator[int]:
        """Open for a child; O_APPEND lets `trim` cut the file while it is written."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def trim(self) -> None:
        """Move a file of over 10 MB to `.1`. Lines written meanwhile may be lost: a log, no data.

        The child keeps its descriptor, so the file is copied and cut, not renamed.
        """
        if self.path.exists() and self.path.stat().st_size > LOG_BYTES:
            shutil.copyfile(self.path, self._older)
            self._older.chmod(0o600)
            os.truncate(self.path, 0)
            self._read = 0

    def new_lines(self) -> list[str]:
        """Whole lines written since the last call."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._read)
            new = file.read(1024 * 1024)
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.decode(errors="replace").splitlines()

    def tail(self, lines: int = 8) -> str:
        """The last lines, for a message that says why something failed."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 8192))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
