"""Dates as other tools write them."""

from datetime import UTC, datetime
from typing import Final, Literal

from dateutil import parser as dates

from projectflow.imports.values import moment

DateOrder = Literal["auto", "dmy", "mdy", "ymd"]
JIRA: Final = ("%d/%b/%y %I:%M %p", "%d/%b/%Y %I:%M %p", "%d/%b/%y", "%d/%b/%Y", "%d/%b/%y %H:%M")
LONGEST: Final = 80


def jira_moment(value: str) -> datetime | None:
    """`22/Sep/25 9:26 AM`, in UTC: a Jira export does not say whose clock it is."""
    for pattern in JIRA:
        try:
            return datetime.strptime(value.strip(), pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    return any_moment(value)


def javascript_moment(value: str) -> datetime | None:
    """`Tue Aug 23 2022 13:54:01 GMT+0000 (GMT)`, as JavaScript's Date writes itself."""
    plain = value.partition("(")[0].strip()
    try:
        return datetime.strptime(plain, "%a %b %d %Y %H:%M:%S GMT%z").astimezone(UTC)
    except (ValueError, OverflowError):
        return any_moment(value)


def any_moment(value: str, order: DateOrder = "auto") -> datetime | None:
    """A date in nearly any form; `order` says what 03/04/25 means, by itself the month first.

    Returns:
        The moment in UTC; None for what is no date.
    """
    value = value.strip()
    if not value or len(value) > LONGEST or not any(c.isdigit() for c in value):
        return None
    found = moment(value)
    if found is not None:
        return found
    try:
        parsed = dates.parse(value, dayfirst=order == "dmy", yearfirst=order == "ymd")
        return moment(parsed.isoformat())
    except (ValueError, OverflowError, TypeError):
        return None
