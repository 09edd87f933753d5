"""Webhooks: what happens in a workspace reaches an address, signed, again until it arrives."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from msgspec.structs import replace
from standardwebhooks import Webhook, WebhookVerificationError
from tests.auth.accounts import running
from tests.people import Person, found_workspace
from tests.realtime.logs import IMPATIENT
from tests.realtime.receiver import Receiver

from projectflow.core.db import Database
from projectflow.core.mail import Mail, Mailer
from projectflow.core.outbound import Outbound
from projectflow.core.settings import Settings
from projectflow.realtime.deliveries import (
    DELIVERY_JOB,
    Deliverer,
    DeliveryJob,
    signed,
    webhook_consumer,
)
from projectflow.realtime.following import Following
from projectflow.realtime.notices import NOTICE_JOB, NoticeJob, Notices


@pytest.fixture(scope="module")
async def open_app(settings: Settings) -> AsyncIterator[Litestar]:
    """An app that may call this machine."""
    async with running(replace(settings, private_networks=True)) as made:
        yield made


@pytest.fixture
async def chief(open_app: Litestar) -> AsyncIterator[Person]:
    async with await found_workspace(open_app) as person:
        yield await person.signed_in_by("password")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as made:
        yield made


async def make(person: Person, url: str, **more: Any) -> dict[str, Any]:
    answer = await person.post("/webhooks", {"url": url, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def work(person: Person, *, jobs: bool = True) -> None:
    """Do what the worker owes this workspace: the consumer, then the jobs that are due."""
    state = person.app.state
    await Following(state.database.quiet(), webhook_consumer(), IMPATIENT).follow(person.tenant_id)
    if jobs:
        deliverer = Deliverer(state.database, state.keyring, Outbound(state.settings, timeout=1))
        for job in await take_jobs(state.database, person.tenant_id):
            await deliverer.deliver(job)


async def take_jobs(database: Database, tenant_id: UUID, due: str = "0 s") -> list[DeliveryJob]:
    async with database.without_tenant() as db:
        rows = await db.fetch(
            """
            DELETE FROM jobs.pgqueuer WHERE entrypoint = $1
              AND convert_from(payload, 'UTF8') LIKE '%' || $2 || '%'
              AND execute_after <= now() + $3::text::interval RETURNING payload
            """,
            DELIVERY_JOB,
            str(tenant_id),
            due,
        )
    return [msgspec.json.decode(row["payload"], type=DeliveryJob) for row in rows]


async def log_of(person: Person, made: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await person.get(f"/webhooks/{made['webhook']['id']}/deliveries")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_an_event_arrives_signed_by_the_standard(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url, event_types=["task.*"])
    task = await chief.task(await chief.project(), "Tell them")
    await work(chief)

    ((headers, body),) = receiver.requests
    told = Webhook(made["secret"]).verify(body, headers)
    assert told["type"] == "task.created"
    assert told["data"]["entity_id"] == task["id"]
    assert told["data"]["payload"]["after"]["title"] == "Tell them"
    (delivery,) = await log_of(chief, made)
    assert delivery["id"] == headers["webhook-id"]
    assert (delivery["status"], delivery["response_status"]) == ("delivered", 200)
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(body + b" ", headers)


def test_the_signature_is_that_of_the_specs_example() -> None:
    """The example of the spec's libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}')
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_the_secret_is_shown_once(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url)
    read = await chief.get(f"/webhooks/{made['webhook']['id']}")
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in read.text + (await chief.get("/webhooks")).text
    audit = await chief.get("/audit")
    assert "webhook.created" in audit.text
    assert made["secret"] not in audit.text


