"""`projectflow up`: engines, migrations, the service; kept alive until asked to stop."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable
from contextlib import suppress

import msgspec

from projectflow.core.settings import Settings
from projectflow.embedded.child import Child, EngineFailed
from projectflow.embedded.engines import Engine, bring_up, log_of
from projectflow.embedded.logs import LogFile
from projectflow.embedded.place import engine_place, make_home
from projectflow.embedded.postgres import Postgres
from projectflow.embedded.running import Running, holding_home, tell, tell_no_more
from projectflow.embedded.schema import bring_schema_up_to_date
from projectflow.embedded.service import Api, Worker, refuse_taken_port, say_where_mail_is
from projectflow.embedded.terminal import Terminal, write
from projectflow.embedded.valkey import Valkey

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEADY_SECONDS = 30.0
LONGEST_PAUSE = 10.0


async def up(settings: Settings) -> None:
    """Run everything until SIGINT, SIGTERM or SIGHUP.

    Args:
        settings: An engine whose address they carry is used instead of the embedded one.

    Raises:
        AlreadyRunning: Another `up` runs on this home.
        PortTaken: The HTTP address is in use; nothing was started.
        EngineFailed: Something does not start; what had started is stopped.
    """
    make_home(settings.home)
    with holding_home(settings.home, f"at {settings.url}") as lifeline:
        refuse_taken_port(settings.host, settings.port)
        stack = Stack(settings, lifeline)
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, stopping.set)
        try:
            if await _unless(stopping, stack.start()):
                await _unless(stopping, stack.keep())
        finally:
            await stack.stop()


async def _unless(stopping: asyncio.Event, work: Awaitable[None]) -> bool:
    """Do the work, or drop it when asked to stop. Returns whether it was done."""
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        task.result()
        return True
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return False


class Stack:
    """What `up` started, in order; stopped in the opposite order."""

    def __init__(self, settings: Settings, lifeline: int) -> None:
        """Nothing is started yet."""
        self._settings = settings
        self._lifeline = lifeline
        self._terminal = Terminal()
        self._logs: dict[str, LogFile] = {}
        self._children: dict[str, Child] = {}
        self._engines: list[Engine] = []
        self._superuser_url: str | None = None

    async def start(self) -> None:
        """Start everything and say where it can be reached."""
        settings = await self._start_engines()
        applied = await bring_schema_up_to_date(settings)
        if applied:
            self._terminal.step(f"Database schema: {len(applied)} migrations applied")
        self._settings = settings
        self._terminal.step("Starting the API and the worker")
        await asyncio.gather(
            self._start(Api(settings), retry=0), self._start(Worker(settings), retry=0)
        )
        self._tell()
        write(f"\nProjectFlow is ready: {settings.url}\n")
        write(f"Data and logs: {settings.home}. Ctrl-C stops it.")
        if settings.smtp_url is None:
            write(await say_where_mail_is(settings))

    async def _start_engines(self) -> Settings:
        settings = self._settings
        if settings.database_url and settings.redis_url:
            return settings
        place = engine_place(settings.home)
        if settings.database_url is None:
            settings = await self._start_postgres(Postgres(settings.home, place), settings)
        if settings.redis_url is None:
            self._terminal.step("Starting Valkey")
            valkey = Valkey(settings.home, place)
            await self._start(valkey)
            settings = msgspec.structs.replace(settings, redis_url=valkey.url)
        return settings

    async def _start_postgres(self, postgres: Postgres, settings: Settings) -> Settings:
        if postgres.is_new:
            self._terminal.step(f"First start: making the database in {settings.home}")
            postgres.make()
        self._terminal.step(f"Starting PostgreSQL {postgres.binaries.version}")
        await self._start(postgres)
        await postgres.bootstrap()
        self._superuser_url = postgres.addresses.superuser
        return msgspec.structs.replace(
            settings,
            database_url=postgres.addresses.service,
            database_owner_url=postgres.addresses.owner,
        )

    async def _start(self, engine: Engine, **options: float) -> None:
        log = self._logs.setdefault(engine.name, log_of(self._settings.home, engine))
        self._children[engine.name] = await bring_up(engine, log, self._lifeline, **options)
        self._engines.append(engine)

    async def keep(self) -> None:
        """Start again whatever ends, and keep the logs short. Ends only by being cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_logs())
            for engine in self._engines:
                group.create_task(self._keep_alive(engine))

    async def _keep_alive(self, engine: Engine) -> None:
        failures = 0
        while True:
            child = self._children[engine.name]
            code = await child.ended()
            steady = time.monotonic() - child.started > STEADY_SECONDS
            failures = 0 if steady else failures + 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** (failures - 1)) if failures > 1 else 0
            self._terminal.step(f"{engine.title} ended ({_ending(code)}); starting it again")
            child.end_group()
            await asyncio.sleep(pause)
            try:
                self._children[engine.name] = await bring_up(
                    engine, self._logs[engine.name], self._lifeline
                )
            except EngineFailed as error:
                self._terminal.step(str(error))
                continue
            self._terminal.step(f"{engine.title} is back")
            self._tell()

    async def _keep_logs(self) -> None:
        while True:
            for name, log in self._logs.items():
                if name == Api.name:
                    self._terminal.warnings_of(name, log.new_lines())
                log.trim()
            await asyncio.sleep(1)

    def _tell(self) -> None:
        settings = self._settings
        tell(
            settings.home,
            Running(
                pid=os.getpid(),
                address=settings.url,
                host=settings.host,
                port=settings.port,
                database_url=settings.database_url or "",
                database_owner_url=settings.database_owner_url,
                database_superuser_url=self._superuser_url,
                redis_url=settings.redis_url or "",
                pids={name: child.pid for name, child in self._children.items()},
            ),
        )

    async def stop(self) -> None:
        """Stop the API and the worker, then Valkey, then PostgreSQL; leaves no process."""
        if not self._children:
            return
        self._terminal.step("Stopping")
        service = [self._children.pop(n) for n in (Api.name, Worker.name) if n in self._children]
        await asyncio.gather(*(child.stop() for child in service))
        for child in reversed(self._children.values()):
            await child.stop()
        tell_no_more(self._settings.home)
        self._terminal.step("Stopped")


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
