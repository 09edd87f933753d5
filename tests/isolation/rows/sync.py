"""Catching up and starting anew."""

from typing import Final

from tests.isolation.sample import Sample

SAMPLES: Final = {
    "GET /sync": Sample("/sync", query={"after": "0"}),
    "GET /sync/bootstrap": Sample("/sync/bootstrap"),
}
EXPECTED: Final = {
    # route                own adm man far-m asg mem far viw far-v
    "GET /sync": "409 409 409 409 409 409 409 409 409",
    "GET /sync/bootstrap": "200 200 200 200 200 200 200 200 200",
}
NOT_WHOLE: Final = {"GET /sync": {409}}
"""The log of these workspaces is longer than anybody catches up with."""
