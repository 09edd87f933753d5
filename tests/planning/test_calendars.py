"""Working calendars of workspace and project, profiles and absences, as working time shows them."""

from datetime import date
from typing import Any

import pytest
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.planning.workplace import (
    NINE_TO_FIVE,
    WORKDAYS,
    Fields,
    field_of,
    has,
    is_away,
    lives,
    minutes,
    put,
    sets,
)
from uuid_utils.compat import uuid7

DAY = 8 * 60


async def test_a_new_workspace_works_from_nine_to_five(owner: Person) -> None:
    calendar = await has(owner, "/calendar")

    assert calendar == {
        "week": WORKDAYS, "time_zone": "UTC", "by_own_clock": True, "country": None,
        "subdivision": None, "exceptions": [], "version": 0,
    }  # fmt: skip
    shown = await has(owner, "/working-time", since="2026-11-28", until="2026-11-30")
    assert shown["intervals"] == [{"start": "2026-11-30T09:00:00Z", "end": "2026-11-30T17:00:00Z"}]


async def test_a_calendar_is_kept_as_it_was_put(owner: Person) -> None:
    wanted = {
        "week": [NINE_TO_FIVE] * 4 + [[{"start": 1320, "end": 1800}], [], []],
        "time_zone": "Europe/Berlin", "by_own_clock": False, "country": "DE", "subdivision": "BE",
        "exceptions": [
            {"first": "2026-12-24", "last": "2026-12-24", "shifts": [], "name": "Christmas Eve"}
        ],
    }  # fmt: skip
    saved = await sets(owner, "/calendar", wanted)

    assert saved == await has(owner, "/calendar") == {**wanted, "version": 1}
    assert (await sets(owner, "/calendar", wanted))["version"] == 1
    (event,) = [
        e
        for e in (await has(owner, "/audit"))["items"]
        if e["type"] == "workspace.calendar_changed"
    ]
    assert event["payload"]["before"]["time_zone"] == "UTC"
    assert event["payload"]["after"] == wanted


async def test_who_saw_an_older_calendar_is_told(owner: Person) -> None:
    project = await owner.project()
    for path in ("/calendar", f"/projects/{project['id']}/calendar"):
        first = await put(owner, path, {"country": "DE"}, **{"If-Match": '"0"'})
        assert first.status_code == 200
        late = await put(owner, path, {"country": "FR"}, **{"If-Match": '"0"'})
        assert late.status_code == 409
        assert late.json()["current"]["country"] == "DE"
        assert (await has(owner, path))["country"] == "DE"


