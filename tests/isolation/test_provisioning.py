"""Every route of SCIM, asked with one workspace's token for what belongs to another."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from litestar import Litestar
from tests.isolation.samples import SCIM_SAMPLES, filled, provisioning
from tests.isolation.worlds import MARK, fingerprint, furnish, nowhere
from tests.people import Person, found_workspace
from tests.scim.provider import ERROR, Provider, provider_of

NAMING = sorted(r for r in SCIM_SAMPLES if "Users/{" in r or "Groups/{" in r)
LISTING = sorted(r for r in SCIM_SAMPLES if SCIM_SAMPLES[r].query or r.endswith("search"))


class Others:
    """An identity provider let into one workspace, and what another one holds."""

    def __init__(self, provider: Provider, victim: Person, theirs: dict[str, str]) -> None:
        self.provider = provider
        self.victim = victim
        self.theirs = theirs

    async def ask(self, route: str, ids: dict[str, str]) -> httpx.Response:
        sample = SCIM_SAMPLES[route]
        return await self.provider.client.request(
            route.split(maxsplit=1)[0],
            filled(sample.path, ids),
            json=None if sample.body is None else filled(sample.body, ids),
            params=filled(sample.query, ids),
        )

    def tells(self, answer: httpx.Response) -> bool:
        secrets = [MARK, str(self.victim.tenant_id), str(self.victim.id), *self.theirs.values()]
        return any(secret in answer.text for secret in secrets)


@pytest.fixture(scope="module")
async def others(app: Litestar, superuser_url: str) -> AsyncIterator[Others]:
    """Whatever is asked here, the other workspace's rows stay as they are."""
    async with await found_workspace(app) as owner, await found_workspace(app) as victim:
        theirs = await furnish(victim)
        connection = await asyncpg.connect(superuser_url)
        before = await fingerprint(connection, victim.tenant_id)
        async with await provider_of(owner) as provider:
            yield Others(provider, victim, theirs)
        assert await fingerprint(connection, victim.tenant_id) == before
        await connection.close()


def test_every_route_of_scim_has_a_sample() -> None:
    assert provisioning() == set(SCIM_SAMPLES)
    assert (len(NAMING), len(LISTING)) == (8, 6)


async def test_the_samples_find_what_they_name_at_home(app: Litestar) -> None:
    async with await found_workspace(app) as owner, await provider_of(owner) as provider:
        ids = await furnish(owner)
        at_home = Others(provider, owner, ids)
        for route in LISTING:
            assert (await at_home.ask(route, ids)).json()["totalResults"] > 0, route
        assert (await at_home.ask("POST /Groups", ids)).status_code == 201
        for number, route in enumerate(NAMING):  # each with its own: some delete
            answer = await at_home.ask(route, await furnish(owner, MARK, f"K{number}"))
            assert answer.is_success, f"{route}: {answer.text}"


@pytest.mark.parametrize("route", NAMING)
async def test_another_workspaces_people_and_teams_are_not_found(
    others: Others, route: str
) -> None:
    answer = await others.ask(route, others.theirs)

    assert answer.status_code == 404
    assert answer.json()["schemas"] == [ERROR]
    assert not others.tells(answer)
    assert answer.text == (await others.ask(route, nowhere(others.theirs))).text


@pytest.mark.parametrize("route", LISTING)
async def test_a_search_finds_nothing_of_another_workspace(others: Others, route: str) -> None:
    answer = await others.ask(route, others.theirs)

    assert answer.json()["totalResults"] == 0
    assert not others.tells(answer)


async def test_a_team_takes_nobody_of_another_workspace(others: Others) -> None:
    answer = await others.ask("POST /Groups", others.theirs)

    assert answer.status_code == 400
    assert answer.text == (await others.ask("POST /Groups", nowhere(others.theirs))).text


@pytest.mark.parametrize("route", sorted(SCIM_SAMPLES))
async def test_nothing_is_answered_without_a_token(
    others: Others, visitor: httpx.AsyncClient, route: str
) -> None:
    sample = SCIM_SAMPLES[route]
    path = filled(sample.path, others.theirs)
    body = None if sample.body is None else filled(sample.body, others.theirs)

    answer = await visitor.request(route.split(maxsplit=1)[0], f"/scim/v2{path}", json=body)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
