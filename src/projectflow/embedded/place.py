"""Where engine files live, and who owns them.

PostgreSQL refuses to run as root. When we are root the engines run as an ordinary account, and
their files must be where that account can reach them: under the home when it can, else under
/var/lib/projectflow. The home then records the place, so that data is never looked for elsewhere.
"""

import hashlib
import os
import pwd
from pathlib import Path

from msgspec import Struct

from projectflow.embedded.child import Account, EngineFailed, run_tool

ACCOUNTS = ("projectflow", "nobody")
ELSEWHERE = Path("/var/lib/projectflow")
FOLDERS = ("files", "keys", "logs", "run", "secrets")
SOCKET_PATH_BYTES = 100  # the kernel's limit is 108 with the terminating zero


class Place(Struct, frozen=True):
    """The folder of engine files, that of their sockets, and the account they run as."""

    root: Path
    sockets: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    def make(self, path: Path) -> Path:
        """Make a folder that only the engines' account (and root) can enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        owner = self.account.uid if self.account else os.geteuid()
        if found.st_uid not in {owner, os.geteuid()} or path.is_symlink():
            raise EngineFailed(f"{path} belongs to someone else; remove it or choose another home")
        if self.account and found.st_uid != owner:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)
        path.chmod(0o700)
        return path


def make_home(home: Path) -> None:
    """Make the home and its folders, closed to others.

    Raises:
        EngineFailed: It cannot be made or written.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (home / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise EngineFailed(
            f"{home} cannot be made ({error.strerror}); set PROJECTFLOW_HOME to a folder of yours"
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise EngineFailed(f"{home} is not writable; set PROJECTFLOW_HOME to a folder of yours")


def has_database(home: Path) -> bool:
    """Whether an embedded database was ever made in this home. Makes nothing."""
    record = home / "engines-at"
    root = Path(record.read_text().strip()) if record.exists() else home / "engines"
    return (root / "postgres").exists()


def engine_place(home: Path) -> Place:
    """Find, or on the first start choose and make, the place of the engines.

    Raises:
        EngineFailed: No place works, or the recorded one is gone; says what to do.
    """
    root, account = _ordinary(home) if os.geteuid() else _as_root(home)
    sockets = root / "run"
    if len(os.fsencode(sockets)) + len("/.s.PGSQL.5432") > SOCKET_PATH_BYTES:
        sockets = Path("/tmp") / f"projectflow-{_name_of(home)}"  # noqa: S108 - made 0700, owner checked
    place = Place(root, sockets, account)
    for folder in (sockets, root / "valkey"):
        place.make(folder)
    return place


def _ordinary(home: Path) -> tuple[Path, None]:
    record = home / "engines-at"
    root = Path(record.read_text().strip()) if record.exists() else home / "engines"
    data = root / "postgres"
    if record.exists() and not os.access(data, os.R_OK | os.X_OK):
        raise EngineFailed(f"the data is in {root}, made by root: run this as root")
    if data.exists() and data.stat().st_uid != os.geteuid():
        raise EngineFailed(f"{data} belongs to {_owner_name(data)}: run this as that user or root")
    root.mkdir(mode=0o700, exist_ok=True)
    return root, None


def _as_root(home: Path) -> tuple[Path, Account]:
    record = home / "engines-at"
    if record.exists():
        root = Path(record.read_text().strip())
        if not root.is_dir():
            raise EngineFailed(
                f"{record} says that the data is in {root}, which is gone: put it back, "
                f"or remove {record} to start empty"
            )
        return root, _account(root)
    root = home / "engines"
    account = _account(root)
    if home.stat().st_uid == 0:
        home.chmod(0o711)  # so that the account can pass; each folder inside is closed by itself
    if _can_enter(account, home):
        root.mkdir(mode=0o711, exist_ok=True)
        return root, account
    if root.exists():
        raise EngineFailed(
            f"{account.name} (who runs the engines when root starts them) cannot reach {root}: "
            f"open the folders above it (chmod o+x), or move the home"
        )
    return _elsewhere(home, account, record), account


def _elsewhere(home: Path, account: Account, record: Path) -> Path:
    root = ELSEWHERE / _name_of(home)
    try:
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        root.mkdir(mode=0o711, exist_ok=True)
    except OSError as error:
        raise EngineFailed(
            f"{account.name} cannot reach {home}, and {root} cannot be made ({error.strerror}): "
            f"set PROJECTFLOW_HOME to a folder outside root's, such as /srv/projectflow"
        ) from error
    if not _can_enter(account, root):
        raise EngineFailed(
            f"{account.name} can reach neither {home} nor {root}: "
            f"set PROJECTFLOW_HOME to a folder that others may pass (chmod o+x), "
            f"such as /srv/projectflow, or run this as an ordinary user"
        )
    record.write_text(f"{root}\n")
    return root


def _account(root: Path) -> Account:
    """Choose the owner of existing data; else an account made for us; else `nobody`."""
    data = root / "postgres"
    if data.exists():
        found = data.stat()
        return Account(found.st_uid, found.st_gid, _owner_name(data))
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise EngineFailed(
        "PostgreSQL refuses to run as root and this machine has no account `nobody`: "
        "run this as an ordinary user"
    )


def _owner_name(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return f"user {path.stat().st_uid}"


def _can_enter(account: Account, path: Path) -> bool:
    """Ask the kernel, as that account: mode bits alone miss ACLs and mount options."""
    try:
        run_tool(["/bin/sh", "-c", 'test -x "$0"', path], timeout=10, account=account)
    except EngineFailed:
        return False
    return True


def _name_of(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
