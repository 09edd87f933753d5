"""What a workspace's plan allows, and its sample project."""

from typing import Final

from tests.isolation.sample import Sample

SAMPLES: Final = {
    "GET /workspace/limits": Sample("/workspace/limits"),
    "POST /projects/sample": Sample("/projects/sample"),
}
EXPECTED: Final = {
    # route                  own adm man far-m asg mem far viw far-v
    "GET /workspace/limits": "200 200 200 200 200 200 200 200 200",
    "POST /projects/sample": "201 201 201 201 403 403 403 403 403",
}  # fmt: skip
