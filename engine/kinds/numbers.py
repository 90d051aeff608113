"""Kinds that hold numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from engine.format.reading import Node, Reading, described, integer, key, local_text
from engine.format.texts import Text
from engine.formulas.values import DECIMAL
from engine.kinds.base import EQUALITY, ORDER, Context, Field, Inputs, Refused, entry
from engine.kinds.messages import Problem

WHOLE = re.compile(r"[+-]?\d{1,18}")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[. ]\d{3})+")
LARGEST = 10**15
MOST_DIGITS = 15  # of an amount, and before the point of a decimal
MOST_PLACES = 10
LONGEST = 60  # characters that are looked at
# One sign between the thousands, another before the fraction: `1.234,5`, `1,234.5`, `1 234,5`, `1234.5`, `1234`.
FRACTION = re.compile(r"([+-]?)(\d+|\d{1,3}(?:([., ])\d{3})(?:\3\d{3})*)(?:(?!\3)[.,](\d+))?", re.ASCII)
AMOUNT = re.compile(
    r"([+-]?)(\d+|\d{1,3}(?:([., ])\d{3})(?:\3\d{3})*)(?: ?(?:đ|đồng|vnd|vnđ))?", re.ASCII | re.IGNORECASE
)


def whole_number(typed: str) -> int | None:
    """The whole number of `12`, `1.200` or `1 200`, or nothing where it is none."""
    if WHOLE.fullmatch(typed):
        return int(typed)
    return int(re.sub(r"[. ]", "", typed)) if GROUPED.fullmatch(typed) and len(typed) < 24 else None


def exact(typed: str) -> Decimal | None:
    """The number of `1,5`, `1.5`, `1.234,5`, `1 234,5` or `1.234.567`, or nothing where it is none.

    A single sign stands before the fraction: `1.234` is a little more than one.
    """
    found = FRACTION.fullmatch(typed) if len(typed) <= LONGEST else None
    return Decimal(f"{found[1]}{_bare(found[2])}.{found[4] or '0'}") if found else None


def amount(typed: str) -> int | None:
    """The whole amount of `1000000`, `1.000.000`, `1 000 000` or `1.000.000 đ`, or nothing where it is none."""
    found = AMOUNT.fullmatch(typed.lower()) if len(typed) <= LONGEST else None
    return int(found[1] + _bare(found[2])) if found else None


def _bare(digits: str) -> str:
    return re.sub("[., ]", "", digits)


def with_dots(whole: int) -> str:
    """`1.000.000`."""
    return f"{whole:,}".replace(",", ".")


def in_dong(amount: int) -> str:
    """`1.000.000 đ`."""
    return f"{with_dots(amount)} đ"


def fraction(node: Node, reading: Reading) -> Decimal | None:
    """An exact number, also in the quotes in which a frozen definition holds one."""
    if isinstance(node.value, int | Decimal | str) and not isinstance(node.value, bool) and DECIMAL.fullmatch(node.raw):
        return Decimal(node.raw)
    reading.fault(node, f"a number is wanted, not {described(node)}")
    return None


def places(node: Node, reading: Reading) -> int | None:
    """How many digits stand behind the point."""
    number = integer(node, reading)
    if number is not None and not 0 <= number <= MOST_PLACES:
        reading.fault(node, f"0 to {MOST_PLACES} places are wanted, not {number}")
        return None
    return number


@dataclass(frozen=True, kw_only=True)
class _Number(Field):
    """What all numbers share; `min` and `max` are declared by each, as their readers differ."""

    OPERATORS: ClassVar[frozenset[str]] = EQUALITY | ORDER

    unit: Text | None = key(local_text, doc="The unit, shown behind the input.")

    def limits(self) -> tuple[Any, Any]:
        """The smallest and the largest value, in stored form; nothing where open."""
        return getattr(self, "min", None), getattr(self, "max", None)

    def size(self, value: Any) -> Any:
        """A stored value as a number to compare."""
        return value

    def written(self, value: Any) -> str:
        """A stored value as people write it."""
        return str(value)

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its limits."""
        low, high = self.limits()
        if low is not None and self.size(value) < self.size(low):
            return Problem("number.min", {"limit": self.written(low)})
        if high is not None and self.size(value) > self.size(high):
            return Problem("number.max", {"limit": self.written(high)})
        return None

    def show(self, value: Any, language: str, context: Context) -> str:
        """The number with its unit."""
        return f"{self.written(value)} {self.unit.in_(language)}" if self.unit else self.written(value)

    def export(self, value: Any, context: Context) -> str:
        """The bare number."""
        return str(value)

    def attributes(self) -> dict[str, str]:
        """Its limits, in stored form."""
        limits = zip(("data-min", "data-max"), self.limits(), strict=True)
        return super().attributes() | {name: str(limit) for name, limit in limits if limit is not None}

    def page(self) -> dict[str, Any]:
        """Its unit."""
        return {"unit": self.unit}


