"""`flask definitions`: procedures as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from engine.faults import Fault, errors
from engine.library import Library
from engine.loading import check_path
from engine.settings import ROOT

SHIPPED = ROOT / "definitions"
PATHS = click.Path(exists=True, path_type=Path)

definitions = AppGroup("definitions", help="Procedures as files.")


@definitions.command()
@click.argument("paths", nargs=-1, type=PATHS)
def check(paths: tuple[Path, ...]) -> None:
    """Say every fault of PATHS, files or folders, at its line; without any, of the definitions of this program."""
    base = Library.folder(SHIPPED)
    faults = [fault for path in paths or (SHIPPED,) for fault in check_path(path, base=base)]
    tell(faults)
    if errors(faults):
        raise SystemExit(1)


def tell(faults: Iterable[Fault]) -> None:
    """Prints faults, one a line."""
    for fault in faults:
        click.echo(fault)
