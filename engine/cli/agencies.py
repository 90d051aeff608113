"""`flask agencies`: who receives dossiers."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

import engine.office.agencies
from engine.cli.definitions import PATHS, tell
from engine.cli.tables import migrated
from engine.definition.library import Agency, read_agencies
from engine.definition.loading import read_bytes
from engine.format.faults import Fault
from engine.format.source import parse

agencies = AppGroup("agencies", help="Who receives dossiers.")


@agencies.command()
@click.argument("file", type=PATHS)
@migrated
def load(file: Path) -> None:
    """Make the agencies of FILE with their units, or change those that are there; none is deleted."""
    found, faults = read(file)
    if faults:
        tell(faults)
        raise SystemExit(1)
    for code in engine.office.agencies.load(found, overwrite=True):
        click.echo(code)


def read(file: Path) -> tuple[tuple[Agency, ...], tuple[Fault, ...]]:
    """The agencies of a file, and what is wrong with it."""
    node, faults = parse(read_bytes(file), str(file))
    return ((), faults) if node is None else read_agencies(node)
