"""The pages with the mails that would be sent: for who has the key, and only without SMTP_URL."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from click.testing import CliRunner
from msgspec.structs import replace
from playwright.async_api import async_playwright
from tests.auth.accounts import running, write_mails
from tests.people import Person
from tests.web.conftest import CHROMIUM, FLAGS

from projectflow.cli import main
from projectflow.core.mail import Mail, Mailer
from projectflow.core.mailbox import Mailbox
from projectflow.core.settings import Settings

LINK = "http://localhost:8400/accept-invitation?token=a.b.c-_"
EVIL = '<script>document.title = "broken into"</script>"><img src=x onerror=alert(1)>'


def mail(subject: str = "Join us", html: str = "<p>Hello</p>") -> Mail:
    return Mail("ada@example.org", subject, f"Open {LINK}.\nBye", html)


@pytest.fixture
async def home(settings: Settings, tmp_path: Path) -> Settings:
    """A folder of mails of its own."""
    return replace(settings, home=tmp_path)


@pytest.fixture
async def desk(home: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at a browser, with an app on that folder."""
    async with running(home) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client


@pytest.fixture
def key(desk: httpx.AsyncClient, home: Settings) -> str:
    return said_by_the_command(home).partition("?key=")[2].strip()


def said_by_the_command(settings: Settings, **environment: str) -> str:
    result = CliRunner(env=environment).invoke(main, ["mailbox"], env={
        "PROJECTFLOW_HOME": str(settings.home), **environment,
    })  # fmt: skip
    return result.output


async def test_the_command_says_where_mails_are_and_the_page_shows_them(
    desk: httpx.AsyncClient, home: Settings
) -> None:
    mailer = Mailer(home)
    await mailer.send(mail("First"))
    await mailer.send(mail("Second <b>"))

    said = said_by_the_command(home)
    assert said.startswith("Mail that would be sent: http://localhost:8400/mailbox?key=")
    page = await desk.get(said.split()[-1])

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.text.index("Second &lt;b&gt;") < page.text.index("First")
    assert page.text.count("ada@example.org") == 2
    links = [part.partition('"')[0] for part in page.text.split('href="')[1:]]
    opened = await desk.get(unescape(links[1]))
    assert (opened.status_code, opened.text.count("First")) == (200, 2)
    for answer in (page, opened):
        policy = answer.headers.get_list("content-security-policy")
        assert len(policy) == 1
        assert "default-src 'none'" in policy[0]
        assert "script" not in policy[0]
        assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"


async def test_without_the_key_nothing_is_there(
    desk: httpx.AsyncClient, home: Settings, key: str
) -> None:
    kept = await Mailer(home).keep(mail())

    for path in ("/mailbox", f"/mailbox/{kept.name}"):
        assert (await desk.get(path, params={"key": key})).status_code == 200
        for wrong in ("", "x", key[:-1], key.swapcase(), f"{key} ", "é", "\x00"):
            answer = await desk.get(path, params={"key": wrong})
            assert answer.status_code == 404, wrong
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await desk.get(path)).status_code == 404


async def test_another_installation_has_another_key(home: Settings, key: str) -> None:
    another = Mailbox(home, lambda: [b"another key"])

    assert not another.opens_with(key)
    assert another.opens_with(another.url.partition("?key=")[2])


async def test_once_mails_are_sent_the_page_is_gone(home: Settings) -> None:
    sending = replace(home, smtp_url="smtp://127.0.0.1:1")
    kept = await Mailer(home).keep(mail())
    async with running(sending) as app:
        box: Mailbox = app.state.mailbox
        path = box.url.removeprefix("http://localhost:8400")
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for address in (path, path.replace("?", f"/{kept.name}?")):
                assert (await client.get(address)).status_code == 404
    result = CliRunner().invoke(main, ["mailbox"], env={
        "PROJECTFLOW_HOME": str(home.home), "SMTP_URL": "smtp://127.0.0.1:1",
    })  # fmt: skip
    assert (result.exit_code, "key=" in result.output) == (1, False)


async def test_no_path_leaves_the_folder(desk: httpx.AsyncClient, home: Settings, key: str) -> None:
    await Mailer(home).keep(mail())
    inside = home.home / "mail"
    secret = b"Subject: secret\n\nsecret"
    (home.home / f"{'a' * 36}.eml").write_bytes(secret)
    (inside / "notes.eml").write_bytes(secret)
    (inside / f"{'b' * 36}.eml.bak").write_bytes(secret)

    for file in (
        f"..%2F{'a' * 36}.eml",
        f"%2e%2e/{'a' * 36}.eml",
        f"../{'a' * 36}.eml",
        f"..%5C{'a' * 36}.eml",
        "..%2Fkeys%2Fjwt.pem",
        "notes.eml",
        f"{'b' * 36}.eml.bak",
        f"{'c' * 36}.eml",
        f"{'c' * 36}.eml%00",
        "%2Fetc%2Fpasswd",
    ):
        answer = await desk.get(f"/mailbox/{file}", params={"key": key})
        assert "secret" not in answer.text, file
        assert "PRIVATE" not in answer.text, file
    assert "secret" not in (await desk.get("/mailbox", params={"key": key})).text


async def test_the_newest_hundred_are_listed(
    desk: httpx.AsyncClient, home: Settings, key: str
) -> None:
    mailer = Mailer(home)
    for number in range(103):
        await mailer.send(mail(f"Number {number}."))

    page = (await desk.get("/mailbox", params={"key": key})).text

    assert page.count("<li>") == 100
    assert "Number 102." in page
    assert "Number 3." in page
    assert "Number 2." not in page


async def test_a_real_invitation_can_be_read(
    desk: httpx.AsyncClient, home: Settings, key: str, owner: Person
) -> None:
    who = {"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper"}
    made = (await owner.post("/users", who)).json()
    await write_mails(owner, home.home)
    page = await desk.get("/mailbox", params={"key": key})
    (address,) = [part.partition('"')[0] for part in page.text.split('href="')[1:]]

    page = await desk.get(unescape(address))

    frame = unescape(page.text.partition('srcdoc="')[2].partition('"></iframe>')[0])
    assert made["link"] in unescape(frame)


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[str]:
    """The address of an ASGI app behind a real server."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
async def test_a_hostile_mail_runs_nothing_and_its_links_open_without_a_referrer(
    home: Settings,
) -> None:
    asked: list[dict[bytes, bytes]] = []

    async def elsewhere(scope: Any, receive: Any, send: Any) -> None:
        asked.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<title>Elsewhere</title>"})

    async with (
        running(home) as app,
        served(app) as here,
        served(elsewhere) as there,
        async_playwright() as playwright,
    ):
        content = f'<p><a href="http://{there}/">Open</a></p>{EVIL}'
        await Mailer(home).keep(mail(EVIL, content))
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        await page.goto(app.state.mailbox.url.replace("localhost:8400", here))
        await page.get_by_role("link").click()
        titles = [await page.title()]
        async with page.expect_popup() as opened:
            await page.frame_locator("iframe").get_by_role("link", name="Open").click()
        popup = await opened.value
        await popup.wait_for_load_state()
        titles += [await popup.title(), await page.title()]
        await browser.close()

    assert titles == [f"{EVIL} · ProjectFlow", "Elsewhere", f"{EVIL} · ProjectFlow"]
    assert b"referer" not in asked[0]
