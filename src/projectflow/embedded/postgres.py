"""The embedded PostgreSQL: made once, run as our direct child, reached over a private socket."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from projectflow.embedded.binaries import PostgresBinaries, find_postgres, reachable_postgres
from projectflow.embedded.bootstrap import APP, DATABASE, OWNER, SUPERUSER, make_roles_and_database
from projectflow.embedded.child import Command, EngineFailed, clean_environment, run_tool
from projectflow.embedded.connect import UNREACHABLE, connected
from projectflow.embedded.passwords import engine_password
from projectflow.embedded.place import Place
from projectflow.embedded.refusal import Refusal

BUILTIN_SINCE = 17  # older ones have the C library's C.UTF-8, which sorts the same
BUILTIN_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
PORT = 5432  # of the socket's name; nothing listens on TCP


class PostgresAddresses(Struct, frozen=True):
    """How the service, migrations and operators reach the database."""

    service: str
    owner: str
    superuser: str


class Postgres:
    """PostgreSQL of one home."""

    name = "postgres"
    title = "PostgreSQL"

    def __init__(self, home: Path, place: Place) -> None:
        """Find the programs, copying them where the engines' account can run them.

        Raises:
            EngineFailed: No usable PostgreSQL, or the data was made by another major version.
        """
        self._home = home
        self._place = place
        self._data = place.postgres
        found = find_postgres()
        self._refuse_other_major(found)
        self.binaries: PostgresBinaries = reachable_postgres(found, place)

    @property
    def is_new(self) -> bool:
        """Whether there is no data directory yet."""
        return not self._data.exists()

    @property
    def addresses(self) -> PostgresAddresses:
        """URLs that asyncpg and libpq both take."""
        host = quote(str(self._place.sockets), safe="")

        def url(user: str) -> str:
            password = engine_password(self._home, user)
            return f"postgresql://{user}:{password}@/{DATABASE}?host={host}&port={PORT}"

        return PostgresAddresses(url(APP), url(OWNER), url(SUPERUSER))

    def make(self) -> None:
        """Make the data directory. A half-made one of an interrupted start is made anew.

        Raises:
            EngineFailed: initdb failed.
        """
        half = self._data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        self._place.make(half)
        with _readable_password(self._place, engine_password(self._home, SUPERUSER)) as password:
            run_tool(
                [
                    self.binaries.tool("initdb"),
                    f"--pgdata={half}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    *(BUILTIN_LOCALE if self.binaries.major >= BUILTIN_SINCE else ()),
                    "--data-checksums",
                ],
                timeout=120,
                account=self._place.account,
                environment=clean_environment(),
                directory=half,
            )
        half.rename(self._data)

    def command(self) -> Command:
        """What to run. Only the addresses are given here, so postgresql.conf decides the rest."""
        return Command(
            name=self.name,
            argv=(
                str(self.binaries.tool("postgres")),
                "-D",
                str(self._data),
                "-c",
                "listen_addresses=",
                "-c",
                f"unix_socket_directories={self._place.sockets}",
                "-c",
                "unix_socket_permissions=0700",
                "-c",
                f"port={PORT}",
                "-c",
                "timezone=UTC",
                "-c",
                "log_timezone=UTC",
            ),
            environment=clean_environment(),
            directory=self._data,
            account=self._place.account,
            stop_signal=signal.SIGINT,  # fast: end connections, checkpoint, leave
            death_signal=signal.SIGINT,
            stop_timeout=60.0,
        )

    async def ready(self) -> bool:
        """Whether it answers a query; False while it starts.

        Raises:
            Refusal: It answers and refuses our password.
        """
        try:
            async with connected(self.addresses.superuser, database="postgres", connect_timeout=2):
                return True
        except Refusal as refusal:
            if isinstance(refusal.__cause__, UNREACHABLE):
                return False
            raise

    async def bootstrap(self) -> None:
        """Make roles and database, once: a mark beside the data says that it was finished."""
        mark = self._place.root / "postgres.bootstrapped"
        if mark.exists():
            return
        await make_roles_and_database(
            self.addresses.superuser,
            owner_password=engine_password(self._home, OWNER),
            app_password=engine_password(self._home, APP),
        )
        mark.touch()

    def _refuse_other_major(self, found: PostgresBinaries) -> None:
        written = self._data / "PG_VERSION"
        if not written.exists():
            return
        major = written.read_text().strip()
        if major != str(found.major):
            raise EngineFailed(
                f"{self._data} was made by PostgreSQL {major}, and the one installed is "
                f"{found.version}: install the version it was made by and run "
                "`projectflow backup`; then `projectflow restore` that file with the new version "
                "into an empty PROJECTFLOW_HOME"
            )


class _readable_password:  # noqa: N801 - used as a function
    """A short-lived file that initdb, run as the engines' account, can read."""

    def __init__(self, place: Place, password: str) -> None:
        self._place = place
        self._path = place.root / "initdb.password"
        self._password = password

    def __enter__(self) -> Path:
        self._path.unlink(missing_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self._password + "\n")
            if self._place.account:
                os.fchown(descriptor, self._place.account.uid, self._place.account.gid)
        return self._path

    def __exit__(self, *_: object) -> None:
        with suppress(FileNotFoundError):
            self._path.unlink()
