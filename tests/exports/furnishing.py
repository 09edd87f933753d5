"""Workspaces that have something in every table, as hypothesis makes it up."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, LiteralString, cast
from uuid import UUID

from hypothesis import strategies as st
from msgspec import Struct
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.db import Db
from projectflow.core.events import to_json
from projectflow.users.avatars import avatar_file

PLAIN = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TEXTS = st.text(PLAIN, max_size=40)
TITLES = TEXTS.filter(str.strip)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
DAYS = st.dates(date(2001, 1, 1), date(2199, 1, 1))
HOURS = st.decimals(0, 999, places=2)
TASKS = st.fixed_dictionaries(
    {
        "title": TITLES,
        "description": st.none() | TEXTS,
        "priority": st.sampled_from(["low", "medium", "high", "urgent"]),
        "assigned": st.booleans(),
        "parent": st.none() | st.integers(0, 3),
        "waits_for": st.none() | st.integers(0, 3),
        "relates": st.none() | st.integers(0, 3),
        "start_date": st.none() | st.dates(date(1990, 1, 1), date(2200, 1, 1)),
        "due_date": st.none() | MOMENTS,
        "estimated_hours": st.none() | HOURS,
        "tags": st.lists(TITLES, max_size=2, unique=True),
        "archived_at": st.none() | MOMENTS,
        "deleted_at": st.none() | MOMENTS,
        "comments": st.lists(TITLES, max_size=2),
        "is_done": st.booleans(),
        "file": st.none() | st.binary(min_size=1, max_size=200),
        "hours": st.integers(0, 8),
        "lag": st.integers(-5_256_000, 5_256_000),
        "text": st.none() | TITLES,
        "number": st.none() | st.decimals(-(10**14), 10**14, places=6),
        "day": st.none() | DAYS,
        "progress": st.integers(0, 100),
        "finish": MOMENTS,
        "comes_again": st.booleans(),
    }
)
WORLDS = st.fixed_dictionaries(
    {"name": TITLES, "amount": HOURS, "day": DAYS, "tasks": st.lists(TASKS, max_size=3)}
)
TASK: Final[dict[str, Any]] = {
    "title": "Bake", "description": "Bread", "priority": "high", "assigned": True, "parent": 0,
    "waits_for": None, "relates": 0, "start_date": None,
    "due_date": datetime(2030, 1, 1, tzinfo=UTC), "estimated_hours": Decimal("1.50"),
    "tags": ["oven"], "archived_at": None, "deleted_at": None, "comments": ["Hm", "No"],
    "is_done": True, "file": b"picture", "hours": 2, "lag": 0, "text": "rye",
    "number": Decimal("1.500000"), "day": date(2030, 1, 1), "progress": 50,
    "finish": datetime(2030, 1, 2, tzinfo=UTC), "comes_again": True,
}  # fmt: skip
WORLD: Final[dict[str, Any]] = {
    "name": "Bäckerei", "amount": Decimal("12.50"), "day": date(2030, 1, 1),
    "tasks": [TASK, TASK, {**TASK, "waits_for": 0, "parent": None, "archived_at": TASK["finish"]}],
}  # fmt: skip
"""With a row in every table that is exported."""


class Furnished(Struct):
    """What is there, and how rows are written: past the API, which does not allow all."""

    db: Db
    owner: Person
    other: UUID
    project: UUID
    fields: dict[str, UUID]
    option: UUID
    milestone: UUID
    baseline: UUID
    ids: list[UUID]

    async def add(self, table: str, **columns: Any) -> UUID:
        """Write a row, with a new id where the table has one and none is given."""
        row = {"tenant_id": self.owner.tenant_id, **columns}
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"
        # No input: tables and columns are written in this file.
        await self.db.execute(cast("LiteralString", sql), *row.values())
        return row.get("id", self.project)


async def furnished(owner: Person, world: Mapping[str, Any]) -> str:
    """A project with these tasks, and all else that a workspace can have; gives its id."""
    other = (await owner.colleague("member")).id
    project = await owner.project(world["name"], description="Ja")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        names = ("text", "number", "date", "person", "select", "gone")
        fields = {name: uuid7() for name in names}
        there = Furnished(
            db, owner, other, UUID(project["id"]), fields, uuid7(), uuid7(), uuid7(), []
        )
        await _people(there, world)
        await _shape(there, world)
        state = await db.fetchval(
            "SELECT key FROM workflow_states WHERE tenant_id = $1 AND project_id = $2"
            " ORDER BY position DESC LIMIT 1",
            owner.tenant_id,
            there.project,
        )
        for task in world["tasks"]:
            await _task(there, task, state)
        await db.execute(
            "UPDATE project_counters SET last_number = $3 WHERE tenant_id = $1 AND project_id = $2",
            owner.tenant_id, there.project, len(world["tasks"]) + 100,
        )  # fmt: skip
    for task, task_id in zip(world["tasks"], there.ids, strict=True):
        if task["file"] is not None:
            name = f"attachments/{task_id}"
            await owner.app.state.files.put(owner.tenant_id, name, task["file"])
    return project["id"]


async def _people(there: Furnished, world: Mapping[str, Any]) -> None:
    """The workspace's own tables."""
    add, owner, other = there.add, there.owner, there.other
    picture = f"{other.hex}.webp"
    await owner.app.state.files.put(owner.tenant_id, avatar_file(picture), b"a face")
    role = await add("roles", id=uuid7(), name="Baker", permissions=["task:read:in_project"])
    await there.db.execute(
        "UPDATE users SET role_id = $3, avatar = $4, time_zone = 'Asia/Tokyo', external_id = 'x'"
        " WHERE tenant_id = $1 AND id = $2",
        owner.tenant_id, other, role, picture,
    )  # fmt: skip
    await there.db.execute(
        "UPDATE tenants SET audit_retention_days = 400, settings = $2, require_sso = false"
        " WHERE id = $1",
        owner.tenant_id, to_json({"theme": world["name"]}),
    )  # fmt: skip
    team = await add("teams", id=uuid7(), name=world["name"], external_id="y")
    await add("team_members", team_id=team, user_id=other)
    await add(
        "workspace_calendars",
        version=3,
        calendar=to_json({"week": [[{"start": 480, "end": 960}]] * 7, "country": "DE"}),
    )
    await add(
        "absences", id=uuid7(), user_id=other, kind="sick", first_day=date(2030, 1, 1),
        last_day=date(2030, 1, 2), from_half=True, note=world["name"], created_by=owner.id,
    )  # fmt: skip
    await add(
        "rates", id=uuid7(), user_id=other, valid_from=world["day"], currency="EUR",
        cost=world["amount"], bill=world["amount"] * 2,
    )  # fmt: skip
    await add("project_favourites", user_id=other, project_id=there.project, position=1)
    await add(
        "webhooks", id=uuid7(), name="Build", url="https://example.org/hook",
        event_types=["task.*"], secret_encrypted=b"sealed here",
    )  # fmt: skip
    await add(
        "imports", id=uuid7(), source="table", status="succeeded", file_name="a.csv",
        requested_by=owner.id, project_id=there.project, report=to_json({"created": 1}),
        options=to_json({"title": "A"}),
    )  # fmt: skip
    await add("undone_events", seq=1, undone_by=1)
    await add(
        "notifications", id=uuid7(), user_id=other, kind="mentioned", kinds=["mentioned"],
        project_id=there.project, last_seq=1, in_app=True, shown_at=datetime.now(UTC),
    )  # fmt: skip
    await add("notification_rules", user_id=other, rules=to_json({"mail": False}))


