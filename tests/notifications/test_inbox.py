"""The inbox: lists, the count, and what people do with what they are told."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from tests.notifications.conftest import Crew
from tests.notifications.telling import age, deliver, events_of, inbox, unread
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.notifications.retention import delete_old


async def fill(crew: Crew, count: int) -> list[dict[str, Any]]:
    """Tasks for Ben, one notification each; the newest first."""
    for n in range(count):
        await crew.ada.task(crew.project, f"Task {n}", assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    return await inbox(crew.ben)


async def change(person: Person, notification: dict[str, Any], **patch: Any) -> dict[str, Any]:
    answer = await person.patch(f"/notifications/{notification['id']}", patch)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ahead(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in items]


async def test_pages_follow_each_other_and_filters_choose(crew: Crew) -> None:
    told = await fill(crew, 5)
    assert [each["task"]["title"] for each in told] == [f"Task {n}" for n in (4, 3, 2, 1, 0)]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await crew.ben.get("/notifications", limit=2, **cursor)).json()
        seen += ids(page["items"])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ids(told)

    await change(crew.ben, told[0], is_read=True)
    await change(crew.ben, told[1], is_archived=True)
    await change(crew.ben, told[2], snoozed_until=ahead(hours=1))
    assert ids(await inbox(crew.ben)) == ids([told[0], *told[3:]])
    assert ids(await inbox(crew.ben, unread=True)) == ids(told[3:])
    assert ids(await inbox(crew.ben, archived=True)) == ids(told[1:2])
    assert ids(await inbox(crew.ben, snoozed=True)) == ids(told[2:3])
    assert ids(await inbox(crew.ben, kind="assigned")) == ids([told[0], *told[3:]])
    assert await inbox(crew.ben, kind="mentioned") == []
    assert len(await inbox(crew.ben, project_id=crew.project["id"])) == 3
    assert await inbox(crew.ben, project_id=str(uuid7())) == []
    assert await unread(crew.ben) == 2


async def test_each_change_has_its_event_for_the_receivers_other_tabs(crew: Crew) -> None:
    (told,) = await fill(crew, 1)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("read", {"is_read": True}),
        ("unread", {"is_read": False}),
        ("archived", {"is_archived": True}),
        ("unarchived", {"is_archived": False}),
        ("snoozed", {"snoozed_until": ahead(days=1)}),
        ("unsnoozed", {"snoozed_until": None}),
    ]
    for verb, patch in steps:
        after = await change(crew.ben, told, **patch)
        ((_, entity, payload),) = await events_of(crew.ada, f"notification.{verb}")
        assert (entity, payload["user_id"]) == (UUID(told["id"]), str(crew.ben.id))
        assert payload["before"].keys() == payload["after"].keys() != set()
        # Doing it again changes nothing, and says nothing.
        if "snoozed_until" not in patch:
            assert await change(crew.ben, told, **patch) == after
            assert len(await events_of(crew.ada, f"notification.{verb}")) == 1
    assert after["version"] == 7


async def test_what_is_snoozed_comes_back_unread_by_itself(crew: Crew) -> None:
    first, second = await fill(crew, 2)
    await change(crew.ben, second, is_read=True)
    snoozed = await change(crew.ben, second, snoozed_until=ahead(seconds=1))
    assert (snoozed["read_at"], await unread(crew.ben)) == (None, 1)
    assert ids(await inbox(crew.ben)) == [first["id"]]

    async with asyncio.timeout(10):
        while await unread(crew.ben) < 2:
            await asyncio.sleep(0.05)

    assert ids(await inbox(crew.ben)) == [second["id"], first["id"]]
    assert ids(await inbox(crew.ben, unread=True)) == [second["id"], first["id"]]


async def test_all_are_read_up_to_what_was_seen(crew: Crew) -> None:
    told = await fill(crew, 4)
    await change(crew.ben, told[3], snoozed_until=ahead(hours=1))

    some = await crew.ben.post("/notifications/read-all", {"up_to": told[1]["shown_at"]})
    assert some.json() == {"read": 2, "more": False}
    assert ids(await inbox(crew.ben, unread=True)) == [told[0]["id"]]
    nothing = await crew.ben.post("/notifications/read-all", {"kind": "mentioned"})
    elsewhere = await crew.ben.post("/notifications/read-all", {"project_id": str(uuid7())})
    assert nothing.json()["read"] == elsewhere.json()["read"] == 0
    assert (await crew.ben.post("/notifications/read-all", {})).json()["read"] == 1

    assert await unread(crew.ben) == 0
    assert len(await events_of(crew.ada, "notification.read")) == 3
    assert ids(await inbox(crew.ben, snoozed=True)) == [told[3]["id"]]


async def test_a_version_that_was_overtaken_is_refused(crew: Crew) -> None:
    (told,) = await fill(crew, 1)
    path = f"/notifications/{told['id']}"
    await change(crew.ben, told, is_read=True)

    answer = await crew.ben.patch(path, {"is_archived": True}, **{"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["current"]["version"]) == (409, 2)
    assert (await crew.ben.patch(path, {"is_archived": True, "version": 2})).status_code == 200


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"snoozed_until": "2020-01-01T00:00:00Z"}, "snoozed_until"),
        ({"snoozed_until": "9999-12-31T23:59:59-12:00"}, "snoozed_until"),
        ({"snoozed_until": "0001-01-01T00:00:00+14:00"}, "snoozed_until"),
        ({"snoozed_until": "2030-01-01T00:00:00"}, "snoozed_until"),
        ({"is_archived": True, "is_read": False}, "is_archived"),
        ({"is_read": "yes"}, "is_read"),
        ({"color": "red"}, "color"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_name(
    crew: Crew, patch: dict[str, Any], field: str
) -> None:
    (told,) = await fill(crew, 1)

    answer = await crew.ben.patch(f"/notifications/{told['id']}", patch)

    assert answer.status_code == 422, answer.text
    assert field in answer.json()["detail"]
    assert (await inbox(crew.ben)) == [told]


async def test_others_cannot_read_or_change_what_is_told_to_you(crew: Crew) -> None:
    (told,) = await fill(crew, 1)
    for person in (crew.ada, crew.cleo):
        assert (await person.get(f"/notifications/{told['id']}")).status_code == 404
        answer = await person.patch(f"/notifications/{told['id']}", {"is_read": True})
        assert answer.status_code == 404
        assert await inbox(person) == []
    assert (await (await crew.ben.key()).get("/notifications")).status_code == 403


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["read", "unread", "archive", "restore", "snooze", "wake", "all", "purge"]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
async def busy(app: Litestar) -> Crew:
    """One crew for all examples."""
    ada = await found_workspace(app)
    ben = await ada.colleague("member")
    project = await ada.project("Busy", key="BUSY")
    await ada.join(project, ben)
    return Crew(ada, ben, ben, project)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions=ACTIONS)
async def test_the_kept_count_is_what_counting_gives(
    busy: Crew, actions: list[tuple[str, int]]
) -> None:
    told = await fill(busy, 4 - len(await inbox(busy.ben, limit=4)))
    patches: dict[str, dict[str, Any]] = {
        "read": {"is_read": True},
        "unread": {"is_read": False},
        "archive": {"is_archived": True},
        "restore": {"is_archived": False},
        "snooze": {"snoozed_until": ahead(hours=1)},
        "wake": {"snoozed_until": None},
    }
    for action, number in actions:
        one = told[number % len(told)]
        if action == "all":
            await busy.ben.post("/notifications/read-all", {})
        elif action == "purge":
            await busy.ada.delete(f"/tasks/{one['task']['id']}")
            await deliver(busy.ada)
        else:
            await busy.ben.patch(f"/notifications/{one['id']}", patches[action])
        assert await unread(busy.ben) == len(await inbox(busy.ben, unread=True, limit=200))


async def test_what_was_read_long_ago_is_deleted(crew: Crew) -> None:
    told = await fill(crew, 3)
    await change(crew.ben, told[0], is_read=True)
    await age(crew.ada, timedelta(days=91))
    await change(crew.ben, told[1], is_archived=True)

    assert await delete_old(crew.ada.app.state.database, 90) >= 1

    assert ids(await inbox(crew.ben)) == [told[2]["id"]]
    assert ids(await inbox(crew.ben, archived=True)) == [told[1]["id"]]
    assert await unread(crew.ben) == 1
    async with crew.ada.app.state.database.tenant(crew.ada.tenant_id) as db:
        causes = await db.fetchval(
            "SELECT count(*) FROM notification_causes WHERE tenant_id = $1", crew.ada.tenant_id
        )
    assert causes == 2
