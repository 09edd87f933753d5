"""The command `projectflow`. Heavy modules are imported by the command that needs them."""

# ruff: noqa: PLC0415 - `projectflow version` answers at once because nothing else is loaded

import asyncio
import json
import os
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec

from projectflow.cli_workspaces import load_running_settings, workspace
from projectflow.core.settings import InvalidSetting, Settings, load_settings, masked
from projectflow.embedded.refusal import Refusal

SOURCES = ("trello", "jira", "github", "linear", "msproject", "table", "projectflow", "history")


class Commands(click.Group):
    """A group whose known failures are one line on standard error, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command.

        Raises:
            SystemExit: 2 for a wrong setting, 1 for what an operator must mend, 130 for Ctrl-C.
        """
        try:
            return super().invoke(ctx)
        except InvalidSetting as error:
            fail(str(error), code=2)
        except Refusal as error:
            fail(str(error), code=1)
        except KeyboardInterrupt:
            raise SystemExit(130) from None


def fail(message: str, *, code: int) -> NoReturn:
    """End the command with a message."""
    click.echo(f"projectflow: {message}", err=True)
    raise SystemExit(code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """ProjectFlow: project management for teams. Start with `projectflow up`."""


@main.command()
@click.option("--host", help="Address to listen on; PROJECTFLOW_HOST says it too.")
@click.option("--port", help="Port to listen on; PROJECTFLOW_PORT says it too.")
def up(host: str | None, port: str | None) -> None:
    """Start everything: database, Valkey, API, worker, web app. Ctrl-C stops it."""
    given = {"PROJECTFLOW_HOST": host, "PROJECTFLOW_PORT": port}
    settings = load_settings(os.environ | {name: text for name, text in given.items() if text})
    from projectflow.embedded.supervisor import up as run_up

    asyncio.run(run_up(settings))


@main.command()
def mailbox() -> None:
    """Print where the mails are that would be sent, had SMTP_URL been set."""
    settings = load_settings()
    from projectflow.embedded.running import find_running

    running = find_running(settings.home)
    if running is not None and settings.public_url is None:
        settings = msgspec.structs.replace(settings, public_url=running.address)
    from projectflow.auth.tokens import load_tokens
    from projectflow.core.mailbox import Mailbox

    box = Mailbox(settings, load_tokens(settings).secret_material)
    if not box.is_used:
        fail("SMTP_URL is set: mails are sent, not kept", code=1)
    click.echo(f"Mail that would be sent: {box.url}")


@main.command()
@click.argument("modules", nargs=-1)
def serve(modules: tuple[str, ...]) -> None:
    """Serve the HTTP API: all modules, or the named ones (a deployment of its own)."""
    settings = load_running_settings()
    from projectflow import app

    unknown = [name for name in modules if name not in app.MODULES]
    if unknown:
        fail(f"no module {', '.join(unknown)}: there are {', '.join(app.MODULES)}", code=2)
    app.serve(settings, modules)


@main.command()
def graphql() -> None:
    """Print the GraphQL schema, as web/schema.graphql holds it."""
    from projectflow.graphql.schema import printed

    click.echo(printed(), nl=False)


@main.command()
def worker() -> None:
    """Run background jobs: imports, delivery of events."""
    settings = load_running_settings()
    from projectflow.worker import run_worker

    run_worker(settings)


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date. Safe to run twice, or twice at once."""
    settings = load_settings()
    from projectflow.operations.migrate import migrate_now

    applied = asyncio.run(migrate_now(settings))
    click.echo("\n".join(applied) if applied else "The schema is up to date.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def doctor(as_json: bool) -> None:
    """Check this installation and say how to mend what is wrong. Exit code 1 when something is."""
    settings = load_settings()
    from projectflow.operations.doctor import examine
    from projectflow.operations.findings import report

    findings = asyncio.run(examine(settings))
    click.echo(report(findings, as_json=as_json))
    raise SystemExit(any(finding.level == "fail" for finding in findings))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write database, files and keys into FILE, and read it back."""
    settings = load_settings()
    from projectflow.operations.backup import back_up

    manifest = asyncio.run(back_up(settings, file.absolute()))
    rows = sum(manifest.rows.values())
    click.echo(f"{file}: {len(manifest.rows)} tables, {rows} rows, {manifest.file_count} files")
    click.echo("It holds the keys that sign people in. Keep it where only you can read it.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Replace what is there without asking.")
def restore(file: Path, yes: bool) -> None:
    """Put back what `backup` wrote. FILE is verified before anything changes."""
    settings = load_settings()
    from projectflow.operations.restore import restore as run_restore

    def agreed(question: str) -> bool:
        return yes or (os.isatty(0) and click.confirm(question))

    manifest = asyncio.run(run_restore(settings, file.absolute(), agreed))
    click.echo(f"Restored {sum(manifest.rows.values())} rows and {manifest.file_count} files.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def config(as_json: bool) -> None:
    """Show the settings in force; passwords and keys are hidden."""
    shown = masked(load_settings())
    if as_json:
        click.echo(json.dumps(shown, indent=2))
        return
    for name, value in shown.items():
        click.echo(f"{name} = {json.dumps(value)}")


@main.command()
def version() -> None:
    """Print the version."""
    from projectflow import __version__

    click.echo(__version__)


@main.command()
def permissions() -> None:
    """Print docs/permissions.md."""
    from projectflow.operations.permission_page import permission_page

    click.echo(permission_page(), nl=False)


@main.command()
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from projectflow.app import openapi_document

    click.echo(json.dumps(openapi_document(), indent=2))


@main.group()
def keys() -> None:
    """Replace the keys that sign and that encrypt, while everything runs."""


@keys.command(name="rotate-tokens")
@click.option("--drop-old", is_flag=True, help="The old keys may be known: sign everyone out.")
def rotate_tokens(drop_old: bool) -> None:
    """Sign access tokens with a new key. Those that are out stay valid until they expire."""
    settings = load_settings()
    from projectflow.auth.tokens import rotate_keys

    kept = rotate_keys(settings, drop_old=drop_old)
    click.echo(f"A new key signs from now on; {kept} older verify.")


@keys.command(name="rotate-encryption")
@click.option("--drop-old", is_flag=True, help="Make no new key: remove the older ones.")
def rotate_encryption(drop_old: bool) -> None:
    """Encrypt all stored secrets with a new key. Later, --drop-old removes the key before it."""
    settings = load_running_settings()
    from projectflow.operations.keys import rotate_encryption as rotate

    done = asyncio.run(rotate(settings, drop_old=drop_old))
    click.echo(f"{done.resealed} secrets encrypted again; {done.old_keys} older keys are kept.")


@main.group()
def search() -> None:
    """Look after the search."""


@search.command()
@click.option("--tenant", help="One workspace, by its id or address.")
@click.option("--again", is_flag=True, help="Begin at the first, whatever was done before.")
def rebuild(tenant: str | None, again: bool) -> None:
    """Write all that can be found anew: for Elasticsearch when it is new, changed or was lost.

    What was cut off goes on where it was. People search meanwhile.
    """
    settings = load_running_settings()
    from projectflow.operations.search import rebuild_search

    done = asyncio.run(rebuild_search(settings, tenant=tenant, again=again, say=click.echo))
    click.echo(f"{done.entries} entries of {done.tenants} workspaces are in {done.engine}.")


@main.group()
def analytics() -> None:
    """Look after the numbers."""


@analytics.command(name="rebuild")
@click.option("--workspace", help="One workspace, by its id or address.")
@click.option("--lossy", is_flag=True, help="Also where the log no longer holds its beginning.")
def rebuild_numbers(workspace: str | None, lossy: bool) -> None:
    """Count the event log anew. People read the old numbers meanwhile."""
    settings = load_running_settings()
    from projectflow.operations.analytics import rebuild_analytics

    done = asyncio.run(
        rebuild_analytics(settings, workspace=workspace, lossy=lossy, say=click.echo)
    )
    click.echo(f"{done.events} events of {done.workspaces} workspaces are counted.")


@main.group()
def events() -> None:
    """What follows the event log, and what it could not process."""


@events.group()
def parked() -> None:
    """Events that a consumer failed at to its last attempt."""


@parked.command(name="list")
@click.option("--consumer", help="Only those of one consumer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_parked(consumer: str | None, as_json: bool) -> None:
    """Print each with its error's class; its first word names it to the other commands."""
    settings = load_running_settings()
    from projectflow.operations.parked import parked_report

    click.echo(asyncio.run(parked_report(settings, consumer, as_json=as_json)))


@parked.command(name="replay")
@click.argument("names", nargs=-1)
@click.option("--consumer", help="All of one consumer.")
@click.option("--all", "everything", is_flag=True, help="All there are.")
def replay_parked(names: tuple[str, ...], consumer: str | None, everything: bool) -> None:
    """Have the worker process them again. Those that fail again stay parked."""
    settings = load_running_settings()
    from projectflow.operations.parked import replay

    count = asyncio.run(replay(settings, names, consumer, everything=everything))
    click.echo(f"{count} events given to the worker.")


@parked.command(name="drop")
@click.argument("names", nargs=-1)
@click.option("--consumer", help="All of one consumer.")
@click.option("--all", "everything", is_flag=True, help="All there are.")
def drop_parked(names: tuple[str, ...], consumer: str | None, everything: bool) -> None:
    """Forget them: they stay in the log, and their consumer never processes them."""
    settings = load_running_settings()
    from projectflow.operations.parked import drop

    click.echo(f"{asyncio.run(drop(settings, names, consumer, everything=everything))} dropped.")


@main.command(name="import")
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--workspace", required=True, help="The workspace's address (slug).")
@click.option("--email", help="Your e-mail address there.")
@click.option("--url", help="Address of the service; default: the running or configured one.")
@click.option("--project-id", help="Bring it into this project instead of one of its own.")
@click.option("--project-name", "--project", help="What a new project is called.")
@click.option("--no-pull-requests", is_flag=True, help="github: leave pull requests out.")
@click.option("--mapping", help="table, history: which column is what, as JSON (docs/imports.md).")
def import_(
    source: str,
    file: Path,
    workspace: str,
    email: str | None,
    url: str | None,
    project_id: str | None,
    project_name: str | None,
    no_pull_requests: bool,
    mapping: str | None,
) -> None:
    """Bring in what another tool exported. Doing it again updates it, never doubles it.

    The password is asked for, or read from PROJECTFLOW_PASSWORD; PROJECTFLOW_TOKEN with an access
    token replaces e-mail and password. Neither is an option: `ps` would show it.
    """
    if source == "history":
        from projectflow.operations.history import import_history

        # Past the HTTP API, where nobody dates an event.
        made = import_history(
            load_running_settings(), file, workspace, email, project_name, mapping
        )
        click.echo(asyncio.run(made).report())
        return
    settings = _settings_without("PROJECTFLOW_PASSWORD", "PROJECTFLOW_TOKEN")
    from projectflow.operations.importing import import_file, sign_in

    address = url or settings.url
    token = os.environ.get("PROJECTFLOW_TOKEN")
    if not token:
        if email is None:
            fail("--email is needed", code=2)
        password = os.environ.get("PROJECTFLOW_PASSWORD") or click.prompt(
            "Password", hide_input=True
        )
        token = sign_in(address, workspace, email, password)
    wanted = {
        "project_id": project_id,
        "project_name": project_name,
        "pull_requests": "false" if no_pull_requests else None,
        "mapping": mapping,
    }
    params = {name: value for name, value in wanted.items() if value is not None}
    click.echo(import_file(address, token, source, file, params, progress=click.echo))


def _settings_without(*names: str) -> Settings:
    """Load the settings; those variables are this command's own, not settings."""
    return load_settings({name: text for name, text in os.environ.items() if name not in names})


main.add_command(workspace)
