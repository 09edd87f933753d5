"""Reads a query. The grammar is Lark's; what Lark refuses becomes an error with its place."""

from collections.abc import Mapping
from typing import Final, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from projectflow.tasks.query.errors import InvalidQuery, Place
from projectflow.tasks.query.syntax import (
    AllOf,
    AnyOf,
    Node,
    Not,
    Operator,
    Query,
    Term,
    Value,
    Words,
)

MAX_LENGTH: Final = 1000
MAX_TERMS: Final = 50
"""Values count one by one: `tag:a,b` are two."""
MAX_DEPTH: Final = 10
SETTINGS: Final = frozenset({"order", "group"})
"""They look like terms and say how to show what is found."""

GRAMMAR: Final = r"""
    start: [anyof]
    anyof: allof (_OR allof)*
    allof: _item (_AND? _item)*
    _item: term | words | negation | brackets
    negation: (NOT | MINUS) _item
    !brackets: "(" anyof ")"
    term: (FIELD | CUSTOM) OPERATOR _value ("," _value)*
    _value: VALUE | QUOTED | NAMED
    words: WORD | QUOTED

    COMMA.6: ","
    _OR.5: /OR(?=[\s()"]|$)/
    _AND.5: /AND(?=[\s()"]|$)/
    NOT.5: /NOT(?=[\s("]|$)/
    MINUS.5: /-(?=[^\s)-])/
    CUSTOM.5: /field\.(?:"(?:[^"\\]|\\.)*"|[^\s()",:<>=]+)(?=\s*[:<>=])/is
    NAMED.4: /field\."(?:[^"\\]|\\.)*"(?:-(?:asc|desc))?/is
    FIELD.4: /[^\W\d_][\w-]*(?=\s*[:<>=])/
    OPERATOR.4: /:\s*[<>]=?|[<>]=?|:\s*=?|=/
    QUOTED.3: /"(?:[^"\\]|\\.)*"/s
    VALUE.2: /[^\s()",]+/
    WORD.1: /(?!(?:AND|OR|NOT)(?:[\s()"]|$))[^\s()"]+/
    %ignore /\s+/
"""
_lark: Final = Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)

_EXPECTED: Final[Mapping[str, str]] = {
    "WORD": "a term",
    "VALUE": "a value",
    "OPERATOR": "an operator",
    "_OR": "AND, OR",
    "RPAR": "a closing bracket",
    "COMMA": "a comma",
    "$END": "the end",
}
"""What the terminals of the grammar are to people, the most telling first."""


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        InvalidQuery: says at which character and what was expected there, or which bound it breaks.
    """
    if len(text) > MAX_LENGTH:
        place = Place(MAX_LENGTH + 1, len(text) - MAX_LENGTH)
        raise InvalidQuery.at(place, f"a query has at most {MAX_LENGTH} characters")
    if (nul := text.find("\x00")) >= 0:
        raise InvalidQuery.at(Place(nul + 1, 1), "a NUL character cannot be searched for")
    try:
        tree = _lark.parse(text)
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    return _Reading().query(tree)


def _explained(error: UnexpectedInput, text: str) -> InvalidQuery:
    """Lark's refusal in words."""
    expected = set[str]()
    if isinstance(error, UnexpectedToken):
        expected = set(error.expected)
        token = cast("Token", error.token)
        at_end = token.type == "$END"
        start = len(text) if at_end else token.start_pos or 0
        place = Place(start + 1, 0 if at_end else len(token))
        found = "the query ends here" if at_end else f"“{token}” does not fit here"
    else:
        start = error.pos_in_stream or 0
        if isinstance(error, UnexpectedCharacters):
            expected = set(error.allowed)
        if text[start] == '"':
            place = Place(start + 1, len(text) - start)
            return InvalidQuery.at(place, "this quotation mark is not closed")
        wrong = text[start:].split(maxsplit=1)[0]
        place = Place(start + 1, len(wrong))
        found = f"“{wrong}” does not fit here"
    if not _open_brackets(text[:start]):
        expected.discard("RPAR")
    names = [name for terminal, name in _EXPECTED.items() if terminal in expected]
    return InvalidQuery.at(place, f"{found}: expected {' or '.join(names) or 'something else'}")


def _open_brackets(text: str) -> bool:
    return text.count("(") > text.count(")")


