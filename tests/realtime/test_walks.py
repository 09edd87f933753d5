"""Whatever several people do in whatever order, and whenever they catch up: copies stay true."""

import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.realtime.copies import Copy, differences, fresh

Request = tuple[str, str, Any]


class Things:
    """What there is to act upon; each action takes some of it by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.projects: list[str] = []
        self.tasks: list[str] = []
        self.people: list[str] = []
        self.views: list[str] = []
        self.fields: list[str] = []
        self.milestones: list[str] = []

    def project(self) -> str:
        return self.chance.choice(self.projects)

    def task(self) -> str:
        return self.chance.choice(self.tasks)

    def tasks_of(self, number: int) -> list[dict[str, str]]:
        number = min(number, len(self.tasks))
        return [{"id": each} for each in self.chance.sample(self.tasks, number)]

    def person(self) -> str:
        return self.chance.choice(self.people)


ACTIONS: list[Callable[[Things], Request]] = [
    lambda t: ("POST", "/projects", {"name": f"P{t.chance.random()}"}),
    lambda t: ("POST", f"/projects/{t.project()}/tasks", {"title": "T", "tags": ["a"]}),
    lambda t: ("POST", f"/projects/{t.project()}/tasks",
               {"title": "T", "tags": [str(t.chance.random())], "parent_id": t.task()}),
    lambda t: ("PATCH", f"/tasks/{t.task()}",
               {"title": "U", "priority": "high", "tags": t.chance.sample("abcd", 2)}),
    lambda t: ("PATCH", f"/tasks/{t.task()}", {"assignee_id": t.person(), "archived": True}),
    lambda t: ("PATCH", f"/tasks/{t.task()}", {"parent_id": t.task()}),
    lambda t: ("POST", f"/tasks/{t.task()}/move", {"after_id": t.task()}),
    lambda t: ("POST", f"/tasks/{t.task()}/move", {"status": "completed"}),
    lambda t: ("POST", f"/tasks/{t.task()}/move-to-project", {"project_id": t.project()}),
    lambda t: ("POST", f"/tasks/{t.task()}/duplicate", {"subtasks": True}),
    lambda t: ("POST", f"/tasks/{t.task()}/dependencies", {"depends_on_task_id": t.task()}),
    lambda t: ("PUT", f"/tasks/{t.task()}/relations/{t.task()}", {"kind": "duplicates"}),
    lambda t: ("DELETE", f"/tasks/{t.task()}/relations/{t.task()}", None),
    lambda t: ("DELETE", f"/tasks/{t.task()}", None),
    lambda t: ("POST", f"/tasks/{t.task()}/restore", None),
    lambda t: ("DELETE", f"/trash/{t.task()}?confirm=true", None),
    lambda t: ("POST", "/tasks/bulk",
               {"tasks": t.tasks_of(3), "change": {"status": "in_progress", "add_tags": ["b"]}}),
    lambda t: ("POST", "/tasks/bulk",
               {"tasks": t.tasks_of(2), "change": {"project_id": t.project()}}),
    lambda _: ("POST", "/undo", {}),
    lambda _: ("POST", "/undo", {}),
    lambda t: ("PUT", f"/projects/{t.project()}/members/{t.person()}", {"role": "member"}),
    lambda t: ("PUT", f"/projects/{t.project()}/members/{t.person()}", {"role": "viewer"}),
    lambda t: ("DELETE", f"/projects/{t.project()}/members/{t.person()}", None),
    lambda t: ("DELETE", f"/projects/{t.project()}/members/{t.person()}", None),
    lambda t: ("POST", f"/projects/{t.project()}/archive", None),
    lambda t: ("POST", f"/projects/{t.project()}/unarchive", None),
    lambda t: ("DELETE", f"/projects/{t.project()}", None),
    lambda t: ("POST", f"/projects/{t.project()}/restore", None),
    lambda t: ("POST", f"/projects/{t.project()}/copy", {"name": f"C{t.chance.random()}"}),
    lambda t: ("PATCH", f"/projects/{t.project()}",
               {"key": f"K{t.chance.randrange(10**6)}"}),
    lambda t: ("POST", f"/projects/{t.project()}/milestones", {"name": "M"}),
    lambda t: ("PATCH", f"/tasks/{t.task()}", {"milestone_id": t.chance.choice(t.milestones)}),
    lambda t: ("DELETE", f"/milestones/{t.chance.choice(t.milestones)}", None),
    lambda t: ("POST", "/fields", {"name": f"F{t.chance.random()}", "kind": "text"}),
    lambda t: ("PUT", f"/tasks/{t.task()}/fields/{t.chance.choice(t.fields)}", {"value": "x"}),
    lambda t: ("DELETE", f"/fields/{t.chance.choice(t.fields)}", None),
    lambda t: ("POST", f"/fields/{t.chance.choice(t.fields)}/restore", None),
    lambda t: ("POST", "/views", {"name": "V", "query": "", "project_id": t.project(),
                                  "is_shared": t.chance.random() < 0.5}),
    lambda t: ("PATCH", f"/views/{t.chance.choice(t.views)}",
               {"is_shared": t.chance.random() < 0.5, "project_id": t.project()}),
    lambda t: ("DELETE", f"/views/{t.chance.choice(t.views)}", None),
    lambda t: ("PUT", f"/me/favourites/{t.project()}", None),
    lambda t: ("DELETE", f"/me/favourites/{t.project()}", None),
    lambda t: ("POST", f"/tasks/{t.task()}/timer?switch=true", {}),
]  # fmt: skip
KINDS = {"projects": "projects", "tasks": "tasks", "duplicate": "tasks", "copy": "projects",
         "views": "views", "fields": "fields", "milestones": "milestones"}  # fmt: skip
"""By the end of a path: what its answer is one more of."""


@pytest.fixture(scope="module")
async def crowd(app: Litestar) -> AsyncIterator[list[Person]]:
    async with await found_workspace(app) as owner:
        roles = ("manager", "member", "member", "viewer")
        yield [owner, *[await owner.colleague(role) for role in roles]]


async def begin(crowd: list[Person], chance: random.Random) -> Things:
    """Two projects with tasks, a view, a field and a milestone."""
    owner, things = crowd[0], Things(chance)
    things.people = [str(person.id) for person in crowd[1:]]
    for _ in range(2):
        project = await owner.project(f"Start {chance.random()}")
        things.projects.append(project["id"])
        things.tasks += [(await owner.task(project, title))["id"] for title in "abc"]
    wanted = {
        "views": ("/views", {"name": "V", "query": "", "is_shared": True}),
        "fields": ("/fields", {"name": f"F{chance.random()}", "kind": "text"}),
        "milestones": (f"/projects/{things.project()}/milestones", {"name": "M"}),
    }
    for kind, (path, body) in wanted.items():
        getattr(things, kind).append((await owner.post(path, body)).json()["id"])
    return things


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(range(len(ACTIONS))), st.integers(0, 4), st.integers(0, 31)),
        min_size=40,
        max_size=60,
    ),
    seed=st.integers(0, 2**32),
)
async def test_copies_stay_true_whatever_is_done(
    crowd: list[Person], steps: list[tuple[int, int, int]], seed: int
) -> None:
    """A step: which action, who does it, and (a bit each) who catches up after it."""
    things = await begin(crowd, random.Random(seed))
    copies = [Copy(person) for person in crowd]
    for copy in copies:
        await copy.start()
    done: list[str] = []
    for action, who, catching_up in steps:
        method, path, body = ACTIONS[action](things)
        answer = await crowd[who].client.request(method, path, json=body)
        assert answer.status_code < 500, f"{method} {path}: {answer.text}"
        done.append(f"{who} {method} {path} {body} {answer.status_code}")
        kind = KINDS.get(path.rsplit("/", 1)[-1])
        if answer.status_code == 201 and kind is not None:
            getattr(things, kind).append(answer.json()["id"])
        for place, copy in enumerate(copies):
            if catching_up >> place & 1:
                await copy.catch_up(limit=3)

    for copy in copies:
        await copy.catch_up(limit=7)
        _, now = await fresh(copy.person)
        assert differences(copy, now) == [], "\n".join(done)
        assert copy.resets == []
