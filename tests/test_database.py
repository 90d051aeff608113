"""The database: what requests share, what they never leave behind, and the tables as migrated."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import peewee
import pytest
from flask import Flask
from playhouse.schema_diff import diff_models

from engine.platform.settings import Settings, read_settings
from engine.storage import database, migrations
from engine.storage.models import TABLES, Counter

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
postgres_only = pytest.mark.parametrize(
    "database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture(autouse=True)
def no_counters(request: pytest.FixtureRequest) -> None:
    """Each test counts from nothing."""
    if "db" in request.fixturenames or "app" in request.fixturenames:
        request.getfixturevalue("db" if "db" in request.fixturenames else "app")
        Counter.delete().execute()


def count(scope: str = "a") -> int | None:
    row = Counter.get_or_none(Counter.scope == scope)
    return None if row is None else row.value


def set_count(value: int, scope: str = "a") -> None:
    Counter.insert(scope=scope, value=value).on_conflict(
        conflict_target=[Counter.scope], update={Counter.value: value}
    ).execute()


def in_thread(work: Any) -> Any:
    """What `work` returned or raised in a thread of its own, with its own connection."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except peewee.PeeweeException as exc:
            found.append(exc)
        finally:
            database.database.settle()
            if not database.is_postgres():
                database.database.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    return found[0]


def test_the_migrations_make_the_tables_of_the_models(db: Any) -> None:
    assert str(diff_models(db.obj, list(TABLES))) == ""
    assert set(db.get_tables()) == {table._meta.table_name for table in TABLES} | {migrations.HISTORY}


def columns(db: Any) -> dict[str, list[Any]]:
    """Every column with type, nullability and key, and every index with its columns and uniqueness."""
    return {
        table: sorted((c.name, c.data_type, c.null, c.primary_key) for c in db.get_columns(table))
        + sorted((i.name, tuple(i.columns), i.unique) for i in db.get_indexes(table))
        + sorted((f.column, f.dest_table, f.dest_column) for f in db.get_foreign_keys(table))
        for table in db.get_tables()
        if table != migrations.HISTORY
    }


def test_migrated_columns_are_those_that_the_models_would_make(db: Any) -> None:
    migrated = columns(db)
    with database.transaction() as transaction:
        db.drop_tables(TABLES, cascade=database.is_postgres())
        db.create_tables(TABLES)
        made = columns(db)
        transaction.rollback()
    assert migrated == made


def test_migrating_again_changes_nothing(db: Any) -> None:
    assert migrations.upgrade() == []
    assert migrations.pending() == []
    assert migrations.applied() == migrations.names()


@sqlite_only
def test_of_several_that_migrate_at_once_one_does(db: Any, tmp_path: Path, settings: Settings) -> None:
    start = threading.Barrier(4)
    database.connect(read_settings({"DATA_DIR": tmp_path}, {}))

    def migrate() -> list[str]:
        start.wait()
        return migrations.upgrade()

    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(in_thread(migrate))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.connect(settings)
    assert sorted(map(len, found)) == [0, 0, 0, len(migrations.names())]


@sqlite_only
def test_sqlite_waits_keeps_what_it_acknowledged_and_holds_references(db: Any) -> None:
    assert db.pragma("journal_mode") == "wal"
    assert db.pragma("synchronous") == 2
    assert db.pragma("foreign_keys") == 1
    assert db.pragma("secure_delete") == 1
    assert db.pragma("busy_timeout") == database.BUSY * 1000


def test_a_transaction_is_whole_or_nothing(db: Any) -> None:
    with pytest.raises(peewee.IntegrityError), database.transaction():
        Counter.insert_many([{"scope": "a", "value": 1}, {"scope": "b", "value": None}]).execute()
    assert count() is None


def test_inside_a_transaction_an_inner_one_can_fail_alone(db: Any) -> None:
    with database.transaction():
        set_count(1)
        with pytest.raises(peewee.IntegrityError), database.transaction():
            Counter.create(scope="a", value=2)
    assert count() == 1


@sqlite_only
def test_a_transaction_holds_the_write_lock_from_its_beginning(db: Any) -> None:
    with database.transaction():
        assert isinstance(in_thread(lambda: _write_without_waiting(db)), peewee.OperationalError)


def _write_without_waiting(db: Any) -> None:
    db.pragma("busy_timeout", 0)
    set_count(7)


def test_writers_in_turn_lose_no_count(db: Any) -> None:
    set_count(0)

    def add() -> None:
        for _ in range(20):
            with database.transaction():
                Counter.update(value=Counter.value + 1).where(Counter.scope == "a").execute()

    threads = [threading.Thread(target=in_thread, args=(add,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count() == 80


def test_queries_are_counted(db: Any) -> None:
    with database.count_queries() as statements:
        count()
        count("b")
    assert len(statements) == 2
    assert all(statement.startswith("SELECT") for statement in statements)
    count()
    assert len(statements) == 2


# What a request leaves behind


def test_a_request_that_leaves_a_transaction_open_loses_it(app: Flask) -> None:
    with app.test_request_context("/"):
        database.transaction().__enter__()
        set_count(5)
    assert not database.database.in_transaction()
    assert count() is None
    assert in_thread(lambda: set_count(6)) is None


@sqlite_only
def test_a_half_read_cursor_does_not_keep_the_next_request_in_the_past(app: Flask) -> None:
    for number in range(50):
        set_count(number, f"scope {number}")
    with app.test_request_context("/"):
        rows = database.database.execute_sql("SELECT * FROM counter")
        assert rows.fetchone() is not None
    assert in_thread(lambda: set_count(6)) is None
    with app.test_request_context("/"):
        assert count() == 6
        with database.transaction():
            set_count(7)
    assert count() == 7


@sqlite_only
def test_sqlite_keeps_its_connection_between_requests(app: Flask) -> None:
    with app.test_request_context("/"):
        count()
        first = database.database.connection()
    with app.test_request_context("/"):
        count()
        assert database.database.connection() is first


@postgres_only
def test_postgres_takes_a_connection_when_it_is_needed_and_gives_it_back(app: Flask) -> None:
    database.database.settle()
    with app.test_request_context("/"):
        assert database.database.is_closed()
        count()
        first = database.database.connection()
    assert database.database.is_closed()
    with app.test_request_context("/"):
        assert database.database.connection() is first


@postgres_only
def test_postgres_survives_a_lost_connection(app: Flask) -> None:
    with app.test_request_context("/"):
        lost = database.database.connection()
    lost.close()
    with app.test_request_context("/"):
        assert count() is None


def test_a_forked_process_uses_a_connection_of_its_own(db: Any) -> None:
    set_count(1)
    mine = db.connection()
    child = os.fork()
    if child == 0:  # the child ends here, whatever happens, without pytest's own ending
        status = 1
        try:
            set_count(2)
            status = 0 if db.connection() is not mine and count() == 2 else 1
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert db.connection() is mine
    assert count() == 2
