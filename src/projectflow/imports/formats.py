"""Which reader reads which tool's files, and what can be asked of an import."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from msgspec import Struct, field

from projectflow.imports.github import read_github
from projectflow.imports.incoming import Incoming
from projectflow.imports.jira import read_jira
from projectflow.imports.linear import read_linear
from projectflow.imports.mapping import Mapping as TableMapping
from projectflow.imports.mapping import read_mapped
from projectflow.imports.msproject import read_msproject
from projectflow.imports.tables import read_table
from projectflow.imports.trello_board import read_trello
from projectflow.imports.types import Source


class ImportOptions(Struct, frozen=True):
    """What was asked of an import, kept with it for the worker."""

    project_id: UUID | None = None
    """The project that it comes into; None for the one that it came into before, or a new one."""
    project_name: str | None = None
    pull_requests: bool = True
    mapping: TableMapping = field(default_factory=TableMapping)


def read(source: Source, content: bytes, options: ImportOptions, file_name: str) -> Incoming:
    """Read a file of one of the tools.

    Raises:
        InvalidInput: it is something else, broken or cut off; the message says what.
    """
    incoming = READERS[source](content, options, file_name)
    if options.project_name:
        incoming.name = options.project_name
    if not incoming.tasks:
        incoming.skip("file", file_name, "it holds no tasks")
    return incoming


def _table(content: bytes, options: ImportOptions, file_name: str) -> Incoming:
    name = options.project_name or file_name.rpartition(".")[0] or file_name or "Table"
    return read_mapped(read_table(content), options.mapping, name)


Reader = Callable[[bytes, ImportOptions, str], Incoming]
READERS: Final[Mapping[Source, Reader]] = {
    "trello": lambda content, _, __: read_trello(content),
    "jira": lambda content, _, __: read_jira(content),
    "github": lambda content, o, _: read_github(content, pull_requests=o.pull_requests),
    "linear": lambda content, _, __: read_linear(content),
    "msproject": lambda content, _, __: read_msproject(content),
    "table": _table,
}
