"""How many requests a person may make, and a workspace together."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, Request
from redis.exceptions import ConnectionError as RedisAway
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.app import create_app
from projectflow.auth import limits
from projectflow.auth.browser import client_address
from projectflow.auth.limits import Limits, TooManyRequests
from projectflow.auth.types import Actor
from projectflow.core.settings import PlanLimits, Settings


def seeds(settings: Settings, **changed: object) -> Settings:
    defaults = Settings()
    return msgspec.structs.replace(
        settings,
        api_limit=defaults.api_limit,
        upload_limit=defaults.upload_limit,
        visitor_limit=defaults.visitor_limit,
        **changed,
    )


@asynccontextmanager
async def deployed(settings: Settings, **changed: object) -> AsyncGenerator[Person]:
    """The owner of a fresh workspace, of an app with the seed's limits."""
    app = create_app(seeds(settings, **changed))
    async with app.lifespan(), await found_workspace(app) as person:
        yield person


def someone(plan: str = "free") -> Actor:
    return Actor(uuid7(), uuid7(), "member", uuid7(), plan=plan)


async def admitted(counters: list[Limits], actor: Actor, requests: int) -> int:
    """How many of so many requests at once get in, through several processes' counters."""

    async def ask(number: int) -> bool:
        try:
            await counters[number % len(counters)].request(actor)
        except TooManyRequests:
            return False
        return True

    return sum(await asyncio.gather(*(ask(number) for number in range(requests))))


async def test_a_person_makes_a_hundred_requests_a_minute(settings: Settings) -> None:
    async with deployed(settings) as person:
        answers = [await person.get("/me") for _ in range(101)]

    assert [answer.status_code for answer in answers] == [200] * 100 + [429]
    refused = answers[-1]
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert 0 < int(refused.headers["retry-after"]) <= 60


async def test_each_answer_says_what_is_left(settings: Settings) -> None:
    async with deployed(settings) as person:
        said = [(await person.get("/me")).headers for _ in range(100)]

    assert said[0]["ratelimit-policy"] == '"api";q=100;w=60'
    left = [int(re.fullmatch(r'"api";r=(\d+);t=(\d+)', h["ratelimit"])[1]) for h in said]  # pyright: ignore[reportOptionalSubscript]
    assert left == list(range(99, -1, -1))


@pytest.mark.parametrize("processes", [1, 4])
async def test_processes_count_together(app: Litestar, settings: Settings, processes: int) -> None:
    counters = [Limits(app.state.redis, seeds(settings)) for _ in range(processes)]
    actor = someone()

    let_in = await admitted(counters, actor, 400)

    assert let_in == 100


async def test_one_person_does_not_use_up_anothers(app: Litestar, settings: Settings) -> None:
    counter = Limits(app.state.redis, seeds(settings))
    busy = someone()
    colleague = msgspec.structs.replace(busy, user_id=uuid7())
    await admitted([counter], busy, 150)

    assert await admitted([counter], colleague, 50) == 50


async def test_a_workspace_has_a_budget_that_is_its_own(app: Litestar, settings: Settings) -> None:
    counter = Limits(app.state.redis, seeds(settings, workspace_limit=200))
    first = someone()
    people = [msgspec.structs.replace(first, user_id=uuid7()) for _ in range(5)]

    let_in = sum([await admitted([counter], person, 60) for person in people])

    assert let_in == 200
    assert await admitted([counter], someone(), 60) == 60


async def test_a_plan_has_limits_of_its_own(app: Litestar, settings: Settings) -> None:
    plans = {"pro": PlanLimits(api=300, upload=3, workspace=10_000)}
    counter = Limits(app.state.redis, seeds(settings, plan_limits=plans))
    pro = someone("pro")

    assert await admitted([counter], pro, 400) == 300
    assert await admitted([counter], someone("free"), 400) == 100
    for _ in range(3):
        await counter.upload(pro)
    with pytest.raises(TooManyRequests):
        await counter.upload(pro)


async def test_the_plan_of_a_workspace_reaches_its_people(settings: Settings) -> None:
    plans = {"pro": PlanLimits(api=3, upload=3, workspace=10_000)}
    made = create_app(seeds(settings, plan_limits=plans))
    async with made.lifespan(), await found_workspace(made) as person:
        token = made.state.tokens.issue(person.id, person.tenant_id, "owner", uuid7(), plan="pro")
        headers = {"Authorization": f"Bearer {token}"}
        statuses = [(await person.client.get("/me", headers=headers)).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


async def test_ten_uploads_an_hour(app: Litestar, settings: Settings) -> None:
    counter, actor = Limits(app.state.redis, seeds(settings)), someone()
    for _ in range(10):
        await counter.upload(actor)

    with pytest.raises(TooManyRequests) as refused:
        await counter.upload(actor)
    assert refused.value.retry_after
    assert 3500 < refused.value.retry_after <= 3600


async def test_without_redis_each_process_counts_for_itself(
    app: Litestar, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter, actor = Limits(app.state.redis, seeds(settings)), someone()
    hit = limits._hit

    async def away(limiter: object, *rest: object, **more: object) -> object:
        if limiter in {counter._exact[0], counter._rough[0]}:
            raise RedisAway
        return await hit(limiter, *rest, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(limits, "_hit", away)

    assert await admitted([counter], actor, 150) == 100


async def test_the_window_moves_on(app: Litestar, settings: Settings) -> None:
    counter = Limits(app.state.redis, seeds(settings, api_window=3))
    actor = someone()
    assert await admitted([counter], actor, 150) == 100

    deadline = time.monotonic() + 30
    while await admitted([counter], actor, 1) == 0:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_visitors_are_counted_by_address(app: Litestar, settings: Settings) -> None:
    counter = Limits(app.state.redis, seeds(settings))
    for _ in range(300):
        await counter.visitor("203.0.113.7")

    with pytest.raises(TooManyRequests):
        await counter.visitor("203.0.113.7")
    assert (await counter.visitor("203.0.113.8")).left > 0


async def test_a_refused_request_changes_nothing(settings: Settings) -> None:
    async with deployed(settings) as person:
        for _ in range(100):
            await person.get("/me")

        answer = await person.post("/projects", {"name": "Too much"})

        assert answer.status_code == 429
        async with person.app.state.database.tenant(person.tenant_id) as db:
            assert await db.fetchval("SELECT count(*) FROM projects") == 0


async def test_a_made_up_token_does_not_hide_an_address(
    app: Litestar, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    async with deployed(settings) as person:
        visitor._transport.app = person.app  # pyright: ignore[reportAttributeAccessIssue]
        bogus = {"Authorization": "Bearer made.up.token"}
        statuses = [
            (await visitor.get(path, headers=bogus)).status_code
            for path in ["/api/v1/workspaces/nowhere", "/api/v1/me", "/scim/v2/Users"] * 101
        ]

    assert statuses[:3] == [404, 401, 401]
    assert statuses[300:] == [429, 429, 429]


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_household_is_one_address(peer: str, counted: str) -> None:
    scope: Any = {"type": "http", "client": (peer, 1), "headers": []}

    assert client_address(Request(scope)) == counted
