"""A backup's file: one gzipped tar whose last member, manifest.json, has the sum of every other.

Members: `database.dump` (pg_dump's custom format), `files/…`, `keys/…`, `manifest.json`.
"""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

import msgspec
from msgspec import Struct

from projectflow.embedded.refusal import Refusal

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
FOLDERS = ("files", "keys")
CHUNK = 1024 * 1024

DAMAGE = (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError)
"""What reading damaged bytes raises: they are unzipped before their check sum is seen."""


class Manifest(Struct, kw_only=True):
    """What a backup holds, and how to tell that it still does."""

    format: int = FORMAT
    projectflow: str
    postgres: str
    created_at: str
    migrations: list[str]
    rows: dict[str, int]
    """Rows per table, counted in the snapshot that was dumped."""
    sums: dict[str, str]
    """SHA-256 per member."""

    @property
    def file_count(self) -> int:
        """How many stored files it holds."""
        return sum(name.startswith("files/") for name in self.sums)


class BackupInvalid(Refusal):
    """The file is not a whole, unchanged backup."""


class ArchiveWriter:
    """Writes members and their sums; `finish` adds the manifest."""

    def __init__(self, file: Path) -> None:
        """Begin the file; it must not exist."""
        self._tar = tarfile.open(file, "x:gz", compresslevel=1)  # noqa: SIM115 - closed by finish
        self.sums: dict[str, str] = {}

    def add(self, path: Path, name: str) -> None:
        """Add one file under that name."""
        with path.open("rb") as content:
            member = tarfile.TarInfo(name)
            member.size = path.stat().st_size
            member.mtime = int(path.stat().st_mtime)
            member.mode = 0o600
            summing = _Summing(content)
            self._tar.addfile(member, cast("IO[bytes]", summing))
        self.sums[name] = summing.digest.hexdigest()

    def add_folder(self, folder: Path, name: str) -> None:
        """Add every regular file below the folder. One that goes away meanwhile is left out."""
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.is_symlink():
                self.add(path, f"{name}/{path.relative_to(folder).as_posix()}")

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and close."""
        text = msgspec.json.encode(manifest)
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(text)
        member.mode = 0o600
        self._tar.addfile(member, io.BytesIO(text))
        self._tar.close()

    def abandon(self) -> None:
        """Close without a manifest."""
        self._tar.close()


class _Summing:
    """A file that sums what is read from it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._content.read(size)
        self.digest.update(block)
        return block


def verify(file: Path, extract_to: Path | None = None) -> Manifest:
    """Read the whole file and compare every sum.

    Args:
        file: What `ArchiveWriter` wrote.
        extract_to: An empty folder that receives the members meanwhile.

    Raises:
        BackupInvalid: It is cut short, changed, of another format, or no backup at all.
    """
    try:
        manifest, sums = _read_all(file, extract_to)
    except msgspec.DecodeError as error:
        raise BackupInvalid(f"{file}: its manifest cannot be read: {error}") from error
    except DAMAGE as error:
        raise BackupInvalid(f"{file} is damaged or cut short: {error}") from error
    if manifest.format != FORMAT:
        raise BackupInvalid(f"{file} has format {manifest.format}; this version reads {FORMAT}")
    for name in sorted({DUMP} | sums.keys() | manifest.sums.keys()):
        if name not in sums or name not in manifest.sums:
            raise BackupInvalid(f"{file}: {name} is missing or was added")
        if sums[name] != manifest.sums[name]:
            raise BackupInvalid(f"{file}: {name} was changed")
    return manifest


def _read_all(file: Path, extract_to: Path | None) -> tuple[Manifest, dict[str, str]]:
    sums: dict[str, str] = {}
    manifest: Manifest | None = None
    for name, content in _members(file):
        if manifest is not None or name in sums:
            raise BackupInvalid(f"{file}: {name} is there twice or in the wrong place")
        if name == MANIFEST:
            manifest = msgspec.json.decode(content.read(), type=Manifest)
        else:
            sums[name] = _read(content, extract_to / name if extract_to else None)
    if manifest is None:
        raise BackupInvalid(f"{file} is cut short, or not a backup: it has no manifest")
    return manifest, sums


def _members(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Read gzip to its very end, so that its own check sum is compared too."""
    with gzip.open(file, "rb") as unzipped:
        with tarfile.open(fileobj=unzipped, mode="r|") as tar:
            for member in tar:
                _refuse_unsafe(file, member)
                content = tar.extractfile(member)
                if content is not None:
                    yield member.name, content
        while unzipped.read(CHUNK):
            pass


def _refuse_unsafe(file: Path, member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    known = member.name in {DUMP, MANIFEST} or (len(path.parts) > 1 and path.parts[0] in FOLDERS)
    if not member.isreg() or path.is_absolute() or ".." in path.parts or not known:
        raise BackupInvalid(f"{file}: {member.name} does not belong in a backup")


def _read(content: IO[bytes], to: Path | None) -> str:
    digest = hashlib.sha256()
    if to is None:
        while block := content.read(CHUNK):
            digest.update(block)
        return digest.hexdigest()
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with to.open("xb") as out:
        to.chmod(0o600)
        while block := content.read(CHUNK):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()
