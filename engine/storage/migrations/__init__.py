"""The migrations: numbered files with their own frozen copies of the tables they touch, applied in order."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playhouse.migrations import Runner

from engine.storage.database import database, is_postgres

FOLDER = Path(__file__).parent
HISTORY = "schema_migration"
LOCK = int.from_bytes(b"motcua")  # the number of the advisory lock on PostgreSQL


def upgrade() -> list[str]:
    """Applies what is pending, each file in its own transaction; the names applied.

    Several processes may begin at the same time: one applies, the others wait and find nothing to do.
    """
    with _alone():
        applied: list[str] = _runner().up()
        return applied


def pending() -> list[str]:
    """The names of the migrations that the database does not have yet."""
    return [migration.name for migration in _runner().status() if not migration.applied]


def applied() -> list[str]:
    """The names of the migrations that the database has."""
    return sorted(_runner().applied())


def names() -> list[str]:
    """The names of all migrations of this program."""
    return [migration.name for migration in _runner().migrations()]


def _runner() -> Runner:
    return Runner(database.obj, str(FOLDER), HISTORY)


@contextmanager
def _alone() -> Iterator[None]:
    if is_postgres():
        database.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            yield
        finally:
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
    else:
        with open(f"{database.database}.migrating", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
