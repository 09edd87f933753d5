"""GitHub, Linear and Microsoft Project."""

from typing import Any

import msgspec
import pytest
from tests.imports.conftest import BringFile
from tests.imports.test_trello import columns_of, find
from tests.people import Person

REST = [
    {
        "number": 2,
        "title": "Crash on start",
        "body": "It crashes",
        "state": "closed",
        "state_reason": "completed",
        "user": {"login": "ada"},
        "assignees": [{"login": "grace"}],
        "labels": [{"name": "bug", "color": "D73A4A"}],
        "html_url": "https://github.com/bakery/oven/issues/2",
        "created_at": "2024-05-01T10:00:00Z",
        "closed_at": "2024-05-02T10:00:00Z",
        "comments": 3,
    },
    {
        "number": 1, "title": "Idea", "state": "open", "user": {"login": "ada"}, "labels": [],
        "milestone": {"title": "v1"},
    },
    {"number": 3, "title": "Never", "state": "closed", "state_reason": "not_planned", "labels": []},
    {"number": 4, "title": "A change", "state": "closed", "pull_request": {}, "labels": []},
]  # fmt: skip
BACKUP = {
    "repo": "bakery/oven",
    "labels": [{"name": "bug", "color": "d73a4a"}],
    "issues": [
        {
            "number": 7, "title": "Hot", "body": "Too hot", "state": "CLOSED", "author": "ada",
            "labels": ["bug"], "assignees": ["grace"], "createdAt": "2024-05-01T10:00:00Z",
            "closedAt": "2024-05-03T10:00:00Z",
            "comments": [
                {"author": "grace", "body": "Cool it", "createdAt": "2024-05-02T10:00:00Z"},
                {"author": None, "body": "A ghost", "createdAt": "2024-05-02T11:00:00Z"},
            ],
        }
    ],
    "pulls": [{"number": 8, "title": "Fan", "state": "MERGED", "mergedAt": "2024-05-03T09:00:00Z"}],
}  # fmt: skip
LINEAR = (
    '"ID","Team","Title","Description","Status","Estimate","Priority","Creator","Assignee",'
    '"Labels","Created","Completed","Archived","Due Date","Parent issue"\n'
    '"CLA-1","Claw","First","Text","In Progress",5,"High","ada@example.org","ada@example.org",'
    '"Bug, Feature","Tue Aug 23 2022 13:54:01 GMT+0000 (GMT)",,,'
    '"Tue Feb 28 2023 00:00:00 GMT+0000 (GMT)",""\n'
    '"CLA-2","Claw","Second","","Done",,"No priority","ada@example.org","","",'
    '"Wed Aug 24 2022 14:06:02 GMT+0200 (CEST)","Thu Aug 25 2022 14:06:02 GMT+0000 (GMT)",'
    '"Fri Aug 26 2022 14:06:02 GMT+0000 (GMT)",,"CLA-1"\n'
)
MSPDI = """<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project"><Name>oven.xml</Name><Tasks>
{tasks}
</Tasks><Resources><Resource><UID>1</UID><Name>Grace Hopper</Name><Type>1</Type>
<EmailAddress>grace@example.org</EmailAddress></Resource>
<Resource><UID>2</UID><Name>Bricks</Name><Type>0</Type></Resource></Resources>
<Assignments><Assignment><TaskUID>2</TaskUID><ResourceUID>1</ResourceUID></Assignment></Assignments>
</Project>"""


def task(uid: int, level: int, name: str, more: str = "") -> str:
    return (
        f"<Task><UID>{uid}</UID><Name>{name}</Name><OutlineLevel>{level}</OutlineLevel>"
        f"<Duration>PT16H30M0S</Duration><Start>2025-01-06T08:00:00</Start>"
        f"<Finish>2025-01-08T10:30:00</Finish>{more}</Task>"
    )


def link(uid: int, kind: int, lag: int, form: int = 7) -> str:
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{form}</LagFormat></PredecessorLink>"
    )


OVEN = MSPDI.format(
    tasks=task(0, 0, "The project")
    + task(1, 1, "Build", "<Summary>1</Summary>")
    + task(2, 2, "Bricks", "<PercentComplete>100</PercentComplete><Priority>900</Priority>")
    + task(3, 2, "Door", link(2, 3, 4800) + "<ConstraintType>4</ConstraintType>")
    + task(4, 1, "Heat", link(1, 1, -600, 8))
)


async def test_issues_as_the_rest_api_lists_them(owner: Person, bring_file: BringFile) -> None:
    done = await bring_file(owner, "github", msgspec.json.encode(REST))

    assert await columns_of(owner, done["project_id"]) == {
        "Open": ["Idea"],
        "Closed": ["Crash on start", "A change"],
        "Not planned": ["Never"],
    }
    crash = await find(owner, done["project_id"], "Crash on start")
    assert (crash["tags"], crash["completed_at"]) == (["bug"], "2024-05-02T10:00:00Z")
    tags = {t["name"]: t["color"] for t in (await owner.get("/tags")).json()["items"]}
    assert tags == {"bug": "#d73a4a", "pull request": "#8250df"}
    assert done["report"]["counts"] == {
        "issues": 3, "pull_requests": 1, "comments": 0, "labels": 2,
    }  # fmt: skip
    assert (await owner.get(f"/projects/{done['project_id']}")).json()["name"] == "oven"


