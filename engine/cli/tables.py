"""Commands that need the database's tables say so when they are not there yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from engine.storage import migrations


def migrated(command: Callable[..., None]) -> Callable[..., None]:
    """A command that ends with one sentence while migrations are pending; stands below the app's context."""

    @wraps(command)
    def checked(*arguments: Any, **options: Any) -> None:
        end_if_behind()
        command(*arguments, **options)

    return checked


def end_if_behind() -> None:
    """Ends with one sentence while migrations are pending."""
    if migrations.pending():
        click.echo("The database is not up to date; bring it there first: flask --app app db upgrade")
        raise SystemExit(1)
