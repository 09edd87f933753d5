"""Child processes: each in its own session, tied to our life, stopped in an order we choose."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from projectflow.embedded.logs import LogFile
from projectflow.embedded.refusal import Refusal

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.1
_libc: ctypes.CDLL | None = ctypes.CDLL(None) if sys.platform == "linux" else None


class EngineFailed(Refusal):
    """An engine or one of its tools did not do what it was asked to."""


class Account(Struct, frozen=True):
    """The operating-system account that engines run as when we are root."""

    uid: int
    gid: int
    name: str


class Command(Struct, frozen=True, kw_only=True):
    """What to run, as whom, and which signals mean *stop*.

    `death_signal` is what the kernel sends when the supervisor dies, however it dies.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGTERM
    stop_timeout: float = 10.0
    standard_input: bytes | None = None
    """Written to the child and closed: the way for a password that `ps` must not show."""


class Child:
    """A running command whose output goes to a log file."""

    def __init__(self, command: Command, log: LogFile, lifeline: int | None = None) -> None:
        """Start the command.

        Args:
            command: What to run.
            log: Receives its output and errors.
            lifeline: A locked descriptor that the child keeps open, so that a later `up` can
                wait for the last process of an earlier one.

        Raises:
            EngineFailed: The program cannot be executed.
        """
        self.command = command
        self.started = time.monotonic()
        with log.appending() as output:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own argument lists
                    command.argv,
                    stdin=subprocess.PIPE if command.standard_input else subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(command.environment),
                    cwd=command.directory,
                    start_new_session=True,  # the terminal's Ctrl-C reaches the supervisor alone
                    pass_fds=() if lifeline is None else (lifeline,),
                    preexec_fn=_die_with(os.getpid(), command.death_signal),  # noqa: PLW1509
                    user=command.account.uid if command.account else None,
                    group=command.account.gid if command.account else None,
                    extra_groups=[] if command.account else None,
                )
            except OSError as error:
                raise EngineFailed(f"{command.name} cannot be started: {error}") from error
        if self._process.stdin and command.standard_input:
            with suppress(BrokenPipeError), self._process.stdin as pipe:
                pipe.write(command.standard_input)

    @property
    def pid(self) -> int:
        """The process id, also of its session and process group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """How it ended (negative: by that signal), or None while it runs."""
        return self._process.poll()

    async def ended(self) -> int:
        """Wait for the end; returns the exit code."""
        while (code := self.exit_code()) is None:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(POLL_SECONDS)
        return code

    async def stop(self) -> None:
        """Ask it to stop, wait `stop_timeout` seconds, then kill it and what it left behind."""
        if self.exit_code() is None:
            self._process.send_signal(self.command.stop_signal)
            try:
                await asyncio.wait_for(self.ended(), self.command.stop_timeout)
            except TimeoutError:
                self._process.kill()
                await self.ended()
        self.end_group()

    def end_group(self) -> None:
        """Kill processes that the ended child left in its group (workers of a killed server)."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def run_tool(
    argv: Sequence[str | Path],
    *,
    timeout: float,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path = Path("/"),
) -> str:
    """Run a short command to its end.

    Args:
        argv: Program and arguments; never a secret, `ps` shows them.
        timeout: Seconds after which it is killed.
        account: Whom to run it as when we are root.
        environment: Replaces ours when given.
        directory: Working directory, readable by the account.

    Returns:
        What it wrote to its standard output.

    Raises:
        EngineFailed: It cannot be run, failed or took too long; carries its last words.
    """
    name = Path(argv[0]).name
    try:
        done = subprocess.run(  # noqa: S603 - our own argument lists
            [str(word) for word in argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
            env=None if environment is None else dict(environment),
            cwd=directory,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except subprocess.CalledProcessError as error:
        words = (error.stderr or error.stdout or "").strip().splitlines()[-5:]
        raise EngineFailed(f"{name} failed ({error.returncode}): {' / '.join(words)}") from error
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"{name} took longer than {timeout:.0f} s") from error
    except OSError as error:
        raise EngineFailed(f"{argv[0]} cannot be run: {error}") from error
    return done.stdout


def _die_with(parent: int, death_signal: int) -> Callable[[], None] | None:
    """Make a hook that ties the child to us; Popen runs it after setuid, which would undo it."""
    libc = _libc
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the supervisor died before the line above
            os._exit(1)

    return tie


def clean_environment() -> dict[str, str]:
    """An environment for engines and their tools: nothing of ours, messages in plain English."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
