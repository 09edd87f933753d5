"""Exports that somebody has made or changed by hand: refused by name, and nothing is changed."""

import io
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from tests.exports.archives import (
    brought_in,
    changed,
    exported,
    manifest,
    rows_of,
    unpacked,
    upload,
)
from tests.exports.furnishing import WORLD, furnished
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.events import to_json
from projectflow.core.settings import Settings
from projectflow.exports import reading
from projectflow.exports.catalog import TABLES
from projectflow.operations.workspaces import WorkspaceRefused, import_from


def with_member(content: bytes, name: str, value: bytes) -> bytes:
    """An export with one more member, even of a name that it has."""
    written = io.BytesIO(content)
    with ZipFile(written, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, value)
    return written.getvalue()


def with_rows(content: bytes, table: str, *rows: Any) -> bytes:
    """An export with other rows of a table, and a manifest that says so."""
    lines = b"".join(to_json(row).encode() + b"\n" for row in rows)
    told = manifest(content)
    told["tables"][table] = len(rows)
    members: dict[str, bytes | None] = {f"data__{table}": lines}
    return changed(content, manifest=to_json(told).encode(), **members)


async def state_of(superuser_url: str, person: Person) -> dict[str, Any]:
    """All of a workspace, but that imports were asked for."""
    found = await rows_of(superuser_url, person.tenant_id, [table.name for table in TABLES])
    apart = ("imports", "events", "event_counters")
    return {table: rows for table, rows in found.items() if table not in apart}


