"""`flask definitions try`: a made citizen files procedures over a scratch copy, and says where that cannot be done."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from engine.cli.definitions import SHIPPED, base, end_with
from engine.definition.library import Library
from engine.definition.loading import load_all
from engine.definition.procedure import Procedure
from engine.errors import NoSuchProcedure, ScratchRefused
from engine.format.faults import errors
from engine.publishing import rows, versions
from engine.storage import migrations
from engine.trial import trials
from engine.trial.report import Report, lines, table
from engine.trial.scratch import Source


@click.command("try")
@click.argument("what", nargs=-1, metavar="[CODE|PATH]…")
@click.option(
    "--all", "every", is_flag=True, help="Every procedure of the back office; before a first start the shipped."
)
@click.option("--json", "as_json", is_flag=True, help="The reports as one JSON list.")
@click.option(
    "--database", default="", metavar="URL", help="An empty PostgreSQL database to walk on, emptied afterwards."
)
def try_(what: tuple[str, ...], *, every: bool, as_json: bool, database: str) -> None:
    """Walk every branch of procedures, by their codes or files, over a scratch copy of this program.

    Fails if a page could not be passed, or a branch was not reached that should be.
    """
    if not what and not every:
        raise click.UsageError("Say which: codes, files or folders; or --all.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # either signal ends the copy in good order
    sources = [*sources_of(what), *(everything() if every else ())]
    try:
        reports = [report for source in sources for report in tried(source, database, quiet=as_json)]
    except ScratchRefused as refused:
        click.echo(f"No trial: {refused}.")
        raise SystemExit(1) from None
    if as_json:
        click.echo(json.dumps([report.document() for report in reports], ensure_ascii=False, indent=1))
    elif reports:
        click.echo()
        click.echo("\n".join(table(reports)))
    if not all(report.good for report in reports):
        raise SystemExit(1)


def tried(source: Source, database: str, *, quiet: bool) -> Iterator[Report]:
    """The reports of a source, each printed as soon as it is there."""
    for procedure in source.procedures:
        if not procedure.online:
            click.echo(f"{procedure.code} {procedure.title.vi}: not filed online, nothing to walk.", err=quiet)
    for report in trials.run(source, now=datetime.now(UTC), tell=say, database_url=database):
        if not quiet:
            click.echo("\n".join(lines(report)))
        yield report


def say(progress: trials.Progress) -> None:
    """Shows how far it is, on a terminal."""
    if sys.stderr.isatty():
        over = progress.done == progress.walks
        words = "" if over else f"{progress.code}: walk {progress.done + 1} of {progress.walks}"
        click.echo(f"\r\033[K{words}", nl=False, err=True)


def everything() -> Iterator[Source]:
    """All procedures of the back office; those that are shipped, where it is not there yet."""
    if migrations.pending():
        yield from sources_of((str(SHIPPED),))
    else:
        yield of_rows(rows.codes())


def sources_of(what: tuple[str, ...]) -> Iterator[Source]:
    """What arguments name: files and folders each with what stands beside them, codes all together."""
    paths = [Path(one) for one in what if Path(one).exists()]
    codes = [one for one in what if not Path(one).exists()]
    for path in paths:
        folder = path if path.is_dir() else path.parent
        loaded = list(load_all([path], base=base()))
        end_with(fault for one in loaded for fault in errors(one.faults))
        found = [one.procedure for one in loaded if one.procedure is not None]
        yield Source(Library.folder(folder, base=base()), tuple(found))
    if codes:
        yield of_rows(codes)


def of_rows(codes: Iterable[str]) -> Source:
    """Drafts of the back office."""
    library = Library() if migrations.pending() else versions.library()
    return Source(library, tuple(_draft(code) for code in codes))


def _draft(code: str) -> Procedure:
    try:
        if migrations.pending():
            raise NoSuchProcedure(code)
        procedure, faults = versions.checked(code)
    except NoSuchProcedure:
        click.echo(f"{code}: no file and no procedure of the back office is called so.")
        raise SystemExit(1) from None
    end_with(errors(faults))
    assert procedure is not None
    return procedure
