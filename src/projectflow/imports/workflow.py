"""Turning lists, columns and statuses into a workflow."""

import re
from collections.abc import Sequence

from projectflow.imports.incoming import IncomingState
from projectflow.imports.values import text
from projectflow.projects.types import Category, NewState

CATEGORY_WORDS: tuple[tuple[Category, str], ...] = (
    ("completed", r"\b(done|complete[d]?|finished|shipped|released|closed|live|deployed)\b"),
    ("cancelled", r"\b(cancell?ed|won'?t do|rejected|abandoned|dropped)\b"),
    ("started", r"\b(doing|in progress|wip|ongoing|review|testing|qa|blocked|in dev\w*)\b"),
    ("backlog", r"\b(backlog|ideas?|someday|later|icebox|wish ?list|inbox)\b"),
)
CATEGORY_COLORS: dict[Category, str] = {
    "backlog": "#a1a1aa",
    "unstarted": "#94a3b8",
    "started": "#f59e0b",
    "completed": "#22c55e",
    "cancelled": "#64748b",
}


def category_of(name: str) -> Category:
    """Guess what a list means from its name; unstarted where it says nothing."""
    for category, words in CATEGORY_WORDS:
        if re.search(words, name, re.IGNORECASE):
            return category
    return "unstarted"


def states_of(lists: Sequence[IncomingState], taken: Sequence[str]) -> dict[str, NewState]:
    """A state for each list, by the list's key, in the order given; keys are not in `taken`."""
    keys = set(taken)
    states: dict[str, NewState] = {}
    for each in lists:
        name = text(each.name, 200) or "(no name)"
        key = _free_key(name, keys)
        keys.add(key)
        category = each.category or category_of(name)
        states[each.key] = NewState(key, name, category, each.color or CATEGORY_COLORS[category])
    return states


def _free_key(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:20].rstrip("_") or "list"
    key, n = base, 1
    while key in taken:
        n += 1
        suffix = f"_{n}"
        key = base[: 20 - len(suffix)] + suffix
    return key