class _Reading:
    """Of one query: what stands in the tree, counted."""

    def __init__(self) -> None:
        self._terms = 0
        self._settings: dict[str, tuple[Value, ...]] = {}
        self._fields: set[str] = set()

    def query(self, tree: Tree[Token]) -> Query:
        inside = _trees(tree)
        condition = self._any_of(inside[0], 0, shows=True) if inside else None
        settings = self._settings
        return Query(
            condition, settings.get("order", ()), settings.get("group", ()), frozenset(self._fields)
        )

    def _any_of(self, tree: Tree[Token], depth: int, *, shows: bool) -> Node | None:
        """`shows` says that settings may stand here; None where nothing else does."""
        branches = _trees(tree)
        parts: list[Node] = []
        for branch in branches:
            part = self._all_of(branch, depth, shows=shows)
            if part is not None:
                parts.append(part)
            elif len(branches) > 1:
                raise InvalidQuery.at(_place_of(branch), "expected a term on this side of OR")
        if len(parts) > 1:
            return AnyOf(tuple(parts))
        return parts[0] if parts else None

    def _all_of(self, tree: Tree[Token], depth: int, *, shows: bool) -> Node | None:
        parts = [self._item(item, depth, shows=shows) for item in _trees(tree)]
        nodes = tuple(part for part in parts if part is not None)
        if len(nodes) > 1:
            return AllOf(nodes)
        return nodes[0] if nodes else None

    def _item(self, tree: Tree[Token], depth: int, *, shows: bool) -> Node | None:
        match tree.data:
            case "words":
                value = _value(_tokens(tree)[0])
                self._count(value)
                return Words(value)
            case "term":
                return self._term(tree, shows=shows)
            case "brackets":
                self._must_be_shallow(tree, depth)
                return self._any_of(_trees(tree)[0], depth + 1, shows=shows)
            case _:
                self._must_be_shallow(tree, depth)
                part = self._item(_trees(tree)[0], depth + 1, shows=False)
                if part is None:
                    raise AssertionError("settings are refused below NOT")
                return Not(part)

    def _term(self, tree: Tree[Token], *, shows: bool) -> Node | None:
        name, operator, *rest = _tokens(tree)
        values = tuple(_value(token) for token in rest if token.type != "COMMA")
        field = Value(str(name), quoted=False, place=_place(name))
        sign = "".join(operator.split()).removeprefix(":") or "="
        setting = field.text.lower()
        if setting in SETTINGS:
            self._set(setting, field, sign, values, shows=shows)
            return None
        for value, token in zip(values, (t for t in rest if t.type != "COMMA"), strict=True):
            if token.type == "NAMED":
                raise InvalidQuery.at(value.place, "a field cannot be compared with another one")
            self._count(value)
        self._fields.add(setting)
        return Term(field, cast("Operator", sign), _place(operator), values)

    def _set(
        self, name: str, field: Value, sign: str, values: tuple[Value, ...], *, shows: bool
    ) -> None:
        if not shows:
            raise InvalidQuery.at(field.place, f"“{name}:” cannot be negated")
        if name in self._settings:
            raise InvalidQuery.at(field.place, f"“{name}:” is there already")
        if sign != "=":
            raise InvalidQuery.at(field.place, f"expected “{name}:” with the name of a field")
        self._settings[name] = values

    def _count(self, value: Value) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise InvalidQuery.at(value.place, f"a query has at most {MAX_TERMS} terms and values")

    def _must_be_shallow(self, tree: Tree[Token], depth: int) -> None:
        if depth == MAX_DEPTH:
            message = f"brackets and negations go at most {MAX_DEPTH} deep"
            raise InvalidQuery.at(_place_of(tree), message)


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _tokens(tree: Tree[Token]) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token)]


def _value(token: Token) -> Value:
    if token.type != "QUOTED":
        return Value(str(token), quoted=False, place=_place(token))
    inside = iter(token[1:-1])
    text = "".join(next(inside) if c == "\\" else c for c in inside)
    return Value(text, quoted=True, place=_place(token))


def _place(token: Token) -> Place:
    return Place((token.start_pos or 0) + 1, len(token))


def _place_of(tree: Tree[Token]) -> Place:
    """From the first token below to the last."""
    first = next(tree.scan_values(lambda _: True))
    return _place(first)
