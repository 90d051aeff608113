"""Stored values as conditions and formulas read them, by their type.

A value is *nothing* where it is missing or empty. Dates and datetimes are read as *moments*: texts whose
order is their order in time, cut to the coarser precision of the two when they are compared.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

View: TypeAlias = Mapping[str, object]
Shift: TypeAlias = tuple[tuple[str, int], ...]  # (("years", -18),), of years, months and days
Number: TypeAlias = int | Decimal

# Việt Nam has kept this offset since 1975; being fixed, it lets a browser without time zones agree.
LOCAL = timezone(timedelta(hours=7))

NAME = re.compile(r"[a-z][a-z0-9_]*")
DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9])(:[0-5][0-9])?(?:\.[0-9]+)?"
    r"(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
PARTS = ("province", "ward", "country")  # of an address
OTHER = "other"  # what a free text beside a choice compares as
BESIDE = frozenset({OTHER, "on_file"})  # the words that stand with a text of their own, `{word: text}`

FAMILIES = {
    "text": "text",
    "choice": "text",
    "integer": "number",
    "money": "number",
    "decimal": "number",
    "boolean": "boolean",
    "date": "moment",
    "datetime": "moment",
    "time": "time",
    "choices": "list",
    "file": "list",
    "group": "list",
    "address": "address",
}


def nothing(value: object) -> bool:
    """Whether a value counts as unanswered; `false` and 0 are answers."""
    return value is None or value == "" or value == [] or value == {} or value == ()


def text_of(value: object) -> str | None:
    """A text in NFC; a word with a text beside it reads as the word, such as `other`."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value) or None
    return next(iter(value)) if isinstance(value, dict) and len(value) == 1 and BESIDE.issuperset(value) else None


def integer_of(value: object) -> int | None:
    """A whole number; true and false are none."""
    return value if type(value) is int else None


def decimal_of(value: object) -> Number | None:
    """An exact number, from its stored text or from a computed value."""
    if isinstance(value, str):
        return _decimal(value)
    return value if type(value) is int or isinstance(value, Decimal) else None


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def boolean_of(value: object) -> bool | None:
    """true or false."""
    return value if isinstance(value, bool) else None


def time_of(value: object) -> str | None:
    """A time of day, `HH:MM`."""
    return value if isinstance(value, str) and TIME.fullmatch(value) else None


def moment_of(value: object) -> str | None:
    """A date as written; a datetime as `YYYY-MM-DDTHH:MM:SS` in local time, whose first ten are its day."""
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _moment(text: str) -> str | None:
    found = DATE.fullmatch(text)
    if found:
        return text if _exists(*found.groups()) else None
    found = DATETIME.fullmatch(text)
    if not found:
        return None
    minute, second, zone = found.groups()
    try:
        local = datetime.fromisoformat(f"{minute}{second or ':00'}{zone}").astimezone(LOCAL)
    except (ValueError, OverflowError):
        return None
    return local.isoformat(timespec="seconds")[:19]


def _exists(year: str, month: str | None, day: str | None) -> bool:
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def list_of(value: object) -> list[object] | None:
    """The values, rows or files of a list that holds any."""
    return list(value) if isinstance(value, list | tuple) and value else None


READERS: dict[str, Callable[[object], object]] = {
    "text": text_of,
    "choice": text_of,
    "integer": integer_of,
    "money": integer_of,
    "decimal": decimal_of,
    "boolean": boolean_of,
    "date": moment_of,
    "datetime": moment_of,
    "time": time_of,
    "choices": list_of,
    "file": list_of,
    "group": list_of,
}


def day_of(moment: str) -> date | None:
    """The calendar day of a moment, or nothing where it is less precise than a day."""
    return date.fromisoformat(moment[:10]) if len(moment) >= 10 else None


@lru_cache(maxsize=4096)
def shifted(moment: str, shift: Shift) -> str | None:
    """The moment that many years, months and days later, kept within the month.

    A year after 29 February is 28 February. Nothing where the moment is less precise than the shift, or where
    the result leaves the years 1 to 9999.
    """
    by = dict(shift)
    length = min(len(moment), 10)
    if (by.get("days") and length < 10) or (by.get("months") and length < 7):
        return None
    year, month, day = (int(part) for part in f"{moment[:length]}-01-01".split("-")[:3])
    index = year * 12 + month - 1 + by.get("years", 0) * 12 + by.get("months", 0)
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return None
    ordinal = date(year, month, min(day, monthrange(year, month)[1])).toordinal() + by.get("days", 0)
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    return date.fromordinal(ordinal).isoformat()[:length] + moment[length:]
