"""`order:priority,due-desc`: a closed list of sort keys, and where a page goes on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

from msgspec import Struct

from projectflow.core.paging import decode_cursor
from projectflow.core.problems import InvalidInput
from projectflow.tasks.field_types import FieldKind
from projectflow.tasks.query.custom import Named, custom_name, fields_of, of_these
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.fields import canonical
from projectflow.tasks.query.parameters import Parameters
from projectflow.tasks.query.syntax import Value

MAX_KEYS: Final = 3
Direction = Literal["asc", "desc"]


class Key(Struct, frozen=True):
    """An expression to sort by: its SQL, its SQL type, and the type of its values."""

    sql: LiteralString
    cast: LiteralString
    type: Any
    last: Mapping[Direction, LiteralString] | None = None
    """What stands for no value, which comes last either way; None where there always is one."""

    def expression(self, direction: Direction) -> LiteralString:
        """What is compared; never NULL."""
        return self.sql if self.last is None else f"coalesce({self.sql}, {self.last[direction]})"

    def bound(self, placeholder: LiteralString, direction: Direction) -> LiteralString:
        """The same of a value from a cursor."""
        value: LiteralString = f"{placeholder}::{self.cast}"
        return value if self.last is None else f"coalesce({value}, {self.last[direction]})"


_MOMENT: Final[Mapping[Direction, LiteralString]] = {"asc": "'infinity'", "desc": "'-infinity'"}
_HOURS: Final[Mapping[Direction, LiteralString]] = {"asc": "1000", "desc": "-1"}
KEYS: Final[Mapping[str, tuple[Direction, Sequence[Key]]]] = {
    "created": ("desc", (Key("t.created_at", "timestamptz", datetime),)),
    "updated": ("desc", (Key("t.updated_at", "timestamptz", datetime),)),
    "due": ("asc", (Key("t.due_date", "timestamptz", datetime | None, _MOMENT),)),
    "start": ("asc", (Key("t.start_date", "date", date | None, _MOMENT),)),
    "completed": ("desc", (Key("t.completed_at", "timestamptz", datetime | None, _MOMENT),)),
    "estimate": ("desc", (Key("t.estimated_hours", "numeric", Decimal | None, _HOURS),)),
    "actual": ("desc", (Key("t.actual_hours", "numeric", Decimal | None, _HOURS),)),
    "priority": (
        "desc",
        (Key("array_position('{low,medium,high,urgent}'::text[], t.priority::text)", "int", int),),
    ),
    "status": (
        "asc",
        (
            Key(
                "(SELECT 1000000 * array_position("
                "'{backlog,unstarted,started,completed,cancelled}'::text[], s.category::text)"
                " + s.position FROM workflow_states s WHERE s.tenant_id = $1"
                " AND s.project_id = t.project_id AND s.key = t.status)",
                "int",
                int,
            ),
        ),
    ),
    "title": ("asc", (Key("t.title", "text", str),)),
    "key": (
        "asc",
        (
            Key(
                "(SELECT p.key FROM projects p WHERE p.tenant_id = $1 AND p.id = t.project_id)",
                "text",
                str,
            ),
            Key("t.number", "int", int),
        ),
    ),
    "position": ("asc", (Key("t.position", "text", str),)),
}
"""Each with the direction that is meant when none is said: the most urgent, the newest first."""


class Sort(Struct, frozen=True):
    """One key in one direction."""

    key: Key
    direction: Direction


class Order(Struct, frozen=True):
    """What a list is sorted by; the id, in the first key's direction, decides between equals."""

    name: str
    sorts: Sequence[Sort]

    @property
    def columns(self) -> LiteralString:
        """The values that a cursor holds, to be selected."""
        return ", ".join([sort.key.sql for sort in self.sorts])

    @property
    def sql(self) -> LiteralString:
        """For ORDER BY."""
        parts: list[LiteralString] = [
            f"{s.key.expression(s.direction)} {_SQL[s.direction]}" for s in (*self.sorts, self._id)
        ]
        return ", ".join(parts)

    @property
    def _id(self) -> Sort:
        return Sort(_ID, self.sorts[0].direction)

    def after(self, cursor: str | None, parameters: Parameters) -> LiteralString:
        """The condition of the rows that follow a cursor's.

        Raises:
            InvalidInput: the cursor is not one of a list in this order.
        """
        shape: Any = tuple[(str, *(sort.key.type for sort in self.sorts), UUID)]
        decoded: Any = decode_cursor(cursor, shape)
        if decoded is None:
            return "true"
        name, *values = decoded
        if name != self.name:
            raise InvalidInput.of("cursor", "is of a list in another order")
        sorts = (*self.sorts, self._id)
        sides: list[tuple[LiteralString, LiteralString, LiteralString]] = [
            (
                sort.key.expression(sort.direction),
                sort.key.bound(parameters.add(value), sort.direction),
                _BEYOND[sort.direction],
            )
            for sort, value in zip(sorts, values, strict=True)
        ]
        if len({beyond for _, _, beyond in sides}) == 1:
            # As rows, which an index can be searched by.
            ours, theirs = ", ".join([s[0] for s in sides]), ", ".join([s[1] for s in sides])
            return f"({ours}) {sides[0][2]} ({theirs})"
        further: LiteralString = "false"
        for ours, theirs, beyond in reversed(sides):
            further = f"({ours} {beyond} {theirs} OR ({ours} = {theirs} AND {further}))"
        return further


