"""An example request, in which ids stand as {names}."""

from typing import Any

from msgspec import Struct


class Sample(Struct, frozen=True):
    """`body` and `query` may hold {names} too."""

    path: str
    body: Any = None
    query: dict[str, str] = {}
    public: bool = False
    """Answers without a token: there is no role to ask for."""
