"""Filters, sorting and paging: the database gives what the library's own evaluation gives."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from scim2_models import ScimFilter
from tests.people import found_workspace
from tests.scim.provider import ERROR, Provider, provider_of

from projectflow.scim.schemas import Group, User

PEOPLE: list[dict[str, Any]] = [
    {"userName": "ada@example.org", "name": {"givenName": "Ada", "familyName": "Byron"},
     "externalId": "A1", "roles": [{"value": "admin"}]},
    {"userName": "bob@example.com", "name": {"givenName": "Bob"}, "active": False,
     "timezone": "Europe/Berlin"},
    {"userName": "eve_100%@example.org", "name": {"givenName": "Ève", "familyName": "O'Neil"},
     "externalId": "a1", "locale": "de"},
]  # fmt: skip
OF_USERS = [
    'userName eq "ADA@example.org"', 'userName ne "ada@example.org"', 'userName co "example"',
    'userName sw "b"', 'userName ew ".ORG"', 'userName co "%"', 'userName co "_1"',
    'userName gt "b"', 'userName le "bob@example.com"', "userName pr", "not (userName pr)",
    'externalId eq "A1"', 'externalId ne "A1"', 'not (externalId eq "A1")', "externalId pr",
    "not (externalId pr)", "externalId eq null", "externalId ne null", 'externalId sw "a"',
    'not (externalId co "A")', "active eq true", "active eq false", "active ne false",
    'name.givenName eq "ada"', 'name.familyName co "o\'n"', "name.familyName pr",
    "not (name.familyName pr)", 'displayName co "a b"', 'locale eq "DE"', "locale pr",
    'timezone sw "europe/"', 'roles.value eq "admin"', 'roles eq "member"', "roles pr",
    'roles[value eq "admin" and primary eq true]', 'emails.value ew ".com"', 'emails co "EVE"',
    'emails[type eq "work" and value co "ada"]', 'emails[not (type eq "work")]',
    'emails[type eq "home"].value eq "ada@example.org"', "emails.value pr",
    'groups.display eq "bakers"', 'groups[display eq "bakers"]', "groups pr", "not (groups pr)",
    'id eq "nonsense"', 'id ne "nonsense"', 'id co "-"', "id pr",
    'meta.created gt "2020-01-01T00:00:00Z"', 'meta.lastModified lt "2020-01-01T00:00:00Z"',
    'userName sw "a" or userName sw "b" and active eq true',
    '(userName sw "a" or userName sw "b") and active eq true',
    'not (userName sw "a" or not (active eq true))',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a"', 'USERNAME EQ "ada@example.org"',
    r'userName eq "\u0061da@example.org"', 'name.familyName eq "x\' OR true --"',
    'userName eq "a" or userName eq "\\"; DROP TABLE users; --"', r'name.givenName co "\\"',
]  # fmt: skip
OF_GROUPS = [
    'displayName eq "BAKERS"', 'displayName ne "bakers"', "members pr", "not (members pr)",
    'members.value eq "{ada}"', 'members eq "{bob}"', 'members ne "{bob}"',
    'members[value eq "{ada}"]', 'not (members[value eq "{ada}"])', 'members eq "nonsense"',
    'members[value eq "{ada}" and type eq "User"]', "externalId pr", 'members.value co "-"',
]  # fmt: skip
BROKEN = [
    "", "userName", "userName eq", 'userName eq "a', "userName eq a", "userName xx 1", "()",
    'nonsense eq "a"', 'name.nonsense eq "a"', 'emails[nonsense eq "a"]', "active gt true",
    'active co "t"', 'active eq "maybe"', "userName eq 1", "userName eq true", "userName gt null",
    'meta.created gt "yesterday"', 'meta.created co "2020"', 'meta.version eq "1"',
    "meta.location pr", 'name eq "Ada"', 'userName["a" eq "b"]', 'userName[value eq "a"]',
    'members eq "x"', "1 eq 1", "'; DROP TABLE users; --", 'userName eq "a" or 1=1',
    "userName) OR (true", "(" * 900 + "id pr", "not (" * 300 + "id pr" + ")" * 300,
    " or ".join(['id pr and userName eq "a"'] * 60), "x" * 3000, " or ".join(["id pr"] * 300),
]  # fmt: skip


class Bakery:
    """A workspace with three people, an owner and two teams."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.ids: dict[str, str] = {}
        self.users: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []

    async def ask(self, path: str, **params: Any) -> list[str]:
        answer = await self.provider.find(path, **params)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json().get("Resources", [])]


