"""A plan as Microsoft Project's XML."""

from tests.isolation.sample import Sample

SAMPLES = {"GET /projects/{project_id}/msproject": Sample("/projects/{project}/msproject")}
EXPECTED = {"GET /projects/{project_id}/msproject": "200 200 200 403 200 200 404 200 404"}