async def test_another_secret_signs_from_then_on(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url, event_types=["task.*"])
    answer = await chief.post(f"/webhooks/{made['webhook']['id']}/secret", {})
    assert answer.status_code == 200, answer.text
    other = answer.json()
    assert other["secret"] != made["secret"]
    assert other["webhook"]["version"] == made["webhook"]["version"] + 1
    await chief.task(await chief.project(), "Tell them")
    await work(chief)
    ((headers, body),) = receiver.requests
    assert Webhook(other["secret"]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(body, headers)
    audit = await chief.get("/audit")
    assert "webhook.secret_rotated" in audit.text
    assert other["secret"] not in audit.text


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org", "https://me@example.org/", "nonsense", "https://"],
)
async def test_an_address_that_is_never_called_is_refused(owner: Person, url: str) -> None:
    await owner.signed_in_by("password")
    answer = await owner.post("/webhooks", {"url": url})
    assert answer.status_code == 422, answer.text
    assert "url" in answer.text


async def test_a_private_address_is_not_called(
    owner: Person, receiver: Receiver, settings: Settings
) -> None:
    """Found when its name is resolved: at each delivery."""
    await owner.signed_in_by("password")
    made = await make(owner, f"https://localhost:{receiver.url.split(':')[2]}")
    await owner.project()
    await work(owner)
    assert receiver.requests == []
    delivery = (await log_of(owner, made))[-1]
    assert delivery["error"] == "leads into a private network"
    assert delivery["status"] == "waiting"


async def test_what_fails_is_tried_again_with_its_id_until_it_arrives(
    chief: Person, receiver: Receiver
) -> None:
    made = await make(chief, receiver.url, event_types=["project.created"])
    receiver.status = 503
    await chief.project()
    await work(chief)
    (delivery,) = await log_of(chief, made)
    assert (delivery["status"], delivery["response_status"]) == ("waiting", 503)
    assert delivery["next_attempt_at"] is not None
    assert (await chief.get("/webhooks")).json()["items"][0]["failing_since"] is not None
    state = chief.app.state
    deliverer = Deliverer(state.database, state.keyring, state.outbound)
    assert await take_jobs(state.database, chief.tenant_id) == []
    receiver.status = 204
    (job,) = await take_jobs(state.database, chief.tenant_id, due="6 s")
    await deliverer.deliver(job)
    await deliverer.deliver(job)  # a job that comes twice does nothing
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert len(receiver.requests) == 2
    (delivery,) = await log_of(chief, made)
    assert (delivery["status"], delivery["attempts"]) == ("delivered", 2)
    assert (await chief.get("/webhooks")).json()["items"][0]["failing_since"] is None


async def test_attempts_end_after_a_day_and_it_can_be_sent_again(
    chief: Person, receiver: Receiver
) -> None:
    made = await make(chief, receiver.url, event_types=["project.created"])
    receiver.status = 500
    await chief.project()
    await work(chief)
    for _ in range(8):
        await _hurry_jobs(chief)
        await work(chief)
    (delivery,) = await log_of(chief, made)
    assert (delivery["status"], delivery["attempts"]) == ("failed", 9)
    receiver.status = 200
    path = f"/webhooks/{made['webhook']['id']}/deliveries/{delivery['id']}/redeliver"
    for _ in range(2):
        assert (await chief.post(path)).json()["status"] == "waiting"
    await work(chief)
    assert (await log_of(chief, made))[0]["status"] == "delivered"
    assert len(receiver.requests) == 10


async def _hurry_jobs(person: Person) -> None:
    async with person.app.state.database.without_tenant() as db:
        await db.execute(
            "UPDATE jobs.pgqueuer SET execute_after = now() WHERE entrypoint = $1", DELIVERY_JOB
        )


