"""The command line, as an operator uses it."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from tests.embedded.conftest import folder, home, new_stack
from tests.embedded.stack import Stack
from tests.imports.boards import board

__all__ = ["folder", "home", "new_stack"]
pytestmark = pytest.mark.stack
NewStack = Callable[..., Stack]
PASSWORD = "eleven loaves of rye"


def test_commands_that_need_nothing_running(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home)

    version = stack.run("version")
    openapi = stack.run("openapi")
    config = new_stack(home, DATABASE_URL="postgresql://me:secret@db/x").run("config", "--json")

    assert version.stdout.strip().removeprefix("projectflow ").count(".") == 2
    assert json.loads(openapi.stdout)["openapi"] == "3.1.0"
    assert json.loads(config.stdout)["database_url"] == "postgresql://me:***@db/x"
    assert "secret" not in config.stdout


@pytest.mark.parametrize(
    ("words", "environment", "code", "says"),
    [
        (("config",), {"PROJECTFLOW_PROT": "1"}, 2, "PROJECTFLOW_PROT is not a setting"),
        (("config",), {"PROJECTFLOW_PORT": "many"}, 2, "PROJECTFLOW_PORT: Expected `int`"),
        (("serve", "billing"), {}, 1, "nothing runs here"),
        (("serve", "billing"), {"DATABASE_URL": "postgresql://a/b", "REDIS_URL": "redis://c"}, 2,
         "no module billing"),
        (("worker",), {}, 1, "nothing runs here"),
        (("backup", "/tmp/x.pf"), {}, 1, "there is no database"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(
    home: Path,
    new_stack: NewStack,
    words: tuple[str, ...],
    environment: dict[str, str],
    code: int,
    says: str,
) -> None:
    ended = new_stack(home, **environment).run(*words)

    assert ended.returncode == code, ended.stderr
    assert ended.stderr.startswith("projectflow: ")
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_trello_board_comes_in_from_the_command_line(
    home: Path, folder: Path, new_stack: NewStack
) -> None:
    stack = new_stack(home).up()
    _create_workspace(stack)
    file, broken = folder / "board.json", folder / "broken.json"
    file.write_text(json.dumps(board()))
    broken.write_text(file.read_text()[:500])
    words = ("import", "trello", str(file), "--workspace", "bakery", "--email", "ada@example.org")
    knowing = new_stack(home, PROJECTFLOW_PASSWORD=PASSWORD)
    knowing.port = stack.port

    first, second = knowing.run(*words), knowing.run(*words)
    refused = knowing.run(*words[:2], str(broken), *words[3:])
    stranger = new_stack(home, PROJECTFLOW_PASSWORD="not the password")
    stranger.port = stack.port
    wrong = stranger.run(*words)

    assert first.returncode == 0, first.stderr
    assert "6" in first.stdout
    assert "one assignee" in first.stdout
    assert second.returncode == 0, second.stderr
    assert "unchanged" in second.stdout
    assert refused.returncode == 1
    assert "broken or cut off" in refused.stderr
    assert wrong.returncode == 1
    assert "wrong" in wrong.stderr
    assert PASSWORD not in first.stdout + first.stderr + refused.stderr


def _create_workspace(stack: Stack) -> None:
    owner = {"email": "ada@example.org", "password": PASSWORD, "first_name": "A", "last_name": "L"}
    body = json.dumps({"slug": "bakery", "name": "Bakery", "owner": owner}).encode()
    url = f"http://127.0.0.1:{stack.port}/api/v1/workspaces"
    request = Request(url, body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 201
