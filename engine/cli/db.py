"""`flask db`: the tables, and their backups."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from engine.storage import backup, migrations

db = AppGroup("db", help="The tables, and their backups.")
FILE = click.Path(path_type=Path)


@db.command()
def upgrade() -> None:
    """Apply the migrations that the database does not have yet."""
    applied = migrations.upgrade()
    for name in applied:
        click.echo(name)
    if not applied:
        click.echo("Nothing to apply.")


@db.command("backup")
@click.argument("file", type=FILE)
def back_up(file: Path) -> None:
    """Write the database, received files and keys to FILE, a tar. Keys of the environment are not in it."""
    try:
        backup.back_up(current_app.config["SETTINGS"], file, now=datetime.now(UTC))
    except backup.BackupFault as fault:
        _fail(fault)
    click.echo(f"Written: {file}")


@db.command()
@click.argument("file", type=FILE)
def restore(file: Path) -> None:
    """Put what FILE holds in the place of what is there; then start web and worker again."""
    try:
        manifest = backup.restore(current_app.config["SETTINGS"], file)
    except backup.BackupFault as fault:
        _fail(fault)
    click.echo(f"Restored: {file} of {manifest['made_at']}. Start web and worker again.")


def _fail(fault: backup.BackupFault) -> NoReturn:
    click.echo(fault)
    raise SystemExit(1)
