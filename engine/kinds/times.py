"""Kinds that hold a time of day, or a day with its time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import Node, Reading, described, key, text
from engine.format.texts import Text
from engine.formulas.values import TIME, moment_of, time_of
from engine.kinds.base import EQUALITY, TIME_ORDER, Context, Field, Inputs, Refused, entry
from engine.kinds.dates import Limit, valid, written
from engine.kinds.dates import limit as day_limit
from engine.kinds.messages import Problem

ZONE = "+07:00"  # Việt Nam's, without daylight saving
CLOCK = r"(\d{1,2}) ?(?::(?= ?\d)|h|giờ) ?(?:(\d{2})(?: ?(?:p|phút))?)?"
DAY = r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})"
TYPED_TIME = re.compile(CLOCK, re.ASCII | re.IGNORECASE)
DAY_FIRST = re.compile(rf"{DAY},? +(?:lúc +)?{CLOCK}", re.ASCII | re.IGNORECASE)
TIME_FIRST = re.compile(rf"{CLOCK}(?:,| ngày| on)? +{DAY}", re.ASCII | re.IGNORECASE)
PLAIN = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::00)?", re.ASCII)  # without a zone: local


def stored_time(typed: str) -> str | None:
    """`HH:MM` of `9:30`, `09h30` or `9 giờ 30 phút`, or nothing where it is no time of day."""
    found = TYPED_TIME.fullmatch(typed)
    return _clock(found[1], found[2]) if found else None


def _clock(hour: str, minute: str | None) -> str | None:
    return time_of(f"{hour.zfill(2)}:{(minute or '0').zfill(2)}")


def stored_moment(typed: str) -> str | None:
    """The stored form of `24/11/2026 09:30`, `09:30 ngày 24/11/2026` or a stored moment of any zone, or nothing."""
    found = PLAIN.fullmatch(typed)
    if found:
        return _moment(found[1], time_of(found[2]))
    found = DAY_FIRST.fullmatch(typed)
    if found:
        day, month, year, hour, minute = found.groups()
        return _moment(f"{year}-{month.zfill(2)}-{day.zfill(2)}", _clock(hour, minute))
    found = TIME_FIRST.fullmatch(typed)
    if found:
        hour, minute, day, month, year = found.groups()
        return _moment(f"{year}-{month.zfill(2)}-{day.zfill(2)}", _clock(hour, minute))
    local = moment_of(typed) if "T" in typed else None
    return None if local is None else f"{local}{ZONE}"


def _moment(day: str, time: str | None) -> str | None:
    return f"{day}T{time}:00{ZONE}" if time and valid(day) and day >= "0001" else None


def in_words(stored: str, language: str) -> str:
    """`09:30 ngày 24/11/2026`, `09:30 on 24/11/2026`; a day alone as a day."""
    local = moment_of(f"{stored}{ZONE}" if len(stored) == 19 else stored) or stored
    if len(local) <= 10:
        return written(local)
    return f"{local[11:16]} {'on' if language == 'en' else 'ngày'} {written(local[:10])}"


def time(node: Node, reading: Reading) -> str | None:
    """A time of day `HH:MM`."""
    plain = text(node, reading)
    if plain is not None and not TIME.fullmatch(plain):
        reading.fault(node, f'a time HH:MM is wanted, not "{plain}"')
        return None
    return plain


def limit(node: Node, reading: Reading) -> Limit | None:
    """As a date's limit, or a day with its time."""
    moment = stored_moment(node.raw) if isinstance(node.value, str) else None
    if moment is not None:
        return Limit(moment)
    if isinstance(node.value, str) and "T" in node.raw:
        reading.fault(node, f"a moment YYYY-MM-DDTHH:MM is wanted, not {described(node)}")
        return None
    return day_limit(node, reading)


def _edge(limit: Limit | None, context: Context) -> str:
    """A limit in local time, a day or a moment; empty where there is none."""
    edge = limit.on(context.today) if limit else ""
    return moment_of(edge) or edge


