"""What all tables share: the database, moments, documents and identities."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee

from engine.format import json_text
from engine.storage.database import database

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Moment(peewee.BigIntegerField):
    """An instant, kept as milliseconds since 1970 UTC: the same order and index on every database."""

    def db_value(self, value: datetime | int | None) -> int | None:
        """Milliseconds of an aware datetime; raises `ValueError` for a naive one."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a moment needs its time zone")
            return (value - EPOCH) // MILLISECOND
        return value

    def python_value(self, value: int | None) -> datetime | None:
        """An aware datetime in UTC."""
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class Document(peewee.TextField):
    """JSON kept as text: it is read and written whole, never searched inside."""

    def db_value(self, value: Any) -> str | None:
        """Compact JSON, letters as they are."""
        return None if value is None else dumps(value)

    def python_value(self, value: str | None) -> Any:
        """The value of the JSON."""
        return None if value is None else json.loads(value)


class ExactDocument(Document):
    """The same for parts of a definition: a number with a point stays an exact decimal."""

    def db_value(self, value: Any) -> str | None:
        """Compact JSON with exact numbers."""
        return None if value is None else json_text.compact(value)

    def python_value(self, value: str | None) -> Any:
        """The value, its numbers exact."""
        return None if value is None else json_text.loads(value)


def dumps(value: Any) -> str:
    """Compact JSON in the order of the value's keys; an exact decimal becomes its text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


class Model(peewee.Model):
    """A table."""

    id: Any  # the key that the database gives; a table with a key of its own has none

    class Meta:
        database = database
        legacy_table_names = False
