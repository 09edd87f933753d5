"""Reports by mail: due once, and for each receiver what they may see."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiosmtpd.controller import Controller
from msgspec.structs import replace
from tests.people import Person
from tests.post_office import PostOffice

from projectflow.analytics.reports import mails
from projectflow.analytics.reports.mails import REPORT_JOB, ReportJob, ReportMails, plan_reports
from projectflow.core.mail import Mailer
from projectflow.core.settings import Settings
from projectflow.users.mails import MailNotTaken


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def smtp(office: PostOffice, unused_tcp_port: int, settings: Settings) -> Iterator[Settings]:
    controller = Controller(office, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    yield replace(
        settings, smtp_url=f"smtp://127.0.0.1:{unused_tcp_port}", mail_from="P <p@example.org>"
    )
    controller.stop()


async def jobs_of(person: Person) -> list[ReportJob]:
    async with person.app.state.database.without_tenant() as db:
        rows = await db.fetch(
            "SELECT payload FROM jobs.pgqueuer WHERE entrypoint = $1 ORDER BY id", REPORT_JOB
        )
    jobs = [msgspec.json.decode(row["payload"], type=ReportJob) for row in rows]
    return [job for job in jobs if job.tenant_id == person.tenant_id]


async def send(person: Person, settings: Settings, job: ReportJob, attempt: int = 0) -> None:
    database = person.app.state.database
    await ReportMails(database, Mailer(settings), settings).send(job, attempt=attempt)


async def report_to(owner: Person, *people: Person, **more: Any) -> dict[str, Any]:
    body = {
        "name": "Weekly\r\nBcc: evil@example.org",
        "measures": ["tasks"],
        "dimensions": ["project"],
        "schedule": {
            "every": "day", "format": "csv", "recipients": [str(each.id) for each in people],
        },
    }  # fmt: skip
    answer = await owner.post("/reports", body | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def table_of(message: EmailMessage) -> list[list[str]]:
    (file,) = message.iter_attachments()
    assert file.get_content_type() == "text/csv"
    content = file.get_content()
    text = content if isinstance(content, str) else content.decode()
    return list(csv.reader(io.StringIO(text)))


async def test_each_receiver_gets_what_they_may_see_and_once(
    owner: Person, office: PostOffice, smtp: Settings
) -> None:
    member = await owner.colleague("member")
    one, two = await owner.project("One", key="ONE"), await owner.project("Two", key="TWO")
    await owner.join(one, member)
    for project in (one, one, two):
        await owner.task(project, "T")
    report = await report_to(owner, owner, member)
    database = owner.app.state.database
    due = datetime.fromisoformat(report["next_run_at"])

    await plan_reports(database, due - timedelta(seconds=1))
    assert await jobs_of(owner) == []
    await plan_reports(database, due)
    await plan_reports(database, due)

    jobs = {job.user_id: job for job in await jobs_of(owner)}
    assert jobs.keys() == {owner.id, member.id}
    assert len(await jobs_of(owner)) == 2
    after = (await owner.get(f"/reports/{report['id']}")).json()
    assert datetime.fromisoformat(after["next_run_at"]) == due + timedelta(days=1)
    assert after["version"] == 1
    for job in jobs.values():
        await send(owner, smtp, job)
    seen = {receivers[0]: table_of(message) for _, receivers, message in office.taken}
    assert sorted(seen[f"{owner.id.hex}@example.org"][1:]) == [
        ["ONE", "2"], ["TWO", "1"], ["Total", "3"],
    ]  # fmt: skip
    assert seen[f"{member.id.hex}@example.org"][1:] == [["ONE", "2"], ["Total", "2"]]
    message = office.taken[0][2]
    assert message["Subject"] == "Report: Weekly Bcc: evil@example.org"
    assert message["Bcc"] is None
    assert message["Message-ID"].startswith(f"<report-{report['id']}-")


async def test_who_left_or_may_not_see_it_gets_nothing(
    owner: Person, office: PostOffice, smtp: Settings
) -> None:
    inside, outside = await owner.colleague("member"), await owner.colleague("member")
    project = await owner.project("One")
    await owner.join(project, inside)
    report = await report_to(owner, inside, outside, project_id=project["id"])
    due = datetime.fromisoformat(report["next_run_at"])
    await plan_reports(owner.app.state.database, due)

    for job in await jobs_of(owner):
        await send(owner, smtp, job)
    assert [receivers for _, receivers, _ in office.taken] == [[f"{inside.id.hex}@example.org"]]

    (job,) = [job for job in await jobs_of(owner) if job.user_id == inside.id]
    assert (await inside.delete(f"/reports/{report['id']}/recipients/me")).status_code == 204
    await send(owner, smtp, job)
    assert len(office.taken) == 1


async def test_what_cannot_be_counted_says_why_and_what_is_refused_comes_again(
    owner: Person, office: PostOffice, smtp: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = await report_to(owner, owner)
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE reports SET configuration = configuration || $3::jsonb"
            " WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            UUID(report["id"]),
            '{"query": "field.gone:1"}',
        )
    job = ReportJob(owner.tenant_id, UUID(report["id"]), owner.id, datetime.now(UTC))

    office.answer = "451 try later"
    with pytest.raises(MailNotTaken):
        await send(owner, smtp, job)
    office.answer = None
    await send(owner, smtp, job, attempt=1)

    ((_, _, message),) = office.taken
    body = message.get_body(("plain",))
    assert body is not None
    assert "could not be counted" in body.get_content()
    assert list(message.iter_attachments()) == []

    async def broken(*_: Any) -> int:
        raise RuntimeError

    # One workspace that fails does not keep the others waiting.
    monkeypatch.setattr(mails, "plan_in", broken)
    due = datetime.fromisoformat(report["next_run_at"])
    assert await plan_reports(owner.app.state.database, due) == 0
