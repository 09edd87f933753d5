import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.embedded.stack import Stack, kill

ORDINARY = "nobody"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users may pass, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="pf-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    elsewhere = made / "home" / "engines-at"
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def home(folder: Path) -> Path:
    return folder / "home"


@pytest.fixture
def new_stack() -> Iterator[Callable[..., Stack]]:
    """Makes stacks, and ends what a failed test leaves running."""
    made: list[Stack] = []

    def new(home: Path, prefix: tuple[str, ...] = (), **environment: str) -> Stack:
        made.append(Stack(home, prefix, **environment))
        return made[-1]

    yield new
    for stack in made:
        try:
            running = stack.process.poll() is None
        except AssertionError:
            continue
        if running:
            pids = stack.pids()
            stack.process.send_signal(signal.SIGTERM)
            try:
                stack.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                for pid in pids:
                    kill(pid)


@pytest.fixture(params=["root", "ordinary"])
def account(request: pytest.FixtureRequest, folder: Path) -> tuple[str, ...]:
    """Words before the command: as root, and as an ordinary user."""
    if request.param == "root":
        if os.geteuid() != 0:
            pytest.skip("only root can try as root")
        return ()
    if os.geteuid() != 0:
        return ()
    entry = pwd.getpwnam(ORDINARY)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return _as(entry)


def _as(entry: pwd.struct_passwd) -> tuple[str, ...]:
    """Drop to that user; one who cannot reach this Python (root's own) may read, not write, all."""
    words = ("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    reaches = subprocess.run(
        [*words, sys.executable, "-c", again],
        capture_output=True,
        timeout=30,
        check=False,
    )
    if reaches.returncode == 0:
        return words
    return (*words, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
