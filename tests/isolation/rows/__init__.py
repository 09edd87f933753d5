"""What each capability says of its own routes: one module each, found by being here.

A module has `SAMPLES` (an example request a route) and `EXPECTED` (what each role gets, in the
order of `WHO`), and may have `furnish`, which adds what the samples name, and exceptions:

| name | where it counts |
| --- | --- |
| `USES_UP` | each role asks in a world of its own, beside DELETE, /restore and /stop |
| `OURS_BY_NAME`, `NOT_WHOLE`, `UNSEEN_BY_ADMIN`, … `_VIEWER` | tests/isolation/test_routes.py |
| `SPENDING`, `BODIES`, `FILES`, `PROOFS`, `QUERIES` | tests/core/askers.py |
"""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

from tests.people import Person

Ids = dict[str, str]
Furnish = Callable[[Person, Ids, str], Awaitable[Ids]]
"""Takes the owner, the ids made so far and the mark of all texts; gives more ids by name."""

MODULES: Final[list[ModuleType]] = [
    import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)
]
FURNISHERS: Final[list[Furnish]] = [m.furnish for m in MODULES if hasattr(m, "furnish")]


def gathered(name: str) -> dict[str, Any]:
    """A table of all modules in one; two modules may not say the same row."""
    table: dict[str, Any] = {}
    for module in MODULES:
        rows: Mapping[str, Any] = getattr(module, name, {})
        assert not table.keys() & rows.keys(), f"{module.__name__}.{name}"
        table |= rows
    return table


def named(name: str) -> set[str]:
    """A set of all modules in one."""
    return {route for module in MODULES for route in getattr(module, name, ())}
