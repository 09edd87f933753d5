"""One example request a route, in which ids stand as {names}.

A route without an example here fails the tests of this folder.
"""

from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute
from scim2_server import routing as scim_routing
from tests.isolation.rows import gathered
from tests.isolation.sample import Sample
from uuid_utils.compat import uuid7

API = "/api/v1"
SCIM_PATCH: Final = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "externalId", "value": "{random}"}],
}
ASSERTION = {
    "id": "AA", "rawId": "AA", "type": "public-key",
    "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"},
}  # fmt: skip
ATTESTATION = {
    **ASSERTION, "response": {"clientDataJSON": "AA", "attestationObject": "AA"}
}  # fmt: skip
EMPTY_BOARD = {"id": "b", "name": "B", "lists": [], "cards": []}


SAMPLES: Final[dict[str, Sample]] = {
    "POST /workspaces": Sample("/workspaces", {"slug": "{slug}"}, public=True),
    "GET /workspaces/{slug}": Sample("/workspaces/{slug}", public=True),
    "POST /auth/login": Sample("/auth/login", {"workspace": "{slug}"}, public=True),
    "POST /auth/refresh": Sample("/auth/refresh", public=True),
    "POST /auth/logout": Sample("/auth/logout", public=True),
    "POST /auth/password-reset": Sample(
        "/auth/password-reset", {"workspace": "{slug}", "email": "nobody@example.org"}, public=True
    ),
    "POST /auth/password-reset/confirm": Sample(
        "/auth/password-reset/confirm", {"token": "{token}"}, public=True
    ),
    "POST /auth/second-factor": Sample(
        "/auth/second-factor", {"challenge": "{token}", "totp": "000000"}, public=True
    ),
    "POST /auth/second-factor/passkey": Sample(
        "/auth/second-factor/passkey", {"challenge": "{token}"}, public=True
    ),
    "POST /auth/second-factor/enroll": Sample(
        "/auth/second-factor/enroll", {"challenge": "{token}"}, public=True
    ),
    "POST /auth/second-factor/enroll/confirm": Sample(
        "/auth/second-factor/enroll/confirm",
        {"challenge": "{token}", "totp": "000000"},
        public=True,
    ),
    "POST /auth/passkey/options": Sample(
        "/auth/passkey/options", {"workspace": "{slug}"}, public=True
    ),
    "POST /auth/passkey": Sample(
        "/auth/passkey", {"challenge": "{token}", "credential": ASSERTION}, public=True
    ),
    "GET /invitations/{token}": Sample("/invitations/{token}", public=True),
    "POST /invitations/{token}/accept": Sample(
        "/invitations/{token}/accept", {"password": "short"}, public=True
    ),
    "GET /me": Sample("/me"),
    "PATCH /me": Sample("/me", {"first_name": "{random}"}),
    "POST /me/password": Sample(
        "/me/password", {"current_password": "guess", "new_password": "short"}
    ),
    "POST /me/confirm": Sample("/me/confirm", {"password": "guess"}),
    "GET /me/second-factors": Sample("/me/second-factors"),
    "POST /me/totp": Sample("/me/totp"),
    "POST /me/totp/confirm": Sample("/me/totp/confirm", {"totp": "000000"}),
    "DELETE /me/totp": Sample("/me/totp"),
    "POST /me/recovery-codes": Sample("/me/recovery-codes"),
    "POST /me/passkeys/options": Sample("/me/passkeys/options"),
    "POST /me/passkeys": Sample(
        "/me/passkeys", {"challenge": "{token}", "name": "New", "credential": ATTESTATION}
    ),
    "PATCH /me/passkeys/{passkey_id}": Sample("/me/passkeys/{passkey}", {"name": "{random}"}),
    "DELETE /me/passkeys/{passkey_id}": Sample("/me/passkeys/{passkey}"),
    "GET /me/sessions": Sample("/me/sessions"),
    "DELETE /me/sessions": Sample("/me/sessions"),
    "DELETE /me/sessions/{session_id}": Sample("/me/sessions/{session}"),
    "GET /users": Sample("/users"),
    "POST /users": Sample(
        "/users", {"email": "{random}@example.org", "first_name": "New", "last_name": "One"}
    ),
    "GET /users/{user_id}": Sample("/users/{user}"),
    "PATCH /users/{user_id}": Sample("/users/{person}", {"first_name": "{random}"}),
    "DELETE /users/{user_id}": Sample("/users/{person}"),
    "POST /users/{user_id}/invite": Sample("/users/{invited}/invite", {}),
    "POST /users/{user_id}/deactivate": Sample("/users/{person}/deactivate"),
    "POST /users/{user_id}/activate": Sample("/users/{person}/activate"),
    "GET /auth/sso/{slug}/start": Sample("/auth/sso/{slug}/start", public=True),
    "GET /auth/sso/callback": Sample("/auth/sso/callback", public=True),
    "GET /identity-provider": Sample("/identity-provider"),
    "PUT /identity-provider": Sample(
        "/identity-provider",
        {"name": "{random}", "issuer": "https://login.example", "client_id": "new"},
    ),
    "DELETE /identity-provider": Sample("/identity-provider"),
    # A picture cannot stand here: it is refused as what it is.
    "PUT /me/avatar": Sample("/me/avatar", {}),
    "DELETE /me/avatar": Sample("/me/avatar"),
    "GET /workspace": Sample("/workspace"),
    "PATCH /workspace": Sample("/workspace", {"name": "{random}"}),
    "GET /me/api-keys": Sample("/me/api-keys"),
    "POST /me/api-keys": Sample("/me/api-keys", {"name": "New", "scopes": ["task:read"]}),
    "DELETE /me/api-keys/{key_id}": Sample("/me/api-keys/{api_key}"),
    "GET /api-keys": Sample("/api-keys"),
    "DELETE /api-keys/{key_id}": Sample("/api-keys/{api_key}"),
    "GET /permissions": Sample("/permissions"),
    "GET /roles": Sample("/roles"),
    "POST /roles": Sample("/roles", {"name": "{random}", "permissions": ["task:read"]}),
    "PATCH /roles/{role_id}": Sample("/roles/{role}", {"description": "{random}"}),
    "DELETE /roles/{role_id}": Sample("/roles/{role}"),
    "PUT /users/{user_id}/role": Sample("/users/{person}/role", {"role": "viewer"}),
    "GET /users/{user_id}/permissions": Sample("/users/{user}/permissions"),
    "GET /scim-tokens": Sample("/scim-tokens"),
    "POST /scim-tokens": Sample("/scim-tokens", {"name": "New"}),
    "DELETE /scim-tokens/{token_id}": Sample("/scim-tokens/{scim_token}"),
    "GET /teams": Sample("/teams"),
    "POST /teams": Sample("/teams", {"name": "{random}"}),
    "PATCH /teams/{team_id}": Sample("/teams/{team}", {"name": "{random}"}),
    "DELETE /teams/{team_id}": Sample("/teams/{team}"),
    "GET /teams/{team_id}/members": Sample("/teams/{team}/members"),
    "PUT /teams/{team_id}/members/{user_id}": Sample("/teams/{team}/members/{user}"),
    "DELETE /teams/{team_id}/members/{user_id}": Sample("/teams/{team}/members/{person}"),
    "GET /users/{user_id}/teams": Sample("/users/{person}/teams"),
    "GET /audit": Sample("/audit"),
    "GET /audit/export": Sample("/audit/export", query={"format": "ndjson", "category": "all"}),
    "GET /projects": Sample("/projects"),
    "POST /projects": Sample("/projects", {"name": "New"}),
    "GET /projects/{project_id}": Sample("/projects/{project}"),
    "PATCH /projects/{project_id}": Sample("/projects/{project}", {"description": "{random}"}),
    "DELETE /projects/{project_id}": Sample("/projects/{project}"),
    "GET /projects/{project_id}/members": Sample("/projects/{project}/members"),
    "PUT /projects/{project_id}/members/{user_id}": Sample(
        "/projects/{project}/members/{person}", {"role": "viewer"}
    ),
    "DELETE /projects/{project_id}/members/{user_id}": Sample(
        "/projects/{project}/members/{person}"
    ),
    "GET /projects/{project_id}/board": Sample("/projects/{project}/board"),
    "GET /projects/{project_id}/tasks": Sample("/projects/{project}/tasks"),
    "POST /projects/{project_id}/tasks": Sample("/projects/{project}/tasks", {"title": "New"}),
    "GET /tasks/{task_id}": Sample("/tasks/{task}"),
    "GET /tasks/by-key/{key}": Sample("/tasks/by-key/{key}"),
    "PATCH /tasks/{task_id}": Sample("/tasks/{task}", {"description": "{random}"}),
    "POST /tasks/{task_id}/move": Sample("/tasks/{task}/move", {"status": "in_progress"}),
    "DELETE /tasks/{task_id}": Sample("/tasks/{task}"),
    "POST /tasks/{task_id}/restore": Sample("/tasks/{trashed}/restore"),
    "GET /tasks/{task_id}/activity": Sample("/tasks/{task}/activity"),
    "GET /tasks/{task_id}/attachments": Sample("/tasks/{task}/attachments"),
    "GET /tasks/{task_id}/comments": Sample("/tasks/{task}/comments"),
    "POST /tasks/{task_id}/comments": Sample("/tasks/{task}/comments", {"body": "New"}),
    "PATCH /comments/{comment_id}": Sample("/comments/{comment}", {"body": "{random}"}),
    "DELETE /comments/{comment_id}": Sample("/comments/{comment}"),
    "GET /tasks/{task_id}/checklist": Sample("/tasks/{task}/checklist"),
    "POST /tasks/{task_id}/checklist": Sample("/tasks/{task}/checklist", {"title": "New"}),
    "PATCH /checklist-items/{item_id}": Sample("/checklist-items/{item}", {"is_done": True}),
    "DELETE /checklist-items/{item_id}": Sample("/checklist-items/{item}"),
    "GET /tasks/{task_id}/dependencies": Sample("/tasks/{task}/dependencies"),
    "POST /tasks/{task_id}/dependencies": Sample(
        "/tasks/{task}/dependencies", {"depends_on_task_id": "{free}"}
    ),
    "DELETE /tasks/{task_id}/dependencies/{depends_on_task_id}": Sample(
        "/tasks/{task}/dependencies/{blocker}"
    ),
    "PATCH /dependencies/{dependency_id}": Sample(
        "/dependencies/{dependency}", {"type": "start_to_start"}
    ),
    "DELETE /dependencies/{dependency_id}": Sample("/dependencies/{dependency}"),
    "GET /tasks/{task_id}/dependency-graph": Sample("/tasks/{task}/dependency-graph"),
    "GET /projects/{project_id}/dependency-graph": Sample("/projects/{project}/dependency-graph"),
    "GET /tasks/{task_id}/relations": Sample("/tasks/{task}/relations"),
    "PUT /tasks/{task_id}/relations/{other_id}": Sample(
        "/tasks/{task}/relations/{blocker}", {"kind": "duplicates"}
    ),
    "DELETE /tasks/{task_id}/relations/{other_id}": Sample("/tasks/{task}/relations/{blocker}"),
    "POST /tasks/{task_id}/timer": Sample("/tasks/{task}/timer", {}),
    "GET /me/timer": Sample("/me/timer"),
    "POST /time-entries/{entry_id}/stop": Sample("/time-entries/{running}/stop", {}),
    "POST /tasks/{task_id}/time-entries": Sample(
        "/tasks/{task}/time-entries", {"started_at": "2024-01-05T09:00:00Z", "minutes": 30}
    ),
    "PATCH /time-entries/{entry_id}": Sample("/time-entries/{entry}", {"note": "{random}"}),
    "DELETE /time-entries/{entry_id}": Sample("/time-entries/{entry}"),
    "GET /tasks/{task_id}/time-entries": Sample("/tasks/{task}/time-entries"),
    "GET /projects/{project_id}/time-entries": Sample("/projects/{project}/time-entries"),
    "GET /projects/{project_id}/time-entries/export": Sample(
        "/projects/{project}/time-entries/export"
    ),
    "GET /me/time-entries": Sample("/me/time-entries"),
    "GET /timesheet": Sample("/timesheet", query={"week": "2021-W01"}),
    "GET /tasks": Sample("/tasks", query={"query": "-is:archived order:priority"}),
    "GET /tasks/counts": Sample("/tasks/counts", query={"group": "project,tag"}),
    "GET /views": Sample("/views"),
    "POST /views": Sample("/views", {"name": "New", "query": "assignee:me"}),
    "GET /views/{view_id}": Sample("/views/{view}"),
    "PATCH /views/{view_id}": Sample("/views/{view}", {"name": "{random}"}),
    "DELETE /views/{view_id}": Sample("/views/{view}"),
    "GET /tags": Sample("/tags"),
    "PUT /tags/{name}": Sample("/tags/{tag}", {"color": "#aabbcc"}),
    "POST /imports/trello": Sample(
        "/imports/trello", {"id": "b", "name": "B", "lists": [], "cards": []}
    ),
    "GET /imports/{import_id}": Sample("/imports/{import}"),
    "GET /imports": Sample("/imports"),
    **gathered("SAMPLES"),
}
SCIM_SAMPLES: Final[dict[str, Sample]] = {
    "GET /ServiceProviderConfig": Sample("/ServiceProviderConfig"),
    "GET /ResourceTypes": Sample("/ResourceTypes"),
    "GET /ResourceTypes/{resource_id}": Sample("/ResourceTypes/User"),
    "GET /Schemas": Sample("/Schemas"),
    "GET /Schemas/{resource_id}": Sample("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"),
    "POST /Bulk": Sample("/Bulk", {}),
    "GET /Me": Sample("/Me"),
    "PUT /Me": Sample("/Me", {}),
    "PATCH /Me": Sample("/Me", {}),
    "DELETE /Me": Sample("/Me"),
    "POST /Me": Sample("/Me", {}),
    "GET /": Sample("/", query={"filter": 'id eq "{person}" or id eq "{team}"'}),
    "POST /.search": Sample("/.search", {"filter": 'id eq "{person}" or id eq "{team}"'}),
    "POST /Users/.search": Sample("/Users/.search", {"filter": 'groups.value eq "{team}"'}),
    "GET /Users": Sample("/Users", query={"filter": 'id eq "{person}"'}),
    "POST /Users": Sample("/Users", {"userName": "{random}@example.org"}),
    "GET /Users/{resource_id}": Sample("/Users/{person}"),
    "PUT /Users/{resource_id}": Sample("/Users/{person}", {"userName": "{random}@example.org"}),
    "PATCH /Users/{resource_id}": Sample("/Users/{person}", SCIM_PATCH),
    "DELETE /Users/{resource_id}": Sample("/Users/{person}"),
    "POST /Groups/.search": Sample("/Groups/.search", {"filter": 'members eq "{person}"'}),
    "GET /Groups": Sample("/Groups", query={"filter": 'members[value eq "{person}"]'}),
    "POST /Groups": Sample(
        "/Groups", {"displayName": "{random}", "members": [{"value": "{person}"}]}
    ),
    "GET /Groups/{resource_id}": Sample("/Groups/{team}"),
    "PUT /Groups/{resource_id}": Sample("/Groups/{team}", {"displayName": "{random}"}),
    "PATCH /Groups/{resource_id}": Sample("/Groups/{team}", SCIM_PATCH),
    "DELETE /Groups/{resource_id}": Sample("/Groups/{team}"),
}
"""The same for /scim/v2, where a token of the workspace asks and there are no roles."""


def registered(app: Litestar) -> set[str]:
    """Every route of the API, as the keys above: `PATCH /tasks/{task_id}`."""
    return {
        f"{method} {route.path_format.removeprefix(API)}"
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(API)
        for method in route.methods - {"OPTIONS"}
    }


def provisioning() -> set[str]:
    """Every route of SCIM, as the keys of `SCIM_SAMPLES`."""
    return {
        f"{route.method} {route.pattern.replace('{endpoint}', endpoint)}"
        for route in scim_routing.ROUTES
        for endpoint in ("Users", "Groups")
    }


def filled(value: Any, ids: dict[str, str]) -> Any:
    """The value with every {name} replaced; `{random}` is new each time."""
    text = msgspec.json.encode(value).decode()
    for name, replacement in {**ids, "random": uuid7().hex}.items():
        text = text.replace(f"{{{name}}}", replacement)
    return msgspec.json.decode(text)
