"""What other tools call priorities and statuses."""

from typing import Final

from projectflow.projects.types import Category
from projectflow.tasks.types import Priority

PRIORITIES: Final[dict[str, Priority]] = {
    "highest": "urgent", "blocker": "urgent", "critical": "urgent", "urgent": "urgent",
    "immediate": "urgent", "high": "high", "major": "high", "important": "high",
    "medium": "medium", "normal": "medium", "default": "medium",
    "low": "low", "lowest": "low", "minor": "low", "trivial": "low",
    "dringend": "urgent", "sofort": "urgent", "hoch": "high", "mittel": "medium",
    "niedrig": "low", "gering": "low",
}  # fmt: skip
CATEGORIES: Final[dict[str, Category]] = {
    "to do": "unstarted", "todo": "unstarted", "new": "unstarted", "open": "unstarted",
    "in progress": "started", "in review": "started", "indeterminate": "started",
    "done": "completed", "complete": "completed", "closed": "completed", "resolved": "completed",
    "backlog": "backlog", "triage": "backlog", "canceled": "cancelled", "cancelled": "cancelled",
    "duplicate": "cancelled", "won't do": "cancelled", "offen": "unstarted",
    "in arbeit": "started", "erledigt": "completed", "fertig": "completed",
    "geschlossen": "completed", "abgebrochen": "cancelled",
}  # fmt: skip


def priority_of(word: str) -> Priority | None:
    """Our priority for theirs; None where there is none or it is unknown."""
    return PRIORITIES.get(word.strip().casefold())


def category_of_word(word: str) -> Category | None:
    """What a status, or a category of statuses, means; None for a word that we do not know."""
    return CATEGORIES.get(word.strip().casefold())
