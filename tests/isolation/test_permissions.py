"""Every role at every route: the permission matrix of auth/permissions.py, seen from outside."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from tests.isolation.rows import gathered, named
from tests.isolation.samples import SAMPLES, filled, registered
from tests.isolation.worlds import furnish
from tests.people import Person, found_workspace

from projectflow.app import create_app
from projectflow.core.settings import Settings

WHO = (
    "owner", "admin", "manager", "far_manager", "assignee", "member", "far_member", "viewer",
    "far_viewer",
)  # fmt: skip
"""`far_` people are not members of the project; the assignee is a member with role member."""

EXPECTED = {
    # route, variant                     own adm man far-m asg mem far viw far-v
    "GET /me":                          "200 200 200 200 200 200 200 200 200",
    "PATCH /me":                        "200 200 200 200 200 200 200 200 200",
    "POST /me/password":                "422 422 422 422 422 422 422 422 422",
    "POST /me/confirm":                 "422 422 422 422 422 422 422 422 422",
    "GET /me/second-factors":           "200 200 200 200 200 200 200 200 200",
    "POST /me/totp":                    "200 200 200 200 200 200 200 200 200",
    "POST /me/totp/confirm":            "422 422 422 422 422 422 422 422 422",
    "DELETE /me/totp":                  "404 404 404 404 404 404 404 404 404",
    "POST /me/recovery-codes":          "200 409 409 409 409 409 409 409 409",
    "POST /me/passkeys/options":        "200 200 200 200 200 200 200 200 200",
    "POST /me/passkeys":                "422 422 422 422 422 422 422 422 422",
    "PATCH /me/passkeys/{passkey_id}":  "200 404 404 404 404 404 404 404 404",
    "DELETE /me/passkeys/{passkey_id}": "204 404 404 404 404 404 404 404 404",
    "GET /me/sessions":                 "200 200 200 200 200 200 200 200 200",
    "DELETE /me/sessions":              "204 204 204 204 204 204 204 204 204",
    "DELETE /me/sessions/{session_id}": "204 404 404 404 404 404 404 404 404",
    "GET /users":                       "200 200 200 200 200 200 200 403 403",
    "GET /users/{user_id}":             "200 200 200 200 200 200 200 403 403",
    "POST /users":                      "201 201 403 403 403 403 403 403 403",
    "PATCH /users/{user_id}":           "200 200 403 403 403 403 403 403 403",
    "DELETE /users/{user_id}":          "204 204 403 403 403 403 403 403 403",
    "POST /users/{user_id}/invite":     "200 200 403 403 403 403 403 403 403",
    "POST /users/{user_id}/deactivate": "200 200 403 403 403 403 403 403 403",
    "POST /users/{user_id}/activate":   "200 200 403 403 403 403 403 403 403",
    "GET /identity-provider":           "200 403 403 403 403 403 403 403 403",
    "PUT /identity-provider":           "422 403 403 403 403 403 403 403 403",
    "DELETE /identity-provider":        "204 403 403 403 403 403 403 403 403",
    "PUT /me/avatar":                   "415 415 415 415 415 415 415 415 415",
    "DELETE /me/avatar":                "200 200 200 200 200 200 200 200 200",
    "GET /workspace":                   "200 200 200 200 200 200 200 200 200",
    "PATCH /workspace":                 "200 403 403 403 403 403 403 403 403",
    "GET /me/api-keys":                 "200 200 200 200 200 200 200 200 200",
    "POST /me/api-keys":                "201 201 201 201 201 201 201 201 201",
    "DELETE /me/api-keys/{key_id}":     "204 404 404 404 404 404 404 404 404",
    "GET /api-keys":                    "200 200 403 403 403 403 403 403 403",
    "DELETE /api-keys/{key_id}":        "204 204 403 403 403 403 403 403 403",
    "GET /permissions":                 "200 200 403 403 403 403 403 403 403",
    "GET /roles":                       "200 200 403 403 403 403 403 403 403",
    "POST /roles":                      "201 403 403 403 403 403 403 403 403",
    "PATCH /roles/{role_id}":           "200 403 403 403 403 403 403 403 403",
    "DELETE /roles/{role_id}":          "204 403 403 403 403 403 403 403 403",
    "PUT /users/{user_id}/role":        "200 200 403 403 403 403 403 403 403",
    "GET /users/{user_id}/permissions": "200 200 200 200 200 200 200 403 403",
    "GET /scim-tokens":                 "200 403 403 403 403 403 403 403 403",
    "POST /scim-tokens":                "201 403 403 403 403 403 403 403 403",
    "DELETE /scim-tokens/{token_id}":   "204 403 403 403 403 403 403 403 403",
    "GET /teams":                       "200 200 200 200 200 200 200 403 403",
    "POST /teams":                      "201 201 403 403 403 403 403 403 403",
    "PATCH /teams/{team_id}":           "200 200 403 403 403 403 403 403 403",
    "DELETE /teams/{team_id}":          "204 204 403 403 403 403 403 403 403",
    "GET /teams/{team_id}/members":     "200 200 200 200 200 200 200 403 403",
    "PUT /teams/{team_id}/members/{user_id}": "204 204 403 403 403 403 403 403 403",
    "DELETE /teams/{team_id}/members/{user_id}": "204 204 403 403 403 403 403 403 403",
    "GET /users/{user_id}/teams":       "200 200 200 200 200 200 200 403 403",
    "GET /audit":                       "200 200 403 403 403 403 403 403 403",
    "GET /audit/export":                "200 200 403 403 403 403 403 403 403",
    "GET /projects":                    "200 200 200 200 200 200 200 200 200",
    "POST /projects":                   "201 201 201 201 403 403 403 403 403",
    "GET /projects/{project_id}":       "200 200 200 200 200 200 404 200 404",
    "PATCH /projects/{project_id}":     "200 200 200 403 403 403 404 403 404",
    "DELETE /projects/{project_id}":    "204 204 403 403 403 403 404 403 404",
    "GET /projects/{project_id}/members": "200 200 200 200 200 200 404 200 404",
    "PUT /projects/{project_id}/members/{user_id}": "200 200 200 403 403 403 404 403 404",
    "DELETE /projects/{project_id}/members/{user_id}": "204 204 204 403 403 403 404 403 404",
    "GET /projects/{project_id}/board": "200 200 200 403 200 200 404 200 404",
    "GET /projects/{project_id}/tasks": "200 200 200 403 200 200 404 200 404",
    "POST /projects/{project_id}/tasks": "201 201 201 403 201 201 404 403 404",
    "GET /tasks/{task_id}":             "200 200 200 404 200 200 404 200 404",
    "GET /tasks/by-key/{key}":          "200 200 200 404 200 200 404 200 404",
    "PATCH /tasks/{task_id}":           "200 200 200 404 200 403 404 403 404",
    "POST /tasks/{task_id}/move":       "200 200 200 404 200 403 404 403 404",
    "DELETE /tasks/{task_id}":          "204 204 204 404 403 403 404 403 404",
    "POST /tasks/{task_id}/restore":    "200 200 200 404 403 403 404 403 404",
    "GET /tasks/{task_id}/activity":    "200 200 200 404 200 200 404 200 404",
    "GET /tasks/{task_id}/attachments": "200 200 200 404 200 200 404 200 404",
    "GET /tasks/{task_id}/comments":    "200 200 200 404 200 200 404 200 404",
    "POST /tasks/{task_id}/comments":   "201 201 201 404 201 201 404 403 404",
    "PATCH /comments/{comment_id}":     "200 200 403 404 403 403 404 403 404",
    "DELETE /comments/{comment_id}":    "204 204 204 404 403 403 404 403 404",
    "PATCH /comments/{comment_id} own": "200 200 200 404 200 200 404 403 404",
    "DELETE /comments/{comment_id} own": "204 204 204 404 204 204 404 403 404",
    "GET /tasks/{task_id}/checklist":   "200 200 200 404 200 200 404 200 404",
    "POST /tasks/{task_id}/checklist":  "201 201 201 404 201 403 404 403 404",
    "PATCH /checklist-items/{item_id}": "200 200 200 404 200 403 404 403 404",
    "DELETE /checklist-items/{item_id}": "204 204 204 404 204 403 404 403 404",
    "GET /tasks/{task_id}/dependencies": "200 200 200 404 200 200 404 200 404",
    "POST /tasks/{task_id}/dependencies": "201 409 409 404 409 403 404 403 404",
    "DELETE /tasks/{task_id}/dependencies/{depends_on_task_id}":
        "204 204 204 404 204 403 404 403 404",
    "PATCH /dependencies/{dependency_id}": "200 200 200 404 200 403 404 403 404",
    "DELETE /dependencies/{dependency_id}": "204 204 204 404 204 403 404 403 404",
    "GET /tasks/{task_id}/dependency-graph": "200 200 200 404 200 200 404 200 404",
    "GET /projects/{project_id}/dependency-graph": "200 200 200 403 200 200 404 200 404",
    "GET /tasks/{task_id}/relations":   "200 200 200 404 200 200 404 200 404",
    "PUT /tasks/{task_id}/relations/{other_id}": "200 200 200 404 200 403 404 403 404",
    "DELETE /tasks/{task_id}/relations/{other_id}": "204 204 204 404 204 403 404 403 404",
    "GET /me/timer":                    "204 204 204 204 204 204 204 204 204",
    "POST /tasks/{task_id}/timer":      "201 201 201 404 201 201 404 403 404",
    "POST /time-entries/{entry_id}/stop": "200 200 200 404 404 404 404 404 404",
    "POST /tasks/{task_id}/time-entries": "201 201 201 404 201 201 404 403 404",
    "PATCH /time-entries/{entry_id}":   "200 200 200 404 404 404 404 404 404",
    "DELETE /time-entries/{entry_id}":  "204 204 204 404 404 404 404 404 404",
    "PATCH /time-entries/{entry_id} own": "200 200 200 404 200 200 404 403 404",
    "DELETE /time-entries/{entry_id} own": "204 204 204 404 204 204 404 403 404",
    "GET /tasks/{task_id}/time-entries": "200 200 200 404 200 200 404 200 404",
    "GET /projects/{project_id}/time-entries": "200 200 200 403 200 200 404 200 404",
    "GET /projects/{project_id}/time-entries/export": "200 200 200 403 200 200 404 200 404",
    "GET /me/time-entries":             "200 200 200 200 200 200 200 200 200",
    "GET /timesheet":                   "200 200 200 200 200 200 200 200 200",
    "GET /tasks":                       "200 200 200 200 200 200 200 200 200",
    "GET /tasks/counts":                "200 200 200 200 200 200 200 200 200",
    "GET /views":                       "200 200 200 200 200 200 200 200 200",
    "POST /views":                      "201 201 201 201 201 201 201 201 201",
    "GET /views/{view_id}":             "200 200 200 404 200 200 404 200 404",
    "PATCH /views/{view_id}":           "200 200 403 404 403 403 404 403 404",
    "DELETE /views/{view_id}":          "204 204 403 404 403 403 404 403 404",
    "GET /tags":                        "200 200 200 200 200 200 200 200 200",
    "PUT /tags/{name}":                 "200 200 200 200 200 200 200 403 403",
    "POST /imports/trello":             "202 202 202 202 403 403 403 403 403",
    "GET /imports/{import_id}":         "200 200 404 404 403 403 403 403 403",
    "GET /imports":                     "200 200 200 200 403 403 403 403 403",
    **gathered("EXPECTED"),
}  # fmt: skip


class Office:
    """A project, and people near and far from it."""

    def __init__(self, owner: Person) -> None:
        self.people: dict[str, Person] = {"owner": owner}
        self.import_id = ""

    async def fresh(self, own_comment_of: str | None) -> dict[str, str]:
        """New things to ask for, so that one person's deletion is not another's 404."""
        owner = self.people["owner"]
        ids = await furnish(owner, "ours", f"K{Office.projects}")
        Office.projects += 1
        for name, person in self.people.items():
            if name not in {"owner", "admin"} and not name.startswith("far_"):
                await owner.join({"id": ids["project"]}, person)
        for task in ("task", "trashed"):
            await self._assign(ids[task])
        if own_comment_of is not None:
            await self._give_comment(ids["comment"], self.people[own_comment_of])
            await self._give_entry(ids["entry"], self.people[own_comment_of])
        return ids

    projects = 0

    async def _assign(self, task_id: str) -> None:
        owner = self.people["owner"]
        async with owner.app.state.database.tenant(owner.tenant_id) as db:
            await db.execute(
                "UPDATE tasks SET assignee_id = $2 WHERE tenant_id = $1 AND id = $3",
                owner.tenant_id,
                self.people["assignee"].id,
                task_id,
            )

    async def _give_comment(self, comment_id: str, author: Person) -> None:
        async with author.app.state.database.tenant(author.tenant_id) as db:
            await db.execute(
                "UPDATE comments SET author_id = $2 WHERE tenant_id = $1 AND id = $3",
                author.tenant_id,
                author.id,
                comment_id,
            )

    async def _give_entry(self, entry_id: str, person: Person) -> None:
        async with person.app.state.database.tenant(person.tenant_id) as db:
            await db.execute(
                "UPDATE time_entries SET user_id = $2 WHERE tenant_id = $1 AND id = $3",
                person.tenant_id,
                person.id,
                entry_id,
            )


@pytest.fixture(scope="module")
async def office(app: Litestar) -> AsyncIterator[Office]:
    async with await found_workspace(app) as owner:
        made = Office(await owner.signed_in_by("passkey"))
        for name in WHO[1:]:
            role = name.removeprefix("far_")
            person = await owner.colleague("member" if role == "assignee" else role)  # pyright: ignore[reportArgumentType]
            made.people[name] = await person.signed_in_by("passkey")
        yield made


def test_the_table_names_every_route() -> None:
    routes = registered(create_app(Settings()))
    asked = {row.removesuffix(" own") for row in EXPECTED}
    assert asked == {route for route in routes if not SAMPLES[route].public}


@pytest.mark.parametrize("row", EXPECTED)
async def test_each_role_gets_what_the_matrix_gives_it(office: Office, row: str) -> None:
    route, own = row.removesuffix(" own"), row.endswith(" own")
    uses_up = own or route.startswith("DELETE") or route.endswith(("/restore", "/stop"))
    uses_up = uses_up or route in named("USES_UP")
    shared = None if uses_up else await office.fresh(None)
    answers: list[str] = []
    for who in WHO:
        ids = shared or await office.fresh(who if own else None)
        answer = await _ask(office.people[who], route, ids)
        answers.append(str(answer.status_code))

    assert dict(zip(WHO, answers, strict=True)) == dict(
        zip(WHO, EXPECTED[row].split(), strict=True)
    )


async def _ask(person: Person, route: str, ids: dict[str, str]) -> httpx.Response:
    sample = SAMPLES[route]
    body = None if sample.body is None else filled(sample.body, ids)
    return await person.client.request(
        route.split(maxsplit=1)[0], filled(sample.path, ids), json=body, params=sample.query
    )


async def test_lists_show_only_the_projects_somebody_is_in(office: Office) -> None:
    ids = await office.fresh(None)
    seen = {
        who: ids["project"] in {p["id"] for p in (await person.get("/projects")).json()["items"]}
        for who, person in office.people.items()
    }
    assert [who for who in WHO if not seen[who]] == ["far_member", "far_viewer"]


async def test_a_refusal_says_what_the_role_may_not_do(office: Office) -> None:
    ids = await office.fresh(None)

    answer = await office.people["member"].patch(f"/tasks/{ids['task']}", {"title": "x"})

    problem = answer.json()
    assert problem["type"] == "/problems/forbidden"
    assert "member" in problem["detail"]
    assert "is assignee" in problem["detail"]
