"""Prometheus' page: what is measured, and that ids and workspaces make no series of their own."""

import httpx
import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from tests.auth.accounts import running
from tests.embedded.stack import free_port
from tests.people import found_workspace

from projectflow.core.metrics import Metrics, kind_of
from projectflow.core.settings import Settings


@pytest.fixture
def port() -> int:
    return free_port()


async def scraped(port: int) -> dict[str, list[tuple[dict[str, str], float]]]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


async def test_requests_queries_and_people_are_measured(settings: Settings, port: int) -> None:
    async with (
        running(replace(settings, metrics_port=port)) as app,
        await found_workspace(app) as owner,
    ):
        before = await scraped(port)
        project = await owner.project()
        for _ in range(3):
            assert (await owner.get(f"/projects/{project['id']}")).status_code == 200
        assert (
            await owner.get("/projects/00000000-0000-7000-8000-000000000000")
        ).status_code == 404

        found = await scraped(port)

    def count(name: str, **labels: str) -> float:
        def total(of: dict[str, list[tuple[dict[str, str], float]]]) -> float:
            return sum(value for has, value in of.get(name, []) if labels.items() <= has.items())

        return total(found) - total(before)

    route = "/api/v1/projects/{project_id}"
    said = {has["route"] for has, _ in found["http_request_duration_seconds_count"]}
    assert route in said
    assert not any(project["id"] in each for each in said)
    requests = "http_request_duration_seconds_count"
    assert count(requests, route=route, status_code="200", tenant_id="") == 3
    assert count(requests, route=route, status_code="404") == 1
    bounds = {has["le"] for has, _ in found["http_request_duration_seconds_bucket"]}
    assert {"0.1", "0.3", "0.5", "0.7", "1.0", "3.0", "5.0", "7.0", "10.0"} <= bounds
    queries = "database_query_duration_seconds_count"
    assert count(queries, query_type="select", table="projects") >= 3
    assert dict(_only(found["active_users_total"])) == {"": 1.0}
    assert found["database_pool_connections"][0][1] >= 1
    assert found["live_connections"][0][1] == 0


def _only(samples: list[tuple[dict[str, str], float]]) -> list[tuple[str, float]]:
    return [(labels["tenant_id"], value) for labels, value in samples]


def test_few_workspaces_have_series_of_their_own() -> None:
    metrics = Metrics(2)

    labels = [metrics.label(name) for name in ("a", "b", "c", "a", "d", None)]

    assert labels == ["a", "b", "other", "a", "other", ""]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT id FROM tasks WHERE tenant_id = $1", ("select", "tasks")),
        ("\n  INSERT INTO events (a) VALUES ($1)", ("insert", "events")),
        ("UPDATE projects SET a = 1", ("update", "projects")),
        ("WITH own AS (SELECT 1 FROM tasks) SELECT * FROM own", ("select", "tasks")),
        ("BEGIN", ("begin", "")),
    ],
)
def test_statements_are_told_apart(query: str, kind: tuple[str, str]) -> None:
    assert kind_of(query) == kind