@dataclass(frozen=True, kw_only=True)
class Integer(_Number):
    """A whole number."""

    KIND: ClassVar[str] = "integer"
    VALUE_TYPE: ClassVar[str] = "integer"
    WIDTH: ClassVar[str] = "xs"

    min: int | None = key(integer, doc="The smallest.")
    max: int | None = key(integer, doc="The largest.")

    def parse(self, data: Inputs, context: Context) -> int | None:
        """A whole number; dots and spaces between thousands are taken."""
        typed = entry(data, self.name)
        if not typed:
            return None
        value = whole_number(typed)
        if value is None or abs(value) > LARGEST:
            raise Refused("number.form")
        return value

    def schema(self) -> dict[str, Any]:
        """An integer with its limits."""
        limits = zip(("minimum", "maximum"), self.limits(), strict=True)
        return {"type": "integer"} | {name: limit for name, limit in limits if limit is not None}


@dataclass(frozen=True, kw_only=True)
class DecimalNumber(_Number):
    """An exact number with a fraction. Stored as a text with a point and exactly `places` digits behind it."""

    KIND: ClassVar[str] = "decimal"
    PAGE: ClassVar[str] = "integer"
    VALUE_TYPE: ClassVar[str] = "decimal"
    WIDTH: ClassVar[str] = "s"

    min: Decimal | None = key(fraction, doc="The smallest.")
    max: Decimal | None = key(fraction, doc="The largest.")
    places: int = key(places, default=2, doc="How many digits behind the point, at most 10.")

    def stored(self, value: Decimal) -> str:
        """The stored form of a number that has no more places than that; minus nought is nought."""
        text = f"{value:.{self.places}f}"
        return text.removeprefix("-") if not value else text

    def limits(self) -> tuple[str | None, str | None]:
        """The limits as they were written."""
        low, high = self.min, self.max
        return None if low is None else f"{low:f}", None if high is None else f"{high:f}"

    def parse(self, data: Inputs, context: Context) -> str | None:
        """A comma or a point before the fraction; the other one, or spaces, between thousands."""
        typed = entry(data, self.name)
        if not typed:
            return None
        value = exact(typed)
        if value is None:
            raise Refused("decimal.form")
        if value.copy_abs() >= 10**MOST_DIGITS:
            raise Refused("number.digits", limit=MOST_DIGITS)
        if value != round(value, self.places):
            raise Refused("decimal.places" if self.places else "decimal.places.none", places=self.places)
        return self.stored(value)

    def size(self, value: str) -> Decimal:
        """Its number."""
        return Decimal(value)

    def written(self, value: str) -> str:
        """With a comma, dots between thousands, and without the noughts that end it: `1.234,5`."""
        whole, _, behind = value.removeprefix("-").partition(".")
        sign, behind = "-" * value.startswith("-"), behind.rstrip("0")
        return f"{sign}{with_dots(int(whole))}{',' if behind else ''}{behind}"

    def page(self) -> dict[str, Any]:
        """Its unit, and a keyboard with a comma."""
        return super().page() | {"inputmode": "decimal"}

    def typed(self, value: Any) -> dict[str, str | list[str]]:
        """With a comma and no dots, so that nothing in it can be read in two ways."""
        return {self.name: "" if value is None else self.written(value).replace(".", "")}

    def schema(self) -> dict[str, Any]:
        """The stored text."""
        behind = rf"\.\d{{{self.places}}}" if self.places else ""
        return {"type": "string", "pattern": rf"^-?\d{{1,{MOST_DIGITS}}}{behind}$"}

    def prefill(self, context: Context) -> str | None:
        """The default in its stored form."""
        return None if self.default is None else self.stored(Decimal(str(self.default)))


@dataclass(frozen=True, kw_only=True)
class Money(_Number):
    """An amount in whole đồng. It may be negative only where `min` is."""

    KIND: ClassVar[str] = "money"
    PAGE: ClassVar[str] = "integer"
    VALUE_TYPE: ClassVar[str] = "money"
    WIDTH: ClassVar[str] = "s"

    min: int | None = key(integer, doc="The smallest; 0 without it.")
    max: int | None = key(integer, doc="The largest.")
    unit: Text | None = key(local_text, default=Text("đ"), doc="The unit, shown behind the input.")

    def limits(self) -> tuple[int, int | None]:
        """Not below nought, unless it says so."""
        return 0 if self.min is None else self.min, self.max

    def parse(self, data: Inputs, context: Context) -> int | None:
        """Digits, with or without dots, commas or spaces between thousands; `đ` behind them is taken."""
        typed = entry(data, self.name)
        if not typed:
            return None
        value = amount(typed)
        if value is None:
            raise Refused("money.form")
        if abs(value) >= 10**MOST_DIGITS:
            raise Refused("number.digits", limit=MOST_DIGITS)
        return value

    def written(self, value: int) -> str:
        """`1.000.000`."""
        return with_dots(value)

    def typed(self, value: Any) -> dict[str, str | list[str]]:
        """With its dots."""
        return {self.name: "" if value is None else self.written(value)}

    def schema(self) -> dict[str, Any]:
        """An integer with its limits."""
        limits = zip(("minimum", "maximum"), self.limits(), strict=True)
        return {"type": "integer"} | {name: limit for name, limit in limits if limit is not None}
