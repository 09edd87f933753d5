"""A project with people in it, and a post office."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from msgspec import Struct
from tests.people import Person
from tests.post_office import PostOffice


class Crew(Struct):
    """Somebody who acts, somebody who is told, and somebody else; in one project."""

    ada: Person
    ben: Person
    cleo: Person
    project: dict[str, Any]


@pytest.fixture
async def crew(owner: Person) -> Crew:
    ben, cleo = await owner.colleague("member"), await owner.colleague("member")
    project = await owner.project("Web site", key="WEB")
    for person in (ben, cleo):
        await owner.join(project, person)
    return Crew(owner, ben, cleo, project)


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