async def _shape(there: Furnished, world: Mapping[str, Any]) -> None:
    """What is in a project beside tasks."""
    add, project, other = there.add, there.project, there.other
    await add("project_members", project_id=project, user_id=other, role="viewer")
    await there.db.execute(
        "UPDATE projects SET settings = $3, budget_amount = $4, end_date = $5, is_template = true"
        " WHERE tenant_id = $1 AND id = $2",
        there.owner.tenant_id, project, to_json({"default_assignee_id": other}),
        world["amount"], world["day"],
    )  # fmt: skip
    await add(
        "project_calendars",
        project_id=project,
        calendar=to_json({"exceptions": [{"first": "2030-01-01", "last": "2030-01-02"}]}),
    )
    await add(
        "milestones", id=there.milestone, project_id=project, name=world["name"],
        due_date=world["day"],
    )  # fmt: skip
    await add(
        "resource_assignments", id=uuid7(), project_id=project, user_id=other,
        units=Decimal("33.30"), start_date=date(2030, 1, 1), end_date=date(2030, 2, 1),
    )  # fmt: skip
    for position, (name, field_id) in enumerate(there.fields.items()):
        await add(
            "custom_fields", id=field_id, name=name, position=position,
            kind="text" if name == "gone" else name, project_id=None if name == "text" else project,
            deleted_at=datetime.now(UTC) if name == "gone" else None,
        )  # fmt: skip
    for option, name in ((there.option, "Rye"), (uuid7(), "Wheat")):
        await add(
            "custom_field_options", id=option, field_id=there.fields["select"], name=name,
            color="#aabbcc", position=len(name),
        )  # fmt: skip
    for name, shared in (("Mine", True), ("Secret", False)):
        await add(
            "saved_views", id=uuid7(), project_id=project, owner_id=other, name=name,
            is_shared=shared,
            configuration=to_json({"query": f"assignee:me {there.milestone}", "layout": "board"}),
        )  # fmt: skip
    blueprint = {
        "title": world["name"].strip(),
        "description": f"@[Ann](user:{other})",
        "fields": [{"field_id": there.fields["select"], "value": str(there.option)}],
        "subtasks": [{"title": "Knead", "checklist": [{"title": "Flour"}]}],
    }
    await add(
        "task_templates", id=uuid7(), project_id=project, name="Bread", created_by=other,
        blueprint=to_json(blueprint),
    )  # fmt: skip
    await add(
        "baselines", id=there.baseline, project_id=project, name="Plan", created_by=other,
        task_count=len(world["tasks"]),
        milestones=to_json([{"id": there.milestone, "name": "Then", "due_date": world["day"]}]),
    )  # fmt: skip
    await add(
        "import_links", source="table", scope_id=project, entity_type="milestone",
        external_id="1", entity_id=there.milestone, content_hash=b"\x00\x01",
    )  # fmt: skip