@pytest.fixture(scope="module")
async def bakery(app: Litestar) -> AsyncIterator[Bakery]:
    async with await found_workspace(app) as owner, await provider_of(owner) as provider:
        made = Bakery(provider)
        people = [await provider.user(**fields) for fields in PEOPLE]
        made.ids = {"ada": people[0]["id"], "bob": people[1]["id"]}
        await provider.group("Bakers", people[0])
        await provider.group("Empty")
        made.users = (await provider.find("/Users")).json()["Resources"]
        made.groups = (await provider.find("/Groups")).json()["Resources"]
        yield made


@pytest.mark.parametrize("text", OF_USERS)
async def test_people_are_filtered_as_the_library_does(bakery: Bakery, text: str) -> None:
    expected = [u["id"] for u in bakery.users if ScimFilter[User](text).match(_whole(User, u))]

    assert await bakery.ask("/Users", filter=text) == expected


@pytest.mark.parametrize("text", OF_GROUPS)
async def test_teams_are_filtered_as_the_library_does(bakery: Bakery, text: str) -> None:
    for name, user_id in bakery.ids.items():
        text = text.replace(f"{{{name}}}", user_id)
    expected = [g["id"] for g in bakery.groups if ScimFilter[Group](text).match(_whole(Group, g))]

    assert await bakery.ask("/Groups", filter=text) == expected


def _whole(model: Any, answer: dict[str, Any]) -> Any:
    """The resource as it was shown, with `primary`, which is shown on request."""
    for role in answer.get("roles", []):
        role["primary"] = True
    return model.model_validate(answer)


@pytest.mark.parametrize("text", BROKEN)
async def test_a_filter_that_cannot_be_answered_is_refused(bakery: Bakery, text: str) -> None:
    answer = await bakery.provider.find("/Users", filter=text)

    assert answer.status_code == 400, answer.text
    assert answer.json()["schemas"] == [ERROR]
    assert answer.json()["scimType"] == "invalidFilter"
    assert len(await bakery.ask("/Users")) == 4


@pytest.mark.parametrize("text", [r'userName eq "\u0000"', r'userName eq "\ud800"'])
async def test_what_no_text_can_hold_is_refused(bakery: Bakery, text: str) -> None:
    answer = await bakery.provider.find("/Users", filter=text)

    assert answer.status_code == 400, answer.text


async def test_pages_lose_nobody(bakery: Bakery) -> None:
    everybody = await bakery.ask("/Users")
    pages = [await bakery.ask("/Users", startIndex=n, count=2) for n in (1, 3, 5)]

    assert [len(page) for page in pages] == [2, 2, 0]
    assert pages[0] + pages[1] == everybody
    last = (await bakery.provider.find("/Users", startIndex=3, count=200)).json()
    assert (last["totalResults"], last["itemsPerPage"], last["startIndex"]) == (4, 2, 3)
    none = (await bakery.provider.find("/Users", count=0)).json()
    assert (none["totalResults"], none.get("Resources", [])) == (4, [])
    beyond = (await bakery.provider.find("/Users", startIndex=10**30)).json()
    assert (beyond["totalResults"], beyond.get("Resources", [])) == (4, [])
    assert await bakery.ask("/Users", startIndex=-7, count=-3) == []


async def test_a_page_holds_at_most_two_hundred(bakery: Bakery) -> None:
    config = (await bakery.provider.find("/ServiceProviderConfig")).json()

    assert config["filter"]["maxResults"] == config["pagination"]["maxPageSize"] == 200
    assert config["bulk"]["supported"] is False
    assert len(await bakery.ask("/Users", count=10**9)) == 4


async def test_sorting(bakery: Bakery) -> None:
    named = {u["id"]: u for u in bakery.users}

    async def sorted_by(attribute: str, order: str = "ascending") -> list[Any]:
        ids = await bakery.ask("/Users", sortBy=attribute, sortOrder=order)
        return [named[each].get(attribute) for each in ids]

    names = await sorted_by("userName")
    assert names == sorted(names)
    assert await sorted_by("userName", "descending") == names[::-1]
    assert len(await sorted_by("displayName")) == 4
    assert (await sorted_by("externalId"))[2:] == [None, None]
    for wrong in (
        "nonsense",
        "name",
        "groups",
        "userName; DROP TABLE users",
        'emails[type eq "a"]',
    ):
        answer = await bakery.provider.find("/Users", sortBy=wrong)
        assert answer.status_code == 400, wrong
    assert (await bakery.provider.find("/Users", sortBy="id", sortOrder="up")).status_code == 400


async def test_a_search_by_post_and_at_the_root(bakery: Bakery) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'displayName eq "Bakers" or userName sw "ada"',
        "attributes": ["id"],
    }
    found = (await bakery.provider.send("POST", "/.search", body)).json()
    assert found["totalResults"] == 2
    second = {**body, "startIndex": 2, "count": 1}
    page = (await bakery.provider.send("POST", "/.search", second)).json()
    assert page["Resources"] == found["Resources"][1:]
