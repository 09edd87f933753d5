"""GitHub issues as JSON: a list as the REST API gives it, or a backup with issues, pulls, labels.

Fields as https://docs.github.com/en/rest/issues/issues describes them; backups write the same in
camel case.
"""

from typing import Any, Final, cast

import msgspec

from projectflow.core.problems import InvalidInput
from projectflow.imports.incoming import (
    MAX_TASKS,
    Incoming,
    IncomingComment,
    IncomingState,
    IncomingTag,
    IncomingTask,
    Person,
)
from projectflow.imports.values import moment, text

Json = dict[str, Any]
STATES: Final = [
    IncomingState("open", "Open", "unstarted"),
    IncomingState("closed", "Closed", "completed"),
    IncomingState("not_planned", "Not planned", "cancelled"),
]
PULL_REQUEST: Final = "pull request"


class NotGitHub(InvalidInput):
    """This file is not an export of GitHub issues."""


def read_github(content: bytes, *, pull_requests: bool = True) -> Incoming:
    """Read issues and, with `pull_requests`, pull requests; the latter carry a tag that says so.

    Raises:
        NotGitHub: it is not JSON, or holds no issues.
    """
    try:
        found: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotGitHub(f"The file is broken or cut off: {error}.") from None
    whole: Json = found if isinstance(found, dict) else {"issues": found}  # pyright: ignore[reportUnknownVariableType]
    issues = [each for each in _list(whole, "issues") if "pull_request" not in each]
    pulls = [each for each in _list(whole, "issues") if "pull_request" in each]
    pulls += _list(whole, "pulls")
    if not issues and not pulls:
        raise NotGitHub("The file holds no issues.")
    if len(issues) + len(pulls) > MAX_TASKS:
        raise NotGitHub(f"The file holds more than {MAX_TASKS:,} issues.")
    repository = _repository(whole, [*issues, *pulls])
    incoming = Incoming(
        source="github",
        key=text(repository, 90),
        name=repository.rpartition("/")[2] or "GitHub issues",
        tasks=[],
        states=STATES,
        tags=[_tag(label) for label in _list(whole, "labels")],
    )
    taken = [(each, False) for each in issues]
    if pull_requests:
        taken += [(each, True) for each in pulls]
    elif pulls:
        incoming.skip("pull requests", f"{len(pulls)} pull requests", "not asked for")
    people: dict[str, Person] = {}
    tags = {tag.name: tag for tag in incoming.tags}
    for each, is_pull in sorted(taken, key=lambda pair: _number(pair[0])):
        task = _task(each, people, tags, incoming, is_pull=is_pull)
        if task is not None:
            incoming.tasks.append(task)
    incoming.tags, incoming.people = list(tags.values()), list(people.values())
    incoming.counts = {
        "issues": len(issues),
        "pull_requests": len(pulls),
        "comments": sum(len(task.comments) for task in incoming.tasks),
        "labels": len(tags),
    }
    return incoming


def _task(
    each: Json, people: dict[str, Person], tags: dict[str, IncomingTag], incoming: Incoming,
    *, is_pull: bool,
) -> IncomingTask | None:  # fmt: skip
    number, title = _number(each), _text(each, "title")
    if not number:
        incoming.skip("issue", title, "it has no number")
        return None
    labels = [_tag(label) for label in _list(each, "labels")]
    for label in labels:
        tags.setdefault(label.name, label)
    if is_pull:
        tags.setdefault(PULL_REQUEST, IncomingTag(PULL_REQUEST, "#8250df"))
    milestone = _value(each, "milestone")
    if milestone:
        incoming.skip("milestone", title, f"{_name_of(milestone)}: milestones are not taken yet")
    closed_at = moment(_text(each, "closed_at", "closedAt"))
    return IncomingTask(
        key=str(number),
        title=title,
        description=_text(each, "body"),
        state=_state(each),
        age=(number,),
        assignees=[p for a in _people(each) if (p := _person(a, people))],
        reporter=_person(_value(each, "user", "author"), people),
        tags=[*[label.name for label in labels], *([PULL_REQUEST] if is_pull else [])],
        created_at=moment(_text(each, "created_at", "createdAt")),
        updated_at=moment(_text(each, "updated_at", "updatedAt")),
        completed_at=moment(_text(each, "merged_at", "mergedAt")) or closed_at,
        comments=[
            IncomingComment(
                f"{number} {_text(said, 'id', 'created_at', 'createdAt')} {place}"[:90],
                _person(_value(said, "user", "author"), people),
                _text(said, "body"),
                moment(_text(said, "created_at", "createdAt")),
            )
            for place, said in enumerate(_list(each, "comments"))
        ],
    )


def _state(each: Json) -> str:
    reason = _text(each, "state_reason", "stateReason").casefold()
    if _text(each, "state").casefold() == "open":
        return "open"
    return "not_planned" if reason in {"not_planned", "duplicate"} else "closed"


def _people(each: Json) -> list[Any]:
    found = _value(each, "assignees")
    return cast("list[Any]", found) if isinstance(found, list) else [_value(each, "assignee")]


def _person(who: Any, people: dict[str, Person]) -> str | None:
    """A login, or an object that has one."""
    login = text(_name_of(who), 90)
    if not login:
        return None
    people.setdefault(login, Person(login, login))
    return login


def _tag(label: Any) -> IncomingTag:
    color = _text(cast("Json", label), "color").casefold() if isinstance(label, dict) else ""
    hexadecimal = len(color) == 6 and all(c in "0123456789abcdef" for c in color)
    return IncomingTag(text(_name_of(label), 50) or "label", f"#{color}" if hexadecimal else None)


def _name_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    return _text(cast("Json", value), "login", "name", "title") if isinstance(value, dict) else ""


def _repository(whole: Json, tasks: list[Json]) -> str:
    named = _text(whole, "repo", "repository")
    if named:
        return named
    address = next((_text(t, "html_url", "url", "repository_url") for t in tasks), "")
    parts = address.removeprefix("https://").split("/")
    inside = parts[2:4] if "repos" in parts[:2] else parts[1:3]
    return "/".join(inside) or "GitHub issues"


def _number(each: Json) -> int:
    number = _value(each, "number")
    return number if isinstance(number, int) and 0 < number < 10**9 else 0


def _list(whole: Json, name: str) -> list[Any]:
    """A list's objects; labels may be words. REST gives the number of comments: no list."""
    found = whole.get(name)
    items = cast("list[Any]", found) if isinstance(found, list) else []
    return [each for each in items if isinstance(each, dict) or name == "labels"]


def _value(each: Json, *names: str) -> Any:
    return next((each[name] for name in names if each.get(name) is not None), None)


def _text(each: Json, *names: str) -> str:
    found = _value(each, *names)
    return found if isinstance(found, str) else str(found) if isinstance(found, int) else ""