_ID: Final = Key("t.id", "uuid", UUID)
_SQL: Final[Mapping[Direction, LiteralString]] = {"asc": "ASC", "desc": "DESC"}
_BEYOND: Final[Mapping[Direction, LiteralString]] = {"asc": ">", "desc": "<"}
DIRECTIONS: Final[Mapping[str, Direction]] = {"asc": "asc", "desc": "desc"}


class _CustomKey(Struct, frozen=True):
    """How a kind of custom field is sorted by: an expression over its value `v` or option `o`."""

    direction: Direction
    column: LiteralString
    cast: LiteralString
    type: Any
    last: Mapping[Direction, LiteralString] | None


_NUMBERS: Final[Mapping[Direction, LiteralString]] = {"asc": "'Infinity'", "desc": "'-Infinity'"}
_PLACES: Final[Mapping[Direction, LiteralString]] = {"asc": "1000000", "desc": "-1"}
_TEXT: Final = _CustomKey("asc", "v.text_value", "text", str | None, None)
_CUSTOM: Final[Mapping[FieldKind, _CustomKey]] = {
    "number": _CustomKey("desc", "v.number_value", "numeric", Decimal | None, _NUMBERS),
    "date": _CustomKey("asc", "v.date_value", "date", date | None, _MOMENT),
    "select": _CustomKey("asc", "o.position", "int", int | None, _PLACES),
    "text": _TEXT,
    "url": _TEXT,
}


def order_of(values: Sequence[Value], named: Named, parameters: Parameters) -> Order:
    """What `order:` asks for; the newest first where nothing was asked.

    What names custom fields is added to `parameters`.

    Raises:
        InvalidQuery: names the place of what cannot be sorted by.
    """
    if len(values) > MAX_KEYS:
        place = values[MAX_KEYS].place
        raise InvalidQuery.at(place, f"a list is sorted by at most {MAX_KEYS} fields")
    found: dict[str, Direction] = {}
    sorts: list[Sort] = []
    for value in values:
        name, direction, keys = _named(value, named, parameters)
        if name in found:
            raise InvalidQuery.at(value.place, f"“{name}” is there already")
        found[name] = direction
        sorts += keys
    if not found:
        found, sorts = {"created": "desc"}, [Sort(KEYS["created"][1][0], "desc")]
    return Order(",".join(f"{name}-{way}" for name, way in found.items()), sorts)


def _named(value: Value, named: Named, parameters: Parameters) -> tuple[str, Direction, list[Sort]]:
    field, _, way = value.text.lower().rpartition("-")
    if way not in DIRECTIONS:
        field, way = value.text.lower(), ""
    if (custom := custom_name(field)) is not None:
        direction, sorts = _custom(value, custom, DIRECTIONS.get(way), named, parameters)
        return f"field.{custom}", direction, sorts
    name = canonical(field)
    if name not in KEYS:
        expected = ", ".join(KEYS)
        message = f"“{field}” cannot be sorted by: expected {expected}, with -asc or -desc"
        raise InvalidQuery.at(value.place, message)
    direction = DIRECTIONS[way] if way else KEYS[name][0]
    return name, direction, [Sort(key, direction) for key in KEYS[name][1]]


def _custom(
    value: Value, name: str, way: Direction | None, named: Named, parameters: Parameters
) -> tuple[Direction, list[Sort]]:
    """A task has at most one value in a field of this name, and an index finds it."""
    fields = fields_of(value, name, named)
    keys = [_CUSTOM.get(field.kind) for field in fields]
    key = keys[0]
    if key is None or any(other is not key for other in keys):
        message = (
            f"“{name}” cannot be sorted by: expected one field of text, numbers, days or one option"
        )
        raise InvalidQuery.at(value.place, message)
    option: LiteralString = (
        " JOIN custom_field_options o ON o.tenant_id = $1 AND o.id = v.option_id"
        " AND o.deleted_at IS NULL"
    )
    sql: LiteralString = (
        f"(SELECT {key.column} FROM task_field_values v{option if key.cast == 'int' else ''}"
        f" WHERE v.tenant_id = $1 AND v.task_id = t.id AND {of_these(fields, parameters)} LIMIT 1)"
    )
    direction = way or key.direction
    if key.last is not None:
        return direction, [Sort(Key(sql, key.cast, key.type, key.last), direction)]
    # No text is the last of all.
    empty = Key(f"({sql} IS NULL)::int", "int", int)
    text = Key(f"coalesce({sql}, '')", "text", str)
    return direction, [Sort(empty, "asc"), Sort(text, direction)]
