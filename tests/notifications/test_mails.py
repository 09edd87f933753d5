"""Mails: at once and digests, through a real SMTP server."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from msgspec.structs import replace
from tests.auth.accounts import text_of
from tests.notifications.conftest import Crew
from tests.notifications.telling import deliver, inbox, mail, mails_of, make_due, plan_of
from tests.people import Person
from tests.post_office import PostOffice
from tests.realtime.logs import until

from projectflow.core.endings import end
from projectflow.notifications.mail_plans import SendJob
from projectflow.worker import work

Smtp = dict[str, Any]
EVIL = '<img src=x onerror="alert(1)">\r\nBcc: evil@example.org'


async def assign(crew: Crew, title: str = "Sign") -> dict[str, Any]:
    """Ben is told of a task, which is worth a mail at once."""
    task = await crew.ada.task(crew.project, title, assignee_id=str(crew.ben.id))
    await deliver(crew.ada)
    return task


def mails_to(office: PostOffice, person: Person) -> list[EmailMessage]:
    address = f"{person.id.hex}@example.org"
    return [message for _, receivers, message in office.taken if receivers == [address]]


async def jobs_for(person: Person) -> int:
    """How many jobs of mails of this person's wait in the queue."""
    async with person.app.state.database.without_tenant() as db:
        return await db.fetchval(
            "SELECT count(*) FROM jobs.pgqueuer WHERE entrypoint = 'send_notifications'"
            " AND convert_from(payload, 'UTF8') LIKE '%' || $1 || '%'",
            str(person.id),
        )