async def _task(there: Furnished, task: Mapping[str, Any], state: str) -> None:
    add, other, owner = there.add, there.other, there.owner.id
    earlier, task_id, number = list(there.ids), uuid7(), len(there.ids) + 1
    there.ids.append(task_id)
    parent = _of(earlier, task["parent"])
    mention = f" @[Ann](user:{other})"
    await add(
        "tasks", id=task_id, project_id=there.project, number=number, title=task["title"],
        description=None if task["description"] is None else task["description"] + mention,
        status=state, priority=task["priority"], assignee_id=other if task["assigned"] else None,
        reporter_id=owner, parent_id=parent, milestone_id=there.milestone,
        start_date=task["start_date"], due_date=task["due_date"], tags=task["tags"],
        estimated_hours=task["estimated_hours"], actual_hours=Decimal("0.25"), version=3,
        position=await there.db.fetchval("SELECT rank_of($1)", number),
        archived_at=task["archived_at"], deleted_at=task["deleted_at"],
    )  # fmt: skip
    for tag in task["tags"]:
        await there.db.execute(
            "INSERT INTO tags (tenant_id, name, color) VALUES ($1, $2, '#aabbcc')"
            " ON CONFLICT DO NOTHING",
            there.owner.tenant_id, tag,
        )  # fmt: skip
    await add("former_task_keys", project_id=there.project, number=number + 50, task_id=task_id)
    await _values(there, task, task_id)
    await _plan(there, task, task_id, number)
    waits_for, relates = _of(earlier, task["waits_for"]), _of(earlier, task["relates"])
    if waits_for is not None and parent is None:
        await add(
            "task_dependencies", id=uuid7(), task_id=task_id, depends_on_task_id=waits_for,
            lag_minutes=task["lag"], lag_is_elapsed=True, created_by=other,
        )  # fmt: skip
    if relates is not None:
        await add("task_relations", task_id=task_id, other_task_id=relates, kind="relates")
    await add("task_watchers", task_id=task_id, user_id=other, is_watching=False, chosen_by=owner)
    await add("task_mentions", task_id=task_id, user_id=other)
    await add(
        "checklist_items", id=uuid7(), task_id=task_id, title=task["title"], position=1,
        is_done=task["is_done"],
    )  # fmt: skip
    answered = None
    for body in task["comments"]:
        comment = await add(
            "comments", id=uuid7(), task_id=task_id, author_id=other, body=body + mention,
            parent_id=answered,
        )  # fmt: skip
        answered = answered or comment
        await add("comment_mentions", comment_id=comment, user_id=other)
        await add("comment_reactions", comment_id=comment, user_id=owner, emoji="🥖")
    await _attachments(there, task, task_id)


