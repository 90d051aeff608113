"""`flask users`: who signs in to the back office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from engine.cli.tables import migrated
from engine.errors import NoSuchAgency, NoSuchPerson, PersonExists, UnknownRole
from engine.office import people
from engine.office.workflow import OFFICER

BY = "flask users"  # whom the journal names
SENTENCES: dict[type[Exception], str] = {
    PersonExists: "{fault.email}: somebody signs in with this address already.",
    NoSuchPerson: "{fault.email}: nobody signs in with this address.",
    UnknownRole: "{fault.role}: no such role; there are {fault.known}.",
    NoSuchAgency: "{fault.code}: no agency has this code; load it first: flask agencies load FILE",
}

users = AppGroup("users", help="Who signs in to the back office.")


@users.command()
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(people.ROLES)))
@click.option("--agency", metavar="CODE", help="The agency's code; without one, the whole installation.")
@click.option("--name", default="", help="The full name.")
@migrated
def create(email: str, roles: tuple[str, ...], agency: str | None, name: str) -> None:
    """Make a person, and print the password, which is shown only now."""
    if not is_address(email):
        end(f"{email}: no email address.")
    if agency is None and OFFICER in roles:
        end("An officer belongs to an agency: --agency CODE")
    with told():
        person, password = people.create(email, roles=roles, agency=agency, full_name=name, **_now())
    click.echo(f"{person.email} {password}")


@users.command()
@click.argument("email")
@migrated
def reset(email: str) -> None:
    """Give a person a new password, print it, and sign them out everywhere."""
    with told():
        password = people.reset(email, **_now())
    click.echo(f"{email} {password}")


@users.command()
@click.argument("email")
@migrated
def disable(email: str) -> None:
    """Shut a person out, at once and everywhere."""
    with told():
        people.disable(email, **_now())
    click.echo(f"{email}: disabled.")


def is_address(typed: str) -> bool:
    """Whether this can be an email address."""
    try:
        return bool(validate_email(typed, check_deliverability=False, test_environment=True))
    except EmailNotValidError:
        return False


def end(sentence: str) -> NoReturn:
    """Ends with a sentence."""
    click.echo(sentence)
    raise SystemExit(1)


@contextmanager
def told() -> Iterator[None]:
    """Ends with the sentence of a refusal."""
    try:
        yield
    except tuple(SENTENCES) as fault:
        click.echo(SENTENCES[type(fault)].format(fault=fault))
        raise SystemExit(1) from fault


def _now() -> dict[str, Any]:
    return {"by": BY, "now": datetime.now(UTC)}
