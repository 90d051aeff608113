"""The kind that holds a day, or only a month or a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from engine.format.reading import Node, Reading, described, integer, key, one_of, report_unknown
from engine.format.texts import Text
from engine.formulas.values import shifted
from engine.kinds.base import EQUALITY, TIME_ORDER, Context, Field, Inputs, Refused, entry
from engine.kinds.messages import Problem

PRECISIONS = ("day", "month", "year")
TYPED = re.compile(r"(?:(?:(\d{1,2})[/.\- ])?(\d{1,2})[/.\- ])?(\d{4})")
STORED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
LENGTHS = {4: "year", 7: "month", 10: "day"}
IN_WORDS = {
    "month": Text("tháng/năm", "month/year"),
    "year": Text("năm (4 chữ số)", "the year (4 digits)"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a date: a stored date, or so far from today."""

    fixed: str = ""
    years: int = 0
    months: int = 0
    days: int = 0

    def on(self, today: str) -> str:
        """The limit as a stored date, on the day `today`."""
        shift = (("years", self.years), ("months", self.months), ("days", self.days))
        return self.fixed or shifted(today, shift) or today


def limit(node: Node, reading: Reading) -> Limit | None:
    """A date `YYYY-MM-DD` (or coarser), `today`, or `{today: {years: -18}}`."""
    if isinstance(node.value, dict) and set(node.value) == {"today"}:
        shift = node.value["today"]
        report_unknown(shift, reading, ("years", "months", "days"))
        if not isinstance(shift.value, dict):
            reading.fault(shift, f"a shift such as {{years: -18}} is wanted, not {described(shift)}")
            return None
        parts = {name: integer(inner, reading) or 0 for name, inner in shift.value.items()}
        return Limit("", parts.get("years", 0), parts.get("months", 0), parts.get("days", 0))
    if node.raw == "today" or node.value == "today":
        return Limit()
    fixed = node.raw or str(node.value)
    if STORED.fullmatch(fixed) and valid(fixed):
        return Limit(fixed)
    reading.fault(node, f"a date YYYY-MM-DD, today or {{today: {{years: -18}}}} is wanted, not {described(node)}")
    return None


def valid(stored: str) -> bool:
    """Whether a stored date stands in the calendar."""
    try:
        date.fromisoformat((stored + "-01-01")[:10])
    except ValueError:
        return False
    return True


def precisions(node: Node, reading: Reading) -> tuple[str, ...] | None:
    """One precision, or a list of those allowed."""
    nodes = node.value if isinstance(node.value, list) else [node]
    if not nodes:
        reading.fault(node, f"one or more of {', '.join(PRECISIONS)} are wanted, not an empty list")
    read = [one_of(*PRECISIONS)(inner, reading) for inner in nodes]
    return tuple(item for item in read if item) or None


@dataclass(frozen=True, kw_only=True)
class Date(Field):
    """A day; with other precisions also a month or a year alone. Stored as `YYYY-MM-DD`, `YYYY-MM`, `YYYY`."""

    KIND: ClassVar[str] = "date"
    VALUE_TYPE: ClassVar[str] = "date"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY | TIME_ORDER
    WIDTH: ClassVar[str] = "s"

    min: Limit | None = key(limit, doc="The earliest.")
    max: Limit | None = key(limit, doc="The latest.")
    precision: tuple[str, ...] = key(precisions, default=("day",), doc="day, month, year, or several of them.")
    partial: str | None = key(one_of("year"), doc="`year` allows a year alone.")

    @property
    def allowed(self) -> tuple[str, ...]:
        """The precisions that are taken."""
        return ("day", "year") if self.partial and self.precision == ("day",) else self.precision

    def parse(self, data: Inputs, context: Context) -> str | None:
        """`dd/mm/yyyy` (also with dots, hyphens or spaces), `mm/yyyy`, `yyyy` or the stored form."""
        typed = entry(data, self.name)
        if not typed:
            return None
        stored = typed if STORED.fullmatch(typed) else self._turned(typed)
        if LENGTHS[len(stored)] not in self.allowed:
            raise self._form()
        if not valid(stored) or stored < "1":
            raise Refused("date.none", typed=typed)
        return stored

    def _turned(self, typed: str) -> str:
        match = TYPED.fullmatch(typed)
        if match is None:
            raise self._form()
        day, month, year = match.groups()
        return "-".join(part.zfill(2) for part in (year, month, day) if part)

    def _form(self) -> Refused:
        coarser = [IN_WORDS[name] for name in self.allowed if name != "day"]
        return Refused("date.form.partial", partial=coarser[-1]) if coarser else Refused("date.form")

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its limits, compared at the coarser precision of the two."""
        if self.min is not None:
            low = self.min.on(context.today)
            if value[: len(low)] < low[: len(value)]:
                return Problem("date.min", {"limit": written(low)})
        if self.max is not None:
            high = self.max.on(context.today)
            if value[: len(high)] > high[: len(value)]:
                return Problem("date.max", {"limit": written(high)})
        return None

    def typed(self, value: Any) -> dict[str, str | list[str]]:
        """`dd/mm/yyyy`."""
        return {self.name: "" if value is None else written(value)}

    def show(self, value: Any, language: str, context: Context) -> str:
        """`dd/mm/yyyy`, in both languages."""
        return written(value)

    def schema(self) -> dict[str, Any]:
        """A string of the allowed precisions."""
        forms = {"day": r"\d{4}-\d{2}-\d{2}", "month": r"\d{4}-\d{2}", "year": r"\d{4}"}
        return {"type": "string", "pattern": f"^({'|'.join(forms[name] for name in self.allowed)})$"}

    def attributes(self) -> dict[str, str]:
        """The precisions; limits follow today and are filled in at each request."""
        return super().attributes() | {"data-precision": " ".join(self.allowed)}

    def page(self) -> dict[str, Any]:
        """Which limits the page names."""
        return {"min": self.min is not None, "max": self.max is not None, "allowed": self.allowed}

    def page_values(self, typed: Any, context: Context, language: str) -> dict[str, Any]:
        """The limits of the day."""
        return {
            f"{self.name}#min": self.min.on(context.today) if self.min else "",
            f"{self.name}#max": self.max.on(context.today) if self.max else "",
        }

    def prefill(self, context: Context) -> Any:
        """`today` is the day of the request."""
        if self.default == "today":
            return context.today
        return None if self.default is None else str(self.default)  # a year is written as a number


def written(stored: str) -> str:
    """A stored date as people write it: `24/11/2026`, `11/2026`, `2026`."""
    return "/".join(reversed(stored.split("-")))
