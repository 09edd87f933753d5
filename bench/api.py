"""Requests a second of three routes, beside pgbench running the same SQL on the same cluster.

    .venv/bin/python -m bench.api            # needs wrk (Debian's package wrk)

For each of read task, list 50 and create task: pgbench and the API take turns, three rounds, and
the medians and their ratio are printed. The API is one `projectflow serve` process of a stack
that `projectflow up` started, with its access log on; every request carries a token that is
checked. The load generator runs on the same machine. pgbench gets the statements that the
service functions really send, with bound parameters, in the same transaction: BEGIN, SET LOCAL,
the statement, COMMIT; each client prepares them once, so both get the same generic plans.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from bench.stack import Stack, running_stack
from projectflow.auth.tokens import load_tokens
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, connect
from projectflow.projects.service import create_project
from projectflow.projects.types import NewProject
from projectflow.tasks.listing import list_tasks
from projectflow.tasks.service import create_task, read_task
from projectflow.tasks.types import NewTask, TaskFilters

CLIENTS = 16
OUT_OF_REACH = {
    "PROJECTFLOW_API_LIMIT": "10000000",
    "PROJECTFLOW_WORKSPACE_LIMIT": "1000000000",
}
"""Limits that are counted as always, in handfuls of the usual size, and never reached."""
TENANTS = 64
TASKS = 200
TEXT = "Ship the relaunch before the fair, and tell support what changes for customers. " * 4


class Target(msgspec.Struct, frozen=True):
    """One person's token and what they work on."""

    actor: Actor
    token: str
    project_id: UUID
    task_id: UUID


