"""By what tasks are parted: what `group:` knows, and days, weeks and months."""

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from msgspec import Struct

from projectflow.core.problems import InvalidInput
from projectflow.tasks.find import Question
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.groups import Grouping, groupings_of, values_of
from projectflow.tasks.query.syntax import Value

_MOMENTS: Final[Mapping[str, LiteralString]] = {
    "created": "t.created_at", "completed": "t.completed_at", "due": "t.due_date",
}  # fmt: skip
_PIECES: Final[Mapping[str, tuple[LiteralString, LiteralString]]] = {
    "day": ("'day'", "'YYYY-MM-DD'"),
    "week": ("'week'", "'YYYY-MM-DD'"),
    "month": ("'month'", "'YYYY-MM'"),
}
OF_PEOPLE: Final = frozenset({"assignee", "reporter"})


class Dimension(Struct, frozen=True):
    """A column of a report, as SQL over a task `t`."""

    name: str
    grouping: Grouping
    is_time: bool

    @property
    def label(self) -> str:
        """What its column is called."""
        return self.name.removeprefix("field.").replace("_", " ").capitalize()


def group_names(dimensions: Sequence[str]) -> list[Value]:
    """Those that the query language knows, as it reads them."""
    return [value for name in dimensions if _moment(name) is None for value in values_of(name)]


def dimensions_of(names: Sequence[str], asked: Question, zone: str) -> list[Dimension]:
    """What a report is parted by; what that compares with is added to the question's parameters.

    Raises:
        InvalidInput: a name is none, or stands there twice.
    """
    if len({name.strip().lower() for name in names}) < len(names):
        raise InvalidInput.of("dimensions", "names one twice")
    try:
        groupings = iter(groupings_of(group_names(names), asked.named, asked.parameters))
    except InvalidQuery as error:
        raise InvalidInput.of("dimensions", error.errors[0].message) from None
    found: list[Dimension] = []
    for name in names:
        moment = _moment(name)
        if moment is None:
            grouping = next(groupings, None)
            if grouping is None:
                raise InvalidInput.of("dimensions", "each holds one name")
            found.append(Dimension(grouping.name, grouping, is_time=False))
        else:
            column, (piece, shown) = moment
            placed: LiteralString = f"{column} AT TIME ZONE {asked.parameters.add(zone)}::text"
            sql: LiteralString = f"to_char(date_trunc({piece}, {placed}), {shown})"
            found.append(Dimension(name, Grouping(name, sql), is_time=True))
    if next(groupings, None) is not None:
        raise InvalidInput.of("dimensions", "each holds one name")
    return found


def _moment(name: str) -> tuple[LiteralString, tuple[LiteralString, LiteralString]] | None:
    of, _, piece = name.rpartition("_")
    column, cut = _MOMENTS.get(of), _PIECES.get(piece)
    return None if column is None or cut is None else (column, cut)