def _said(edge: str) -> Text:
    return Text(in_words(edge, "vi"), in_words(edge, "en"))


@dataclass(frozen=True, kw_only=True)
class Time(Field):
    """A time of day. Stored as `HH:MM`."""

    KIND: ClassVar[str] = "time"
    VALUE_TYPE: ClassVar[str] = "time"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY | TIME_ORDER
    WIDTH: ClassVar[str] = "xs"

    min: str | None = key(time, doc="The earliest, `HH:MM`.")
    max: str | None = key(time, doc="The latest, `HH:MM`.")

    def parse(self, data: Inputs, context: Context) -> str | None:
        """`HH:MM`, `9h30`, `9 giờ 30`."""
        typed = entry(data, self.name)
        if not typed:
            return None
        stored = stored_time(typed)
        if stored is None:
            raise Refused("time.form")
        return stored

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its limits."""
        if self.min is not None and value < self.min:
            return Problem("time.min", {"limit": self.min})
        if self.max is not None and value > self.max:
            return Problem("time.max", {"limit": self.max})
        return None

    def schema(self) -> dict[str, Any]:
        """`HH:MM`."""
        return {"type": "string", "pattern": f"^{TIME.pattern}$"}

    def attributes(self) -> dict[str, str]:
        """Its limits."""
        limits = {"data-min": self.min, "data-max": self.max}
        return super().attributes() | {name: limit for name, limit in limits.items() if limit is not None}


@dataclass(frozen=True, kw_only=True)
class DateTime(Field):
    """A day with its time, where the offices are. Stored as `YYYY-MM-DDTHH:MM:00+07:00`."""

    KIND: ClassVar[str] = "datetime"
    VALUE_TYPE: ClassVar[str] = "datetime"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY | TIME_ORDER
    WIDTH: ClassVar[str] = "s"

    min: Limit | None = key(limit, doc="The earliest: a day, or `YYYY-MM-DDTHH:MM`.")
    max: Limit | None = key(limit, doc="The latest: a day (the whole of it), or `YYYY-MM-DDTHH:MM`.")

    def parse(self, data: Inputs, context: Context) -> str | None:
        """`dd/mm/yyyy HH:MM`, the time before the day, or the stored form."""
        typed = entry(data, self.name)
        if not typed:
            return None
        stored = stored_moment(typed)
        if stored is None:
            raise Refused("datetime.form")
        return f"{stored[:16]}:00{ZONE}"

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its limits; one that is a day counts for the whole day."""
        local = moment_of(value) or value
        low, high = (_edge(limit, context) for limit in (self.min, self.max))
        if local[: len(low)] < low:
            return Problem("time.min", {"limit": _said(low)})
        if high and local[: len(high)] > high:
            return Problem("time.max", {"limit": _said(high)})
        return None

    def typed(self, value: Any) -> dict[str, str | list[str]]:
        """`dd/mm/yyyy HH:MM`."""
        local = None if value is None else moment_of(value) or value
        return {self.name: "" if local is None else f"{written(local[:10])} {local[11:16]}"}

    def show(self, value: Any, language: str, context: Context) -> str:
        """`09:30 ngày 24/11/2026`."""
        return in_words(value, language)

    def schema(self) -> dict[str, Any]:
        """A moment of RFC 3339."""
        return {"type": "string", "format": "date-time"}

    def page(self) -> dict[str, Any]:
        """Which limits the page names."""
        return {"min": self.min is not None, "max": self.max is not None}

    def page_values(self, typed: Any, context: Context, language: str) -> dict[str, Any]:
        """The limits of the day."""
        return {
            f"{self.name}#min": self.min.on(context.today) if self.min else "",
            f"{self.name}#max": self.max.on(context.today) if self.max else "",
        }

    def prefill(self, context: Context) -> str | None:
        """The default in its stored form."""
        return None if self.default is None else stored_moment(str(self.default))