INVALID: dict[str, tuple[Fields, str]] = {
    "a shift that ends before it begins": (
        {"week": [[{"start": 600, "end": 540}], *WORKDAYS[1:]]}, "week[0]"
    ),
    "six days": ({"week": WORKDAYS[:6]}, "week"),
    "a shift into a third day": (
        {"week": [*WORKDAYS[:6], [{"start": 600, "end": 2881}]]}, "week[6][0].end"
    ),
    "no such zone": ({"time_zone": "Mars/Olympus"}, "time_zone"),
    "no such country": ({"country": "QQ"}, "country"),
    "no such part": ({"country": "DE", "subdivision": "QQ"}, "subdivision"),
    "a part of nothing": ({"subdivision": "BE"}, "subdivision"),
    "days out of order": (
        {"exceptions": [{"first": "2026-05-02", "last": "2026-05-01"}]}, "exceptions[0]"
    ),
    "another century": (
        {"exceptions": [{"first": "0001-01-01", "last": "9999-12-31"}]}, "exceptions[0]"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", INVALID)
async def test_what_is_no_calendar_is_refused_by_its_field(owner: Person, what: str) -> None:
    body, field = INVALID[what]
    project = await owner.project()
    for path in ("/calendar", f"/projects/{project['id']}/calendar"):
        assert field_of(await put(owner, path, body)) == field
        assert (await has(owner, path))["version"] == 0


async def test_everybody_keeps_the_hours_by_their_own_clock(owner: Person) -> None:
    await lives(owner, "Asia/Kolkata")

    asked = {"since": "2026-11-30", "until": "2026-11-30"}
    own = await has(owner, "/working-time", user_id=str(owner.id), **asked)
    assert own["time_zone"] == "Asia/Kolkata"
    assert own["intervals"] == [{"start": "2026-11-30T03:30:00Z", "end": "2026-11-30T11:30:00Z"}]

    await sets(owner, "/calendar", {"by_own_clock": False})
    shared = await has(owner, "/working-time", user_id=str(owner.id), **asked)
    assert shared["intervals"] == [{"start": "2026-11-30T09:00:00Z", "end": "2026-11-30T17:00:00Z"}]


async def test_a_night_shift_is_as_long_as_the_night(owner: Person) -> None:
    await lives(owner, "Europe/Berlin")
    night = [{"start": 22 * 60, "end": 30 * 60}]
    await sets(owner, "/calendar", {"week": [night] * 7})

    # The clocks go forward in the night to 29 March 2026, and back in the one to 25 October.
    assert await minutes(owner, "2026-03-27") == 8 * 60
    spring = await has(
        owner, "/working-time", user_id=str(owner.id), since="2026-03-28", until="2026-03-29"
    )
    assert spring["intervals"][1:2] == [
        {"start": "2026-03-28T21:00:00Z", "end": "2026-03-29T04:00:00Z"}
    ]
    autumn = await has(
        owner, "/working-time", user_id=str(owner.id), since="2026-10-24", until="2026-10-25"
    )
    assert autumn["intervals"][1:2] == [
        {"start": "2026-10-24T20:00:00Z", "end": "2026-10-25T05:00:00Z"}
    ]


async def test_public_holidays_and_special_days_are_days_off(owner: Person) -> None:
    half_day = {"first": "2026-12-24", "last": "2026-12-24", "shifts": [{"start": 540, "end": 780}]}
    saturday = {"first": "2026-11-28", "last": "2026-11-28", "shifts": NINE_TO_FIVE}
    await sets(
        owner, "/calendar",
        {"country": "DE", "subdivision": "BE", "exceptions": [half_day, saturday]},
    )  # fmt: skip

    assert await minutes(owner, "2026-12-25") == 0  # Christmas, a Friday
    assert await minutes(owner, "2027-03-08") == 0  # Women's Day, in Berlin alone
    assert await minutes(owner, "2026-12-24") == 240
    assert await minutes(owner, "2026-11-28") == DAY


async def test_a_profile_says_how_long_somebody_works(owner: Person) -> None:
    await lives(owner, "Europe/Berlin", ["4", "10", "7.7", "0", "8", "2.5", "0"])

    days = [f"2026-11-{n}" for n in range(23, 30)]
    assert [await minutes(owner, day) for day in days] == [240, 600, 462, 0, 480, 150, 0]
    tuesday = await has(owner, "/working-time", user_id=str(owner.id), since=days[1], until=days[1])
    assert tuesday["intervals"] == [
        {"start": "2026-11-24T08:00:00Z", "end": "2026-11-24T18:00:00Z"}
    ]
    # The workspace's days off are theirs too.
    await sets(owner, "/calendar", {"exceptions": [{"first": days[0], "last": days[1]}]})
    assert [await minutes(owner, day) for day in days[:3]] == [0, 0, 462]


async def test_who_says_nothing_works_the_workspaces_week(owner: Person) -> None:
    four_days = [[{"start": 480, "end": 720}, {"start": 780, "end": 1140}]] * 4 + [[], [], []]
    await sets(owner, "/calendar", {"week": four_days})

    assert await minutes(owner, "2026-11-23", "2026-11-29") == 4 * 10 * 60


async def test_a_project_adds_to_the_calendar_or_takes_its_place(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}/calendar"
    await sets(owner, "/calendar", {"exceptions": [{"first": "2026-11-23", "last": "2026-11-23"}]})
    days = ["2026-11-23", "2026-11-24", "2026-11-25"]
    there = {"project_id": project["id"]}

    assert [await minutes(owner, day, **there) for day in days] == [0, DAY, DAY]
    off = {"exceptions": [{"first": "2026-11-24", "last": "2026-11-24"}]}
    await sets(owner, path, off)
    assert [await minutes(owner, day, **there) for day in days] == [0, 0, DAY]
    assert await minutes(owner, days[1]) == DAY
    await sets(owner, path, {**off, "overrides": True})
    assert [await minutes(owner, day, **there) for day in days] == [DAY, 0, DAY]
    mornings = [[{"start": 480, "end": 720}]] * 7
    await sets(owner, path, {"week": mornings})
    # Together from nine to twelve; the project alone would also work at weekends.
    assert [await minutes(owner, day, **there) for day in [*days, "2026-11-28"]] == [0, 180, 180, 0]
    await sets(owner, path, {})
    assert [await minutes(owner, day, **there) for day in days] == [0, DAY, DAY]


HALF = DAY // 2
AWAY: dict[str, tuple[Fields, list[int]]] = {
    # from Monday to Wednesday
    "a day": ({"first_day": "2026-11-24"}, [DAY, 0, DAY]),
    "two days": ({"first_day": "2026-11-23", "last_day": "2026-11-24"}, [0, 0, DAY]),
    "a morning": ({"first_day": "2026-11-24", "until_half": True}, [DAY, HALF, DAY]),
    "an afternoon": ({"first_day": "2026-11-24", "from_half": True}, [DAY, HALF, DAY]),
    "two halves and what is between": (
        {"first_day": "2026-11-23", "last_day": "2026-11-25", "from_half": True,
         "until_half": True},
        [HALF, 0, HALF],
    ),
    "an hour": (
        {"starts_at": "2026-11-24T14:00:00+01:00", "ends_at": "2026-11-24T15:00:00+01:00"},
        [DAY, DAY - 60, DAY],
    ),
    "over midnight": (
        {"starts_at": "2026-11-24T15:30:00Z", "ends_at": "2026-11-25T08:15:00Z"},
        [DAY, DAY - 30, DAY - 15],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", AWAY)
async def test_who_is_away_does_not_work(owner: Person, what: str) -> None:
    fields, expected = AWAY[what]
    await lives(owner, "Europe/Berlin")  # an hour ahead of UTC
    await is_away(owner, **fields)

    days = ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [await minutes(owner, day) for day in days] == expected


async def test_half_a_day_is_half_of_what_is_worked(owner: Person) -> None:
    await lives(owner, "UTC", ["6", "6", "6", "6", "6", "0", "0"])
    await is_away(owner, first_day="2026-11-24", until_half=True)

    found = await has(
        owner, "/working-time", user_id=str(owner.id), since="2026-11-24", until="2026-11-24"
    )
    assert found["intervals"] == [{"start": "2026-11-24T12:00:00Z", "end": "2026-11-24T15:00:00Z"}]


async def test_days_off_go_where_the_person_goes(owner: Person) -> None:
    await is_away(owner, first_day="2026-11-24")
    await lives(owner, "America/New_York")

    days = ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [await minutes(owner, day) for day in days] == [DAY, 0, DAY]


REFUSED: dict[str, tuple[Fields, str]] = {
    "nothing": ({}, "first_day"),
    "days out of order": ({"first_day": "2026-05-02", "last_day": "2026-05-01"}, "last_day"),
    "moments out of order": (
        {"starts_at": "2026-05-02T10:00:00Z", "ends_at": "2026-05-02T10:00:00Z"}, "ends_at"
    ),
    "one end": ({"starts_at": "2026-05-02T10:00:00Z"}, "ends_at"),
    "days and moments": (
        {"first_day": "2026-05-02", "starts_at": "2026-05-02T10:00:00Z",
         "ends_at": "2026-05-03T10:00:00Z"}, "starts_at",
    ),
    "two halves of one day": (
        {"first_day": "2026-05-02", "from_half": True, "until_half": True}, "until_half"
    ),
    "half a moment": (
        {"starts_at": "2026-05-02T10:00:00Z", "ends_at": "2026-05-03T10:00:00Z",
         "from_half": True}, "from_half",
    ),
    "a millennium ago": ({"first_day": "1026-05-02"}, "first_day"),
    "the end of time": ({"first_day": "9999-12-31"}, "first_day"),
    "moments at the end of time": (
        {"starts_at": "2026-05-02T10:00:00Z", "ends_at": "9999-12-31T23:59:59-14:00"}, "ends_at"
    ),
    "for ever": ({"first_day": "2026-05-02", "last_day": "2126-05-01"}, "last_day"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_absence_is_refused_by_its_field(owner: Person, what: str) -> None:
    fields, field = REFUSED[what]
    assert field_of(await owner.post(f"/users/{owner.id}/absences", fields)) == field

    days = {"since": "2026-01-01", "until": "2026-12-31"}
    assert (await has(owner, "/absences", **days))["items"] == []


async def test_an_absence_is_changed_and_taken_away(owner: Person) -> None:
    made = await is_away(owner, first_day="2026-11-23", last_day="2026-11-27", note="Alps")
    path = f"/absences/{made['id']}"

    shorter = await owner.patch(path, {"last_day": "2026-11-25"}, **{"If-Match": '"1"'})
    assert shorter.status_code == 200
    assert (shorter.json()["first_day"], shorter.json()["version"]) == ("2026-11-23", 2)
    same = await owner.patch(path, {"last_day": "2026-11-25"})
    assert same.json()["version"] == 2
    late = await owner.patch(path, {"kind": "sick"}, **{"If-Match": '"1"'})
    assert late.status_code == 409
    moments = {"starts_at": "2026-11-23T09:00:00Z", "ends_at": "2026-11-23T10:00:00Z"}
    hour = (await owner.patch(path, moments)).json()
    assert (hour["first_day"], hour["last_day"]) == ("2026-11-23", "2026-11-23")
    longer = (await owner.patch(path, {"ends_at": "2026-11-24T10:00:00Z"})).json()
    assert (longer["starts_at"], longer["last_day"]) == ("2026-11-23T09:00:00Z", "2026-11-24")
    days = (await owner.patch(path, {"first_day": "2026-11-26"})).json()
    assert (days["last_day"], days["starts_at"]) == ("2026-11-26", None)
    assert field_of(await owner.patch(path, {"last_day": "2026-11-25"})) == "last_day"

    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404
    assert await minutes(owner, "2026-11-26") == DAY


async def test_a_list_of_absences_has_what_touches_its_range(owner: Person) -> None:
    member = await owner.colleague("member")
    spans = [
        ("2025-12-20", "2026-01-05"),
        ("2026-02-01", "2026-02-02"),
        ("2026-03-31", "2026-04-01"),
    ]
    for first, last in spans:
        await is_away(member, first_day=first, last_day=last)
    await is_away(owner, first_day="2026-02-01")

    days = {"since": "2026-01-05", "until": "2026-03-30", "limit": "1"}
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await has(owner, "/absences", **days, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert [(a["first_day"], a["user_id"]) for a in found] == [
        ("2025-12-20", str(member.id)), ("2026-02-01", str(member.id)),
        ("2026-02-01", str(owner.id)),
    ]  # fmt: skip
    theirs = await has(owner, "/absences", **days, user_id=str(owner.id))
    assert len(theirs["items"]) == 1


async def test_why_somebody_is_away_is_not_for_everybody(owner: Person) -> None:
    sick, other = await owner.colleague("member"), await owner.colleague("member")
    manager, viewer = await owner.colleague("manager"), await owner.colleague("viewer")
    made = await is_away(sick, first_day="2026-11-23", kind="sick", note="a knee")
    path = f"/absences/{made['id']}"

    for person in (sick, manager, owner):
        assert (await has(person, path))["note"] == "a knee"
    shown = await has(other, path)
    assert (shown["kind"], shown["note"], shown["first_day"]) == (None, None, "2026-11-23")
    listed = await has(other, "/absences", since="2026-11-23", until="2026-11-23")
    assert listed["items"] == [shown]
    assert (await viewer.get(path)).status_code == 404
    assert (await other.patch(path, {"kind": "other"})).status_code == 403
    assert (
        await other.post(f"/users/{sick.id}/absences", {"first_day": "2026-11-24"})
    ).status_code == 403
    assert (await manager.patch(path, {"kind": "other"})).status_code == 200
    assert (await sick.delete(path)).status_code == 204
    nobody = await manager.post(f"/users/{uuid7()}/absences", {"first_day": "2026-11-24"})
    assert nobody.status_code == 404
    events = [e for e in (await has(owner, "/audit"))["items"] if e["type"].startswith("absence.")]
    assert [e["type"] for e in events] == ["absence.deleted", "absence.updated", "absence.created"]
    assert "knee" not in str(events)
    assert "sick" not in str(events)


async def test_viewers_see_their_own_working_time_alone(owner: Person) -> None:
    viewer = await owner.colleague("viewer")
    days = {"since": "2026-11-23", "until": "2026-11-23"}

    assert await minutes(viewer, "2026-11-23") == DAY
    others = await viewer.get("/working-time", user_id=str(owner.id), **days)
    assert others.status_code == 403


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-01-02", "2026-01-01", "until"),
        ("2026-01-01", "2027-01-02", "until"),
        ("0001-01-01", "0001-01-01", "since"),
        ("9999-12-31", "9999-12-31", "since"),
    ],
)
async def test_a_range_is_bounded(owner: Person, since: str, until: str, field: str) -> None:
    assert field_of(await owner.get("/working-time", since=since, until=until)) == field


async def test_a_project_that_is_not_seen_has_no_working_time(app: Litestar, owner: Person) -> None:
    project = await owner.project()
    member = await owner.colleague("member")
    async with await found_workspace(app) as stranger:
        for person in (member, stranger):
            answer = await person.get(
                "/working-time", since="2026-11-23", until="2026-11-23", project_id=project["id"]
            )
            assert answer.status_code == 404
        days = {"since": date(2026, 11, 23).isoformat(), "until": "2026-11-23"}
        answer = await stranger.get("/working-time", user_id=str(owner.id), **days)
        assert answer.status_code == 404
