"""The graph of dependencies: whole, bounded, walled, and without circles whoever adds at once."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.people import Person
from tests.tasks import test_plans
from tests.tasks.test_plans import Filled, Sent, indexes, nodes, partitions, plans, whole_reads

from projectflow.core.db import Database
from projectflow.core.settings import Settings
from projectflow.tasks import cycles, dependency_graph

filled, sent = test_plans.filled, test_plans.sent
Pair = tuple[int, int]
"""The first waits for the second."""
SIZE = 7


async def chain(owner: Person, number: int, project: dict[str, Any]) -> list[dict[str, Any]]:
    """Tasks of which each waits for the one before it."""
    made = [await owner.task(project, f"{n}") for n in range(number)]
    for before, after in pairwise(made):
        await depend(owner, after, before)
    return made


async def depend(owner: Person, task: dict[str, Any], on: dict[str, Any]) -> int:
    body = {"depends_on_task_id": on["id"]}
    answer = await owner.post(f"/tasks/{task['id']}/dependencies", body)
    assert answer.status_code in {201, 409}, answer.text
    return answer.status_code


async def graph(who: Person, task: dict[str, Any], **params: Any) -> dict[str, Any]:
    answer = await who.get(f"/tasks/{task['id']}/dependency-graph", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def project_graph(who: Person, project: dict[str, Any]) -> dict[str, Any]:
    answer = await who.get(f"/projects/{project['id']}/dependency-graph")
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(found: dict[str, Any]) -> set[str]:
    return {node["title"] for node in found["nodes"]}


def pairs(found: dict[str, Any]) -> set[tuple[str, str]]:
    names = {node["id"]: node["title"] for node in found["nodes"]}
    return {(names[e["task_id"]], names[e["depends_on_task_id"]]) for e in found["edges"]}


async def test_a_graph_goes_up_and_down_from_its_task(owner: Person) -> None:
    project = await owner.project()
    made = await chain(owner, 5, project)
    aside = await owner.task(project, "aside")
    await depend(owner, aside, made[0])

    whole = await graph(owner, made[2])
    near = await graph(owner, made[2], depth=1)

    assert titles(whole) == set("01234")
    assert pairs(whole) == {("1", "0"), ("2", "1"), ("3", "2"), ("4", "3")}
    assert (whole["is_cut"], whole["hidden"]) == (False, 0)
    assert titles(near) == set("123")
    assert pairs(near) == {("2", "1"), ("3", "2")}
    assert near["is_cut"] is True
    assert titles(await graph(owner, aside)) == {"aside", "0"}


async def test_a_graph_that_is_too_large_says_so_and_keeps_what_is_near(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (dependency_graph.MAX_NODES, dependency_graph.MAX_EDGES) == (1000, 10_000)
    project = await owner.project()
    made = await chain(owner, 7, project)

    monkeypatch.setattr(dependency_graph, "MAX_NODES", 7)
    assert (await graph(owner, made[3]))["is_cut"] is False
    monkeypatch.setattr(dependency_graph, "MAX_NODES", 5)
    near = await graph(owner, made[3])
    monkeypatch.setattr(dependency_graph, "MAX_EDGES", 3)
    few = await project_graph(owner, project)

    assert near["is_cut"] is True
    assert titles(near) >= set("234")
    assert len(near["nodes"]) == 5
    assert (few["is_cut"], len(few["edges"])) == (True, 3)


async def test_a_graph_ends_at_what_somebody_cannot_see_and_counts_it(owner: Person) -> None:
    project, secret = await owner.project(), await owner.project("Secret")
    a, b = [await owner.task(project, title) for title in "ab"]
    x = await owner.task(secret, "x")
    await depend(owner, a, x)
    await depend(owner, x, b)
    member = await owner.colleague("member")
    await owner.join(project, member)

    for found in (await graph(member, a), await project_graph(member, project)):
        assert "b" not in titles(found) or found["edges"] == []
        assert found["hidden"] == 1
        assert x["id"] not in str(found)
    assert titles(await graph(owner, a)) == {"a", "x", "b"}
    assert pairs(await project_graph(owner, project)) == {("a", "x"), ("x", "b")}


async def test_a_graph_leaves_the_trash_out_until_it_is_restored(owner: Person) -> None:
    project = await owner.project()
    made = await chain(owner, 4, project)
    before = await graph(owner, made[0]), await project_graph(owner, project)

    await owner.delete(f"/tasks/{made[1]['id']}")
    for found in (await graph(owner, made[0]), await project_graph(owner, project)):
        assert "1" not in titles(found)
        assert found["hidden"] == 0
    await owner.post(f"/tasks/{made[1]['id']}/restore")

    assert (await graph(owner, made[0]), await project_graph(owner, project)) == before


def waits(edges: Iterable[Pair], parents: dict[int, int]) -> dict[int, set[int]]:
    """Which tasks without sub-tasks wait for which, when a parent stands for all below it."""
    leaves = set(range(SIZE)) - set(parents.values())

    def below(task: int) -> set[int]:
        return {leaf for leaf in leaves if task in above(leaf)}

    def above(task: int) -> set[int]:
        return {task} | (above(parents[task]) if task in parents else set())

    found: dict[int, set[int]] = defaultdict(set)
    for task, on in edges:
        for leaf in below(task):
            found[leaf] |= below(on)
    return found


def has_cycle(edges: Iterable[Pair], parents: dict[int, int]) -> bool:
    """Kahn's way: take away what waits for nothing until nothing is left, or nothing can go."""
    waiting = {task: set(on) for task, on in waits(edges, parents).items() if on}
    while waiting:
        free = {task for task, on in waiting.items() if not on & waiting.keys()}
        if not free:
            return True
        for task in free:
            del waiting[task]
    return False


