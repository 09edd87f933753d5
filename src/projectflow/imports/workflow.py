"""Turning a board's lists and labels into a workflow and tags."""

import re
from collections.abc import Sequence

from projectflow.imports.trello import Label, TrelloList, text
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
LABEL_COLORS = {
    "green": "#4bce97", "yellow": "#f5cd47", "orange": "#fea362", "red": "#f87168",
    "purple": "#9f8fef", "blue": "#579dff", "sky": "#6cc3e0", "lime": "#94c748",
    "pink": "#e774bb", "black": "#8590a2",
}  # fmt: skip


def category_of(name: str) -> Category:
    """Guess what a list means from its name; unstarted where it says nothing."""
    for category, words in CATEGORY_WORDS:
        if re.search(words, name, re.IGNORECASE):
            return category
    return "unstarted"


def states_of(lists: Sequence[TrelloList], taken: Sequence[str]) -> dict[str, NewState]:
    """A state for each list, by the list's id, in the order given; keys are not in `taken`."""
    keys = set(taken)
    states: dict[str, NewState] = {}
    for each in lists:
        name = text(each.name, 200) or "(no name)"
        key = _free_key(name, keys)
        keys.add(key)
        category = category_of(name)
        states[each.id] = NewState(key, name, category, CATEGORY_COLORS[category])
    return states


def _free_key(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:20].rstrip("_") or "list"
    key, n = base, 1
    while key in taken:
        n += 1
        suffix = f"_{n}"
        key = base[: 20 - len(suffix)] + suffix
    return key


def tag_of(label: Label) -> str:
    """A label's name, or its colour where it has none."""
    return text(label.name, 50) or text(label.color, 50) or "label"


def color_of(label: Label) -> str | None:
    """A label's colour; Trello's light and dark shades count as the plain one."""
    return LABEL_COLORS.get((label.color or "").partition("_")[0])
