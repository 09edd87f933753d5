"""What a query may look like, where a wrong one is wrong, and that it never becomes SQL."""

import re
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projectflow.core.problems import InvalidInput
from projectflow.tasks.field_types import FieldKind
from projectflow.tasks.query.asker import Asker
from projectflow.tasks.query.compiler import compile_query
from projectflow.tasks.query.custom import NamedField
from projectflow.tasks.query.dates import days_of
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.fields import ALIASES, FIELDS
from projectflow.tasks.query.groups import groupings_of
from projectflow.tasks.query.orders import KEYS, order_of
from projectflow.tasks.query.parameters import PLACEHOLDERS, Parameters
from projectflow.tasks.query.parser import MAX_LENGTH, MAX_TERMS, parse

TENANT, ME = UUID(int=1), UUID(int=2)
WEDNESDAY = date(2026, 1, 28)
ASKER = Asker(datetime(2026, 1, 28, 23, 30, tzinfo=UTC), ZoneInfo("UTC"), knows_everybody=True)


HIGH, LOW = UUID(int=7), UUID(int=8)
NAMED = {
    "story points": [NamedField(UUID(int=3), None, "number", {})],
    "severity": [
        NamedField(UUID(int=4), UUID(int=14), "select", {"high": HIGH, "very low": LOW}),
        NamedField(UUID(int=5), UUID(int=15), "select", {"high": LOW}),
    ],
    "customer": [NamedField(UUID(int=6), UUID(int=14), "text", {})],
    "launch": [NamedField(UUID(int=9), None, "date", {})],
    "tester": [NamedField(UUID(int=10), None, "person", {})],
    "areas": [NamedField(UUID(int=11), None, "multi_select", {"high": HIGH})],
    "mixed": [
        NamedField(UUID(int=20 + n), UUID(int=30 + n), kind, {"high": HIGH})
        for n, kind in enumerate(get_args(FieldKind))
    ],
}


def compiled(text: str, asker: Asker = ASKER) -> tuple[str, list[Any]]:
    """The whole SQL that a query's text decides, and what it binds."""
    parameters = Parameters(TENANT, True, ME)
    query = parse(text)
    condition = compile_query(query, asker, parameters, NAMED)
    order = order_of(query.order, NAMED, parameters)
    groups = groupings_of(query.group, NAMED, parameters)
    grouped = " ".join(f"{group.sql} {group.join}" for group in groups)
    return f"{condition} ORDER BY {order.sql} {grouped}", parameters.values[3:]


