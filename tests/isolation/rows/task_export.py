"""Tasks as a table."""

from tests.isolation.sample import Sample

SAMPLES = {"GET /tasks/export": Sample("/tasks/export", query={"query": "is:open"})}
EXPECTED = {"GET /tasks/export": "200 200 200 200 200 200 200 200 200"}
