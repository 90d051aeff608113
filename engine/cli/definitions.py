"""`flask definitions`: procedures as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from engine.cli.tables import migrated
from engine.definition.archive import unpacked
from engine.definition.library import Library
from engine.definition.loading import check_path
from engine.errors import ArchiveRefused, NoSuchProcedure
from engine.exchange import exports
from engine.format.faults import Fault, errors
from engine.office import places
from engine.platform.settings import ROOT
from engine.publishing import rows, versions
from engine.storage import migrations

SHIPPED = ROOT / "definitions"
PATHS = click.Path(exists=True, path_type=Path)
BY = "flask definitions"  # whom the journal names

definitions = AppGroup("definitions", help="Procedures as files.")


@definitions.command()
@click.argument("paths", nargs=-1, type=PATHS)
def check(paths: tuple[Path, ...]) -> None:
    """Say every fault of PATHS, files, folders or zips, at its line; without any, of this program's own."""
    with opened(paths or (SHIPPED,)) as found:
        end_if_faulty(found, base())


@definitions.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--publish", is_flag=True, help="Show them to the public too.")
@migrated
def load(paths: tuple[Path, ...], *, publish: bool) -> None:
    """Load PATHS, files, folders or zips, into the back office; nothing at all where one has a fault."""
    with opened(paths) as found:
        known = base()
        end_if_faulty(found, known)
        for path in found:
            load_one(path, known, publish=publish)


@definitions.command()
@click.argument("code")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@migrated
def export(code: str, file: Path | None) -> None:
    """Write a procedure of the back office to FILE: .yaml, .json, or a .zip with all that belongs to it."""
    try:
        data = exports.exported(code, file.suffix[1:] if file else "yaml")
    except NoSuchProcedure:
        click.echo(f"{code}: no procedure has this code.")
        raise SystemExit(1) from None
    except LookupError:
        click.echo(f"{file}: a procedure is written to {', '.join(f'.{one}' for one in exports.EXPORTS)} only.")
        raise SystemExit(1) from None
    if file is None:
        click.echo(data, nl=False)
    else:
        file.write_bytes(data)


@contextmanager
def opened(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """The paths, with zips unpacked for as long as the block runs."""
    with ExitStack() as stack:
        found = []
        for path in paths:
            try:
                found.append(stack.enter_context(unpacked(path)) if path.suffix == ".zip" else path)
            except ArchiveRefused as refused:
                end_with([Fault(str(path), 1, "", str(refused))])
        yield found


def load_one(path: Path, known: Library, *, publish: bool) -> None:
    """Loads a checked file or folder, and says what became of each procedure."""
    if path.is_dir() and (areas := Library.folder(path).areas):
        places.load(areas)
    for loaded in versions.load_folder(path, publish=publish, now=datetime.now(UTC), by=BY, base=known):
        end_with(errors(loaded.faults))
        click.echo(f"{loaded.code}: version {loaded.version.number}" if loaded.version else loaded.code)


def base() -> Library:
    """What a file finds beyond its own folder: the back office's blocks and catalogs, then those of this program."""
    shipped = Library.folder(SHIPPED)
    return shipped if migrations.pending() else rows.library_of_rows().before(shipped)


def end_if_faulty(paths: Iterable[Path], known: Library) -> None:
    """Says every fault and warning, and ends where one is a fault."""
    faults = [fault for path in paths for fault in check_path(path, base=known)]
    tell(fault for fault in faults if fault.warning)
    end_with(errors(faults))


def end_with(faults: Iterable[Fault]) -> None:
    """Says faults and ends, where there are any."""
    if found := list(faults):
        tell(found)
        raise SystemExit(1)


def tell(faults: Iterable[Fault]) -> None:
    """Prints faults, one a line."""
    for fault in faults:
        click.echo(fault)
