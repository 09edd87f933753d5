"""The service's own processes, as the supervisor starts them."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from projectflow.core.settings import Settings
from projectflow.embedded.child import Command
from projectflow.embedded.refusal import Refusal

MAILBOX_TIMEOUT = 20.0
NOT_FOR_SERVICE = {"DATABASE_OWNER_URL"}  # whoever serves requests cannot change the schema


class PortTaken(Refusal):
    """The HTTP address cannot be listened on."""


def refuse_taken_port(host: str, port: int) -> None:
    """See that the HTTP address is free before anything starts.

    Raises:
        PortTaken: It is not, or may not be used by this user.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTaken(
                f"{host}:{port} cannot be used ({os.strerror(error.errno or 0)}): stop what uses "
                f"it, or choose another port with `projectflow up --port {port + 1}`"
            ) from error


def service_environment(settings: Settings) -> dict[str, str]:
    """Our environment with the addresses of the engines and the service in it."""
    environment = {key: value for key, value in os.environ.items() if key not in NOT_FOR_SERVICE}
    environment |= {
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "PROJECTFLOW_HOME": str(settings.home),
        "PROJECTFLOW_HOST": settings.host,
        "PROJECTFLOW_PORT": str(settings.port),
        "PYTHONUNBUFFERED": "1",
    }
    return environment


class Api:
    """`projectflow serve`, ready when GET /ready says so."""

    name = "api"
    title = "The API"

    def __init__(self, settings: Settings) -> None:
        """Take the settings whose addresses are complete."""
        self._settings = settings
        self._environment = service_environment(settings)

    def command(self) -> Command:
        """What to run."""
        return _own("api", "serve", self._environment)

    async def ready(self) -> bool:
        """Whether GET /ready answers 200 within two seconds."""
        every = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
        host = every.get(self._settings.host, self._settings.host)
        return await answers(host, self._settings.port, "/ready")


class Worker:
    """`projectflow worker`: takes jobs from the database, so there is nothing to wait for."""

    name = "worker"
    title = "The worker"

    def __init__(self, settings: Settings) -> None:
        """Take the settings whose addresses are complete."""
        self._environment = service_environment(settings)

    def command(self) -> Command:
        """What to run."""
        return _own("worker", "worker", self._environment)

    async def ready(self) -> bool:
        """Always: what it could not do yet waits in the database."""
        return True


def _own(name: str, command: str, environment: Mapping[str, str]) -> Command:
    return Command(
        name=name,
        argv=(sys.executable, "-m", "projectflow", command),
        environment=environment,
        directory=Path.cwd(),
        stop_signal=signal.SIGTERM,
        death_signal=signal.SIGTERM,
        stop_timeout=12.0,  # the API gives requests under way 10 s
    )


async def say_where_mail_is(settings: Settings) -> str:
    """What `projectflow mailbox` says: a process of its own, so that we stay small."""
    environment = service_environment(settings)
    asked = await asyncio.create_subprocess_exec(
        *_own("mailbox", "mailbox", environment).argv,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        said, _ = await asyncio.wait_for(asked.communicate(), MAILBOX_TIMEOUT)
    except TimeoutError:
        return "`projectflow mailbox` says where the mails are that would be sent."
    finally:
        if asked.returncode is None:
            asked.kill()
    return said.decode().strip()


async def answers(host: str, port: int, path: str) -> bool:
    """Whether a GET of the path answers 200 within two seconds."""
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split(b" ")[1:2] == [b"200"]
