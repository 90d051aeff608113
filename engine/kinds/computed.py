"""The kind whose value the server works out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from engine import formulas
from engine.format.reading import key, local_text, one_of
from engine.format.texts import Text
from engine.formulas import Formula
from engine.formulas.values import FAMILIES, moment_of
from engine.kinds.base import EQUALITY, ORDER, TIME_ORDER, Context, Field, Inputs, Typed
from engine.kinds.dates import Date
from engine.kinds.numbers import DecimalNumber, Integer, Money
from engine.kinds.text import ShortText
from engine.rules.reading import formula

SHOWN: dict[str, type[Field]] = {
    "integer": Integer,
    "decimal": DecimalNumber,
    "money": Money,
    "text": ShortText,
    "date": Date,
}
EXACT = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
BY_FAMILY = {"number": ORDER, "moment": TIME_ORDER}


@dataclass(frozen=True, kw_only=True)
class Computed(Field):
    """A value by a formula over what was answered before; stored with the dossier and never computed anew there."""

    KIND: ClassVar[str] = "computed"
    ASKS: ClassVar[bool] = False
    HOLDS: ClassVar[bool] = True
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY

    formula: Formula = key(formula, required=True, doc="How it is worked out.")
    show_as: str | None = key(
        one_of("integer", "decimal", "money", "text", "date"),
        doc="As what it is shown and stored; else as what the formula gives.",
    )
    unit: Text | None = key(local_text, doc="The unit, shown behind a number.")

    @property
    def sort(self) -> str:
        """As what it is shown."""
        return self.show_as or "text"

    def value_type(self) -> str:
        """As what conditions and formulas read its value."""
        return self.sort

    def operators(self) -> frozenset[str]:
        """What conditions may ask of it."""
        return EQUALITY | BY_FAMILY.get(FAMILIES[self.sort], frozenset())

    def stored(self, value: Any) -> Any:
        """A formula's value in stored form; nothing for one that has none, such as a broken amount of money."""
        return STORED[self.sort](value)

    def inputs(self) -> tuple[str, ...]:
        """None."""
        return ()

    def parse(self, data: Inputs, context: Context) -> None:
        """Nothing: whatever is posted under its name is passed over."""

    def typed(self, value: Any) -> Typed:
        """Nothing."""
        return {}

    def attributes(self) -> dict[str, str]:
        """None."""
        return {}

    def _as_shown(self) -> Field:
        """A field of the kind as which it is shown."""
        more: dict[str, Any] = {"unit": self.unit} if self.sort in ("integer", "decimal") else {}
        return SHOWN[self.sort](name=self.name, label=self.label, **more)

    def show(self, value: Any, language: str, context: Context) -> str:
        """As the kind as which it is shown."""
        return self._as_shown().show(value, language, context)

    def export(self, value: Any, context: Context) -> str:
        """As the kind as which it is shown."""
        return self._as_shown().export(value, context)

    def schema(self) -> dict[str, Any]:
        """As the kind as which it is shown; a decimal with the places that it has."""
        return EXACT if self.sort == "decimal" else self._as_shown().schema()


def _whole(value: Any) -> int | None:
    number = value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    return int(number) if number is not None and number == int(number) else None


def _exact(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return format(Decimal(value).normalize(), "f")


def _text(value: Any) -> str | None:
    return formulas.shown_text(value) or None


def _day(value: Any) -> str | None:
    return value[:10] if isinstance(value, str) and moment_of(value) else None


STORED = {"integer": _whole, "money": _whole, "decimal": _exact, "text": _text, "date": _day}
