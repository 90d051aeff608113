"""Reads a condition from plain data, with every fault and where in the tree it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeAlias

from engine import formulas
from engine.format.faults import MOST_FAULTS, TooManyFaults, did_you_mean
from engine.formulas.values import DECIMAL, NAME, PARTS, Shift, moment_of, time_of
from engine.rules.tree import (
    CONTENTS,
    COUNTING,
    EQUALITY,
    MEMBERSHIP,
    OPERATORS,
    ORDER,
    PRESENCE,
    ROWS,
    TIME_ORDER,
    All,
    Any_,
    Compare,
    Condition,
    Constant,
    Count,
    FieldValue,
    FormulaRule,
    Not,
    Operand,
    Today,
)

MAX_DEPTH = 20
UNITS = ("years", "months", "days")

Path: TypeAlias = tuple[str | int, ...]


class RuleFault(ValueError):
    """One thing that is wrong in a condition: its path inside the tree, a sentence, and what was written."""

    def __init__(self, path: Path, message: str, written: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.written = written

    def __repr__(self) -> str:
        return f"RuleFault({self.path!r}, {self.message!r})"


def parse(data: object, *, allow_formula: bool = True) -> Condition:
    """The condition of a tree of plain data; raises the first `RuleFault`."""
    condition, faults = parse_all(data, allow_formula=allow_formula)
    if condition is None:
        raise faults[0]
    return condition


def parse_all(data: object, *, allow_formula: bool = True) -> tuple[Condition | None, tuple[RuleFault, ...]]:
    """The condition and no faults, or nothing and every fault in the order of the tree.

    `allow_formula` is false for a `when`: only a `rule` may be a formula.
    """
    parsing = _Parsing(allow_formula=allow_formula)
    condition = None
    with suppress(TooManyFaults):
        condition = parsing.tree(data, ())
    return (None if parsing.faults else condition), tuple(parsing.faults)


class _Parsing:
    """The faults found so far; each method gives the part it reads, or notes a fault and gives nothing."""

    def __init__(self, *, allow_formula: bool) -> None:
        self.allow_formula = allow_formula
        self.faults: list[RuleFault] = []

    def fault(self, path: Path, message: str, written: object) -> None:
        self.faults.append(RuleFault(path, message, _written(written)))
        if len(self.faults) > MOST_FAULTS:  # whoever tells them says that there are more
            raise TooManyFaults

    def tree(self, data: object, path: Path, depth: int = 0) -> Condition | None:
        if not isinstance(data, dict) or not data:
            what = f"a condition such as {{field: name, is: value}} is wanted, not {described(data)}"
            self.fault(path, what, data)
            return None
        if depth > MAX_DEPTH:
            self.fault(path, f"a condition may be nested {MAX_DEPTH} deep at the most", "")
            return None
        heads = [key for key in data if key in TREES]
        if not heads:
            self.headless(data, path)
            return None
        if len(heads) > 1:
            listed = " and ".join(f'"{head}"' for head in heads)
            self.fault((*path, heads[1]), f"{listed} stand in one condition; put one inside the other", heads[1])
            return None
        return TREES[heads[0]](self, data, path, depth)

    def headless(self, data: Mapping[Any, object], path: Path) -> None:
        unknown = [key for key in data if key not in OPERATORS]
        for key in unknown:
            self.fault((*path, key), f'unknown key "{key}"{did_you_mean(str(key), TREES)}', key)
        if not unknown:  # else the unknown key may have meant the field
            key = next(iter(data))
            self.fault((*path, key), f'operator "{key}" stands without a field', key)

    def alone(self, data: Mapping[Any, object], head: str, path: Path) -> None:
        for key in data:
            if key != head:
                self.fault((*path, key), f'"{key}" may not stand beside "{head}"', key)

    def several(self, data: dict[str, object], path: Path, depth: int) -> Condition | None:
        head = "all" if "all" in data else "any"
        self.alone(data, head, path)
        inner = data[head]
        if not isinstance(inner, list) or not inner:
            what = f'"{head}" wants a list of one condition or more, not {described(inner)}'
            self.fault((*path, head), what, inner)
            return None
        parts = [self.tree(part, (*path, head, index), depth + 1) for index, part in enumerate(inner)]
        whole = tuple(part for part in parts if part is not None)
        return All(whole) if head == "all" else Any_(whole)

    def negated(self, data: dict[str, object], path: Path, depth: int) -> Condition | None:
        self.alone(data, "not", path)
        part = self.tree(data["not"], (*path, "not"), depth + 1)
        return None if part is None else Not(part)

    def formula(self, data: dict[str, object], path: Path, _depth: int) -> Condition | None:
        self.alone(data, "formula", path)
        text = data["formula"]
        if not self.allow_formula:
            self.fault((*path, "formula"), 'a "when" may not be a formula; only a rule may', text)
            return None
        if not isinstance(text, str):
            self.fault((*path, "formula"), f"a formula is a text, not {described(text)}", text)
            return None
        try:
            return FormulaRule(formulas.parse(text))
        except formulas.FormulaFault as fault:
            self.fault((*path, "formula"), f"formula: {fault}", text)
            return None

    def leaf(self, data: dict[str, object], path: Path, depth: int) -> Condition | None:
        name = self.name(data["field"], (*path, "field"))
        keys = [key for key in data if key != "field"]
        for key in keys:
            if key not in OPERANDS:
                self.fault((*path, key), f'unknown operator "{key}"{did_you_mean(str(key), OPERATORS)}', key)
        known = [key for key in keys if key in OPERANDS]
        if not keys:
            self.fault(path, f"{described(data['field'])} stands without an operator", data["field"])
            return None
        if len(known) > 1:
            listed = ", ".join(f'"{key}"' for key in known)
            self.fault((*path, known[1]), f"exactly one operator is wanted, not {listed}", known[1])
            return None
        if not known:
            return None
        operand = OPERANDS[known[0]](self, known[0], data[known[0]], (*path, known[0]), depth)
        return None if name is None or operand is None else Compare(name, known[0], operand)

    def name(self, written: object, path: Path) -> str | None:
        if not isinstance(written, str):
            self.fault(path, f"a field's name is wanted, not {described(written)}", written)
            return None
        name, dot, part = written.partition(".")
        if not NAME.fullmatch(name):
            self.fault(path, f'"{written}" is no name of a field', written)
            return None
        if dot and part not in PARTS:
            what = f'unknown part "{part}" of "{name}"{did_you_mean(part, PARTS)} (known: {", ".join(PARTS)})'
            self.fault(path, what, written)
            return None
        return written

    def one(self, operator: str, data: object, path: Path, _depth: int) -> Operand | None:
        if isinstance(data, dict):
            return self.reference(data, path)
        if isinstance(data, list):
            instead = {"is": "in", "is_not": "not_in", "contains": "contains_any"}.get(operator)
            other = f'; did you mean "{instead}"?' if instead else ""
            self.fault(path, f'"{operator}" takes one value, not a list{other}', operator)
            return None
        value = _constant(data)
        if value is None or value == "":
            self.fault(path, f'"{operator}" wants a value, not {described(data)}', data)
            return None
        return Today() if value == "today" else value

    def number(self, operator: str, data: object, path: Path, depth: int) -> Operand | None:
        if isinstance(data, bool) or (isinstance(data, str) and not DECIMAL.fullmatch(data)):
            self.fault(path, f'"{operator}" wants a number, not {described(data)}', data)
            return None
        return self.one(operator, data, path, depth)

    def moment(self, operator: str, data: object, path: Path, depth: int) -> Operand | None:
        if isinstance(data, str | bool | int | float | Decimal) and data != "today":
            if moment_of(data) is None and time_of(data) is None:
                example = 'a date such as "2026-01-31", a time such as "08:30", today or a field'
                quotes = f'; write "{data}" in quotes' if not isinstance(data, str) and moment_of(str(data)) else ""
                self.fault(path, f'"{operator}" wants {example}, not {described(data)}{quotes}', data)
                return None
        return self.one(operator, data, path, depth)

    def listed(self, operator: str, data: object, path: Path, depth: int) -> tuple[Operand, ...] | None:
        if not isinstance(data, list) or not data:
            what = f'"{operator}" wants a list of one value or more, not {described(data)}'
            self.fault(path, what, data)
            return None
        items = [self.one(operator, item, (*path, index), depth) for index, item in enumerate(data)]
        return tuple(item for item in items if item is not None)

    def true(self, operator: str, data: object, path: Path, _depth: int) -> bool | None:
        if data is True:
            return True
        instead = {"filled": "empty", "empty": "filled"}.get(operator) if data is False else None
        other = f'; write "{instead}: true"' if instead else ""
        self.fault(path, f'"{operator}" takes true, not {described(data)}{other}', data)
        return None

    def count(self, _operator: str, data: object, path: Path, depth: int) -> Count | None:
        if not isinstance(data, dict) or len(data) != 1:
            what = f'"count" wants one comparison such as {{at_least: 2}}, not {described(data)}'
            self.fault(path, what, "" if isinstance(data, dict) else data)
            return None
        operator, inner = next(iter(data.items()))
        if operator not in COUNTING:
            hint = did_you_mean(str(operator), COUNTING)
            self.fault((*path, operator), f'unknown operator "{operator}" of "count"{hint}', operator)
            return None
        if isinstance(inner, dict):
            named = self.reference(inner, (*path, operator))
            return Count(operator, named) if isinstance(named, FieldValue) else None
        if type(inner) is not int or inner < 0:
            what = f'"count" is compared with a whole number, not {described(inner)}'
            self.fault((*path, operator), what, inner)
            return None
        return Count(operator, inner)

    def rows(self, _operator: str, data: object, path: Path, depth: int) -> Condition | None:
        return self.tree(data, path, depth + 1)

    def reference(self, data: dict[Any, object], path: Path) -> Operand | None:
        known = ("field", "plus") if "field" in data else ("today",)
        if not any(head in data for head in ("field", "today")):
            what = "{field: name}, {field: name, plus: {years: 1}} or {today: {years: -18}} is wanted"
            self.fault(path, what, next(iter(data), ""))
            return None
        for key in data:
            if key not in known:
                self.fault((*path, key), f'unknown key "{key}"{did_you_mean(str(key), known)}', key)
        if "field" in data:
            name = self.name(data["field"], (*path, "field"))
            plus = self.shift(data["plus"], (*path, "plus")) if "plus" in data else ()
            return None if name is None or plus is None else FieldValue(name, plus)
        shift = self.shift(data["today"], (*path, "today"))
        return None if shift is None else Today(shift)

    def shift(self, data: object, path: Path) -> Shift | None:
        if not isinstance(data, dict) or not data:
            self.fault(path, f"{{years: 1}}, months or days are wanted, not {described(data)}", data)
            return None
        before = len(self.faults)
        for unit, number in data.items():
            if unit not in UNITS:
                self.fault((*path, unit), f'unknown unit "{unit}"{did_you_mean(str(unit), UNITS)}', unit)
            elif type(number) is not int:
                self.fault((*path, unit), f'"{unit}" wants a whole number, not {described(number)}', number)
        return tuple(data.items()) if len(self.faults) == before else None


TREES: dict[str, Callable[[_Parsing, dict[str, object], Path, int], Condition | None]] = {
    "all": _Parsing.several,
    "any": _Parsing.several,
    "not": _Parsing.negated,
    "field": _Parsing.leaf,
    "formula": _Parsing.formula,
}
OPERANDS: dict[str, Callable[[_Parsing, str, object, Path, int], Any]] = {
    **dict.fromkeys((*EQUALITY, "contains"), _Parsing.one),
    **dict.fromkeys((*MEMBERSHIP, *CONTENTS[1:]), _Parsing.listed),
    **dict.fromkeys(PRESENCE, _Parsing.true),
    **dict.fromkeys(ORDER, _Parsing.number),
    **dict.fromkeys(TIME_ORDER, _Parsing.moment),
    **dict.fromkeys(ROWS, _Parsing.rows),
    "count": _Parsing.count,
}


def _constant(data: object) -> Constant | None:
    if isinstance(data, float):  # of a reader of JSON that knows no exact decimals
        return Decimal(repr(data))
    return data if isinstance(data, str | int | bool | Decimal) else None


def described(data: object) -> str:
    """What plain data is, for a sentence: `a list`, `"abc"`, `true`."""
    if data is None or data == {} or data == []:
        return "nothing"
    if isinstance(data, dict):
        return "a mapping"
    if isinstance(data, list):
        return "a list"
    return f'"{data}"' if isinstance(data, str) else _written(data)


def _written(data: object) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    return "" if data is None or isinstance(data, dict | list) else str(data)


def rename(data: object, names: Mapping[str, str]) -> Any:
    """The same plain data with its fields renamed, in formulas too; what is no condition stays as it is."""
    if isinstance(data, list):
        return [rename(item, names) for item in data]
    if not isinstance(data, dict):
        return data
    return {key: _renamed(key, value, names) for key, value in data.items()}


def _renamed(key: object, value: object, names: Mapping[str, str]) -> Any:
    if key == "field" and isinstance(value, str):
        name, dot, part = value.partition(".")
        return names.get(name, name) + dot + part
    if key == "formula" and isinstance(value, str):
        try:
            return formulas.rename(value, names)
        except formulas.FormulaFault:
            return value  # its fault is reported where it is read
    return rename(value, names)
