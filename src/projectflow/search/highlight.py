"""Which words of a text were searched for: pieces of text, never markup.

One rule for both engines and for the database's current text, so that nothing an index keeps is
ever shown.
"""

import re
from difflib import SequenceMatcher
from typing import Final

from projectflow.search.types import Piece

WORD: Final = re.compile(r"[^\W_]+")
BEFORE, LENGTH = 60, 200
"""Characters of a snippet before its first hit, and in all."""
MOST_TEXT: Final = 50_000
ALIKE: Final = 0.75


class Terms:
    """The words of a question."""

    def __init__(self, text: str) -> None:
        """`text` is what somebody typed."""
        self._words = [match[0].lower() for match in WORD.finditer(text)][:20]
        self._known: dict[tuple[str, bool], bool] = {}

    def mark(self, text: str) -> list[Piece]:
        """A title in pieces; words that are nearly right count too."""
        return self._pieces(text, near=True)

    def snippet(self, text: str | None, *, always: bool = False) -> list[Piece] | None:
        """The surroundings of the first hit; its beginning or None where there is no hit."""
        text = (text or "")[:MOST_TEXT]
        first = next((m for m in WORD.finditer(text) if self._is_hit(m[0], near=False)), None)
        if first is None and not always:
            return None
        start = max(0, (first.start() if first else 0) - BEFORE)
        if start:
            start = min(first.start() if first else 0, text.find(" ", start) + 1 or start)
        end = start + LENGTH
        shown = " ".join(text[start:end].split())
        before, after = "…" if start else "", "…" if end < len(text) else ""
        return self._pieces(f"{before}{shown}{after}", near=False)

    def _pieces(self, text: str, *, near: bool) -> list[Piece]:
        pieces: list[Piece] = []
        done = 0
        for match in WORD.finditer(text):
            if self._is_hit(match[0], near=near):
                if done < match.start():
                    pieces.append(Piece(text[done : match.start()]))
                pieces.append(Piece(match[0], hit=True))
                done = match.end()
        if done < len(text):
            pieces.append(Piece(text[done:]))
        return pieces

    def _is_hit(self, word: str, *, near: bool) -> bool:
        word = word.lower()
        if (word, near) not in self._known:
            self._known[word, near] = any(
                _same(word, term) or (near and _alike(word, term)) for term in self._words
            )
        return self._known[word, near]


def _same(word: str, term: str) -> bool:
    """Whether one begins with the other, or both with what is most of the longer."""
    if word.startswith(term):
        return len(term) > 1 or word == term
    common = next(
        (n for n, (a, b) in enumerate(zip(word, term, strict=False)) if a != b),
        min(len(word), len(term)),
    )
    return common >= 3 and common >= 0.6 * max(len(word), len(term))


def _alike(word: str, term: str) -> bool:
    return len(term) > 2 and SequenceMatcher(None, word, term).ratio() >= ALIKE
