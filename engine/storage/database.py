"""The database: embedded SQLite or PostgreSQL, and how requests share its connections."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import peewee
from flask import Flask
from playhouse.pool import PooledPostgresqlDatabase

from engine.platform.settings import Settings

BUSY = 10  # seconds a writer waits for another one, and a request for a connection of the pool
STALE = 300  # seconds after which a pooled connection is opened anew
REMEMBERED = 1000  # cursors, before the dead ones among them are forgotten
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # what was acknowledged to a citizen survives a power cut
    "foreign_keys": 1,
    "secure_delete": 1,  # what was erased is overwritten in the file too
    "cache_size": -16_000,  # KiB
    "temp_store": "memory",
}

database = peewee.DatabaseProxy()
_inherited: list[Any] = []  # connections of a parent process: never used here, and never closed from here


class KeptSqlite(peewee.SqliteDatabase):
    """SQLite with one connection per thread that stays open: opening one costs more than a request's queries.

    Every transaction is IMMEDIATE, so that a writer waits at its beginning instead of failing at its end.
    """

    _state: Any

    def __init__(self, path: str) -> None:
        super().__init__(path, pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=BUSY)
        self._opened = threading.local()

    def cursor(self, named_cursor: str | None = None) -> sqlite3.Cursor:
        """A cursor that `settle` will find if it is still alive then."""
        cursor: sqlite3.Cursor = super().cursor(named_cursor)  # type: ignore[no-untyped-call]
        cursors = self._opened.__dict__.setdefault("cursors", [])
        if len(cursors) > REMEMBERED:  # outside of requests nobody settles
            cursors[:] = [reference for reference in cursors if reference() is not None]
        cursors.append(weakref.ref(cursor))
        return cursor

    def settle(self) -> None:
        """Ends what a request left open: half-read cursors, which hold an old snapshot, and transactions."""
        for reference in self._opened.__dict__.get("cursors", ()):
            if (cursor := reference()) is not None:
                cursor.close()
        self._opened.cursors = []
        if not self.is_closed() and self._state.conn.in_transaction:
            self._state.conn.rollback()
        self._state.transactions.clear()
        self._state.commit_callbacks.clear()

    def forget(self) -> None:
        """Leaves the connections to the parent process and begins without any."""
        _inherited.append((self._state, self._state.conn))
        self._state = type(self._state)()
        self._lock = threading.Lock()
        self._opened = threading.local()


class PooledPostgres(PooledPostgresqlDatabase):
    """PostgreSQL over psycopg 3: a thread takes a connection at its first query; `settle` gives it back."""

    _state: Any

    def __init__(self, url: str, size: int) -> None:
        self._size = size
        options = {"max_connections": size, "stale_timeout": STALE, "timeout": BUSY, "prefer_psycopg3": True}
        super().__init__(url, **options)  # type: ignore[no-untyped-call]

    def settle(self) -> None:
        """Gives the connection back; the pool rolls back what was left open."""
        self._state.transactions.clear()
        if not self.is_closed():
            self.close()

    def forget(self) -> None:
        """Leaves the connections to the parent process and begins without any."""
        _inherited.append((self._state, self._state.conn, self._connections, self._in_use))
        self.__init__(self.database, self._size)  # type: ignore[misc]


def connect(settings: Settings) -> None:
    """Points `database` to the one of the settings, and closes what this thread had open of another."""
    disconnect()
    path = settings.sqlite_file
    if path is None:
        database.initialize(PooledPostgres(settings.database_url, settings.database_pool))
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        database.initialize(KeptSqlite(str(path)))


def disconnect() -> None:
    """Closes this thread's connection and, on PostgreSQL, those of the pool."""
    if database.obj is None:
        return
    database.settle()
    database.close()
    if isinstance(database.obj, PooledPostgres):
        database.close_idle()


def init_app(app: Flask) -> None:
    """Settles the database at the end of each request."""

    @app.teardown_request
    def settle(_error: BaseException | None) -> None:
        database.settle()


def transaction() -> AbstractContextManager[Any]:
    """One transaction, or a savepoint inside one; on SQLite it holds the write lock from its beginning."""
    context: AbstractContextManager[Any] = database.atomic()
    return context


def is_postgres() -> bool:
    """Whether the database in use is PostgreSQL."""
    return isinstance(database.obj, PooledPostgres)


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The statements sent while the block runs, BEGIN and COMMIT left out."""
    statements: list[str] = []

    def hear(event: Any) -> None:
        statements.append(event.sql)

    database.query_hooks.append(hear)
    try:
        yield statements
    finally:
        database.query_hooks.remove(hear)


def _after_fork() -> None:
    if database.obj is not None:
        database.forget()


os.register_at_fork(after_in_child=_after_fork)
