"""Rules: who decides what is told where is its receiver."""

from typing import Any

import pytest
from tests.notifications.conftest import Crew
from tests.notifications.telling import deliver, events_of, inbox, kinds, plan_of
from tests.people import Person

RULES = "/me/notification-rules"


async def put(person: Person, **rules: Any) -> dict[str, Any]:
    answer = await person.client.put(RULES, json=rules)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_there_are_rules_before_anybody_writes_some(owner: Person) -> None:
    rules = (await owner.get(RULES)).json()

    assert (rules["version"], rules["email"], rules["muted_project_ids"]) == (0, True, [])
    assert rules["kinds"]["assigned"] == {"in_app": True, "email": "at_once"}
    assert rules["kinds"]["commented"] == {"in_app": True, "email": "digest"}
    assert rules["kinds"]["state_changed"] == {"in_app": True, "email": "none"}
    assert rules["digest"] == {"every": "day", "at": "08:00", "weekday": 0}


async def test_rules_are_replaced_with_a_version_and_an_event(owner: Person) -> None:
    wanted = {
        "kinds": {"assigned": {"in_app": False, "email": "digest"}},
        "quiet_hours": [{"start": "20:00", "end": "08:00", "days": [0, 1]}],
        "digest": {"every": "week", "at": "17:45", "weekday": 4},
    }
    first = await put(owner, **wanted)
    assert (first["version"], first["kinds"]["assigned"]) == (1, wanted["kinds"]["assigned"])
    assert first["kinds"]["mentioned"]["email"] == "at_once"
    assert (await owner.get(RULES)).json() == first
    assert (await put(owner, **wanted))["version"] == 1

    stale = await owner.client.put(RULES, json={"version": 0})
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, 1)
    await put(owner, email=False, version=1)
    changes = await events_of(owner, "notification_rules.changed")
    assert [each["after"]["version"] for _, _, each in changes] == [1, 2]
    assert changes[1][2]["before"]["digest"] == wanted["digest"]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"quiet_hours": [{"start": "00:00", "end": "00:00"}]}, "quiet_hours"),
        ({"quiet_hours": [{"start": "25:00", "end": "08:00"}]}, "start"),
        ({"quiet_hours": [{"start": "20:00", "end": "08:00", "days": [7]}]}, "days"),
        ({"quiet_hours": [{"start": "20:00", "end": "08:00"}] * 8}, "quiet_hours"),
        ({"digest": {"every": "year"}}, "digest"),
        ({"digest": {"at": "8:00\u0000"}}, "digest"),
        ({"kinds": {"assigned": {"email": "fax"}}}, "assigned"),
        ({"kinds": {"shouted": {}}}, "kinds"),
        ({"muted_project_ids": ["0193f5a0-0000-7000-8000-000000000000"]}, "muted_project_ids"),
    ],
)
async def test_rules_that_make_no_sense_are_refused(
    owner: Person, rules: dict[str, Any], field: str
) -> None:
    answer = await owner.client.put(RULES, json=rules)

    assert answer.status_code == 422, answer.text
    assert field in answer.text
    assert (await owner.get(RULES)).json()["version"] == 0


async def test_a_project_that_one_cannot_see_cannot_be_muted(crew: Crew) -> None:
    hidden = await crew.ada.project("Hidden", key="HID")

    answer = await crew.ben.client.put(RULES, json={"muted_project_ids": [hidden["id"]]})

    assert answer.status_code == 422


async def test_channels_and_mutes_decide_what_comes(crew: Crew) -> None:
    await put(crew.ben, kinds={"assigned": {"in_app": False, "email": "none"}})
    await crew.ada.task(crew.project, "Nothing", assignee_id=str(crew.ben.id))
    await put(crew.cleo, kinds={"assigned": {"in_app": False, "email": "digest"}})
    await crew.ada.task(crew.project, "Mail", assignee_id=str(crew.cleo.id))
    await deliver(crew.ada)
    assert (await inbox(crew.ben), await plan_of(crew.ben, "at_once")) == ([], None)
    assert await inbox(crew.cleo) == []
    assert await plan_of(crew.cleo, "digest") is not None

    await put(crew.ben, muted_project_ids=[crew.project["id"]])
    await crew.ada.task(crew.project, "Muted", assignee_id=str(crew.ben.id))
    other = await crew.ada.project("Loud", key="LOUD")
    await crew.ada.join(other, crew.ben)
    await crew.ada.task(other, "Heard", assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    assert await kinds(crew.ben) == ["assigned"]
    assert (await inbox(crew.ben))[0]["project_name"] == "Loud"
