"""For every event that the code records: a copy that catches up equals a fresh one.

In the manner of Zulip (`verify_action` in its zerver/tests/test_events.py): every route that writes
is asked with its sample, and what several people then hold is compared with a bootstrap.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.imports.boards import board
from tests.imports.test_jira import BAKERY
from tests.isolation.samples import SAMPLES, filled
from tests.isolation.worlds import furnish
from tests.people import Person, found_workspace
from tests.realtime.copies import Copy, differences, fresh
from tests.scim.provider import provider_of

import projectflow
from projectflow.imports.types import ImportJob
from projectflow.imports.worker import run_import
from projectflow.realtime.sync_effects import EFFECTS
from projectflow.realtime.sync_models import MODELS

SOURCE: Final = Path(projectflow.__file__).parent
NAMED: Final = re.compile(r"""["']([a-z_]+\.(?:[a-z_]*(?:ed|ed_in|ed_out|set|made|read)))["']""")
"""What looks like the type of an event: a thing, a dot and a word of the past."""
NO_EVENTS: Final = {
    "postgres.bootstrapped", "idempotency_keys.answer_encrypted", "webhooks.secret_encrypted",
    "identity_providers.client_secret_encrypted", "totp_factors.secret_encrypted",
    "totp_factors.replacement_encrypted",
}  # fmt: skip
"""Names of files and columns."""
COMPOSED: Final = {
    "comment.updated", "attachment.updated", "checklist_item.updated", "notification.archived",
    "notification.unarchived", "notification.snoozed", "notification.unsnoozed",
    "notification.unread",
}  # fmt: skip
"""imports/details.py and notifications/inbox.py make these of two words."""
LATER: Final = {"notification.created", "notification.updated", "task.due_soon", "task.overdue"}
"""The worker's: of notifications no copy holds a row."""
SIGNING_IN: Final = {
    "identity_provider.changed", "session.reuse_detected", "user.passkey_added",
    "user.password_changed", "user.password_reset", "user.password_reset_requested",
    "user.sign_in_failed", "user.signed_in", "user.signed_out", "user.totp_disabled",
    "user.totp_enabled",
}  # fmt: skip
NOT_PROVOKED: Final = {
    **dict.fromkeys(LATER, "the worker's, and no model holds any of it"),
    **dict.fromkeys(SIGNING_IN, "takes a browser or a provider, and no model holds any of it"),
    "workspace.created": "nobody has a copy before it",
    "workspace.imported": "the same",
    "project.purged": "the worker's, after the trash: no copy has the project any longer",
    "export.finished": "the worker's, and no model holds exports",
    "export.downloaded": "the same",
    "webhook.disabled": "takes a day of failures, and no model holds webhooks",
    "attachment.purged": "the worker's, after the trash; attachments are no model",
    "attachment.updated": "an import made again, of a tool that numbers them; no model holds them",
    "comment.updated": "the same",
}
LAST: Final = ("/trash", "/tasks/{task_id}", "/projects/{project_id}", "/users/{user_id}")
"""What is deleted last, because others are asked for in it."""


class Watch:
    """Several people of a workspace, each with a copy that is compared after every step."""

    def __init__(self, owner: Person, people: dict[str, Person]) -> None:
        self.owner = owner
        self.people = people
        self.copies = {name: Copy(p) for name, p in {"owner": owner, **people}.items()}
        self.failures: list[str] = []

    async def start(self) -> None:
        for copy in self.copies.values():
            await copy.start()

    async def ask(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        """Have the owner do something, and compare."""
        answer = await self.owner.client.request(method, path, json=body, params=params)
        assert answer.status_code < 500, f"{method} {path}: {answer.text}"
        await self.compare(f"{method} {path} ({answer.status_code})")
        return answer

    async def compare(self, what: str) -> None:
        for name, copy in self.copies.items():
            await copy.catch_up()
            seq, now = await fresh(copy.person)
            assert copy.seq == seq
            found = differences(copy, now)
            self.failures += [f"{what}, {name}: {each}" for each in found]
            if found:
                await copy.start()

    async def provoked(self) -> set[str]:
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            rows = await db.fetch(
                "SELECT DISTINCT type FROM events WHERE tenant_id = $1", self.owner.tenant_id
            )
        return {row["type"] for row in rows}


@pytest.fixture
async def watch(app: Litestar) -> AsyncIterator[Watch]:
    async with await found_workspace(app) as owner:
        await owner.signed_in_by("passkey")
        people = {
            "manager": await owner.colleague("manager"),
            "outsider": await owner.colleague("member"),
            "viewer": await owner.colleague("viewer"),
        }
        yield Watch(owner, people)


def order(route: str) -> tuple[int, str]:
    """What is left where it is comes first; then what goes, in the order of `LAST`."""
    method, path = route.split()
    if path.endswith(("/archive", "/unarchive")):
        # One undoes the other, and in between nothing can be changed.
        return 1, path.replace("/archive", "/a")
    if method != "DELETE":
        return 0, path
    place = next((n for n, end in enumerate(LAST) if path.endswith(end)), -1)
    return 3 + place, path


async def ask_every_route(watch: Watch, ids: dict[str, str]) -> None:
    writing = [r for r, sample in SAMPLES.items() if not sample.public]
    for route in sorted((r for r in writing if not r.startswith("GET")), key=order):
        sample = SAMPLES[route]
        body = None if sample.body is None else filled(sample.body, ids)
        path = filled(sample.path, ids)
        await watch.ask(route.split()[0], path, body, **sample.query)


async def do_the_rest(watch: Watch, ids: dict[str, str]) -> None:
    """What no sample provokes."""
    manager = watch.people["manager"]
    project = (await watch.ask("POST", "/projects", {"name": "Rest", "key": "REST"})).json()
    path = f"/projects/{project['id']}"
    await watch.ask("PUT", f"{path}/members/{manager.id}", {"role": "member"})
    await watch.ask("PUT", f"{path}/owner", {"user_id": str(manager.id)})
    await watch.ask("PATCH", path, {"key": "OTHER"})
    task = (await watch.ask("POST", f"{path}/tasks", {"title": "A", "tags": ["new"]})).json()
    series = {"rule": "FREQ=DAILY", "mode": "on_completion", "starts_on": "2026-01-05"}
    assert (await watch.ask("PUT", f"/tasks/{task['id']}/recurrence", series)).status_code == 200
    await watch.ask("PATCH", f"/tasks/{task['id']}", {"status": "completed"})
    comment = (await watch.ask("POST", f"/tasks/{task['id']}/comments", {"body": "x"})).json()
    await watch.ask("DELETE", f"/comments/{comment['id']}")
    await watch.ask("POST", "/undo", {})
    await watch.ask("PUT", f"/comments/{comment['id']}/reactions/👍")
    await watch.ask("DELETE", f"/comments/{comment['id']}/reactions/👍")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for change in (
        {"is_archived": True}, {"is_archived": False}, {"snoozed_until": tomorrow},
        {"snoozed_until": None}, {"is_read": True}, {"is_read": False},
    ):  # fmt: skip
        await watch.ask("PATCH", f"/notifications/{ids['notification']}", change)
    entry = {"started_at": "2026-01-05T09:00:00Z", "minutes": 60}
    tracked = (await watch.ask("POST", f"/tasks/{task['id']}/time-entries", entry)).json()
    await watch.ask("DELETE", f"/time-entries/{tracked['id']}")
    await watch.ask("POST", "/undo", {})
    running = (await watch.ask("POST", f"/tasks/{task['id']}/timer", {})).json()
    await watch.ask("POST", f"/time-entries/{running['id']}/stop", {})
    await watch.ask("POST", "/undo", {})
    milestone = (await watch.ask("POST", f"{path}/milestones", {"name": "Open"})).json()
    await watch.ask("PATCH", f"/tasks/{task['id']}", {"milestone_id": milestone["id"]})
    await watch.ask("DELETE", f"/milestones/{milestone['id']}")
    await watch.ask("POST", "/undo", {})
    thrown_away = (await watch.ask("POST", f"{path}/tasks", {"title": "B"})).json()["id"]
    await watch.ask("DELETE", f"/tasks/{thrown_away}")
    await watch.ask("DELETE", f"/trash/{thrown_away}", confirm="true")
    report_file = f"/reports/{ids['report']}/file?format=csv"
    for export in ("/audit/export", "/tasks/export", f"{path}/msproject", report_file):
        await watch.ask("GET", export)
    viewer, outsider = watch.people["viewer"], watch.people["outsider"]
    await watch.ask("PUT", f"{path}/members/{outsider.id}", {"role": "viewer"})
    await watch.ask("DELETE", f"{path}/members/{outsider.id}")
    await watch.ask("DELETE", f"{path}/members/{manager.id}")
    await watch.ask("PUT", f"/users/{viewer.id}/role", {"role": "viewer"})
    await watch.ask("DELETE", path)
    await watch.ask("POST", f"{path}/restore")
    person = (await watch.ask("POST", "/users", new_person())).json()["user"]
    await watch.ask("POST", f"/users/{person['id']}/deactivate")
    await bring_in(watch, "trello", msgspec.json.encode(board()))
    await bring_in(watch, "jira", BAKERY.encode())
    changed = BAKERY.replace("Needs flour", "Needs rye").replace("r.pdf;https", "s.pdf;https")
    await bring_in(watch, "jira", changed.replace("Bake, then", "Bake and").encode())
    await arrange(watch, path)
    await work_on_import(watch, ids["import"])
    await provision(watch)


async def arrange(watch: Watch, path: str) -> None:
    """Orders, and people of a team."""
    for each in (path, f"/projects/{(await watch.owner.project('Other'))['id']}"):
        await watch.ask("PUT", f"/me{each.replace('projects', 'favourites')}")
    favourites = (await watch.owner.get("/me/favourites")).json()["items"]
    ids = [each["id"] for each in reversed(favourites)]
    await watch.ask("PUT", "/me/favourites", {"project_ids": ids})
    states = (await watch.owner.get(path)).json()["states"]
    order = [state["id"] for state in reversed(states)]
    await watch.ask("PUT", f"{path}/states/order", {"state_ids": order})
    team = (await watch.ask("POST", "/teams", {"name": "Bakers"})).json()
    for method in ("PUT", "DELETE"):
        await watch.ask(method, f"/teams/{team['id']}/members/{watch.owner.id}")


async def bring_in(watch: Watch, source: str, content: bytes) -> None:
    answer = await watch.owner.client.post(f"/imports/{source}", content=content)
    assert answer.status_code == 202, answer.text
    await work_on_import(watch, answer.json()["id"])


async def work_on_import(watch: Watch, import_id: str) -> None:
    """Do the worker's work; the file of the sample's import was never there."""
    state = watch.owner.app.state
    job = ImportJob(watch.owner.tenant_id, UUID(import_id))
    await run_import(state.database, state.files, job, attempt=0)
    await watch.compare(f"import {import_id}")


def new_person() -> dict[str, str]:
    return {"email": "new@example.org", "first_name": "New", "last_name": "One"}


async def provision(watch: Watch) -> None:
    """What an identity provider changes."""
    async with await provider_of(watch.owner) as provider:
        user = await provider.user()
        group = await provider.group("Provided", user)
        await watch.compare("provisioned")
        replaced = {"op": "replace", "path": "externalId", "value": "x"}
        await provider.patch(f"/Groups/{group['id']}", replaced)
        await watch.compare("team with another id")
        for active in (False, True):
            replaced = {"op": "replace", "path": "active", "value": active}
            await provider.patch(f"/Users/{user['id']}", replaced)
            await watch.compare(f"active {active}")
        await provider.send("DELETE", f"/Users/{user['id']}")
        await watch.compare("deprovisioned")


def recorded() -> set[str]:
    """Every type of event that the code names."""
    texts = [f.read_text() for f in SOURCE.rglob("*.py") if "sync_effects" not in f.name]
    return {found for text in texts for found in NAMED.findall(text)} - NO_EVENTS | COMPOSED


def test_the_table_names_every_event_that_the_code_records() -> None:
    assert recorded() - EFFECTS.keys() == set()
    assert EFFECTS.keys() - recorded() - LATER == set()
    assert {model for effect in EFFECTS.values() for model, _ in effect.puts} <= MODELS.keys()


async def test_after_every_event_a_copy_that_catches_up_equals_a_fresh_one(watch: Watch) -> None:
    ids = await furnish(watch.owner, "ours", "OURS")
    for name in ("manager", "viewer"):
        await watch.owner.join({"id": ids["project"]}, watch.people[name])
    await watch.start()
    for copy in watch.copies.values():
        # From here on nothing but what was asked for changes the copies.
        copy.resets.clear()

    await do_the_rest(watch, ids)
    await ask_every_route(watch, ids)

    assert watch.failures == []
    assert {name: copy.resets for name, copy in watch.copies.items() if copy.resets} == {}
    missing = EFFECTS.keys() - await watch.provoked()
    assert not missing - NOT_PROVOKED.keys(), sorted(missing - NOT_PROVOKED.keys())
    assert not NOT_PROVOKED.keys() - missing, sorted(NOT_PROVOKED.keys() - missing)
