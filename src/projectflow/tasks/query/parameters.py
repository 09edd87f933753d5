"""The parameters of a query's SQL, whose placeholders are literal text as all of it is."""

from typing import Any, Final, LiteralString

_DIGITS: Final[tuple[LiteralString, ...]] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
_NUMBERS: Final[tuple[LiteralString, ...]] = tuple(
    f"{hundreds}{tens}{units}" for hundreds in _DIGITS for tens in _DIGITS for units in _DIGITS
)
PLACEHOLDERS: Final[tuple[LiteralString, ...]] = tuple(
    f"${number.lstrip('0')}" for number in _NUMBERS[1:]
)
"""$1 to $999: 50 values bind at most three each, or 14 where a name is one of custom fields of all
kinds, and a page a few more."""


class Parameters:
    """The values that a statement binds, in their order."""

    def __init__(self, *given: Any) -> None:
        """Start with those that the statement has anyway."""
        self.values: list[Any] = list(given)

    def add(self, value: Any) -> LiteralString:
        """Take one more; gives its placeholder."""
        self.values.append(value)
        return PLACEHOLDERS[len(self.values) - 1]
