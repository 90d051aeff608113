"""`flask demo`: two offices and people to sign in with, for a first look on one's own machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import NamedTuple, TypedDict

import click
from flask.cli import with_appcontext

from engine.cli.definitions import SHIPPED
from engine.cli.tables import end_if_behind
from engine.definition.library import Library
from engine.errors import PersonExists
from engine.office import agencies, people
from engine.office.workflow import ADMINISTRATOR, OFFICER
from engine.platform.running import settings

ACCOUNTS = "demo-accounts.json"
BY = "flask demo"  # whom the journal names
DOMAIN = "example.vn"


OFFICERS = ("Trần Văn Một", "Phạm Thị Cửa")  # names that nobody takes for a real person's


class Wanted(NamedTuple):
    """A demo person: the first part of the address, the name, the role and the agency's code."""

    name: str
    full_name: str
    role: str
    agency: str


class Account(TypedDict):
    """A sign-in as it is kept."""

    email: str
    password: str
    roles: list[str]
    agency: str


@click.command()
@with_appcontext
def demo() -> None:
    """Make the demo agencies and sign-ins that are not there yet, and print the new ones."""
    if not settings().loopback:
        click.echo("Demo sign-ins are for a site on this machine; MOTCUA_BASE_URL says another.")
        raise SystemExit(1)
    end_if_behind()
    say_accounts(make_demo(settings().data_dir / ACCOUNTS, datetime.now(UTC)))


def make_demo(file: Path, now: datetime) -> list[Account]:
    """Makes what is missing, and keeps the passwords in `file`; the sign-ins made."""
    found = Library.folder(SHIPPED).agencies
    agencies.load(found, overwrite=False)
    wanted = [Wanted("quan-tri", "Lê Quản Trị", ADMINISTRATOR, "")] + [
        Wanted(f"can-bo.{agency.code.lower()}", name, OFFICER, agency.code)
        for agency, name in zip(found, cycle(OFFICERS), strict=False)
    ]
    made = [account for one in wanted for account in _account(one, now)]
    if made:
        _keep(file, [*_kept(file), *made])
    return made


def say_accounts(accounts: Iterable[Account]) -> None:
    """Prints sign-ins, one a line."""
    for account in accounts:
        parts = (account["email"], account["password"], *account["roles"], account["agency"])
        click.echo("  ".join(filter(None, parts)))


def _account(one: Wanted, now: datetime) -> Iterable[Account]:
    """The sign-in, unless it is there already."""
    agency, email = one.agency or None, f"{one.name}@{DOMAIN}"
    try:
        person, password = people.create(
            email, roles=[one.role], agency=agency, full_name=one.full_name, by=BY, now=now
        )
    except PersonExists:
        return
    yield {"email": person.email, "password": password, "roles": [one.role], "agency": one.agency}


def _kept(file: Path) -> list[Account]:
    accounts: list[Account] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return accounts


def _keep(file: Path, accounts: list[Account]) -> None:
    """Writes the file whole, for the owner's eyes."""
    whole = file.with_suffix(".new")
    whole.unlink(missing_ok=True)
    with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(accounts, out, ensure_ascii=False, indent=1)
    whole.rename(file)