class Spy:
    """A connection that keeps what is asked of it."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        def ask(query: str, *args: Any) -> Awaitable[Any]:
            self.statements.append((query, args))
            return getattr(self._db, name)(query, *args)

        return ask


async def fill(stack: Stack, database: Database) -> list[Target]:
    """Make workspaces with a project each, and its tasks."""
    tokens = load_tokens(stack.settings)
    return [await _fill_one(database, tokens.issue) for _ in range(TENANTS)]


async def _fill_one(database: Database, issue: Callable[..., str]) -> Target:
    actor = Actor(uuid7(), uuid7(), "owner", uuid7())
    async with database.tenant(actor.tenant_id) as db:
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Bench')",
            actor.tenant_id,
            f"bench-{actor.tenant_id.hex[-12:]}",
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", actor.tenant_id)
        await db.execute(
            """
            INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)
            VALUES ($1, $2, 'bench@example.org', '!', 'Ben', 'Chmark', 'owner')
            """,
            actor.tenant_id,
            actor.user_id,
        )
        project = await create_project(db, actor, NewProject(name="Relaunch"))
        tasks = [
            await create_task(
                db, actor, project.id, NewTask(title=f"Task {n} of the relaunch", description=TEXT)
            )
            for n in range(TASKS)
        ]
    token = issue(actor.user_id, actor.tenant_id, actor.role, actor.session_id)
    return Target(actor, token, project.id, tasks[-1].id)


Statement = tuple[str, tuple[Any, ...]]


async def statements_of(database: Database, target: Target) -> dict[str, list[Statement]]:
    """What each operation asks of the database, with its parameters."""
    actor, filters = target.actor, TaskFilters()
    operations: dict[str, Callable[[Db], Awaitable[object]]] = {
        "read": lambda db: read_task(db, actor, target.task_id),
        "list": lambda db: list_tasks(
            db,
            actor,
            target.project_id,
            filters,
            sort="position",
            order="asc",
            limit=50,
            cursor=None,
            include_total=False,
        ),
        "create": lambda db: create_task(
            db, actor, target.project_id, NewTask(title="Made in a bench", description=TEXT)
        ),
    }
    found: dict[str, list[Statement]] = {}
    for name, operation in operations.items():
        async with database.tenant(actor.tenant_id) as db:
            spy = Spy(db)
            await operation(cast("Db", spy))
        found[name] = spy.statements
    return found


class Rate(msgspec.Struct, frozen=True):
    """What a round measured: requests or transactions a second, latencies in milliseconds."""

    rate: float
    p50: float = 0.0
    p99: float = 0.0
    errors: int = 0


class Script(msgspec.Struct, frozen=True):
    """A transaction for pgbench, and the parameters it is run with."""

    path: Path
    variables: dict[str, str]


def run_pgbench(stack: Stack, scripts: list[Script], seconds: int) -> Rate:
    """All scripts with equal weight, prepared statements, as the service's role."""
    command = [_tool("pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"]
    command += ["-T", str(seconds)]
    for script in scripts:
        command.append(f"--file={script.path}")
        command += [f"-D{name}={value}" for name, value in script.variables.items()]
    command.append(stack.running.database_url)
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
    matched = re.search(r"tps = ([\d.]+)", output)
    assert matched, output
    return Rate(float(matched[1]))


def _tool(name: str) -> str:
    from projectflow.embedded.binaries import find_postgres  # noqa: PLC0415

    return str(find_postgres().tool(name))


def write_scripts(
    folder: Path, name: str, statements: list[tuple[UUID, list[Statement]]]
) -> list[Script]:
    """One script a tenant, each a transaction of the shape that the service opens."""
    scripts: list[Script] = []
    for number, (tenant_id, asked) in enumerate(statements):
        variables: dict[str, str] = {}
        queries = [
            _for_pgbench(query, args, f"s{number}_{n}_", variables, new=name == "create")
            for n, (query, args) in enumerate(asked)
        ]
        body = ["BEGIN", f"SET LOCAL app.tenant_id = '{tenant_id}'", *queries, "COMMIT"]
        path = folder / f"{name}-{number}.sql"
        path.write_text(";\n".join(body) + ";\n")
        scripts.append(Script(path, variables))
    return scripts


def _for_pgbench(
    query: str, args: tuple[Any, ...], prefix: str, variables: dict[str, str], *, new: bool
) -> str:
    """The same statement with pgbench's names for its parameters, which it binds too."""

    def name(match: re.Match[str]) -> str:
        n = int(match[1])
        value = args[n - 1]
        if value is None:
            return "NULL"
        # Parameter 5 of the insert is the task's id, which must be another one each time.
        if new and n == 5:
            return "gen_random_uuid()"
        variables[f"{prefix}{n}"] = _as_text(value)
        return f":{prefix}{n}"

    return " ".join(re.sub(r"\$(\d+)", name, query).split())


def _as_text(value: Any) -> str:
    return "{}" if value == [] else str(value).lower() if isinstance(value, bool) else str(value)


LUA = """
local n = 0
local requests = {}
function init(args)
  for line in io.lines(args[1]) do
    local token, path = line:match("^(%S+) (%S+)$")
    local body = args[2] ~= "-" and args[2] or nil
    local headers = {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}
    requests[#requests + 1] = wrk.format(body and "POST" or "GET", path, headers, body)
  end
end
function request()
  n = n % #requests + 1
  return requests[n]
end
function done(summary, latency, all)
  local e = summary.errors
  io.write(string.format('RESULT {"rate": %f, "p50": %f, "p99": %f, "errors": %d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def run_wrk(stack: Stack, folder: Path, targets: list[Target], name: str, seconds: int) -> Rate:
    """Drive one route with all tokens in turn."""
    paths: dict[str, Callable[[Target], str]] = {
        "read": lambda t: f"/api/v1/tasks/{t.task_id}",
        "list": lambda t: f"/api/v1/projects/{t.project_id}/tasks?limit=50",
        "create": lambda t: f"/api/v1/projects/{t.project_id}/tasks",
    }
    new = json.dumps({"title": "Made in a bench", "description": TEXT})
    body = new if name == "create" else "-"
    script, lines = folder / "requests.lua", folder / f"{name}.txt"
    script.write_text(LUA)
    lines.write_text("".join(f"{t.token} {paths[name](t)}\n" for t in targets))
    url = f"http://127.0.0.1:{stack.running.port}"
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", str(script), url]
    command += ["--", str(lines), body]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
    result = next(line for line in output.splitlines() if line.startswith("RESULT "))
    return msgspec.json.decode(result.removeprefix("RESULT "), type=Rate)


async def prepare(
    stack: Stack,
) -> tuple[list[Target], dict[str, list[tuple[UUID, list[Statement]]]]]:
    """Fill the database and collect the statements."""
    database = await connect(stack.settings)
    try:
        targets = await fill(stack, database)
        found = [(t.actor.tenant_id, await statements_of(database, t)) for t in targets]
    finally:
        await database.close()
    return targets, {
        name: [(tenant, by_name[name]) for tenant, by_name in found]
        for name in ("read", "list", "create")
    }


def analyze(stack: Stack) -> None:
    """Give the planner its statistics, as autovacuum would within a minute."""
    url = stack.running.database_superuser_url or stack.running.database_owner_url or ""
    subprocess.run([_tool("psql"), "-qc", "VACUUM ANALYZE", url], check=True, timeout=300)


def main() -> None:
    """Run and print a table; with --json, one object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=8, help="length of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("bench.api needs wrk: apt-get install wrk")
    with running_stack(**OUT_OF_REACH) as stack, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        memory = stack.resident_kb() / 1024
        targets, statements = asyncio.run(prepare(stack))
        analyze(stack)
        rows: list[dict[str, Any]] = []
        for name in ("read", "list", "create"):
            scripts = write_scripts(folder, name, statements[name])
            run_wrk(stack, folder, targets, name, 2)
            pg: list[Rate] = []
            api: list[Rate] = []
            for _ in range(options.rounds):
                pg.append(run_pgbench(stack, scripts, options.seconds))
                api.append(run_wrk(stack, folder, targets, name, options.seconds))
            rows.append(_row(name, pg, api))
    if options.json:
        print(json.dumps({"idle_mb": round(memory), "rows": rows}))
        return
    print(f"idle memory of the whole stack (PSS): {memory:.0f} MB")
    print(f"{os.cpu_count()} CPUs, {CLIENTS} clients")
    for row in rows:
        print(
            "{name:8} pgbench {pgbench:7.0f}/s   API {api:7.0f}/s   ratio {ratio:.2f}   "
            "p50 {p50:.1f} ms   p99 {p99:.1f} ms   errors {errors}".format(**row)
        )


def _row(name: str, pg: list[Rate], api: list[Rate]) -> dict[str, Any]:
    pgbench = statistics.median(r.rate for r in pg)
    rate = statistics.median(r.rate for r in api)
    return {
        "name": name,
        "pgbench": pgbench,
        "api": rate,
        "ratio": rate / pgbench,
        "p50": statistics.median(r.p50 for r in api),
        "p99": statistics.median(r.p99 for r in api),
        "errors": sum(r.errors for r in api),
    }


if __name__ == "__main__":
    main()