async def test_what_is_worth_it_is_mailed_at_once_with_its_link(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    await crew.ben.patch("/me", {"time_zone": "Asia/Kolkata"})
    task = await assign(crew, "Sign <b>this</b>")
    assert await jobs_for(crew.ben) == 1
    await mail(crew.ben, "at_once", **smtp)

    (message,) = mails_to(office, crew.ben)
    link = (
        f"http://localhost:8400/w/w-{crew.ada.tenant_id.hex}/projects/{crew.project['id']}"
        f"/board?task={task['id']}"
    )
    assert message["Subject"] == "Ada Owner assigned this to you: WEB-1 Sign <b>this</b>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert link in text_of(message)
    assert f'href="{link}"' in text_of(message, "html")
    assert "<b>" not in text_of(message, "html")
    assert "IST" in text_of(message)
    now = datetime.now(ZoneInfo("Asia/Kolkata"))
    assert f"{now:%B %Y}" in text_of(message)
    # It was told: that is over.
    assert await plan_of(crew.ben, "at_once") is None
    await mail(crew.ben, "at_once", **smtp)
    assert len(mails_to(office, crew.ben)) == 1
    assert [each["read_at"] for each in await inbox(crew.ben)] == [None]


async def test_what_is_read_before_the_mail_goes_is_not_mailed(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    await assign(crew, "One")
    await assign(crew, "Two")
    await deliver(crew.ada, mail_delay=120)
    two, _ = await inbox(crew.ben)
    await crew.ben.patch(f"/notifications/{two['id']}", {"is_read": True})
    await mail(crew.ben, "at_once", **smtp)
    (message,) = mails_to(office, crew.ben)
    assert "WEB-1 One" in message["Subject"]

    await crew.ada.task(crew.project, "Three", assignee_id=str(crew.ben.id))
    await deliver(crew.ada, mail_delay=120)
    plan = await plan_of(crew.ben, "at_once")
    assert plan is not None
    assert timedelta(seconds=100) < plan["due_at"] - datetime.now(UTC) <= timedelta(seconds=120)
    await mail(crew.ben, "at_once", **smtp)
    assert len(mails_to(office, crew.ben)) == 1  # not due
    await crew.ben.post("/notifications/read-all", {})
    await make_due(crew.ben, "at_once")
    await mail(crew.ben, "at_once", **smtp)
    assert len(mails_to(office, crew.ben)) == 1
    assert await plan_of(crew.ben, "at_once") is None


async def test_what_comes_while_a_mail_waits_has_its_own_delay(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    await assign(crew, "Young")
    await mail(crew.ben, "at_once", notification_mail_delay=3600, **smtp)

    assert mails_to(office, crew.ben) == []
    plan = await plan_of(crew.ben, "at_once")
    assert plan is not None
    assert plan["due_at"] > datetime.now(UTC) + timedelta(minutes=50)


async def test_whoever_lost_the_project_or_left_gets_no_mail_of_it(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    await assign(crew)
    await crew.ada.task(crew.project, "For Cleo", assignee_id=str(crew.cleo.id))
    await deliver(crew.ada)
    await crew.ada.delete(f"/projects/{crew.project['id']}/members/{crew.ben.id}")
    await crew.ada.post(f"/users/{crew.cleo.id}/deactivate")
    for person in (crew.ben, crew.cleo):
        await mail(person, "at_once", **smtp)

        assert await plan_of(person, "at_once") is None
    assert office.taken == []


async def test_quiet_hours_hold_a_mail_back_until_they_are_over(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    now = datetime.now(UTC)
    start, end_ = now - timedelta(hours=1), now + timedelta(hours=2)
    window = {"start": f"{start:%H:%M}", "end": f"{end_:%H:%M}"}
    await crew.ben.client.put("/me/notification-rules", json={"quiet_hours": [window]})
    await assign(crew)
    await mail(crew.ben, "at_once", **smtp)
    assert office.taken == []
    plan = await plan_of(crew.ben, "at_once")
    assert plan is not None
    assert f"{plan['due_at']:%H:%M}" == window["end"]
    assert await jobs_for(crew.ben) == 2

    await crew.ben.client.put("/me/notification-rules", json={})
    await make_due(crew.ben, "at_once")
    await mail(crew.ben, "at_once", **smtp)
    assert len(mails_to(office, crew.ben)) == 1


async def test_a_digest_gathers_what_came_until_its_time(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    await crew.ben.patch("/me", {"time_zone": "America/New_York"})
    task = await crew.ben.task(crew.project, "Talk")
    other = await crew.ben.task(crew.project, "Read")
    for each in (task, other):
        await crew.ada.post(f"/tasks/{each['id']}/comments", {"body": f"Says {EVIL}"})
    await deliver(crew.ada)
    plan = await plan_of(crew.ben, "digest")
    assert plan is not None
    assert f"{plan['due_at'].astimezone(ZoneInfo('America/New_York')):%H:%M}" == "08:00"
    await crew.ben.client.put(
        "/me/notification-rules", json={"digest": {"every": "day", "at": "16:15"}}
    )
    plan = await plan_of(crew.ben, "digest")
    assert plan is not None
    assert f"{plan['due_at'].astimezone(ZoneInfo('America/New_York')):%H:%M}" == "16:15"
    await mail(crew.ben, "digest", **smtp)
    assert office.taken == []

    await make_due(crew.ben, "digest")
    await mail(crew.ben, "digest", **smtp)
    (message,) = mails_to(office, crew.ben)
    assert message["Subject"] == "2 notifications in Workspace"
    assert "WEB-1 Talk" in text_of(message)
    assert "WEB-2 Read" in text_of(message, "html")
    assert "<img" not in text_of(message, "html")
    assert message["Bcc"] is None
    assert await plan_of(crew.ben, "digest") is None


async def test_one_press_stops_all_mail_and_opening_the_link_does_not(
    crew: Crew, office: PostOffice, smtp: Smtp, visitor: httpx.AsyncClient
) -> None:
    await assign(crew)
    await mail(crew.ben, "at_once", **smtp)
    (message,) = mails_to(office, crew.ben)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = "".join(message["List-Unsubscribe"].split()).strip("<>")
    assert address in text_of(message)
    path = address.removeprefix("http://localhost:8400")
    page = await visitor.get(path)
    assert (page.status_code, path in page.text) == (200, True)
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert (await crew.ben.get("/me/notification-rules")).json()["email"] is True

    # As RFC 8058 says, without a cookie and from anywhere.
    for _ in range(2):
        pressed = await visitor.post(path, data={"List-Unsubscribe": "One-Click"})
        assert pressed.status_code == 200

    rules = (await crew.ben.get("/me/notification-rules")).json()
    assert (rules["email"], rules["version"]) == (False, 1)
    await assign(crew, "Another")
    assert await plan_of(crew.ben, "at_once") is None
    for token in ("", "x", path.partition("token=")[2][:-1] + "A" * 2, "a.b.c", "\u0000"):
        for answer in (
            await visitor.get("/unsubscribe", params={"token": token}),
            await visitor.post("/unsubscribe", params={"token": token}),
        ):
            assert answer.status_code == 404


async def test_mail_that_was_switched_off_meanwhile_is_not_sent(
    crew: Crew, office: PostOffice, smtp: Smtp
) -> None:
    await assign(crew)
    await crew.ben.client.put("/me/notification-rules", json={"email": False})
    await mail(crew.ben, "at_once", **smtp)

    assert office.taken == []
    assert await plan_of(crew.ben, "at_once") is None


class _Killed(BaseException):
    """As if the process was gone: nothing of ours handles it."""


async def test_a_worker_killed_after_sending_sends_once_more_and_never_again(
    crew: Crew, office: PostOffice, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await assign(crew)
    job = SendJob(crew.ada.tenant_id, crew.ben.id, "at_once")
    for attempt in range(3):
        mails = mails_of(crew.ben, **smtp)
        send = mails._mailer.send

        async def send_and_die(message: Any, send: Any = send) -> None:
            await send(message)
            raise _Killed

        monkeypatch.setattr(mails._mailer, "send", send_and_die)
        if attempt < 2:
            with pytest.raises(_Killed):
                await mails.send(job)
        else:
            await mails.send(job)
        # Another worker comes at once: the mail is taken to be under way.
        await mail(crew.ben, "at_once", **smtp)
        async with crew.ada.app.state.database.tenant(crew.ada.tenant_id) as db:
            await db.execute(
                "UPDATE notification_mails SET started_at = started_at - interval '4 minutes'"
                " WHERE tenant_id = $1",
                crew.ada.tenant_id,
            )

    first, second = mails_to(office, crew.ben)
    assert first["Message-ID"] == second["Message-ID"]
    assert await plan_of(crew.ben, "at_once") is None


async def test_what_no_server_takes_is_tried_again_and_then_kept(
    crew: Crew, office: PostOffice, smtp: Smtp, tmp_path: Path
) -> None:
    await assign(crew)
    office.answer = "451 {} try later"
    for attempt in range(4):
        await mail(crew.ben, "at_once", home=tmp_path, **smtp)
        plan = await plan_of(crew.ben, "at_once")
        assert plan is not None
        assert plan["attempts"] == attempt + 1
        assert plan["due_at"] > datetime.now(UTC)
        await make_due(crew.ben, "at_once")
    assert not (tmp_path / "mail").exists()
    await mail(crew.ben, "at_once", home=tmp_path, **smtp)

    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert await plan_of(crew.ben, "at_once") is None


async def test_the_worker_tells_and_mails_by_itself(
    crew: Crew, office: PostOffice, smtp: Smtp, superuser_url: str
) -> None:
    connection = await asyncpg.connect(superuser_url)
    # What other tests wanted would all be done first.
    await connection.execute("DELETE FROM jobs.pgqueuer")
    await connection.close()
    await deliver(crew.ada)  # so that this workspace has a place in its log
    settings = replace(crew.ada.app.state.settings, notification_mail_delay=0, **smtp)
    working = asyncio.create_task(work(settings))
    await crew.ada.task(crew.project, "Real", assignee_id=str(crew.ben.id))
    try:
        await until(lambda: bool(mails_to(office, crew.ben)) or working.done(), 30)
    finally:
        await end(working)

    (message,) = mails_to(office, crew.ben)
    assert "WEB-1 Real" in message["Subject"]
