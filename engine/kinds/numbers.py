"""Kinds that hold numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import integer, key, local_text
from engine.format.texts import Text
from engine.kinds.base import EQUALITY, ORDER, Context, Field, Inputs, Refused, clean, first
from engine.kinds.messages import Problem

WHOLE = re.compile(r"[+-]?\d{1,18}")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[. ]\d{3})+")
LARGEST = 10**15


def whole_number(typed: str) -> int | None:
    """The whole number of `12`, `1.200` or `1 200`, or nothing where it is none."""
    if WHOLE.fullmatch(typed):
        return int(typed)
    return int(re.sub(r"[. ]", "", typed)) if GROUPED.fullmatch(typed) and len(typed) < 24 else None


@dataclass(frozen=True, kw_only=True)
class Integer(Field):
    """A whole number."""

    KIND: ClassVar[str] = "integer"
    VALUE_TYPE: ClassVar[str] = "integer"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY | ORDER
    WIDTH: ClassVar[str] = "xs"

    min: int | None = key(integer, doc="The smallest.")
    max: int | None = key(integer, doc="The largest.")
    unit: Text | None = key(local_text, doc="The unit, shown behind the input.")

    def parse(self, data: Inputs, context: Context) -> int | None:
        """A whole number; dots and spaces between thousands are taken."""
        typed = first(data, self.name)
        typed = clean(typed) if typed else ""
        if not typed:
            return None
        value = whole_number(typed)
        if value is None or abs(value) > LARGEST:
            raise Refused("number.form")
        return value

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its limits."""
        if self.min is not None and value < self.min:
            return Problem("number.min", {"limit": self.min})
        if self.max is not None and value > self.max:
            return Problem("number.max", {"limit": self.max})
        return None

    def show(self, value: Any, language: str, context: Context) -> str:
        """The number with its unit."""
        return f"{value} {self.unit.in_(language)}" if self.unit else str(value)

    def export(self, value: Any, context: Context) -> str:
        """The bare number."""
        return str(value)

    def schema(self) -> dict[str, Any]:
        """An integer with its limits."""
        limits = {"minimum": self.min, "maximum": self.max}
        return {"type": "integer"} | {name: limit for name, limit in limits.items() if limit is not None}

    def attributes(self) -> dict[str, str]:
        """Its limits."""
        limits = {"data-min": self.min, "data-max": self.max}
        return super().attributes() | {name: str(limit) for name, limit in limits.items() if limit is not None}

    def page(self) -> dict[str, Any]:
        """Its unit."""
        return {"unit": self.unit}
