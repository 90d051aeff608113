"""Fixed statements, sent as they are written: for the paths where building a query costs more than running it.

Placeholders are `?` on both databases. Every cursor is read to its end, so that none keeps an old snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.storage.database import database, is_postgres
from engine.storage.models.base import EPOCH, MILLISECOND

Row = tuple[Any, ...]


@lru_cache(maxsize=256)
def _for_postgres(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


def _cursor(sql: str, values: Iterable[Any]) -> Any:
    return database.execute_sql(_for_postgres(sql) if is_postgres() else sql, tuple(values))


def rows(sql: str, *values: Any) -> list[Row]:
    """Every row of a query, or of what a statement returns."""
    found: list[Row] = _cursor(sql, values).fetchall()
    return found


def one(sql: str, *values: Any) -> Row | None:
    """The first row, or nothing."""
    found = rows(sql, *values)
    return found[0] if found else None


def changed(sql: str, *values: Any) -> int:
    """How many rows a statement changed."""
    count: int = _cursor(sql, values).rowcount
    return count


def locking(sql: str) -> str:
    """A query that locks its rows until the transaction ends; on SQLite the transaction itself does."""
    return f"{sql} FOR UPDATE" if is_postgres() else sql


def stamp(moment: datetime) -> int:
    """An aware moment as it is stored: milliseconds since 1970 UTC."""
    return (moment - EPOCH) // MILLISECOND


def moment(stamped: int | None) -> datetime | None:
    """The moment that was stored."""
    return None if stamped is None else EPOCH + stamped * MILLISECOND
