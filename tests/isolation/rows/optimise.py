"""Better plans: their previews and applying them."""

from typing import Final

from tests.isolation.sample import Sample

SAMPLES: Final = {
    "POST /projects/{project_id}/optimise/preview": Sample(
        "/projects/{project}/optimise/preview", {"stability": 0.5}
    ),
    "POST /projects/{project_id}/optimise": Sample(
        "/projects/{project}/optimise", {"assign": True}
    ),
}
EXPECTED: Final = {
    # route                                   own adm man far-m asg mem far viw far-v
    "POST /projects/{project_id}/optimise/preview":
        "200 200 200 403 200 200 404 200 404",
    "POST /projects/{project_id}/optimise":   "200 200 200 403 403 403 404 403 404",
}  # fmt: skip
