"""`flask definitions import-national`: the national information texts brought into the back office."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click
from flask.cli import with_appcontext

from engine.calendar import UNITS, Unit
from engine.cli.definitions import BY, base, tell
from engine.cli.tables import migrated
from engine.definition.library import CATEGORIES
from engine.exchange.national.batch import Became, Outcome, Wish, bring
from engine.format.faults import did_you_mean, errors

WORDS = {"methods": "methods", "papers": "papers", "results": "results", "legal_basis": "legal texts"}
COUNTABLE = tuple(unit for unit in UNITS if unit != "same_day")


@click.command("import-national")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--category", help="The category of texts whose own is not in the catalog.")
@click.option("--unit", type=click.Choice(COUNTABLE), help="What a time without a unit counts in; else it stays text.")
@click.option("--publish", is_flag=True, help="Show them to the public too.")
@click.option("--replace", is_flag=True, help="Put them in place of procedures that are there already.")
@with_appcontext
@migrated
def import_national(
    files: tuple[Path, ...], *, category: str | None, unit: Unit | None, publish: bool, replace: bool
) -> None:
    """Make drafts of level 1 out of FILES, national information texts in JSON, or folders of them.

    A file is taken whole or not at all; the others go on. What could not be told is kept as text, and said.
    """
    known = base()
    if category is not None:
        end_if_unknown(category, known.catalogs[CATEGORIES].values)
    wish = Wish(category=category, unit=unit, publish=publish, replace=replace, by=BY, now=datetime.now(UTC))
    paths = list(_files(files))
    outcomes = []
    for number, outcome in enumerate(bring(paths, known, wish), start=1):
        click.echo(f"[{number}/{len(paths)}] {outcome.path}: {_said(outcome)}")
        tell(outcome.faults)
        outcomes.append(outcome)
    _sum_up(outcomes)
    if not outcomes or any(outcome.became == "failed" for outcome in outcomes):
        raise SystemExit(1)


def end_if_unknown(category: str, values: Iterable[str]) -> None:
    """Ends with a sentence where the catalog lacks the category."""
    if category not in values:
        click.echo(f'"{category}" is no category of the catalog{did_you_mean(category, values)}')
        raise SystemExit(1)


def _files(given: Iterable[Path]) -> Iterator[Path]:
    """The files, those of folders by name."""
    for path in given:
        yield from sorted(path.glob("*.json")) if path.is_dir() else (path,)


def _said(outcome: Outcome) -> str:
    if outcome.became == "failed":
        return f"failed, {len(errors(outcome.faults))} faults"
    if outcome.became == "skipped":
        return f"{outcome.code} is there already; skipped"
    return f"{outcome.code} {outcome.became}, {_counted(outcome.rows)}"


def _counted(rows: dict[str, int]) -> str:
    return ", ".join(f"{word} {rows[key]}" for key, word in WORDS.items())


def _sum_up(outcomes: list[Outcome]) -> None:
    became = Counter(outcome.became for outcome in outcomes)
    total = {key: sum(outcome.rows.get(key, 0) for outcome in outcomes) for key in WORDS}
    click.echo(f"{len(outcomes)} files: " + ", ".join(f"{became[word]} {word}" for word in get_args(Became)) + ".")
    kept = sum(outcome.kept for outcome in outcomes)
    click.echo(f"In rows: {_counted(total)}. Kept as text: {kept}, each said above.")
