"""When a check says nothing: a field it compares is nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from engine import formulas
from engine.formulas.values import View, list_of, nothing
from engine.rules.tree import Compare, Condition, FieldValue, FormulaRule, base, leaves, operands

_NO_TYPES: Mapping[str, str] = {}


def skips(condition: Condition, view: View, types: Mapping[str, str] = _NO_TYPES) -> bool:
    """Whether a check with this rule is passed over for now.

    One that uses `filled` or `empty` never is, for it says itself what nothing means. A name inside a row's
    tree is nothing where neither the form nor any row has it. `types` matter only to a formula whose `if`
    looks at dates or decimals.
    """
    if _asks_presence(condition):
        return False
    if any(_lacks(name, view) for name in _compared(condition)):
        return True
    found = _formulas(condition)
    return any(nothing(view.get(name)) for rule in found for name in formulas.compared(rule.formula, types, view))


@lru_cache(maxsize=1024)
def _asks_presence(condition: Condition) -> bool:
    return any(_leaf_asks_presence(leaf) for leaf in leaves(condition))


def _leaf_asks_presence(leaf: Compare | FormulaRule) -> bool:
    if isinstance(leaf, FormulaRule):
        return "filled" in formulas.functions(leaf.formula)
    if isinstance(leaf.operand, Condition):
        return _asks_presence(leaf.operand)
    return leaf.operator in ("filled", "empty")


@lru_cache(maxsize=1024)
def _formulas(condition: Condition) -> tuple[FormulaRule, ...]:
    return tuple(leaf for leaf in leaves(condition) if isinstance(leaf, FormulaRule))


@lru_cache(maxsize=1024)
def _compared(condition: Condition) -> tuple[tuple[str, str], ...]:
    """(group, name) of what is compared; no group stands for the form itself."""
    return tuple(dict.fromkeys(_pairs(condition, "")))


def _pairs(condition: Condition, group: str) -> Iterator[tuple[str, str]]:
    for leaf in leaves(condition):
        if isinstance(leaf, FormulaRule) or leaf.operator == "none":
            continue
        yield group, leaf.field
        yield from ((group, item.name) for item in operands(leaf) if isinstance(item, FieldValue))
        if isinstance(leaf.operand, Condition):
            yield from _pairs(leaf.operand, base(leaf.field))


def _lacks(pair: tuple[str, str], view: View) -> bool:
    group, name = pair
    if not nothing(reached(view, name)):
        return False
    rows = list_of(view.get(group)) or ()
    return all(nothing(reached(row, name)) for row in rows if isinstance(row, Mapping))


def reached(view: View, name: str) -> object:
    """The value of a name, inside an address where it has a part."""
    value, _, part = view.get(base(name)), *name.partition(".")[1:]
    if not part:
        return value
    return value.get(part) if isinstance(value, Mapping) else None
