"""Reading an export back: what it says of itself, and its rows a few hundred at a time."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self
from zipfile import BadZipFile, ZipFile

import msgspec
from msgspec import Raw

from projectflow.core.problems import InvalidInput
from projectflow.exports.catalog import EXPORTED
from projectflow.exports.project_tables import PROJECT_TABLES
from projectflow.exports.types import FORMAT, MANIFEST, PEOPLE, VERSION, Kind, Manifest, Person

BATCH: Final = 500
LONGEST_LINE: Final = 16 * 1024 * 1024
LONGEST_BATCH: Final = 8 * 1024 * 1024
MOST_UNPACKED: Final = 64 * 1024 * 1024 * 1024
MOST_MEMBERS: Final = 1_000_000
FILE: Final = re.compile(
    r"files/(attachments/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|avatars/[A-Za-z0-9_.-]{1,60})"
)
MOST_PEOPLE: Final = 100_000
MOST_UNPACKED_FOR_A_BYTE: Final = 100
"""What we write packs to a tenth or so; what unpacks to more than this is made to fill disks."""
UNPACKED_ANYWAY: Final = 64 * 1024 * 1024
UNREADABLE: Final = (
    BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError
)  # fmt: skip
"""What zipfile raises of what is broken, cut off, locked by a password or packed otherwise."""
UNDECODABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises of what is no JSON, or none of the shape that is wanted."""
Rows = dict[str, Raw]


class NotAnExport(InvalidInput):
    """This file is not an export of ProjectFlow."""


class Archive:
    """An export, open for reading. Nothing of it is unpacked to disk under a name of its own."""

    def __init__(self, path: Path, kind: Kind) -> None:
        """Open it, and see that it is what it should be.

        Raises:
            NotAnExport: it is no export, one of another kind, or of a version that is not known.
        """
        try:
            self._size = path.stat().st_size
            self._zip = ZipFile(path)
        except UNREADABLE as error:
            raise NotAnExport from error
        try:
            self.manifest = self._read_manifest(kind)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def _read_manifest(self, kind: Kind) -> Manifest:
        self._check_members(kind)
        try:
            with self._zip.open(MANIFEST) as member:
                manifest = msgspec.json.decode(member.read(LONGEST_LINE), type=Manifest)
        except (KeyError, *UNREADABLE, *UNDECODABLE) as error:
            raise NotAnExport from error
        if manifest.format != FORMAT:
            raise NotAnExport
        if manifest.version != VERSION:
            raise NotAnExport(
                f"The export is of version {manifest.version}; this ProjectFlow reads {VERSION}."
            )
        if manifest.kind != kind or (manifest.project is None) != (kind == "workspace"):
            raise NotAnExport(f"This is the export of a {manifest.kind}, not of a {kind}.")
        unknown = manifest.tables.keys() - _tables(kind)
        if unknown:
            names = ", ".join(sorted(unknown))[:200]
            raise NotAnExport(f"The export holds tables that are not known here: {names}.")
        return manifest

    def _check_members(self, kind: Kind) -> None:
        members = self._zip.infolist()
        unpacked = sum(member.file_size for member in members)
        most = UNPACKED_ANYWAY + MOST_UNPACKED_FOR_A_BYTE * self._size
        if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
            raise NotAnExport("The export holds too much.")
        if unpacked > most:
            raise NotAnExport("The export unpacks to more than a hundred times its size.")
        known = {MANIFEST, *(f"data/{table}.jsonl" for table in _tables(kind))}
        names: set[str] = set()
        for member in members:
            name = member.filename
            if name not in known and not FILE.fullmatch(name):
                raise NotAnExport(f"The export holds {name[:200]!r}, which is no part of one.")
            if name in names:
                raise NotAnExport(f"The export holds {name} twice.")
            names.add(name)

    def people(self) -> list[Person]:
        """Whom a project's rows name.

        Raises:
            NotAnExport: they cannot be read.
        """
        found: list[Person] = []
        emails: set[str] = set()
        for line in self._lines(PEOPLE):
            try:
                found.append(msgspec.json.decode(line, type=Person))
            except UNDECODABLE as error:
                raise _broken(PEOPLE) from error
            emails.add(found[-1].email.lower())
            if len(found) > MOST_PEOPLE:
                raise NotAnExport("The export holds too many people.")
            if len(emails) != len(found):
                raise NotAnExport("The export is damaged: two people have one address.")
        return found

    def batches(self, table: str) -> Iterator[list[Rows]]:
        """A table's rows, at most 500 or 8 MB at a time.

        Raises:
            NotAnExport: they cannot be read, or are not as many as the export says.
        """
        name, count, size = f"data/{table}.jsonl", 0, 0
        batch: list[Rows] = []
        columns: frozenset[str] | None = None
        for line in self._lines(name):
            try:
                row = msgspec.json.decode(line, type=Rows)
            except UNDECODABLE as error:
                raise _broken(name) from error
            columns = frozenset(row) if columns is None else columns
            if row.keys() != columns or "tenant_id" in row:
                raise _broken(name)
            batch.append(row)
            size += len(line)
            count += 1
            if len(batch) == BATCH or size > LONGEST_BATCH:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch
        if count != self.manifest.tables.get(table, 0):
            raise _broken(name)

    def _lines(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(name) as member:
                while line := member.readline(LONGEST_LINE):
                    if not line.endswith(b"\n"):
                        raise _broken(name)
                    yield line
        except KeyError:
            return
        except UNREADABLE as error:
            raise _broken(name) from error

    def size_of(self, member: str) -> int | None:
        """How many bytes a file of the export has; None where it is not in it."""
        try:
            return self._zip.getinfo(member).file_size
        except KeyError:
            return None

    def open(self, member: str) -> IO[bytes]:
        """A file of the export.

        Raises:
            NotAnExport: it cannot be read.
        """
        try:
            return self._zip.open(member)
        except (KeyError, *UNREADABLE) as error:
            raise _broken(member) from error


def _tables(kind: Kind) -> frozenset[str]:
    if kind == "workspace":
        return frozenset(EXPORTED)
    return frozenset({"people", *(table.name for table in PROJECT_TABLES)})


def _broken(member: str) -> NotAnExport:
    return NotAnExport(f"The export is damaged: {member} cannot be read.")
