"""Every route of the API, asked by every role for what belongs to another workspace."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from tests.isolation.rows import gathered, named
from tests.isolation.samples import SAMPLES, Sample, filled, registered
from tests.isolation.worlds import MARK, fingerprint, furnish, nowhere
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.app import create_app
from projectflow.auth.permissions import ROLE_PERMISSIONS, Role
from projectflow.core.paging import encode_cursor
from projectflow.core.settings import Settings

ROUTES = sorted(registered(create_app(Settings())))
OURS_BY_NAME = {"PUT /tags/{name}"} | named("OURS_BY_NAME")
"""A name, not an id: the other workspace's word becomes one of our own."""
NAMING = [r for r in ROUTES if "{" in r and r not in OURS_BY_NAME and not SAMPLES[r].public]
"""Routes whose path names something of one workspace."""
NOT_WHOLE = {
    "POST /me/password": {422}, "POST /me/confirm": {422}, "PUT /me/avatar": {415},
    "POST /me/passkeys": {422}, "POST /me/totp/confirm": {422}, "DELETE /me/totp": {404},
    "POST /me/recovery-codes": {409}, "PUT /identity-provider": {422},
    "GET /identity-provider": {404}, "DELETE /identity-provider": {204, 404},
    **gathered("NOT_WHOLE"),
}  # fmt: skip
"""What the samples leave out: passwords, codes, pictures, a provider that answers."""
CHANGES_OF_TEAMS = {
    "PATCH /teams/{team_id}", "DELETE /teams/{team_id}", "PUT /teams/{team_id}/members/{user_id}",
    "DELETE /teams/{team_id}/members/{user_id}",
}  # fmt: skip
OWNERS_ALONE = {
    "DELETE /scim-tokens/{token_id}", "PATCH /roles/{role_id}", "DELETE /roles/{role_id}",
}  # fmt: skip
BELOW_ADMIN = OWNERS_ALONE | {"DELETE /api-keys/{key_id}"}
REFUSED_UNSEEN = {
    "admin": OWNERS_ALONE | named("UNSEEN_BY_ADMIN"),
    "viewer": {
        *BELOW_ADMIN, *CHANGES_OF_TEAMS, *named("UNSEEN_BY_VIEWER"),
        "GET /teams/{team_id}/members", "GET /users/{user_id}/teams",
        "GET /users/{user_id}", "GET /users/{user_id}/permissions", "GET /imports/{import_id}",
    },
    "member": {
        *BELOW_ADMIN, *CHANGES_OF_TEAMS, "GET /imports/{import_id}", *named("UNSEEN_BY_MEMBER"),
    },
    "manager": BELOW_ADMIN | CHANGES_OF_TEAMS | named("UNSEEN_BY_MANAGER"),
}  # fmt: skip
"""What a role may never do: refused before anything is looked for, so it tells nothing."""


class Others:
    """Two furnished workspaces, and one person of each role in the first."""

    def __init__(self, victim: Person, theirs: dict[str, str], ours: dict[str, str]) -> None:
        self.victim = victim
        self.theirs = theirs
        self.ours = ours
        self.people: dict[Role, Person] = {}


@pytest.fixture(scope="module")
async def others(app: Litestar) -> AsyncIterator[Others]:
    async with await found_workspace(app) as victim, await found_workspace(app) as owner:
        await victim.signed_in_by("passkey")
        await owner.signed_in_by("passkey")
        made = Others(victim, await furnish(victim), await furnish(owner, "ours", "OURS"))
        made.people["owner"] = owner
        for role in ROLE_PERMISSIONS:
            if role != "owner":
                person = await owner.colleague(role)
                made.people[role] = await person.signed_in_by("passkey")
                await owner.join({"id": made.ours["project"]}, made.people[role])
        yield made


@pytest.fixture
async def unchanged(others: Others, superuser_url: str) -> AsyncIterator[None]:
    """Whatever happens in the test, the other workspace's rows stay as they are."""
    connection = await asyncpg.connect(superuser_url)
    before = await fingerprint(connection, others.victim.tenant_id)
    yield
    after = await fingerprint(connection, others.victim.tenant_id)
    await connection.close()
    assert after == before


async def ask(person: Person, route: str, ids: dict[str, str], **extra: Any) -> httpx.Response:
    sample = SAMPLES[route]
    body = None if sample.body is None else {**filled(sample.body, ids), **extra}
    return await person.client.request(
        route.split(maxsplit=1)[0], filled(sample.path, ids), json=body, params=sample.query
    )


def without_ids(answer: httpx.Response, *worlds: dict[str, str]) -> str:
    text = answer.text
    for ids in worlds:
        for value in ids.values():
            # The number of an event stands in other numbers too.
            segment = f"/{value}/" if value.isdecimal() else value
            text = text.replace(segment, segment.replace(value, "…"))
    return f"{answer.status_code} {text}"


def tells(answer: httpx.Response, others: Others) -> bool:
    """Whether the answer holds anything of the other workspace that the question did not name."""
    told = answer.text.replace(str(answer.request.url.path), "")
    # The number of an event is no secret, and stands in other numbers.
    ids = [value for value in others.theirs.values() if not value.isdecimal()]
    secrets = [MARK, str(others.victim.tenant_id), str(others.victim.id), *ids]
    return any(secret in told for secret in secrets)


