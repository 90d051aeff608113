"""`flask definitions`, for what is published: compare, publish, withdraw, close, open again, restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext

from engine.cli.definitions import BY, end_with
from engine.cli.tables import migrated
from engine.definition.change_words import reason, sentence
from engine.errors import (
    NoSuchProcedure,
    NoSuchVersion,
    NotPublishable,
    SuccessorRefused,
    UnpublishedChanges,
)
from engine.publishing import comparing, standing, versions
from engine.publishing.comparing import State
from engine.storage import journal

LANGUAGE = "en"
WHY = {"unknown": "{}: no such procedure is published.", "circle": "{}: it is itself replaced by this procedure."}


def refuse(words: str) -> NoReturn:
    """Says why nothing was done, and ends."""
    click.echo(words)
    raise SystemExit(1)


@contextmanager
def said() -> Iterator[None]:
    """Says in one line what the program refuses."""
    try:
        yield
    except NoSuchProcedure as fault:
        refuse(f"{fault}: no procedure has this code.")
    except NoSuchVersion as fault:
        refuse(f"{fault.code}: there is no version {fault.number}.")
    except SuccessorRefused as fault:
        refuse(WHY[fault.why].format(fault.successor))
    except UnpublishedChanges as fault:
        refuse(f"{fault.code}: the draft has changes that were never published; --force gives them up.")
    except NotPublishable as fault:
        end_with(fault.faults)


def command(act: Callable[..., None]) -> click.Command:
    """A command that needs the tables, and says its refusals."""

    @wraps(act)
    def run(*arguments: Any, **options: Any) -> None:
        with said():
            act(*arguments, **options)

    return click.command()(with_appcontext(migrated(run)))


def state(code: str, named: str) -> State:
    """A version by its number, or the draft; ends where the draft has faults."""
    if named != "draft":
        return comparing.of_version(standing.version_of(code, int(named) if named.isdecimal() else 0))
    found, faults = comparing.of_draft(code, file=f"{code}.yaml")
    if found is None:
        end_with(faults)
        raise SystemExit(1)
    return found


@command
@click.argument("code")
@click.argument("old")
@click.argument("new", default="draft")
def diff(code: str, old: str, new: str) -> None:
    """Say what differs from version OLD of CODE to version NEW, or to the draft."""
    for change in comparing.changes(state(code, old), state(code, new)):
        why = reason(change, LANGUAGE)
        click.echo(sentence(change, LANGUAGE) + (f" [not compatible: {why}]" if why else ""))


@command
@click.argument("code")
@click.option("--note", default="", help="What changed, and why.")
def publish(code: str, *, note: str) -> None:
    """Publish the draft of CODE."""
    now = datetime.now(UTC)
    made = versions.publish(code, by=BY, note=note, now=now)
    journal.write("published", code, by=BY, now=now, details={"version": made.number})
    click.echo(f"{code}: version {made.number}")


@command
@click.argument("code")
@click.option("--back-to", type=int, help="The version that is shown instead.")
def withdraw(code: str, *, back_to: int | None) -> None:
    """Take the version of CODE that the public sees back."""
    standing.withdraw(code, back_to=back_to, by=BY, now=datetime.now(UTC))


@command
@click.argument("code")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day without reception.")
@click.option("--successor", default="", help="The code of what replaces it.")
def close(code: str, *, on: datetime, successor: str) -> None:
    """Receive nothing of CODE from a day on."""
    standing.close(code, on=on.date(), successor=successor, by=BY, now=datetime.now(UTC))


@command
@click.argument("code")
def reopen(code: str) -> None:
    """Receive CODE again."""
    standing.reopen(code, by=BY, now=datetime.now(UTC))


@command
@click.argument("code")
@click.argument("number", type=int)
@click.option("--force", is_flag=True, help="Give up changes of the draft that were never published.")
def restore(code: str, number: int, *, force: bool) -> None:
    """Put version NUMBER of CODE into the draft, its blocks expanded."""
    standing.restore(code, number, confirmed=force, by=BY, now=datetime.now(UTC))


COMMANDS: tuple[click.Command, ...] = (diff, publish, withdraw, close, reopen, restore)