ERRORS = {
    # query: position, length, words of the message
    "assignee:": (10, 0, "expected a value"),
    "a status:,b": (10, 1, "expected a value"),
    "(a": (3, 0, "a closing bracket"),
    "a)": (2, 1, "does not fit"),
    "()": (2, 1, "expected a term"),
    "a OR": (5, 0, "expected a term"),
    "OR a": (1, 2, "expected a term"),
    "a AND OR b": (7, 2, "expected a term"),
    "NOT": (4, 0, "expected a term"),
    'x "never ends': (3, 11, "not closed"),
    "x asignee:me": (3, 7, "did you mean “assignee”"),
    "http://example.org": (1, 4, "quotation marks"),
    "priority:high,huge": (15, 4, "low, medium, high, urgent"),
    "due:someday": (5, 7, "a day, such as today"),
    "due<99999y": (5, 6, "a day, such as"),
    "due:2026-02-30": (5, 10, "a day, such as"),
    "due<none": (4, 1, "has no order"),
    "assignee>me": (9, 1, "has no order"),
    "status>=done": (7, 2, "has no order"),
    "status:none": (8, 4, "never empty"),
    "priority:any": (10, 3, "never empty"),
    "estimate>many": (10, 4, "a number of hours"),
    "key:WEB": (5, 3, "such as WEB-42"),
    "parent:42": (8, 2, "such as WEB-42"),
    "is:late": (4, 4, "archived, overdue, blocked"),
    "a field.Nothing:5": (3, 13, "there is no custom field “nothing”"),
    'field."story points":many': (22, 4, "a number, such as 5"),
    'field."story points" > high': (24, 4, "a number, such as 5"),
    "field.Severity:high,hihg": (21, 4, "high, very low"),
    "field.Severity>high": (15, 1, "has no order"),
    "field.launch<soon": (14, 4, "a day, such as"),
    "field.launch<none": (13, 1, "has no order"),
    "field.tester>me": (13, 1, "has no order"),
    'tag:field."story points"': (5, 20, "cannot be compared"),
    "order:field.nothing": (7, 13, "there is no custom field"),
    "order:field.areas": (7, 11, "cannot be sorted by"),
    "order:field.mixed-desc": (7, 16, "cannot be sorted by"),
    'order:field.launch,field."launch"-desc': (20, 19, "already"),
    "group:field.launch": (7, 12, "cannot be grouped by"),
    "group:field.mixed": (7, 11, "cannot be grouped by"),
    "category:open": (10, 4, "backlog, unstarted"),
    "number:WEB-1": (8, 5, "a number, such as 42"),
    "has:fun": (5, 3, "due, start, assignee"),
    "order:nonsense": (7, 8, "cannot be sorted by"),
    "order:due-down": (7, 8, "cannot be sorted by"),
    "order:due,due-desc": (11, 8, "already"),
    "order:due order:title": (11, 5, "already"),
    "order<due": (1, 5, "with the name of a field"),
    "order:due,title,key,created": (21, 7, "at most 3"),
    "-order:due": (2, 5, "cannot be negated"),
    "a OR order:due": (6, 5, "on this side of OR"),
    "a\x00b": (2, 1, "NUL"),
    "(" * 11 + "a" + ")" * 11: (11, 1, "at most 10 deep"),
    "NOT " * 11 + "a": (41, 3, "at most 10 deep"),
    "x " * 51: (101, 1, "at most 50 terms"),
    "tag:" + ",".join("y" * 51): (105, 1, "at most 50 terms"),
    "x" * 1001: (1001, 1, "at most 1000 characters"),
}


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_points_at_the_character_and_says_what_was_expected(text: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        compiled(text)

    (error,) = caught.value.errors
    position, length, words = ERRORS[text]
    assert error.field == "query"
    assert error.message.startswith(f"character {position}: ")
    assert words in error.message
    assert (error.data.position, error.data.length) == (position, length)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "a AND b"), ("-a", "NOT a"), ("a OR b c", "a OR (b AND c)"),
        ("tag:a status:open", "label:a   state:open"), ("due<=3d", "due:<=3d"),
        ("due < 3d", "due<3d"), ("tag: a , b", "tag:a,b"), ("due:today", "due=2026-01-28"),
        ("PRIORITY:High", "priority:high"), ('title:"a"', "title:a"),
        ("priority>medium", "priority:high,urgent"),
        ("status:open", "status:backlog,unstarted,started"),
        ("order:priority", "order:priority-desc"), ("order:due a", "a order:due-asc"),
        ('field."Severity":high', "FIELD.severity:HIGH"),
        ("field.launch = today", "field.launch:0d"),
        ('order:field."Story Points"', 'order:field."story points"-desc'),
        ('field."story points":5', 'field."story \\points":5'),
        ("", "order:created-desc"), ("a (order:title)", "a order:title"),
    ],
)  # fmt: skip
def test_two_ways_to_say_one_thing(one: str, other: str) -> None:
    assert compiled(one) == compiled(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assignee:none", 'assignee:"none"'), ("a OR b c", "(a OR b) c"), ("or", "OR x"[:1]),
        ("-(a b)", "-a -b"), ("status:completed", 'status:"completed"'), ("OR1 a", "a"),
    ],
)  # fmt: skip
def test_two_things_that_look_alike(one: str, other: str) -> None:
    assert compiled(one) != compiled(other)


@pytest.mark.parametrize(
    ("word", "first", "after"),
    [
        ("today", "2026-01-28", "2026-01-29"), ("tomorrow", "2026-01-29", "2026-01-30"),
        ("yesterday", "2026-01-27", "2026-01-28"), ("7d", "2026-02-04", "2026-02-05"),
        ("-2w", "2026-01-14", "2026-01-15"), ("1m", "2026-02-28", "2026-03-01"),
        ("-1y", "2025-01-28", "2025-01-29"), ("monday", "2026-02-02", "2026-02-03"),
        ("wednesday", "2026-01-28", "2026-01-29"), ("tue", "2026-02-03", "2026-02-04"),
        ("this-week", "2026-01-26", "2026-02-02"), ("last-week", "2026-01-19", "2026-01-26"),
        ("next-month", "2026-02-01", "2026-03-01"), ("this-year", "2026-01-01", "2027-01-01"),
        ("2026-12-24", "2026-12-24", "2026-12-25"),
    ],
)  # fmt: skip
def test_days_in_words(word: str, first: str, after: str) -> None:
    """Asked on a Wednesday, 28 January 2026."""
    assert days_of(word, WEDNESDAY) == (date.fromisoformat(first), date.fromisoformat(after))


def test_a_day_is_the_askers_own() -> None:
    tokyo = Asker(ASKER.now, ZoneInfo("Asia/Tokyo"), knows_everybody=True)

    _, (from_, until) = compiled("due:today", tokyo)

    assert from_ == datetime(2026, 1, 28, 15, tzinfo=UTC)
    assert until == datetime(2026, 1, 29, 15, tzinfo=UTC)


