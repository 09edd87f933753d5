"""The commands `projectflow workspace …`: a whole workspace goes out, or comes in."""

# ruff: noqa: PLC0415 - as in cli.py, nothing heavy is loaded before it is needed

import asyncio
from pathlib import Path

import click

from projectflow.core.settings import Settings, load_settings
from projectflow.embedded.refusal import Refusal


@click.group()
def workspace() -> None:
    """Take a whole workspace out, or bring one in; by whoever runs this installation."""


@workspace.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--slug", required=True, help="The workspace's address.")
def export_workspace(file: Path, slug: str) -> None:
    """Write a workspace with its files into FILE, which must not exist yet."""
    settings = load_running_settings()
    from projectflow.operations.workspaces import export_to

    manifest = asyncio.run(export_to(settings, slug, file.absolute()))
    rows = sum(manifest.tables.values())
    click.echo(f"{file}: {len(manifest.tables)} tables, {rows} rows, {manifest.files} files")
    if manifest.missing_files:
        click.echo(f"{manifest.missing_files} files were not in the store.", err=True)


@workspace.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--slug", required=True, help="The address that the new workspace gets.")
def import_workspace(file: Path, slug: str) -> None:
    """Make a new workspace of what `workspace export`, or an owner, has written out."""
    settings = load_running_settings()
    from projectflow.operations.workspaces import import_from

    made = asyncio.run(import_from(settings, slug, file.absolute()))
    rows = sum(made.manifest.tables.values())
    click.echo(f"Workspace {slug}: {rows} rows, {made.manifest.files} files.")
    for line in made.left_out:
        click.echo(f"An attachment is left out: {line}", err=True)
    for webhook in made.webhooks:
        click.echo(f"Webhook to {webhook.url}, switched off, signs with {webhook.secret}")
    click.echo("It holds no passwords: everybody asks for a new one at the sign-in.")


def load_running_settings() -> Settings:
    """The settings, with the addresses of the engines that `up` started where they name none.

    Raises:
        Refusal: nothing runs on this home.
    """
    from projectflow.embedded.running import with_running_engines

    settings = with_running_engines(load_settings())
    if settings.database_url is None or settings.redis_url is None:
        raise Refusal("nothing runs here: `projectflow up`, or set DATABASE_URL and REDIS_URL")
    return settings