async def _values(there: Furnished, task: Mapping[str, Any], task_id: UUID) -> None:
    for field, column, value in (
        ("text", "text_value", task["text"]),
        ("gone", "text_value", task["text"]),
        ("number", "number_value", task["number"]),
        ("date", "date_value", task["day"]),
        ("person", "person_id", there.other),
        ("select", "option_id", there.option),
    ):
        if value is not None:
            await there.add(
                "task_field_values", task_id=task_id, field_id=there.fields[field],
                **{column: value},
            )  # fmt: skip


async def _plan(there: Furnished, task: Mapping[str, Any], task_id: UUID, number: int) -> None:
    add = there.add
    await add(
        "task_schedules", task_id=task_id, constraint_type="must_finish_on",
        constraint_date=task["finish"], progress=task["progress"], is_pinned=True,
    )  # fmt: skip
    await add(
        "baseline_tasks", baseline_id=there.baseline, task_id=task_id, key=f"X-{number}",
        title=task["title"], is_summary=False, start_at=task["finish"], finish_at=task["finish"],
        duration_minutes=60, estimated_hours=task["estimated_hours"], cost=Decimal("99.90"),
    )  # fmt: skip
    if task["comes_again"]:
        series = await add(
            "task_series", id=uuid7(), project_id=there.project, task_id=task_id,
            rule="FREQ=WEEKLY;BYDAY=MO", mode="on_schedule", time_zone="Europe/Berlin",
            starts_on=date(2030, 1, 7), due_time=time(17, 30), with_subtasks=True,
            occurs_on=date(2030, 1, 14), next_on=date(2030, 1, 21),
            next_at=datetime(2030, 1, 20, tzinfo=UTC), created_by=there.other,
        )  # fmt: skip
        await add("task_occurrences", series_id=series, occurs_on=date(2030, 1, 7))
        await add(
            "task_occurrences", series_id=series, occurs_on=date(2030, 1, 14), task_id=task_id
        )
    if task["hours"]:
        started = datetime(2021, 1, 4, tzinfo=UTC) + timedelta(days=number)
        await add(
            "time_entries", id=uuid7(), task_id=task_id, project_id=there.project,
            task_number=number, user_id=there.other, started_at=started,
            stopped_at=started + timedelta(hours=task["hours"]), note=task["title"],
        )  # fmt: skip


async def _attachments(there: Furnished, task: Mapping[str, Any], task_id: UUID) -> None:
    await there.add(
        "attachments", id=uuid7(), task_id=task_id, uploader_id=there.owner.id,
        name=task["title"][:20], url="https://example.org/",
    )  # fmt: skip
    content: bytes | None = task["file"]
    if content is not None:
        await there.add(
            "attachments", id=task_id, task_id=task_id, name="a file", uploaded_name="a file.bin",
            object_key=f"attachments/{task_id}", size_bytes=len(content),
            sha256=hashlib.sha256(content).digest(), content_type="application/octet-stream",
        )  # fmt: skip


def _of(ids: list[UUID], place: int | None) -> UUID | None:
    return ids[place] if place is not None and place < len(ids) else None
