"""`flask config`: what the program was told."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import click
import peewee
from flask import current_app
from flask.cli import AppGroup

from engine.platform.settings import Settings, unknown_settings
from engine.storage import migrations
from engine.storage.database import database

config = AppGroup("config", help="What the program was told.")


@config.command()
def check() -> None:
    """Say what is wrong with the settings and with what they point to."""
    found = list(faults(current_app.config["SETTINGS"]))
    for fault in found:
        click.echo(fault)
    if found:
        raise SystemExit(1)
    click.echo("All settings are right.")


def faults(settings: Settings) -> Iterator[str]:
    """What is wrong beyond the values themselves, one sentence each."""
    for name in unknown_settings(os.environ):
        yield f"{name} is not a setting of this program; see the table in the README."
    for path in sorted((settings.data_dir / "keys").glob("*")):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield f"{path} can be read by others; run: chmod 600 {path}"
    yield from _database_faults()


def _database_faults() -> Iterator[str]:
    try:
        database.execute_sql("SELECT 1").fetchone()
        missing = migrations.pending()
    except peewee.PeeweeException as exc:
        yield f"MOTCUA_DATABASE_URL must lead to a database that answers; this one says: {' '.join(str(exc).split())}"
        return
    if missing:
        yield f"The database lacks {', '.join(missing)}; run: flask --app app db upgrade"
