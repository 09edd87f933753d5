"""Mails through a real SMTP server; what no server takes is kept as a file."""

import asyncio
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from msgspec.structs import replace
from tests.auth.accounts import link_in, text_of, write_mails
from tests.people import Person
from tests.post_office import PostOffice
from uuid_utils.compat import uuid7

from projectflow.core.endings import end
from projectflow.users.mails import LAST_ATTEMPT, MailNotTaken
from projectflow.worker import work

EVIL = '<b>Ada</b> & "Co"'


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def smtp(office: PostOffice, unused_tcp_port: int) -> Iterator[dict[str, Any]]:
    """Settings with the address of the post office."""
    controller = Controller(office, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    yield {
        "smtp_url": f"smtp://127.0.0.1:{unused_tcp_port}",
        "mail_from": "ProjectFlow <flow@example.org>",
    }
    controller.stop()


async def invite(owner: Person) -> dict[str, Any]:
    who = {"email": f"{uuid7().hex}@example.org", "first_name": "Grace", "last_name": "Hopper"}
    answer = await owner.post("/users", who)
    assert answer.status_code == 201
    return answer.json()


async def rename(owner: Person, superuser_url: str, name: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    await connection.execute("UPDATE tenants SET name = $2 WHERE id = $1", owner.tenant_id, name)
    await connection.close()


async def test_an_invitation_arrives_in_text_and_html_with_its_link(
    owner: Person, office: PostOffice, smtp: dict[str, Any], tmp_path: Path
) -> None:
    made = await invite(owner)

    kept = await write_mails(owner, tmp_path, **smtp)

    ((sender, receivers, mail),) = office.taken
    assert kept == []
    assert (sender, receivers) == ("flow@example.org", [made["user"]["email"]])
    assert mail["To"] == made["user"]["email"]
    assert mail["From"] == "ProjectFlow <flow@example.org>"
    assert mail["Subject"] == "Join Workspace on ProjectFlow"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert link_in(mail) == made["link"]
    assert f'href="{made["link"]}"' in text_of(mail, "html")
    assert "Ada Owner invites you" in text_of(mail)


async def test_names_with_html_in_them_stay_names(
    owner: Person, office: PostOffice, smtp: dict[str, Any], tmp_path: Path, superuser_url: str
) -> None:
    await rename(owner, superuser_url, EVIL)
    await owner.patch("/me", {"first_name": '<img src=x onerror="alert(1)">'})
    await invite(owner)

    await write_mails(owner, tmp_path, **smtp)

    ((_, _, mail),) = office.taken
    html = text_of(mail, "html")
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; &#34;Co&#34;" in html
    assert EVIL in text_of(mail)


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x0b", "\x1c", "\x85", "\u2028"])
async def test_a_name_cannot_add_a_header(
    owner: Person,
    office: PostOffice,
    smtp: dict[str, Any],
    tmp_path: Path,
    superuser_url: str,
    breaker: str,
) -> None:
    await rename(owner, superuser_url, f"Us{breaker}Bcc: evil@example.org{breaker}{breaker}Body")
    made = await invite(owner)

    await write_mails(owner, tmp_path, **smtp)

    ((_, receivers, mail),) = office.taken
    assert receivers == [made["user"]["email"]]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Join Us Bcc: evil@example.org Body on ProjectFlow"


@pytest.mark.parametrize(
    "email", ["a,b@example.org", '"@example.org', "<x@example.org", "a(@example.org", "a;@b.org"]
)
async def test_an_address_that_a_mails_header_would_read_as_another_is_refused(
    owner: Person, email: str
) -> None:
    who = {"email": email, "first_name": "Grace", "last_name": "Hopper"}
    answer = await owner.post("/users", who)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "email")
    assert len((await owner.get("/users")).json()["items"]) == 1


async def test_a_refused_mail_is_tried_again_and_kept_after_the_last_attempt(
    owner: Person, office: PostOffice, smtp: dict[str, Any], tmp_path: Path
) -> None:
    made, office.answer = await invite(owner), "451 {} try later"

    with pytest.raises(MailNotTaken) as raised:
        await write_mails(owner, tmp_path, attempt=LAST_ATTEMPT - 1, **smtp)
    assert not (tmp_path / "mail").exists()
    (mail,) = await write_mails(owner, tmp_path, attempt=LAST_ATTEMPT, **smtp)

    assert made["user"]["email"] not in str(raised.value)
    assert (mail["To"], link_in(mail)) == (made["user"]["email"], made["link"])
    assert office.taken == []


@pytest.mark.usefixtures("office")
async def test_without_a_server_a_mail_is_kept_where_only_we_can_read_it(
    owner: Person, tmp_path: Path
) -> None:
    made = await invite(owner)

    (mail,) = await write_mails(owner, tmp_path)

    (path,) = (tmp_path / "mail").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (mail["To"], link_in(mail)) == (made["user"]["email"], made["link"])
    assert text_of(mail, "html").count(made["link"]) == 1


async def test_an_invitation_that_was_withdrawn_is_not_mailed(
    owner: Person, tmp_path: Path
) -> None:
    first = await invite(owner)
    second = (await owner.post(f"/users/{first['user']['id']}/invite", {})).json()

    (mail,) = await write_mails(owner, tmp_path)

    assert link_in(mail) == second["link"]


async def test_the_worker_tries_again_and_its_queue_keeps_no_address(
    owner: Person, office: PostOffice, smtp: dict[str, Any], superuser_url: str
) -> None:
    connection = await asyncpg.connect(superuser_url)
    # The mails that other tests wanted would all be sent first.
    await connection.execute("DELETE FROM jobs.pgqueuer")
    office.answer = "550 {} is not known here"
    made = await invite(owner)
    email = made["user"]["email"]
    working = asyncio.create_task(work(replace(owner.app.state.settings, **smtp)))
    logged = "SELECT count(*) FROM jobs.pgqueuer_log WHERE traceback IS NOT NULL"
    before = await connection.fetchval(logged)
    for _ in range(300):
        if await connection.fetchval(logged) > before:
            break
        await asyncio.wait([working], timeout=0.1)
    office.answer = None
    for _ in range(300):
        if any(receivers == [email] for _, receivers, _ in office.taken):
            break
        await asyncio.wait([working], timeout=0.1)
    await end(working)
    kept = await connection.fetchval(
        "SELECT count(*) FROM jobs.pgqueuer_log t WHERE strpos(t::text, $1) > 0", email
    )
    tried = await connection.fetchval(logged)
    await connection.close()

    assert tried > before
    assert kept == 0
    assert [receivers for _, receivers, _ in office.taken].count([email]) == 1


async def test_an_address_that_the_server_cannot_spell_is_kept(
    owner: Person, office: PostOffice, smtp: dict[str, Any], tmp_path: Path
) -> None:
    who = {"email": "jürgen@example.org", "first_name": "Jürgen", "last_name": "Müller"}
    made = (await owner.post("/users", who)).json()

    kept = await write_mails(owner, tmp_path, attempt=LAST_ATTEMPT, **smtp)

    arrived = [*kept, *(mail for _, _, mail in office.taken)]
    assert [link_in(mail) for mail in arrived] == [made["link"]]
