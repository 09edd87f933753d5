"""Relay's connections over our keyset pages (https://relay.dev/graphql/connections.htm)."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from msgspec import Struct

from projectflow.core.paging import MAX_LIMIT, Page
from projectflow.core.problems import InvalidInput

T = TypeVar("T")
DEFAULT_FIRST = 50

First = Annotated[int, strawberry.argument(description=f"1 to {MAX_LIMIT}")]
After = Annotated[str | None, strawberry.argument(description="A cursor that this list gave out.")]


@strawberry.type(description="Where in a list this page stands.")
class PageInfo:
    """As Relay declares it; lists go forward only."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    """One of a list."""

    node: T
    cursor: str


@strawberry.type
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]]
    nodes: list[T]
    page_info: PageInfo


class EdgeRow(Struct, frozen=True):
    """What an edge is resolved from; `more` is what an edge says beside its node."""

    node: Any
    cursor: str
    more: Any = None


class Slice(Struct, frozen=True):
    """What a connection is resolved from."""

    edges: list[EdgeRow]
    nodes: list[Any]
    page_info: PageInfo


def checked_first(first: int) -> int:
    """Refuse a page that is too large.

    Raises:
        InvalidInput: it is not between 1 and 200.
    """
    if not 1 <= first <= MAX_LIMIT:
        raise InvalidInput.of("first", f"must be between 1 and {MAX_LIMIT}")
    return first


def connection_of(page: Page[T], cursor_of: Callable[[T], str], after: str | None) -> Slice:
    """A page as a connection."""
    edges = [EdgeRow(item, cursor_of(item)) for item in page.items]
    return slice_of(edges, more=page.next_cursor is not None, after=after)


def slice_of(edges: list[EdgeRow], *, more: bool, after: str | None) -> Slice:
    """Edges as a connection; `more` follow."""
    info = PageInfo(
        has_next_page=more,
        has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Slice(edges, [edge.node for edge in edges], info)