@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_what_is_no_export_is_refused_before_it_is_kept(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await exported(owner, (await owner.project())["id"])
    told = manifest(content)
    monkeypatch.setattr(reading, "UNPACKED_ANYWAY", 0)
    for file, words in (
        (content[: len(content) // 2], "not an export"),
        (with_member(content, "files/attachments/" + str(uuid7()), bytes(20_000_000)), "hundred"),
        (with_member(content, "../../etc/passwd", b"x"), "'../../etc/passwd'"),
        (with_member(content, "/data/tasks.jsonl", b"x"), "'/data/tasks.jsonl'"),
        (with_member(content, "files/attachments/../x", b"x"), "'files/attachments/../x'"),
        (with_member(content, "data/sessions.jsonl", b"{}\n"), "'data/sessions.jsonl'"),
        (with_member(content, "data/webhooks.jsonl", b"{}\n"), "'data/webhooks.jsonl'"),
        (with_member(content, "data/tasks.jsonl", b"{}\n"), "data/tasks.jsonl twice"),
        (changed(content, manifest=to_json({**told, "version": 2}).encode()), "version 2"),
        (changed(content, manifest=to_json({**told, "kind": "workspace"}).encode()), "workspace"),
    ):
        answer = await upload(owner, file)
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"] == "/problems/not-an-export"
        assert words in answer.json()["detail"]
    assert (await owner.get("/imports")).json()["items"] == []


async def test_what_does_not_fit_together_fails_by_name_and_changes_nothing(
    owner: Person, stranger: Person, superuser_url: str
) -> None:
    content = await exported(owner, await furnished(owner, WORLD))
    tables = unpacked(content)
    theirs = await stranger.task(await stranger.project(), "Theirs")
    before = await state_of(superuser_url, stranger)

    def one(table: str, **columns: Any) -> bytes:
        first, *others = tables[table]
        return with_rows(content, table, {**first, **columns}, *others)

    file = next(row for row in tables["attachments"] if row["object_key"])
    links = [row for row in tables["attachments"] if row["id"] != file["id"]]
    field = tables["custom_fields"][1]
    fields = [{**field, "id": str(uuid7()), "name": f"F{n}"} for n in range(51)]
    deep = b"[" * 100_000 + b"]" * 100_000
    line = to_json(tables["milestones"][0]).encode()
    for damaged, words in (
        # Ids of the workspace that it comes to, as if they were its own.
        (one("comments", task_id=theirs["id"]), "comments do not fit"),
        (one("task_field_values", field_id=str(uuid7())), "task_field_values do not fit"),
        (one("task_watchers", user_id=str(stranger.id)), "task_watchers do not fit"),
        (one("baselines", tenant_id=str(stranger.tenant_id)), "baselines"),
        (one("milestones", project_id=theirs["project_id"]), "another project"),
        # What the database takes, and nobody could read again.
        (one("task_series", rule="FREQ=NEVER"), "task_series"),
        (one("task_series", time_zone="../etc/passwd"), "task_series"),
        (one("project_calendars", calendar={"week": [[]] * 8}), "project_calendars.calendar"),
        (one("project_calendars", calendar={"country": "XX"}), "project_calendars.calendar"),
        (one("task_templates", blueprint={"title": "x", "more": 1}), "task_templates.blueprint"),
        (one("baselines", milestones=[{"id": 1}]), "baselines.milestones"),
        (one("projects", settings={"default_priority": "none"}), "projects.settings"),
        (changed(content, data__milestones=line.replace(b"null", deep, 1) + b"\n"), "milestones"),
        (changed(content, data__milestones=line.replace(b'"', b'"\xff', 1) + b"\n"), "milestones"),
        # More than a project can have, and less.
        (
            with_rows(content, "custom_fields", *tables["custom_fields"], *fields),
            "50 custom fields",
        ),
        (with_rows(content, "project_counters"), "numbers"),
        (with_rows(content, "people", *tables["people"], tables["people"][0]), "one address"),
        # Another file than the one that was attached.
        (with_rows(content, "attachments", {**file, "size_bytes": 1}, *links), file["id"]),
        (with_rows(content, "attachments", {**file, "sha256": "\\x00"}, *links), file["id"]),
    ):
        done = await brought_in(stranger, damaged)
        assert done["status"] == "failed", words
        assert words in done["error"], done["error"]
    assert await state_of(superuser_url, stranger) == before
    full = await brought_in(stranger, content, quota=5)
    assert full["error"].startswith("The attachments of this workspace take all the room")
    assert await state_of(superuser_url, stranger) == before


async def test_what_is_claimed_of_a_file_counts_as_far_as_it_is_true(
    owner: Person, stranger: Person
) -> None:
    content = await exported(owner, await furnished(owner, WORLD))
    rows = unpacked(content)["attachments"]
    evil = {"content_type": "image/png", "uploaded_name": "../a\r\nb.png", "preview": "ready"}
    forged = [row | (evil if row["object_key"] else {}) for row in rows]

    done = await brought_in(stranger, with_rows(content, "attachments", *forged))

    assert done["status"] == "succeeded", done
    async with stranger.app.state.database.tenant(stranger.tenant_id) as db:
        kept = await db.fetch(
            "SELECT DISTINCT content_type, uploaded_name, preview FROM attachments"
            " WHERE tenant_id = $1 AND object_key IS NOT NULL",
            stranger.tenant_id,
        )
    (row,) = kept
    assert (row["content_type"], row["preview"]) == ("application/octet-stream", None)
    assert not {"/", "\r", "\n"} & set(row["uploaded_name"])


async def test_a_number_that_a_task_has_is_not_given_again(owner: Person, stranger: Person) -> None:
    content = await exported(owner, await furnished(owner, WORLD))
    counter = unpacked(content)["project_counters"][0]

    done = await brought_in(
        stranger, with_rows(content, "project_counters", {**counter, "last_number": 0})
    )

    task = await stranger.task({"id": done["project_id"]}, "Next")
    assert task["number"] == len(WORLD["tasks"]) + 51


async def test_a_workspace_made_by_hand_is_refused_and_leaves_nothing(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    await furnished(owner, WORLD)
    content = await exported(owner, None)
    tables = unpacked(content)
    slug, file = f"c-{uuid7().hex}", tmp_path / "workspace.zip"
    picture = {**tables["users"][0], "avatar": "../../x"}
    for damaged, words in (
        (content[: len(content) // 2], "not an export"),
        (with_member(content, "../x", b""), "'../x'"),
        (with_rows(content, "tenants"), "one workspace"),
        (with_rows(content, "users", picture, *tables["users"][1:]), "picture"),
        (with_rows(content, "rates", {**tables["rates"][0], "user_id": str(uuid7())}), "rates"),
        (changed(content, data__events=None), "data/events.jsonl"),
    ):
        file.write_bytes(damaged)
        with pytest.raises(WorkspaceRefused, match=words.replace(".", r"\.")):
            await import_from(settings, slug, file)
    file.write_bytes(content)
    assert (await import_from(settings, slug, file)).manifest.kind == "workspace"
