"""Whether the kinds of a formula fit together, found before it is published."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

from engine.format.faults import did_you_mean
from engine.formulas.grammar import (
    Call,
    Chain,
    Column,
    Comparison,
    Expression,
    Formula,
    FormulaFault,
    Literal,
    Name,
    Sign,
    parts,
)

Type: TypeAlias = str | None  # nothing where it cannot be told

# What a value type counts as in a formula; those not listed stand for themselves.
TYPES = {
    "money": "integer",
    "choice": "text",
    "datetime": "date",
    "choices": "list",
    "file": "list",
    "group": "list",
}
NUMBERS = ("integer", "decimal")
TITLES = {
    "integer": "a number",
    "decimal": "a number",
    "text": "a text",
    "boolean": "true or false",
    "date": "a date",
    "time": "a time",
    "list": "a list",
    "address": "an address",
}
RESERVED = {"today": "date", "channel": "text", "agency": "text"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The type of a formula's value (integer, decimal, text, boolean, date, time, unknown) and its faults."""

    type: Type
    faults: tuple[FormulaFault, ...]


def check(formula: Formula, types: Mapping[str, str], rates: Iterable[str] = ()) -> Checked:
    """The type of the result, and what does not fit, from left to right.

    `types` gives the value type of each field, and of each column as `group.column`. A name that stands in
    neither `types` nor `rates` is passed over.
    """
    seen = ChainMap(cast(dict[str, str], types), RESERVED, dict.fromkeys(rates, "integer"))
    checking = _Checking(seen)
    kind = checking.type(formula.root)
    return Checked(kind, tuple(checking.faults))