def test_the_day_the_clocks_change_has_23_hours() -> None:
    berlin = Asker(datetime(2026, 3, 29, 12, tzinfo=UTC), ZoneInfo("Europe/Berlin"), True)

    _, (from_, until) = compiled("due:today", berlin)

    assert (until.astimezone(UTC) - from_.astimezone(UTC)).total_seconds() == 23 * 3600


def test_every_placeholder_of_the_longest_query_is_there() -> None:
    longest = "AB-1 " * MAX_TERMS

    sql, values = compiled(longest + "order:estimate,actual-asc,key")

    assert len(values) == 3 * MAX_TERMS
    assert PLACEHOLDERS[len(values) + 2] in sql
    # A name of fields of all kinds, and values that could be any.
    worst = " ".join(["field.mixed:2026-01-01"] * 43)
    assert len(worst) <= MAX_LENGTH
    for query in (worst, "field.mixed:" + ",".join(["2026-01-01"] * 50)):
        _, values = compiled(query)
        assert len(values) + 3 + 30 < len(PLACEHOLDERS)


TEXT = st.text(st.characters(exclude_characters='\x00"\\', exclude_categories=["Cs"]), min_size=1)
BARE = st.from_regex(r"\A[^\s()\",:<>=\x00-]{3,12}\Z").filter(
    lambda t: t.lower() not in {"and", "not", "none", "any", "empty", "open"}
)
MARK = "qzjx"
"""No fragment of our own SQL holds it."""
WRITTEN = st.one_of(
    BARE.map(lambda t: MARK + t), TEXT.map(lambda t: f'"{MARK}{t}"'),
    st.sampled_from(["'; DROP TABLE tasks; --", '"$1) OR true --"', "1 OR 1=1"]).map(
        lambda t: f'"{MARK}{t.strip(chr(34))}"'
    ),
)  # fmt: skip
FREE_TEXT = [
    "title", "description", "tag", "status", "assignee", "reporter", "project", "field.Customer",
    'field."customer"', "field.tester", "field.mixed",
]  # fmt: skip
TERMS = st.one_of(
    WRITTEN,
    st.tuples(st.sampled_from(FREE_TEXT), st.lists(WRITTEN, min_size=1, max_size=3)).map(
        lambda t: f"{t[0]}:{','.join(t[1])}"
    ),
    st.sampled_from(["due<7d", "is:overdue", "priority>low", "estimate:none", "key:QZJX-1"]),
    st.sampled_from(
        [
            'field."Story points">=5',
            "field.severity:none,high",
            "field.mixed:5,high",
            "field.launch<7d",
            "-field.areas:any",
            "field.mixed:2026-01-01",
        ]
    ),
)
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda p: f"({' '.join(p)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: f"({' OR '.join(p)})"),
        inner.map(lambda p: f"NOT {p}"),
    ),
    max_leaves=6,
)
VOCABULARY = re.compile(
    r"'[^']*'"  # our own literals
    r"|\$\d{1,3}|::\w+(\[\])?|[a-z_]+|[A-Z]+|\d+|[().,=<>*+'|-]|\s+"
)


@given(QUERIES)
def test_no_text_of_a_query_ever_appears_in_its_sql(text: str) -> None:
    try:
        sql, values = compiled(text)
    except InvalidQuery:
        return
    assert MARK not in sql.lower()
    assert (MARK in repr(values).lower()) == (MARK in text.lower())
    assert VOCABULARY.sub("", sql) == ""
    used = {int(n) for n in re.findall(r"\$(\d+)", sql)}
    assert used - {1, 2, 3} == set(range(4, 4 + len(values)))


@given(QUERIES)
def test_the_sql_is_the_same_for_other_words_in_the_same_places(text: str) -> None:
    other = text.replace(MARK, "vwkk").replace(MARK.upper(), "VWKK")
    try:
        sql, _ = compiled(text)
    except InvalidQuery:
        return
    assert compiled(other)[0] == sql


@given(st.text(max_size=60) | st.lists(st.sampled_from(
    [*FIELDS, *ALIASES, *KEYS, *(f"field.{n}" for n in NAMED),
     'field."story points"', ":", "<", ">=", "(", ")", '"', ",", "-", " ", "OR", "AND", "NOT",
     "order", "group", "me", "none", "7d", "today", "\\", "$4", "'", ";", "é", "\u2028", "\ud800"]
), max_size=25).map("".join))  # fmt: skip
def test_whatever_is_typed_is_a_query_or_an_error_with_a_place_in_it(text: str) -> None:
    try:
        sql, _ = compiled(text)
    except InvalidInput as error:
        place = error.errors[0].data  # pyright: ignore[reportAttributeAccessIssue]
        assert 1 <= place.position <= len(text) + 1
        assert place.position + place.length <= max(len(text), MAX_LENGTH) + 1
    else:
        assert VOCABULARY.sub("", sql) == ""