def test_every_route_has_a_sample(app: Litestar) -> None:
    assert registered(app) == set(SAMPLES)
    print(  # the counts of this file
        f"\n{len(ROUTES)} routes, {len(NAMING)} name something in their path,"
        f" {len(ROLE_PERMISSIONS)} roles: {len(NAMING) * len(ROLE_PERMISSIONS)} questions"
    )


async def test_the_samples_find_what_they_name_at_home(others: Others) -> None:
    for route in NAMING:
        if route.startswith("GET"):
            answer = await ask(others.victim, route, others.theirs)
            assert answer.status_code == 200, f"{route}: {answer.text}"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("route", NAMING)
async def test_another_workspaces_things_are_not_found(others: Others, route: str) -> None:
    invented = nowhere(others.theirs)
    for role, person in others.people.items():
        answer = await ask(person, route, others.theirs)

        assert answer.status_code == (403 if route in REFUSED_UNSEEN.get(role, ()) else 404), role
        assert not tells(answer, others)
        same = await ask(person, route, invented)
        assert without_ids(answer, others.theirs) == without_ids(same, invented), role


@pytest.mark.usefixtures("unchanged")
async def test_the_same_tag_in_two_workspaces_is_two_tags(others: Others, owner: Person) -> None:
    answer = await ask(owner, "PUT /tags/{name}", others.theirs)

    assert answer.status_code == 200


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("route", [r for r in ROUTES if "{" not in r and not SAMPLES[r].public])
async def test_lists_hold_nothing_of_another_workspace(others: Others, route: str) -> None:
    for person in others.people.values():
        answer = await ask(person, route, others.ours)

        assert answer.status_code in {200, 201, 202, 204, 403} | NOT_WHOLE.get(route, set())
        assert not tells(answer, others)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("field", ["assignee_id", "parent_id", "after_id", "before_id"])
async def test_a_body_cannot_name_another_workspaces_things(others: Others, field: str) -> None:
    owner, target = others.people["owner"], "user" if field == "assignee_id" else "task"

    for path in (
        [f"/tasks/{others.ours['task']}/move"]
        if field in {"after_id", "before_id"}
        else [f"/projects/{others.ours['project']}/tasks", f"/tasks/{others.ours['task']}"]
    ):
        answers: list[httpx.Response] = []
        for name in (others.theirs[target], str(uuid7())):
            if path == f"/tasks/{others.ours['task']}":
                answers.append(await owner.patch(path, {field: name}))
            else:
                body = {field: name} if path.endswith("move") else {"title": "x", field: name}
                answers.append(await owner.post(path, body))
        assert [a.status_code for a in answers] == [422, 422]
        assert answers[0].json()["errors"][0]["field"] == field
        assert answers[0].text == answers[1].text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "route",
    [
        "POST /projects",
        "POST /projects/{project_id}/tasks",
        "POST /tasks/{task_id}/comments",
        "POST /tasks/{task_id}/checklist",
        "POST /tasks/{task_id}/time-entries",
        "POST /tasks/{task_id}/dependencies",
    ],
)
async def test_an_id_that_another_workspace_uses_is_free_here(
    others: Others, owner: Person, route: str
) -> None:
    ours = await furnish(owner, "ours", "OURS")
    kind = {"projects": "project", "tasks": "task", "comments": "comment", "checklist": "item"}
    kind["dependencies"] = "dependency"
    kind["time-entries"] = "entry"
    taken = others.theirs[kind[route.rsplit("/", 1)[-1]]]

    answer = await ask(owner, route, ours, id=taken)

    assert answer.status_code == 201, answer.text
    assert answer.json()["id"] == taken
    again = await ask(owner, route, ours, id=taken)
    assert again.status_code == 409


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("role", ROLE_PERMISSIONS)
async def test_filters_and_cursors_of_another_workspace_find_nothing_of_it(
    others: Others, role: Role
) -> None:
    person, project = others.people[role], others.ours["project"]
    their_task = (await others.victim.get(f"/tasks/{others.theirs['task']}")).json()
    for params in (
        {"assignee_id": others.theirs["user"]},
        {"tag": MARK},
        {"q": MARK},
        {"q": their_task["key"]},
        {"cursor": encode_cursor(their_task["position"], their_task["id"])},
    ):
        for path in (f"/projects/{project}/tasks", f"/projects/{project}/board"):
            answer = await person.get(path, **params)
            assert answer.status_code == 200
            assert not tells(answer, others)


async def test_a_token_of_one_workspace_and_a_name_of_another_do_not_mix(others: Others) -> None:
    for name in ("tenant_id", "tenant", "x-tenant-id"):
        answer = await others.people["owner"].client.get(
            f"/tasks/{others.theirs['task']}",
            params={name: str(others.victim.tenant_id)},
            headers={"X-Tenant-ID": str(others.victim.tenant_id), "Host": others.theirs["slug"]},
        )
        assert answer.status_code == 404


@pytest.mark.parametrize("route", ROUTES)
async def test_only_public_routes_answer_without_a_token(
    others: Others, visitor: httpx.AsyncClient, route: str
) -> None:
    sample: Sample = SAMPLES[route]
    body = None if sample.body is None else filled(sample.body, others.theirs)
    path = "/api/v1" + filled(sample.path, others.theirs)

    answer = await visitor.request(route.split(maxsplit=1)[0], path, json=body)

    if sample.public:
        assert answer.status_code in {200, 202, 204, 302, 401, 422}
    else:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