class _Checking:
    """The faults found so far; `type` gives the type of a part, or nothing where it cannot be told."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self.types = types
        self.faults: list[FormulaFault] = []

    def type(self, node: Expression) -> Type:
        kind: Type = KINDS[type(node)](self, node)
        return kind

    def fault(self, node: Expression, message: str) -> None:
        self.faults.append(FormulaFault(node.position, message))

    def wants(self, node: Expression, wanted: tuple[str, ...], by: str) -> Type:
        """The type of a part, with a fault where it is none of `wanted`."""
        kind = self.type(node)
        if kind is not None and kind not in wanted:
            self.fault(node, f"{by} wants {TITLES[wanted[0]]}, not {_shown(node, kind)}")
            return None
        return kind

    def literal(self, node: Literal) -> Type:
        if isinstance(node.value, bool):
            return "boolean"
        if isinstance(node.value, str):
            return "text"
        return "decimal" if isinstance(node.value, Decimal) else "integer"

    def name(self, node: Name) -> Type:
        kind = self.types.get(node.name)
        return TYPES.get(kind, kind) if kind in TYPES or kind in TITLES else None

    def column(self, node: Column) -> Type:
        group = self.types.get(node.group)
        if group is None:
            return None
        kind = self.types.get(f"{node.group}.{node.column}")
        if group != "group":
            self.fault(node, f'"{node.group}" is no group and has no columns')
        elif kind is None:
            known = [name.partition(".")[2] for name in self.types if name.startswith(f"{node.group}.")]
            self.fault(node, f'unknown column "{node.column}" of "{node.group}"{did_you_mean(node.column, known)}')
        return TYPES.get(kind or "", kind)

    def sign(self, node: Sign) -> Type:
        if node.operator == "not":
            self.wants(node.part, ("boolean",), '"not"')
            return "boolean"
        return self.wants(node.part, NUMBERS, f'"{node.operator}"')

    def chain(self, node: Chain) -> Type:
        symbols = [symbol for symbol, _ in node.rest]
        logic = symbols[0] in ("and", "or")
        wanted = ("boolean",) if logic else NUMBERS
        kinds = [
            self.wants(part, wanted, f'"{symbol}"')
            for part, symbol in zip(parts(node), [symbols[0], *symbols], strict=True)
        ]
        if logic:
            return "boolean"
        for symbol, part in node.rest:
            if symbol in DIVISIONS and isinstance(part, Literal) and part.value == 0:
                self.fault(part, f'"{symbol}" by 0 never gives anything')
        kind = kinds[0]
        for symbol, other in zip(symbols, kinds[1:], strict=True):
            kind = ARITHMETIC.get(symbol) or _wider(kind, other)
        return kind

    def comparison(self, node: Comparison) -> Type:
        left, right = self.type(node.left), self.type(node.right)
        for part, kind in ((node.left, left), (node.right, right)):
            if kind in ("list", "address"):
                self.fault(part, f"{_shown(part, kind)} cannot be compared")
                return "boolean"
        if left and right and left != right and not {left, right} <= set(NUMBERS):
            what = f"{_shown(node.left, left)} is compared with {_shown(node.right, right)}"
            self.fault(node, f"{what}; this never holds")
        elif "boolean" in (left, right) and node.operator not in ("==", "!="):
            self.fault(node, f'true and false have no order for "{node.operator}"')
        return "boolean"

    def call(self, node: Call) -> Type:
        return CALLS[node.function](self, node)

    def condition(self, node: Call) -> Type:
        self.wants(node.arguments[0], ("boolean",), '"if"')
        return self.alike(node, node.arguments[1:])

    def alike(self, node: Call, arguments: tuple[Expression, ...] | None = None) -> Type:
        """One type for several values, such as the two branches of `if`."""
        chosen = node.arguments if arguments is None else arguments
        kinds = [self.type(part) for part in chosen]
        kind = kinds[0]
        for part, other in zip(chosen[1:], kinds[1:], strict=True):
            if kind and other and kind != other and not {kind, other} <= set(NUMBERS):
                first = _shown(chosen[0], kind)
                self.fault(part, f'"{node.function}" mixes {first} with {_shown(part, other)}')
                return None
            kind = _wider(kind, other)
        return kind

    def extreme(self, node: Call) -> Type:
        kind = self.alike(node)
        if kind is not None and kind not in (*NUMBERS, "date"):
            self.fault(node, f'"{node.function}" wants numbers or dates, not {_shown(node.arguments[0], kind)}')
        return kind

    def rounded(self, node: Call) -> Type:
        self.wants(node.arguments[0], NUMBERS, '"round"')
        if len(node.arguments) == 1:
            return "integer"
        places = node.arguments[1]
        if self.wants(places, NUMBERS, '"round"') == "decimal":
            self.fault(places, '"round" wants a whole number of places')
        return "decimal" if _positive(places) else "integer"

    def counted(self, node: Call) -> Type:
        part = node.arguments[0]
        if not isinstance(part, Column):
            kind = self.type(part)
            if kind is not None and kind != "list":
                self.fault(part, f'"count" wants a group, choices or files, not {_shown(part, kind)}')
        else:
            self.type(part)
        return "integer"

    def summed(self, node: Call) -> Type:
        kinds = [self.wants(part, NUMBERS, '"sum"') for part in node.arguments]
        kind = kinds[0]
        for other in kinds[1:]:
            kind = _wider(kind, other)
        return kind

    def filled(self, node: Call) -> Type:
        self.type(node.arguments[0])
        return "boolean"

    def joined(self, node: Call) -> Type:
        for part in node.arguments:
            kind = self.type(part)
            if kind in ("boolean", "list", "address"):
                self.fault(part, f'"join" wants texts, numbers or dates, not {_shown(part, kind)}')
        return "text"

    def between(self, node: Call) -> Type:
        for part in node.arguments:
            self.wants(part, ("date",), f'"{node.function}"')
        return "integer"


ARITHMETIC = {"/": "decimal", "//": "integer"}
DIVISIONS = ("/", "//", "%")
KINDS: dict[type, Callable[..., Type]] = {
    Literal: _Checking.literal,
    Name: _Checking.name,
    Column: _Checking.column,
    Sign: _Checking.sign,
    Chain: _Checking.chain,
    Comparison: _Checking.comparison,
    Call: _Checking.call,
}
CALLS: dict[str, Callable[..., Type]] = {
    "if": _Checking.condition,
    "min": _Checking.extreme,
    "max": _Checking.extreme,
    "round": _Checking.rounded,
    "count": _Checking.counted,
    "sum": _Checking.summed,
    "first": _Checking.alike,
    "filled": _Checking.filled,
    "join": _Checking.joined,
    "years_between": _Checking.between,
    "days_between": _Checking.between,
}


def _wider(kind: Type, other: Type) -> Type:
    if kind is None or other is None:
        return None
    return "decimal" if "decimal" in (kind, other) else kind


def _positive(places: Expression) -> bool:
    """Whether a number of places may leave some behind the point; an unknown one may."""
    return not (isinstance(places, Sign) or (isinstance(places, Literal) and places.value == 0))


def _shown(node: Expression, kind: str) -> str:
    title = TITLES.get(kind, kind)
    if isinstance(node, Name):
        return f'"{node.name}" ({title})'
    if isinstance(node, Column):
        return f'"{node.group}.{node.column}" ({title})'
    return f'"{node.value}"' if isinstance(node, Literal) and isinstance(node.value, str) else title
