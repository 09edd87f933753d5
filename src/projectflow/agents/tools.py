"""What a tool is, and the list of all: reading.py and writing.py add theirs by being imported."""

from collections.abc import Awaitable, Callable
from inspect import cleandoc, get_annotations
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from mcp_types import Tool as Listed
from mcp_types import ToolAnnotations
from msgspec import Meta, Struct

from projectflow.auth.permissions import Action, Permission, Resource
from projectflow.auth.scopes import Scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.search.service import Search

T = TypeVar("T")
R = TypeVar("R")
RunId = Annotated[UUID, Meta(description="a UUID that you make: changes with it are one run")]


class Call(Struct, frozen=True):
    """What a tool works with: its transaction, and in whose name."""

    db: Db
    actor: Actor
    search: Search


class Effect(Struct, frozen=True):
    """One thing that changed, or would: an event of the log."""

    event: str
    entity_type: str
    entity_id: UUID
    before: Any
    after: Any


class Written(Struct, Generic[T], frozen=True):
    """What a tool changed; with `dry_run` what it would, and nothing is kept."""

    run_id: UUID
    dry_run: bool
    changes: list[Effect]
    result: T


class Tool(Struct, frozen=True):
    """Something that an agent can call."""

    listed: Listed
    scope: Scope
    takes: type[Struct]
    writes: bool
    """Whether it changes something; it takes `dry_run` then."""
    joins_run: bool
    """Whether the `run_id` that it takes is the run that its own changes belong to."""
    run: Callable[[Call, Any], Awaitable[Any]]


TOOLS: Final[dict[str, Tool]] = {}
ABOUT_RUNS: Final = (
    " With dry_run nothing is kept: the answer says what would change. All changes of one run_id"
    " (by default that of your session) can be undone at once, with undo_run."
)


def tool(
    title: str,
    resource: Resource,
    action: Action,
    *,
    writes: bool = False,
    destructive: bool = False,
    idempotent: bool = True,
    joins_run: bool = True,
) -> Callable[[Callable[[Call, Any], Awaitable[R]]], Callable[[Call, Any], Awaitable[R]]]:
    """Make a tool of a function: its docstring is what agents read.

    It takes a `Call` and a Struct of arguments, and gives a Struct; the schemas are made of both.
    """

    def register(run: Callable[[Call, Any], Awaitable[R]]) -> Callable[[Call, Any], Awaitable[R]]:
        annotations = get_annotations(run)
        takes, gives = annotations["given"], annotations["return"]
        listed = Listed(
            name=run.__name__,
            title=title,
            description=cleandoc(run.__doc__ or "") + (ABOUT_RUNS if writes else ""),
            input_schema=schema_of(takes),
            output_schema=schema_of(Written[gives] if writes else gives),
            annotations=ToolAnnotations(
                read_only_hint=not writes,
                destructive_hint=destructive,
                idempotent_hint=idempotent,
                open_world_hint=False,
            ),
        )
        opened_by = Scope(Permission(resource, action), everywhere=False)
        TOOLS[run.__name__] = Tool(listed, opened_by, takes, writes, joins_run, run)
        return run

    return register


def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON Schema of a Struct, with an object at its root as the protocol wants it."""
    schema = msgspec.json.schema(shape)
    definitions = schema["$defs"]
    root = definitions.pop(schema["$ref"].rpartition("/")[2])
    return {**root, "$defs": definitions} if definitions else root
