"""The embedded Valkey (Redis protocol): append-only file, private socket, random password."""

import asyncio
import signal
from pathlib import Path
from urllib.parse import quote

from projectflow.embedded.binaries import find_valkey, reachable_valkey
from projectflow.embedded.child import Command, EngineFailed, clean_environment
from projectflow.embedded.passwords import engine_password
from projectflow.embedded.place import Place

# Streams and counters without a time limit are never evicted, caches are.
# `now force`: without it a SIGTERM while the first append-only file is written is refused for good.
CONFIGURATION = """
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
dir "{data}"
appendonly yes
appendfsync everysec
save 3600 1 300 100
maxmemory 256mb
maxmemory-policy volatile-lru
shutdown-on-sigterm "now force"
daemonize no
logfile ""
"""


class Valkey:
    """Valkey of one home."""

    name = "valkey"
    title = "Valkey"

    def __init__(self, home: Path, place: Place) -> None:
        """Find the program, copying it where the engines' account can run it.

        Raises:
            EngineFailed: None is installed, or it cannot be run.
        """
        self._place = place
        self._program = reachable_valkey(find_valkey(), place)
        self._password = engine_password(home, "valkey")
        self._socket = place.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """The address, as redis-py takes it."""
        return f"unix://:{self._password}@{quote(str(self._socket))}?db=0"

    def command(self) -> Command:
        """What to run; the configuration goes through standard input, so `ps` shows no password."""
        data = self._place.make(self._place.root / "valkey")
        configuration = CONFIGURATION.format(
            socket=self._socket, password=self._password, data=data
        )
        return Command(
            name=self.name,
            argv=(str(self._program), "-"),
            environment=clean_environment(),
            directory=data,
            account=self._place.account,
            stop_signal=signal.SIGTERM,
            death_signal=signal.SIGTERM,
            stop_timeout=30.0,
            standard_input=configuration.encode(),
        )

    async def ready(self) -> bool:
        """Whether it answers PING; False while it starts or loads its file.

        Raises:
            EngineFailed: It answers and refuses us.
        """
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_unix_connection(str(self._socket))
                try:
                    writer.write(f"AUTH {self._password}\r\nPING\r\n".encode())
                    login, pong = await reader.readline(), await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
        if login.startswith(b"-") and not login.startswith(b"-LOADING"):
            raise EngineFailed(f"Valkey refuses its own password: {login.decode().strip()}")
        return pong == b"+PONG\r\n"
