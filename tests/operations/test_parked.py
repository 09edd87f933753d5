"""`projectflow events parked`, and what doctor says of the log."""

import pytest
from tests.realtime.logs import Noted, make_tenant, write

from projectflow.core.db import Database
from projectflow.core.settings import Settings
from projectflow.operations.event_checks import check_events
from projectflow.operations.parked import NotParked, drop, parked_report, replay
from projectflow.realtime.following import Following, Patience


async def test_parked_events_are_listed_given_back_and_dropped(
    settings: Settings, database: Database
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("somebody@example.org")

    tenant, noted = await make_tenant(database), Noted("operator", before=fail)
    await write(database, tenant, 3)
    hasty = Patience(at_once=1, pauses=())
    await Following(database.quiet(), noted.consumer(), hasty).follow(tenant)

    report = await parked_report(settings, "operator", as_json=False)
    lines = [line for line in report.splitlines() if str(tenant) in line]
    names = [line.split()[0] for line in lines]
    assert names == [f"{tenant}/operator/{n}" for n in (1, 2, 3)]
    assert "ValueError" in lines[0]
    assert "example.org" not in report
    assert str(tenant) in await parked_report(settings, "operator", as_json=True)

    assert await replay(settings, names[:2], None, everything=False) == 2
    assert await drop(settings, [names[0]], None, everything=False) == 1
    with pytest.raises(NotParked, match="is not parked"):
        await replay(settings, [names[0]], None, everything=False)
    with pytest.raises(NotParked, match="is not a name"):
        await drop(settings, ["nonsense"], None, everything=False)
    with pytest.raises(NotParked, match="say which"):
        await drop(settings, [], None, everything=False)

    findings = {f.subject: f for f in await check_events(settings)}
    assert findings["parked events"].level == "warn"
    assert await drop(settings, [], "operator", everything=False) == 2
    assert await parked_report(settings, "operator", as_json=False) == "No event is parked."


async def test_doctor_says_when_events_are_not_carried(
    settings: Settings, database: Database
) -> None:
    tenant = await make_tenant(database)
    async with database.tenant(tenant) as db:
        await db.execute("UPDATE event_counters SET last_seq = 1 WHERE tenant_id = $1", tenant)
        await db.execute(
            """
            INSERT INTO events (tenant_id, seq, type, entity_type, entity_id, entity_version,
                                created_at)
            VALUES ($1, 1, 'thing.made', 'thing', gen_random_uuid(), 1, now() - interval '1 hour')
            """,
            tenant,
        )
    findings = {f.subject: f for f in await check_events(settings)}
    assert findings["events"].level == "fail"
    assert "wait to be carried" in findings["events"].text