async def test_a_backup_of_issues_with_their_comments(owner: Person, bring_file: BringFile) -> None:
    done = await bring_file(owner, "github", msgspec.json.encode(BACKUP), pull_requests=False)

    hot = await find(owner, done["project_id"], "Hot")
    comments = (await owner.get(f"/tasks/{hot['id']}/comments")).json()["items"]
    assert [c["body"] for c in comments] == ["Cool it", "A ghost"]
    assert comments[0]["author_id"] == hot["assignee_id"] != comments[1]["author_id"]
    skipped = {s["kind"] for s in done["report"]["skipped"]}
    assert skipped == {"pull requests", "comment author"}


@pytest.mark.parametrize("content", [b"[]", b"{}", b'[{"no": 1', b'"text"', b"[[[", b"[1, null]"])
async def test_json_that_holds_no_issues_is_refused(owner: Person, content: bytes) -> None:
    answer = await owner.client.post("/imports/github", content=content)

    assert answer.status_code == 422
    assert (await owner.get("/imports")).json()["items"] == []


async def test_linears_dates_people_and_parents(owner: Person, bring_file: BringFile) -> None:
    done = await bring_file(owner, "linear", LINEAR)

    first = await find(owner, done["project_id"], "First")
    assert first["created_at"] == "2022-08-23T13:54:01Z"
    assert first["due_date"] == "2023-02-28T00:00:00Z"
    assert (first["priority"], first["tags"]) == ("high", ["Bug", "Feature"])
    second = await find(owner, done["project_id"], "Second", archived=True)
    assert second["parent_id"] == first["id"]
    assert second["created_at"] == "2022-08-24T12:06:02Z"
    people = {p["id"]: p["email"] for p in (await owner.get("/users")).json()["items"]}
    assert people[first["assignee_id"]] == "ada@example.org"
    assert {s["name"] for s in done["report"]["skipped"]} == {"Estimate"}


async def test_somebody_who_is_here_already_is_found_by_their_address(
    owner: Person, bring_file: BringFile
) -> None:
    who = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    ada = (await owner.post("/users", who)).json()["user"]

    done = await bring_file(owner, "linear", LINEAR)

    first = await find(owner, done["project_id"], "First")
    assert first["assignee_id"] == ada["id"]
    assert len((await owner.get("/users")).json()["items"]) == 2


async def test_a_plan_of_microsoft_project(owner: Person, bring_file: BringFile) -> None:
    done = await bring_file(owner, "msproject", OVEN)

    build = await find(owner, done["project_id"], "Build")
    bricks = await find(owner, done["project_id"], "Bricks")
    door = await find(owner, done["project_id"], "Door")
    heat = await find(owner, done["project_id"], "Heat")
    assert bricks["parent_id"] == door["parent_id"] == build["id"]
    assert (bricks["status"], bricks["priority"]) == ("done", "urgent")
    assert (build["estimated_hours"], door["estimated_hours"]) == (None, "16.50")
    assert (door["start_date"], door["due_date"]) == ("2025-01-06", "2025-01-08T10:30:00Z")
    waits = (await owner.get(f"/tasks/{door['id']}/dependencies")).json()["blocked_by"]
    assert [(d["type"], d["lag_minutes"], d["lag_is_elapsed"]) for d in waits] == [
        ("start_to_start", 480, False)
    ]
    waits = (await owner.get(f"/tasks/{heat['id']}/dependencies")).json()["blocked_by"]
    assert [(d["depends_on_task_id"], d["lag_minutes"], d["lag_is_elapsed"]) for d in waits] == [
        (build["id"], -60, True)
    ]
    people = {p["id"]: p["email"] for p in (await owner.get("/users")).json()["items"]}
    assert people[bricks["assignee_id"]] == "grace@example.org"
    assert done["report"]["counts"]["tasks"] == 4
    assert {s["kind"] for s in done["report"]["skipped"]} == {"constraint", "resource"}


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        "<a/>",
        "<Project>",
        OVEN[:400],
        f'<?xml version="1.0"?>{BOMB}<Project xmlns="http://schemas.microsoft.com/project">&b;</Project>',
        '<?xml version="1.0" encoding="nonsense"?><a/>',
        "",
    ],
    ids=["other", "open", "cut off", "entities", "encoding", "empty"],
)
async def test_xml_that_is_no_plan_is_refused(owner: Person, content: str) -> None:
    answer = await owner.client.post("/imports/msproject", content=content.encode())

    assert answer.status_code == 422, answer.text
    assert (await owner.get("/imports")).json()["items"] == []


async def test_an_outline_as_deep_as_xml_allows_and_wild_numbers(
    owner: Person, bring_file: BringFile
) -> None:
    tasks = "".join(task(n, n, f"Level {n}") for n in range(1, 60))
    wild = "<Priority>99999999999999</Priority><PercentComplete>-4</PercentComplete>"
    jump = task(99, 40, "Jumps", wild + link(98, 9, 10**9, 99))

    done: dict[str, Any] = await bring_file(owner, "msproject", MSPDI.format(tasks=tasks + jump))

    deepest = await find(owner, done["project_id"], "Level 59")
    assert deepest["parent_id"] is not None
    assert done["report"]["created"] == 60