TASKS = st.integers(0, SIZE - 1)
PAIRS = st.lists(st.tuples(TASKS, TASKS).filter(lambda p: p[0] != p[1]), max_size=14, unique=True)
# A parent has a lower number than its sub-tasks, so a hierarchy is always one.
PARENTS = st.dictionaries(st.integers(1, SIZE - 1), TASKS, max_size=4).map(
    lambda d: {child: parent for child, parent in d.items() if parent < child}
)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=PAIRS, parents=PARENTS)
@example(wanted=[(0, 1), (1, 2), (2, 0)], parents={})
@example(wanted=[(3, 1), (2, 3)], parents={1: 0, 2: 0})
@example(wanted=[(3, 0), (1, 3)], parents={1: 0, 2: 0})
async def test_additions_at_once_never_leave_a_cycle_and_refuse_nothing_else(
    owner: Person, wanted: list[Pair], parents: dict[int, int]
) -> None:
    project = await owner.project()
    made: list[dict[str, Any]] = []
    for n in range(SIZE):
        above = made[parents[n]]["id"] if n in parents else None
        made.append(await owner.task(project, f"{n}", parent_id=above))

    answers = await asyncio.gather(*(depend(owner, made[a], made[b]) for a, b in wanted))

    added = {pair for pair, status in zip(wanted, answers, strict=True) if status == 201}
    assert not has_cycle(added, parents)
    for pair in set(wanted) - added:
        assert has_cycle(added | {pair}, parents), f"{pair} was refused for nothing"
    assert pairs(await project_graph(owner, project)) == {(f"{a}", f"{b}") for a, b in added}
    for n, task in enumerate(made):
        reached = reach(n, added) | reach(n, {(b, a) for a, b in added})
        assert titles(await graph(owner, task)) == {f"{each}" for each in reached}


