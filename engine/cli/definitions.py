"""`flask definitions`: procedures as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from engine.cli.tables import migrated
from engine.definition.archive import unpacked
from engine.definition.change_words import sentence
from engine.definition.library import Library
from engine.definition.loading import check_path
from engine.definition.schema import format_schema
from engine.errors import ArchiveRefused, NoSuchProcedure, NotPublishable
from engine.exchange import exports, imports
from engine.exchange.imports import Import
from engine.format import documents, json_text
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


@definitions.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def schema(file: Path | None) -> None:
    """Write the JSON Schema of the format, for editors, to FILE."""
    written = json_text.dump(format_schema())
    if file is None:
        click.echo(written, nl=False)
    else:
        file.write_text(written, "utf-8")


@definitions.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--code", help="The code, where an Excel form does not say it.")
@click.option("--title", help="The title, likewise.")
@click.option("--category", help="The category, likewise.")
@click.option("--level", type=click.IntRange(1, 4), help="The level, likewise.")
@click.option("--replace-shared", is_flag=True, help="Blocks and catalogs of a zip replace those that differ.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--publish", is_flag=True, help="Show them to the public too.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="Write the definition to this .yaml or .json, faults or not."
)
@migrated
def import_(file: Path, *, replace_shared: bool, dry_run: bool, publish: bool, to: Path | None, **given: Any) -> None:
    """Import FILE, a .yaml, .json, .xlsx (XLSForm) or .zip, after saying all that it changes; all of it or nothing."""
    found = imports.read(file.read_bytes(), file.name, given=given, replace_shared=replace_shared)
    for told in found.told:
        click.echo(f"{file.name}: {told}")
    tell(fault for fault in found.faults if fault.warning)
    if to is not None:
        write_converted(found, to)
    end_with(errors(found.faults))
    tell_changes(found)
    if dry_run:
        return
    imports.write(found, by=BY, now=datetime.now(UTC))
    for one in found.proposals:
        click.echo(one.code if not publish else published(one.code))


def write_converted(found: Import, to: Path) -> None:
    """Writes the one procedure of an import to a file."""
    if len(found.proposals) != 1:
        click.echo(f"{to}: nothing written, since {found.file} holds no single procedure.")
        raise SystemExit(1)
    node, _ = documents.parse_far(found.proposals[0].text, found.file)
    if node is not None:
        to.write_text(documents.dump(node.plain(), to.name), "utf-8")


def tell_changes(found: Import) -> None:
    """Says what an import changes, one change a line."""
    for one in found.proposals:
        if one.revision is None:
            click.echo(f"{one.code}: new")
        elif one.changes is None:
            click.echo(f"{one.code}: the draft that is there has faults; all of it is replaced")
        for change in one.changes or ():
            click.echo(f"{one.code}: {sentence(change, 'en')}")
    for name in found.replaced:
        click.echo(f"{name}: replaced")


def published(code: str) -> str:
    """Publishes a procedure that was imported, and says its version."""
    try:
        version = versions.publish(code, by=BY, note="", now=datetime.now(UTC))
    except NotPublishable as refused:
        end_with(refused.faults)
        raise
    return f"{code}: version {version.number}"


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
    own = Library.folder(path).areas if path.is_dir() else ()
    if own or not places.are_there():
        places.load(own or known.areas)
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