class Outbox(Mailer):
    """Keeps mails here."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)


async def notices_of(person: Person) -> list[Mail]:
    """What the worker mails that it owes to this workspace for webhooks."""
    state = person.app.state
    outbox = Outbox(state.settings)
    notices = Notices(state.database, outbox)
    async with state.database.without_tenant() as db:
        rows = await db.fetch(
            "SELECT payload FROM jobs.pgqueuer WHERE entrypoint = $1 ORDER BY id", NOTICE_JOB
        )
    for row in rows:
        job = msgspec.json.decode(row["payload"], type=NoticeJob)
        if job.tenant_id == person.tenant_id:
            await notices.send(job, attempt=1)
    return outbox.sent


async def test_after_days_of_failure_it_is_switched_off_and_can_be_switched_on(
    chief: Person, receiver: Receiver
) -> None:
    made = await make(chief, receiver.url, event_types=["project.created"])
    path = f"/webhooks/{made['webhook']['id']}"
    receiver.status = 500
    async with chief.app.state.database.tenant(chief.tenant_id) as db:
        await db.execute(
            "UPDATE webhooks SET failing_since = now() - interval '6 days' WHERE tenant_id = $1",
            chief.tenant_id,
        )
    await chief.project()
    await work(chief)
    webhook = (await chief.get(path)).json()
    assert not webhook["is_active"]
    assert webhook["disabled_at"] is not None
    assert (await log_of(chief, made))[0]["status"] == "failed"
    assert "webhook.disabled" in (await chief.get("/audit")).text
    (mail,) = await notices_of(chief)
    assert mail.to == f"{chief.id.hex}@example.org"
    assert receiver.url in mail.text
    assert receiver.url in mail.html
    again = await chief.patch(path, {"is_active": True})
    assert (again.json()["is_active"], again.json()["disabled_at"]) == (True, None)
    assert again.json()["failing_since"] is None
    assert await notices_of(chief) == []  # it works again: nobody need know


async def test_410_gone_switches_it_off_at_once(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url, event_types=["project.created"])
    receiver.status = 410
    await chief.colleague("admin")
    await chief.colleague("member")
    await chief.project()
    await work(chief)
    assert len(await notices_of(chief)) == 2
    assert not (await chief.get(f"/webhooks/{made['webhook']['id']}")).json()["is_active"]


async def test_a_paused_one_gets_nothing(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url)
    path = f"/webhooks/{made['webhook']['id']}"
    await chief.project()
    await work(chief, jobs=False)
    paused = await chief.patch(path, {"is_active": False, "version": 1})
    assert paused.status_code == 200
    assert (await chief.patch(path, {"name": "x", "version": 1})).status_code == 409
    await chief.project("Another")
    await work(chief)
    assert receiver.requests == []
    deliveries = await log_of(chief, made)
    assert {d["status"] for d in deliveries} == {"failed"}
    again = await chief.post(f"{path}/deliveries/{deliveries[0]['id']}/redeliver")
    assert again.status_code == 409


async def test_a_slow_receiver_is_given_up(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url, event_types=["project.created"])
    receiver.delay = 2
    await chief.project()
    await work(chief)
    assert (await log_of(chief, made))[0]["error"] == "it took too long to answer"


async def test_the_log_is_bounded_and_paged(chief: Person, receiver: Receiver) -> None:
    made = await make(chief, receiver.url, event_types=["project.created"])
    webhook = UUID(made["webhook"]["id"])
    async with chief.app.state.database.tenant(chief.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, seq, event_type, status)
            SELECT $1, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, $2,
                   -n, 'old.one', 'delivered' FROM generate_series(1, 600) n
            """,
            chief.tenant_id,
            webhook,
        )
    await chief.project()
    await work(chief)
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = (await chief.get(f"/webhooks/{webhook}/deliveries", **query)).json()
        seen += [d["id"] for d in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 501
    assert seen == sorted(seen, reverse=True)


async def test_a_workspace_has_twenty_at_most(chief: Person) -> None:
    for n in range(20):
        await make(chief, f"https://example.org/{n}")
    answer = await chief.post("/webhooks", {"url": "https://example.org/21"})
    assert answer.status_code == 409


async def test_a_new_one_wants_a_session_that_has_just_been_confirmed(owner: Person) -> None:
    answer = await owner.post("/webhooks", {"url": "https://example.org"})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/confirmation-needed"