def reach(start: int, edges: set[Pair]) -> set[int]:
    found = {start}
    while more := {b for a, b in edges if a in found} - found:
        found |= more
    return found


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=PAIRS, parents=PARENTS, move=st.tuples(TASKS, TASKS))
@example(wanted=[(3, 0), (1, 3)], parents={}, move=(1, 0))
@example(wanted=[(1, 0)], parents={}, move=(1, 0))
@example(wanted=[(2, 1)], parents={1: 0}, move=(2, 0))
async def test_a_new_parent_that_closes_a_cycle_is_found(
    owner: Person,
    database: Database,
    wanted: list[Pair],
    parents: dict[int, int],
    move: Pair,
) -> None:
    child, parent = max(move), min(move)
    project = await owner.project()
    made: list[dict[str, Any]] = []
    for n in range(SIZE):
        above = made[parents[n]]["id"] if n in parents else None
        made.append(await owner.task(project, f"{n}", parent_id=above))
    added = {(a, b) for a, b in wanted if await depend(owner, made[a], made[b]) == 201}
    if child == parent:
        return

    async with database.tenant(owner.tenant_id) as db:
        await cycles.lock_dependencies(db, owner.actor)
        await db.execute(
            "UPDATE tasks SET parent_id = $3 WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            UUID(made[child]["id"]),
            UUID(made[parent]["id"]),
        )
        closed = await cycles.parent_closes_cycle(db, owner.actor, UUID(made[child]["id"]))

    assert closed == has_cycle(added, {**parents, child: parent})


PREVIOUS = """
    FROM tasks a JOIN tasks b ON b.tenant_id = a.tenant_id AND b.project_id = a.project_id
        AND b.number IN (a.number - 1, a.number - 50)
    ON CONFLICT DO NOTHING
"""
FILL = (
    (
        "INSERT INTO task_dependencies (tenant_id, task_id, depends_on_task_id)"
        f" SELECT a.tenant_id, a.id, b.id {PREVIOUS}"
    ),
    (
        "INSERT INTO task_relations (tenant_id, task_id, other_task_id, kind)"
        f" SELECT a.tenant_id, a.id, b.id, 'relates' {PREVIOUS}"
    ),
    "ANALYZE task_dependencies, task_relations",
)
FORTH = "task_dependencies_pair_unique"
BACK = "idx_task_dependencies_on"
HOT: dict[str, tuple[str, str, set[str]]] = {
    "add": (
        "POST", "/tasks/{task}/dependencies",
        {"tasks_pkey", "tasks_tenant_id_parent_id_idx", FORTH, BACK},
    ),
    "list": ("GET", "/tasks/{task}/dependencies", {"tasks_pkey", FORTH, BACK}),
    "graph": ("GET", "/tasks/{task}/dependency-graph", {"tasks_pkey", FORTH, BACK}),
    "relations": (
        "GET", "/tasks/{task}/relations",
        {"tasks_pkey", "task_relations_pkey", "idx_task_relations_other"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOT)
async def test_a_walk_uses_its_indexes_and_touches_one_partition(
    filled: Filled, sent: list[Sent], settings: Settings, superuser_url: str, name: str
) -> None:
    method, path, intended = HOT[name]
    connection = await asyncpg.connect(superuser_url)
    for statement in FILL:
        await connection.execute(statement)
    await connection.close()
    owner = filled.owner
    new = await owner.task(filled.project, "New")
    sent.clear()
    body = {"depends_on_task_id": new["id"]} if method == "POST" else None

    answer = await owner.client.request(method, path.format(task=filled.task_id), json=body)

    assert answer.status_code in {200, 201}, answer.text
    statements = list(sent)
    if method == "POST":  # explained again, it must not be there
        assert (await owner.delete(f"/dependencies/{answer.json()['id']}")).status_code == 204
    found = await plans(settings, owner.tenant_id, statements)
    assert indexes(found) >= intended
    assert whole_reads(found) == []
    for plan in found:
        for node in nodes(plan):
            assert node["Node Type"] != "Seq Scan" or "task_" not in node["Relation Name"]
    assert {len(touched) for touched in partitions(found).values()} == {1}
