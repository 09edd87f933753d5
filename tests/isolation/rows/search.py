"""The search's row."""

from tests.isolation.sample import Sample

SAMPLES = {"GET /search": Sample("/search", query={"q": "Only the others may read this"})}
EXPECTED = {"GET /search": "200 200 200 200 200 200 200 200 200"}
